"""Validation samples judge a round, and nothing is learned from them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from segdesk.core.errors import LearningError
from segdesk.core.jobs import run
from segdesk.nn.exam import Examiner
from segdesk.nn.material import HELD, IGNORED, LEARNED, gather
from segdesk.nn.sampling import Sampler
from segdesk.nn.train import train
from tests.nn.makers import discs, request, sample


def test_a_held_sample_is_asked_about_and_never_drawn_from(tmp_path: Path) -> None:
    held = replace(sample(tmp_path, 1, confirmed=True), held=True)
    stroked = replace(sample(tmp_path, 2, seen=discs(2)[1]), held=True)
    asked = request(tmp_path, (held, stroked, sample(tmp_path, 3, confirmed=True)))
    pieces = run(gather(asked, 1, "channel", np.random.default_rng(0))).pieces
    by_id = {piece.sample_id: piece for piece in pieces}
    assert set(np.unique(by_id[1].roles)) == {HELD}
    assert set(np.unique(by_id[2].roles)) == {IGNORED, HELD}
    assert LEARNED in by_id[3].roles
    assert [by_id[n].held for n in (1, 2, 3)] == [True, True, False]
    assert Examiner([by_id[1]], 8).tiles == 1
    assert Examiner([by_id[2]], 8).tiles == 1
    sampler = Sampler([p for p in pieces if not p.held], np.random.default_rng(0))
    assert {choice.piece.sample_id for choice in sampler.choices(40, 64)} == {3}


def test_a_round_with_validation_samples(tmp_path: Path) -> None:
    held = replace(sample(tmp_path, 1, confirmed=True), held=True)
    result = run(train(request(tmp_path, (held, sample(tmp_path, 2, confirmed=True)), steps=4)))
    assert result.after is not None
    assert set(result.confirmed) == {1, 2}


def test_there_must_be_something_to_learn_from(tmp_path: Path) -> None:
    held = replace(sample(tmp_path, 1, confirmed=True), held=True)
    with pytest.raises(LearningError):
        run(train(request(tmp_path, (held,), steps=2)))
