"""How much two predictions differ, against counting by hand."""

from __future__ import annotations

import numpy as np
import pytest

from segdesk.gui.compare import agreement as module
from segdesk.gui.compare.agreement import agreement
from segdesk.gui.compare.window import percent


def test_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    first = np.zeros((10, 10), np.uint8)
    second = first.copy()
    first[:4] = 1  # 40 pixels
    second[2:4] = 1  # 20 of them
    second[9] = 2  # 10 others
    truth = first.copy()
    for strip in (module._STRIP, 10):
        monkeypatch.setattr(module, "_STRIP", strip)
        found = agreement(first, second, truth)
        assert found.differing == pytest.approx(0.3)
        # class 1: 2 * 20 / 60; class 2 is only in one of them: 0
        assert found.dice == pytest.approx((40 / 60 + 0) / 2)
        assert found.first == 1
        assert found.second == pytest.approx((40 / 60 + 0) / 2)


def test_alike_and_empty() -> None:
    plane = np.zeros((3, 4), np.uint8)
    found = agreement(plane, plane.copy(), None)
    assert (found.differing, found.dice, found.first, found.second) == (0, 1, None, None)
    assert agreement(plane[:0], plane[:0], None).differing == 0


@pytest.mark.parametrize(
    ("share", "text"), [(0, "0.0 %"), (0.00001, "less than 0.1 %"), (0.0005, "0.1 %"), (0.316, "31.6 %")]
)
def test_per_cent(share: float, text: str) -> None:
    assert percent(share) == text
