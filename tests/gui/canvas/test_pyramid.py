from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from segdesk.core.geometry import Box
from segdesk.gui.canvas import pyramid as module
from segdesk.gui.canvas.pyramid import Pyramid


def test_levels_average_blocks(qtbot: QtBot) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (1024, 768), np.uint8)
    pyramid = Pyramid(pixels)
    half = pyramid.crop(1, Box(0, 0, *pyramid.size_at(1)))
    wanted = pixels.reshape(512, 2, 384, 2).mean((1, 3))
    assert np.abs(half - wanted).max() <= 1


@pytest.mark.parametrize("shape", [(513, 1001), (1001, 513, 3), (700, 1), (1, 900, 3)])
def test_odd_sizes_keep_their_last_row_and_column(qtbot: QtBot, shape: tuple[int, ...]) -> None:
    pixels = np.full(shape, 200, np.uint8)
    pyramid = Pyramid(pixels)
    for level in range(pyramid.deepest + 1):
        width, height = pyramid.size_at(level)
        part = pyramid.crop(level, Box(0, 0, width, height))
        assert part.shape[:2] == (height, width)
        assert (part == 200).all()


def test_a_large_picture_is_there_at_once_and_smoother_later(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 1000)
    pixels = np.indices((2000, 3000)).sum(0).astype(np.uint8) // 2 * 2 + 1
    pixels[:, ::2] = 0
    pyramid = Pyramid(pixels)
    with qtbot.waitSignal(pyramid.improved):
        rough = pyramid.crop(3, Box(10, 20, 30, 40))
        assert rough.shape == (40, 30)
    wanted = pixels.reshape(250, 8, 375, 8).mean((1, 3))
    assert np.abs(pyramid.crop(3, Box(0, 0, 375, 250)) - wanted).max() <= 3


def test_a_picture_that_was_put_away_says_nothing_more(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 1000)
    old, new = Pyramid(np.zeros((2000, 2000), np.uint8)), Pyramid(np.zeros((2000, 2000), np.uint8))
    old.stop()
    heard: list[str] = []
    old.improved.connect(lambda: heard.append("old"))
    with qtbot.waitSignal(new.improved):
        pass
    assert not heard


def test_values(qtbot: QtBot) -> None:
    pixels = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    assert Pyramid(pixels).value_at(3, 1) == (21, 22, 23)
    assert Pyramid(pixels[:, :, 0]).value_at(1, 0) == (3,)
