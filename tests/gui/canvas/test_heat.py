"""Uncertainty on the canvas."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from segdesk.gui.canvas.heat import COLOR
from tests.gui.canvas.kit import Bench

GRAY = (100, 100, 100)


def ramp() -> NDArray[np.uint8]:
    """Sure on the left, undecided on the right."""
    return np.repeat(np.linspace(0, 255, 200).round().astype(np.uint8)[None], 150, axis=0)


def glow(bench: Bench, x: int, y: int = 75) -> float:
    """How far from the gray of the image to the glow's own colour a pixel is, 0 to 1."""
    green = bench.seen_at((x + 0.5, y + 0.5))[1]
    return (green - 100) / (COLOR.green() - 100)


def glows(bench: Bench) -> bool:
    return bench.canvas.uncertainty is not None


@pytest.mark.parametrize("scale", [0.4, 2.0])
def test_the_image_glows_where_the_model_is_unsure(bench: Bench, scale: float) -> None:
    bench.canvas.zoom(scale / bench.canvas.scale)
    bench.canvas.show_uncertainty(bench.document.sample.id, ramp())
    assert bench.seen_at((10.5, 75.5)) == GRAY
    assert 0 < glow(bench, 80) < glow(bench, 140) < glow(bench, 195) <= 1
    assert glow(bench, 195) > 0.6
    bench.canvas.show_uncertainty(bench.document.sample.id, None)
    assert bench.seen_at((195.5, 75.5)) == GRAY


def test_where_a_person_has_spoken_nothing_glows(bench: Bench) -> None:
    bench.canvas.show_uncertainty(bench.document.sample.id, np.full((150, 200), 255, np.uint8))
    before = bench.labels.copy()
    bench.canvas.options.brush_size = 20
    bench.canvas.set_active_class(0)
    bench.drag((60, 60), (120, 60))
    assert bench.seen_at((90.5, 60.5)) == GRAY
    assert bench.seen_at((90.5, 100.5)) != GRAY
    assert np.array_equal(bench.labels, before)
    bench.document.undo()
    bench.canvas.refresh()
    assert bench.seen_at((90.5, 60.5)) != GRAY


def test_a_plane_of_another_image_is_dropped(bench: Bench) -> None:
    bench.canvas.show_uncertainty(bench.document.sample.id + 1, np.full((150, 200), 255, np.uint8))
    bench.canvas.show_uncertainty(bench.document.sample.id, np.full((15, 20), 255, np.uint8))
    assert not glows(bench)
    bench.canvas.show_uncertainty(bench.document.sample.id, ramp())
    assert glows(bench)
    bench.canvas.set_document(np.full((150, 200), 100, np.uint8), bench.document)
    assert not glows(bench)


def test_hiding_the_overlay_shows_the_bare_image(bench: Bench) -> None:
    bench.canvas.show_uncertainty(bench.document.sample.id, np.full((150, 200), 255, np.uint8))
    bench.canvas.overlay_visible = False
    assert bench.seen_at((100.5, 75.5)) == GRAY
