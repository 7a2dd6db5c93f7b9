from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from segdesk.core.geometry import Box
from segdesk.gui.canvas import Style
from tests.gui.canvas.kit import Bench, make_bench

GRAY = (100, 100, 100)
CELL = (230, 159, 0)


def mixed(color: tuple[int, int, int], opacity: float) -> tuple[float, ...]:
    return tuple(100 + (c - 100) * opacity for c in color)


def test_painted_pixels_have_the_colour_of_their_class(bench: Bench) -> None:
    bench.canvas.options.brush_size = 20
    bench.drag((50, 50), (100, 50))
    assert bench.seen_at((75, 50)) == pytest.approx(mixed(CELL, bench.canvas.overlay.opacity), abs=3)
    assert bench.seen_at((75, 90)) == GRAY


def test_opacity(bench: Bench) -> None:
    bench.labels[:] = 1
    bench.canvas.overlay = replace(bench.canvas.overlay, opacity=1.0)
    assert bench.seen_at((75, 50)) == pytest.approx(CELL, abs=1)
    bench.canvas.overlay = replace(bench.canvas.overlay, opacity=0.0)
    assert bench.seen_at((75, 50)) == GRAY


def test_undo_and_redo_are_seen(bench: Bench) -> None:
    bench.canvas.options.brush_size = 20
    bench.drag((50, 50), (100, 50))
    painted = bench.seen_at((75, 50))
    patch = bench.document.undo()
    assert patch is not None
    bench.canvas.refresh(patch.box)
    assert bench.seen_at((75, 50)) == GRAY
    patch = bench.document.redo()
    assert patch is not None
    bench.canvas.refresh(patch.box)
    assert bench.seen_at((75, 50)) == painted


@pytest.mark.parametrize("scale", [0.3, 0.77, 1.0, 1.6, 2.0, 5.3, 20.0])
@pytest.mark.parametrize("style", list(Style))
def test_a_piece_drawn_after_a_stroke_equals_the_whole_drawn_anew(
    qtbot: QtBot, tmp_path: Path, scale: float, style: Style
) -> None:
    image = np.random.default_rng(1).integers(0, 256, (400, 500, 3), np.uint8)
    bench = make_bench(qtbot, tmp_path, image)
    canvas = bench.canvas
    canvas.overlay = replace(canvas.overlay, style=style)
    canvas.zoom(scale / canvas.scale)
    assert canvas.scale == pytest.approx(scale)
    bench.screenshot()
    part = canvas.visible_box()
    x, y, w, h = part.x, part.y, part.width, part.height
    bench.drag((x + w * 0.3, y + h * 0.4), (x + w * 0.5, y + h * 0.45), (x + w * 0.6, y + h * 0.7))
    canvas.pan(13, -7)
    canvas.pan(-40, 22)
    pieces = bench.screenshot().astype(int)
    canvas.refresh()
    # Smooth scaling counts in 32nds of a pixel, from the corner of what is drawn.
    assert np.abs(pieces - bench.screenshot()).max() <= (0 if scale >= 2 or scale == 1 else 1)
    bench.project.close()


