"""A network with other options than the registry's own, from the request to the model file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from segdesk.core.jobs import ModelChoice, run
from segdesk.nn import model_file
from segdesk.nn.train import train
from tests.nn import makers


def test_a_round_learns_a_network_of_the_width_that_was_asked_for(tmp_path: Path) -> None:
    asked = makers.request(tmp_path, (makers.sample(tmp_path, 0),), steps=2)
    asked = replace(asked, start=ModelChoice(network="unet", options={"width": 4, "up": "bilinear"}))
    result = run(train(asked))
    assert result.accepted
    spec = model_file.read_spec(asked.out)
    assert dict(spec.options) == {"width": 4, "up": "bilinear"}
