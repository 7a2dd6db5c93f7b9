from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from segdesk.core.document import Document
from segdesk.gui.window import MainWindow
from tests.core.assisted.scenes import blob, iou


@pytest.fixture
def window_on_blob(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> MainWindow:
    path = tmp_path / "blob.png"
    path.write_bytes(cv2.imencode(".png", blob()[0][:, :, ::-1])[1].tobytes())
    with qtbot.waitSignal(window.bench.picture_ready):
        window.bench.open_paths([path])
    window.bench.class_verbs.add("other")
    return window


def _document(window: MainWindow) -> Document:
    assert window.bench.document is not None
    return window.bench.document


def _lasso(window: MainWindow, outline: list[tuple[float, float]]) -> None:
    """Draw around something with the mouse."""
    window.canvas.set_tool("lasso")
    places = [window.canvas.to_widget(point).toPoint() for point in outline]
    QTest.mousePress(window.canvas, Qt.MouseButton.LeftButton, pos=places[0])
    for place in places[1:]:
        QTest.mouseMove(window.canvas, place)
    QTest.mouseRelease(window.canvas, Qt.MouseButton.LeftButton, pos=places[-1])


def _around(grow: int) -> list[tuple[float, float]]:
    """A rough outline around the object."""
    larger = cv2.dilate(blob()[1].astype(np.uint8), np.ones((2 * grow + 1, 2 * grow + 1), np.uint8))
    contours, _ = cv2.findContours(larger, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return [(float(x) + 0.5, float(y) + 0.5) for x, y in contours[0].reshape(-1, 2)[::4]]


def test_a_rough_stroke_snaps_to_the_edge_in_a_step_of_its_own(
    qtbot: QtBot, window_on_blob: MainWindow
) -> None:
    window, truth = window_on_blob, blob()[1]
    _lasso(window, _around(3))
    document = _document(window)
    rough = document.mask.labels.copy()
    assert iou(rough == 1, truth) < 0.93
    with qtbot.waitSignal(window.bench.document_changed):
        window.actions_["snap_edges"].trigger()
    assert iou(document.mask.labels == 1, truth) > 0.98
    assert (document.mask.corrected == (document.mask.labels == 1)).all()
    assert document.history.undo == "Snap to edges"
    window.bench.undo()
    assert (document.mask.labels == rough).all()
    window.bench.undo()
    assert not document.mask.corrected.any()


def test_it_snaps_to_a_neighbour_without_gap_or_overlap(qtbot: QtBot, window_on_blob: MainWindow) -> None:
    window = window_on_blob
    document = _document(window)
    window.canvas.set_active_class(2)
    _lasso(window, [(300, 100), (380, 100), (380, 200), (300, 200)])
    other = document.mask.labels == 2
    window.canvas.set_active_class(1)
    _lasso(window, [(200, 110), (303, 110), (297, 150), (303, 190), (200, 190)])
    assert (document.mask.labels[other] == 1).any()
    with qtbot.waitSignal(window.bench.document_changed):
        window.actions_["snap_neighbours"].trigger()
    assert (document.mask.labels[other] == 2).all()
    first = int(np.flatnonzero(other[150])[0])
    assert (document.mask.labels[115:185, 250:first] == 1).all()
    assert document.mask.corrected[other].all()


def test_a_snap_that_was_taken_back_can_be_done_another_way(qtbot: QtBot, window_on_blob: MainWindow) -> None:
    window = window_on_blob
    document = _document(window)
    _lasso(window, _around(3))
    for _ in range(2):
        with qtbot.waitSignal(window.bench.document_changed):
            window.actions_["snap_edges"].trigger()
        window.bench.undo()
    window.bench.redo()
    assert iou(document.mask.labels == 1, blob()[1]) > 0.98
    with qtbot.waitSignal(window.canvas.hint) as said:
        window.actions_["snap_neighbours"].trigger()
    assert "stays" in said.args[0]  # it snapped on from there, and found nothing


def test_without_a_stroke_it_says_so(qtbot: QtBot, window_on_blob: MainWindow) -> None:
    window = window_on_blob
    hints: list[str] = []
    window.canvas.hint.connect(hints.append)
    window.actions_["snap_edges"].trigger()
    assert "Paint something first" in hints[-1]
    _lasso(window, _around(3))
    window.bench.undo()
    window.actions_["snap_neighbours"].trigger()
    assert len(hints) == 2


def test_nothing_nearby_changes_nothing(qtbot: QtBot, window_on_blob: MainWindow) -> None:
    window = window_on_blob
    _lasso(window, [(20, 20), (60, 20), (60, 60), (20, 60)])
    before = _document(window).mask.labels.copy()
    with qtbot.waitSignal(window.canvas.hint, check_params_cb=lambda text: "stays" in text):
        window.actions_["snap_neighbours"].trigger()
    assert (_document(window).mask.labels == before).all()


def test_a_locked_class_is_not_grown_into(qtbot: QtBot, window_on_blob: MainWindow) -> None:
    window = window_on_blob
    document = _document(window)
    shape = [(110.0, 100.0), (290.0, 100.0), (290.0, 200.0), (110.0, 200.0)]
    _lasso(window, shape)
    window.options.locked = frozenset({0})
    before = document.mask.labels == 1
    window.actions_["snap_edges"].trigger()
    qtbot.waitUntil(lambda: not window.snapping.is_busy)
    assert not ((document.mask.labels == 1) & ~before).any()


def test_a_stroke_snaps_to_edges_and_then_to_its_neighbours(qtbot: QtBot, window_on_blob: MainWindow) -> None:
    window = window_on_blob
    document = _document(window)
    _lasso(window, _around(3))
    for order, name in (("snap_edges", "Snap to edges"), ("snap_neighbours", "")):
        before = document.mask.labels.copy()
        told = window.bench.document_changed if name else window.canvas.hint
        with qtbot.waitSignal(told) as said:
            window.actions_[order].trigger()
        if name:
            assert document.history.undo == name
        else:
            assert "stays" in said.args[0]  # there are no neighbours; it looked for them
            assert (document.mask.labels == before).all()