@pytest.mark.parametrize("scale", [1.0, 2.0, 7.0])
def test_image_pixels_are_drawn_where_they_are(qtbot: QtBot, tmp_path: Path, scale: float) -> None:
    image = np.random.default_rng(2).integers(0, 256, (90, 120), np.uint8)
    bench = make_bench(qtbot, tmp_path, image)
    bench.canvas.zoom(scale / bench.canvas.scale)
    shot = bench.screenshot()
    seen = bench.canvas.visible_box()
    for x, y in ((seen.x + 20, seen.y + 12), (seen.x + seen.width // 2, seen.y + seen.height // 2)):
        at = bench.on_widget((x + 0.5, y + 0.5))
        assert tuple(shot[at.y(), at.x()]) == (image[y, x],) * 3
    bench.project.close()


def test_zoomed_out_the_picture_is_averaged(qtbot: QtBot, tmp_path: Path) -> None:
    image = np.zeros((1600, 2000), np.uint8)
    image[:, ::2] = 200
    bench = make_bench(qtbot, tmp_path, image)
    assert bench.canvas.scale < 0.5
    at = bench.on_widget((1000, 800))
    area = bench.screenshot()[at.y() - 20 : at.y() + 20, at.x() - 20 : at.x() + 20]
    assert np.abs(area.astype(int) - 100).max() < 12
    bench.project.close()


def test_thin_strokes_are_seen_when_zoomed_out(qtbot: QtBot, tmp_path: Path) -> None:
    bench = make_bench(qtbot, tmp_path, np.full((900, 1200), 100, np.uint8))
    bench.labels[:, 601] = 1
    bench.canvas.overlay = replace(bench.canvas.overlay, opacity=1.0)
    at = bench.on_widget((601, 450))
    area = bench.screenshot()[at.y() - 30 : at.y() + 30, at.x() - 3 : at.x() + 4]
    assert (np.ptp(area, axis=2).max(axis=1) > 20).all()
    bench.project.close()


def test_zooming_draws_thin_strokes_finely_in_the_end(qtbot: QtBot, tmp_path: Path) -> None:
    bench = make_bench(qtbot, tmp_path, np.full((900, 1200), 100, np.uint8))
    bench.labels[:, 601] = 1
    bench.canvas.refresh()
    before = bench.screenshot()
    bench.canvas.zoom(2)
    bench.canvas.zoom(0.5)
    assert not bench.canvas.is_smooth
    bench.canvas.fit()
    assert np.array_equal(bench.screenshot(), before)
    bench.project.close()


def test_outline_draws_the_border_only(bench: Bench) -> None:
    bench.labels[40:80, 50:110] = 1
    bench.canvas.overlay = replace(bench.canvas.overlay, style=Style.OUTLINE, outline_width=3)
    assert bench.seen_at((80, 60)) == GRAY
    assert bench.seen_at((50.5, 60)) == pytest.approx(CELL, abs=1)
    assert bench.seen_at((80, 79.5)) == pytest.approx(CELL, abs=1)
    assert bench.seen_at((48, 60)) == GRAY
    bench.canvas.overlay = replace(bench.canvas.overlay, style=Style.BOTH)
    assert bench.seen_at((80, 60)) == pytest.approx(mixed(CELL, bench.canvas.overlay.opacity), abs=3)
    assert bench.seen_at((50.5, 60)) == pytest.approx(CELL, abs=1)


@pytest.mark.parametrize("factor", [0.5, 1.0, 6.0])
def test_outlines_are_equally_wide_at_every_scale(bench: Bench, factor: float) -> None:
    bench.labels[:75] = 1
    bench.canvas.overlay = replace(bench.canvas.overlay, style=Style.OUTLINE, outline_width=4)
    bench.canvas.zoom(factor)
    edge = bench.on_widget((100, 75))
    column = bench.screenshot()[edge.y() - 20 : edge.y() + 20, edge.x()]
    assert (np.ptp(column, axis=1) > 50).sum() == 4


def test_the_overlay_can_be_hidden(bench: Bench) -> None:
    bench.labels[:] = 1
    bench.canvas.overlay_visible = False
    assert bench.seen_at((75, 50)) == GRAY
    bench.canvas.overlay_visible = True
    assert bench.seen_at((75, 50)) != GRAY


def test_a_preview_shows_where_nobody_asserted_a_class(bench: Bench) -> None:
    bench.labels[60:90, 60:90] = 2
    bench.corrected[60:90, 60:70] = 1
    bench.canvas.refresh()
    before = bench.screenshot()
    bench.canvas.show_preview(Box(50, 50, 60, 50), np.ones((50, 60), np.uint8))
    during = bench.screenshot()
    kept = bench.on_widget((62, 62)), bench.on_widget((68, 88))
    assert np.array_equal(patch(during, *kept), patch(before, *kept))
    free = bench.on_widget((74, 64)), bench.on_widget((106, 96))
    shown = patch(during, *free)
    assert (shown[:, :, 0] > 125).all()  # the orange of the previewed class, in its two strengths
    assert len(np.unique(shown[:, :, 0])) >= 2
    assert not (bench.labels[60:90, 70:90] != 2).any()
    bench.canvas.clear_preview()
    assert np.array_equal(bench.screenshot(), before)


def patch(shot: np.ndarray, corner: QPoint, opposite: QPoint) -> np.ndarray:
    return shot[corner.y() : opposite.y(), corner.x() : opposite.x()]


def test_previews_of_other_samples_or_sizes_are_dropped(bench: Bench) -> None:
    before = bench.screenshot()
    bench.canvas.show_preview(Box(0, 0, 50, 50), np.ones((50, 50), np.uint8), bench.document.sample.id + 1)
    bench.canvas.show_preview(Box(0, 0, 50, 50), np.ones((20, 20), np.uint8))
    bench.canvas.show_preview(Box(900, 0, 50, 50), np.ones((50, 50), np.uint8))
    assert np.array_equal(bench.screenshot(), before)
    bench.canvas.show_preview(Box(180, 130, 50, 50), np.ones((50, 50), np.uint8), bench.document.sample.id)
    assert bench.seen_at((190, 140)) != GRAY


def test_nothing_is_shown_without_an_image(bench: Bench) -> None:
    bench.canvas.set_document(None, None)
    assert bench.canvas.visible_box().is_empty
    shot = bench.screenshot()
    assert (shot == shot[0, 0]).all()
    bench.canvas.fit()
    bench.canvas.zoom_in()
    bench.canvas.refresh(Box(0, 0, 10, 10))


def test_image_and_mask_of_different_sizes_are_refused(bench: Bench) -> None:
    with pytest.raises(ValueError):
        bench.canvas.set_document(np.zeros((3, 3), np.uint8), bench.document)


def test_an_image_can_be_shown_without_a_document(bench: Bench) -> None:
    bench.canvas.set_document(np.full((50, 60), 30, np.uint8), None)
    assert bench.seen_at((30, 25)) == (30, 30, 30)
