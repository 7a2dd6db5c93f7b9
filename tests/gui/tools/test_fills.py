from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from segdesk.gui.panels.working import WorkingBar
from segdesk.gui.tools import fill, fill_holes
from segdesk.gui.tools.fill import Fill
from tests.gui.canvas.kit import RIGHT, Bench, make_bench


@pytest.fixture(params=["at once", "in the background"])
def ring(request: pytest.FixtureRequest, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A square of class 1 with a hole, in which there is a dot of class 2."""
    if request.param == "in the background":
        monkeypatch.setattr(fill, "AT_ONCE", 0)
        monkeypatch.setattr(fill_holes, "AT_ONCE", 0)
    bench.labels[40:100, 40:100] = 1
    bench.labels[60:80, 60:80] = 0
    bench.labels[68:72, 68:72] = 2
    return bench


def changed(bench: Bench, count: int = 1) -> None:
    bench.qtbot.waitUntil(lambda: len(bench.patches) == count)


def test_holes_are_filled_with_what_surrounds_them(ring: Bench) -> None:
    ring.canvas.set_active_class(2)
    ring.canvas.set_tool("fill_holes")
    ring.click((45, 45))
    changed(ring)
    assert (ring.labels[40:100, 40:100] == 1).all()
    assert ring.corrected.sum() == 400
    assert ring.patches[0].name == "Fill holes"


def test_with_the_right_button_holes_become_background(ring: Bench) -> None:
    ring.canvas.set_tool("fill_holes")
    ring.click((45, 45), RIGHT)
    changed(ring)
    assert not ring.labels[60:80, 60:80].any()


def test_what_has_no_hole_is_a_hint(ring: Bench) -> None:
    ring.canvas.set_tool("fill_holes")
    ring.click((70, 70))
    ring.qtbot.waitUntil(lambda: len(ring.hints) == 1)
    ring.canvas.zoom(0.5)
    ring.click((-20, 10))
    ring.qtbot.waitUntil(lambda: len(ring.hints) == 2)
    assert not ring.patches


def test_fill_takes_the_connected_region_or_every_pixel_of_its_class(ring: Bench) -> None:
    ring.labels[120:130, 150:160] = 2
    ring.canvas.set_tool("fill")
    ring.click((70, 70))
    changed(ring)
    assert ring.labels[125, 155] == 2
    ring.document.undo()
    ring.canvas.options.set("fill", Fill.declare()[0], False)
    ring.click((70, 70))
    changed(ring, 2)
    assert ring.labels[125, 155] == 1
    assert ring.labels[70, 70] == 1


def test_a_fill_of_another_image_never_lands_here(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fill, "AT_ONCE", 0)
    bench = make_bench(qtbot, tmp_path, np.full((150, 200), 100, np.uint8))
    bench.canvas.set_tool("fill")
    bench.click((70, 70))
    bench.canvas.set_document(None, None)
    with qtbot.waitSignal(bench.canvas.busy, check_params_cb=lambda busy: not busy):
        pass
    assert not bench.patches
    bench.project.close()


def test_the_eyedropper_takes_the_class_and_goes_back(ring: Bench) -> None:
    ring.canvas.set_tool("lasso")
    ring.canvas.set_tool("eyedropper")
    ring.click((70, 70))
    assert ring.canvas.options.active_class == 2
    assert ring.canvas.tool.id == "lasso"
    ring.canvas.set_tool("eyedropper")
    ring.canvas.options.set("eyedropper", ring.canvas.tool.declare()[0], False)
    ring.click((10, 10))
    assert ring.canvas.options.active_class == 0
    assert ring.canvas.tool.id == "eyedropper"
    assert not ring.corrected.any()


def test_the_eyedropper_off_the_image_is_a_hint(ring: Bench) -> None:
    ring.canvas.set_tool("eyedropper")
    ring.canvas.zoom(0.5)
    ring.click((-30, 10))
    ring.canvas.set_document(None, None)
    ring.click((10, 10))
    assert len(ring.hints) == 2
    assert ring.canvas.options.active_class == 1


def test_a_long_fill_says_that_it_is_under_way(qtbot: QtBot, bench: Bench) -> None:
    shown = WorkingBar(bench.canvas)
    qtbot.addWidget(shown)
    go = threading.Event()
    bench.canvas.change_later(go.wait, lambda _: None)
    qtbot.waitUntil(shown.isVisible)
    go.set()
    qtbot.waitUntil(lambda: not shown.isVisible())
