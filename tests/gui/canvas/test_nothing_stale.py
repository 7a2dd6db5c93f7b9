"""What strokes, undo and panning leave on the screen is what a screen drawn afresh shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from segdesk.core.geometry import Box
from segdesk.gui.canvas import Style, strokes
from segdesk.gui.qimage import from_qimage
from tests.gui.canvas.kit import LEFT, RIGHT, Bench, make_bench

SIZE = (1201, 903)  # odd, so that the halved copies are not as wide as half of it


@pytest.fixture
def large(qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    """A canvas on an image that is larger than it, of random blobs, in a mask of others."""
    rng = np.random.default_rng(0)
    image, labels = (
        np.asarray(cv2.resize(rng.integers(0, 255, (30, 40), np.uint8), SIZE), np.uint8) for _ in range(2)
    )
    made = make_bench(qtbot, tmp_path, image)
    np.floor_divide(labels, 100, out=made.document.mask.labels)
    made.canvas.refresh()
    yield made
    made.project.close()


def on_screen(bench: Bench) -> NDArray[np.uint8]:
    """The pixels that the window has now, drawn piece by piece, with the brush's outline."""
    QApplication.processEvents()
    bench.qtbot.waitUntil(lambda: bench.canvas.is_smooth)
    return from_qimage(bench.canvas.screen().grabWindow(bench.canvas.winId()).toImage())


def afresh(bench: Bench) -> NDArray[np.uint8]:
    """The same with all of it drawn anew, the picture too."""
    bench.canvas.surround = bench.canvas.surround
    return on_screen(bench)


def scribble(bench: Bench, rng: np.random.Generator) -> None:
    """Strokes of many moves, with what else people do in between; each event is painted by itself."""
    canvas = bench.canvas
    for number in range(6):
        canvas.options.brush_size = int(rng.integers(1, 60))
        canvas.set_active_class(1 + number % 2)
        seen = canvas.visible_box()
        spots = rng.random((25, 2)) * (seen.width, seen.height) + (seen.x, seen.y)
        way = [(float(x), float(y)) for x, y in np.cumsum(spots - spots.mean(0), 0) * 0.1 + spots.mean(0)]
        button = RIGHT if number == 3 else LEFT
        bench.press(way[0], button)
        for spot in way[1:]:
            bench.move(spot)
            QApplication.processEvents()
        bench.release(way[-1], button)
        QApplication.processEvents()
        if number == 2:
            patch = bench.document.undo()
            assert patch is not None
            canvas.show_change(patch.box)
        if number == 4:
            canvas.pan(float(rng.integers(-30, 30)), float(rng.integers(-30, 30)))


@pytest.mark.parametrize(
    ("scale", "style"),
    [
        (None, Style.FILLED),
        (None, Style.BOTH),
        (0.7, Style.OUTLINE),
        (1.0, Style.FILLED),
        (2.6, Style.BOTH),
        (20.0, Style.OUTLINE),
    ],
)
def test_pieces_drawn_look_as_the_whole_does(large: Bench, scale: float | None, style: Style) -> None:
    canvas, rng = large.canvas, np.random.default_rng(1)
    canvas.overlay = replace(canvas.overlay, style=style, outline_width=3)
    canvas.fit()
    if scale is not None:
        canvas.zoom(scale / canvas.scale)
    on_screen(large)
    scribble(large, rng)
    pieces = on_screen(large)
    whole = afresh(large)
    # A shade between two pixels may be rounded otherwise in a piece: nobody sees that.
    assert np.abs(pieces.astype(int) - whole).max() <= 1
    assert len(np.unique(whole.reshape(-1, 3), axis=0)) > 20  # there is something to be seen


def test_a_piece_that_is_not_drawn_anew_would_be_noticed(large: Bench) -> None:
    on_screen(large)
    large.document.mask.labels[Box(100, 100, 300, 200).slices] = 2
    pieces = on_screen(large)
    assert (pieces != afresh(large)).any()


@pytest.mark.parametrize("band", [1, 7, 300])
def test_a_region_painted_in_bands_is_the_same_region(
    large: Bench, band: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    large.canvas.set_tool("ellipse")
    large.canvas.options.over = replace(large.canvas.options.over, only=1)

    def drawn() -> list[NDArray[np.uint8]]:
        large.drag((200, 150), (900, 700))
        return [large.labels.copy(), large.corrected.copy(), on_screen(large)]

    large.canvas.set_active_class(2)
    whole = drawn()
    patch = large.document.undo()
    assert patch is not None
    large.canvas.show_change(patch.box)
    monkeypatch.setattr(strokes, "_BAND", band)
    for one, other in zip(drawn(), whole, strict=True):
        assert np.array_equal(one, other)
