"""How unsure a model is, from its probabilities."""

from __future__ import annotations

import numpy as np
import pytest

from segdesk.nn.uncertainty import Uncertainty


def unsure(chances: list[float], *, scale: float = 1.0) -> tuple[float, int]:
    votes = np.array(chances, np.float32)[:, None, None] * np.full((1, 2, 3), scale, np.float32)
    gathered = Uncertainty(2, 3, with_plane=True)
    gathered.add(0, votes, votes.max(0))
    assert gathered.plane is not None
    return gathered.figure, int(gathered.plane[1, 2])


@pytest.mark.parametrize("classes", [2, 3, 12])
def test_from_sure_to_all_classes_alike(classes: int) -> None:
    assert unsure([1.0, *[0.0] * (classes - 1)]) == pytest.approx((0, 0))
    assert unsure([1 / classes] * classes) == pytest.approx((1, 255))


def test_votes_need_not_add_up_to_one() -> None:
    assert unsure([0.8, 0.2], scale=0.3)[0] == pytest.approx(unsure([0.8, 0.2])[0])
    assert unsure([0.8, 0.2])[0] == pytest.approx(0.4)


def test_rows_come_in_strips() -> None:
    gathered = Uncertainty(4, 1, with_plane=True)
    for y, chance in ((0, 1.0), (2, 0.5)):
        votes = np.empty((2, 2, 1), np.float32)
        votes[0], votes[1] = chance, 1 - chance
        gathered.add(y, votes, votes.max(0))
    assert gathered.figure == pytest.approx(0.5)
    assert gathered.plane is not None
    assert gathered.plane[:, 0].tolist() == [0, 0, 255, 255]


def test_a_model_of_one_class_is_sure() -> None:
    gathered = Uncertainty(1, 1, with_plane=True)
    gathered.add(0, np.ones((1, 1, 1), np.float32), np.ones((1, 1), np.float32))
    assert gathered.figure == 0
