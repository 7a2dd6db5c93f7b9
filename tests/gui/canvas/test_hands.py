from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from segdesk.core import touched
from segdesk.core.tile_codec import pack_pixels
from segdesk.gui.canvas import Hover
from tests.gui.canvas.kit import LEFT, MIDDLE, NO_KEYS, Bench

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
SPOT = (140.0, 40.0)


def wheel(
    bench: Bench,
    angle: QPoint,
    keys: Qt.KeyboardModifier = NO_KEYS,
    pixels: QPoint = QPoint(),  # noqa: B008  (Qt's value types are copied)
    phase: Qt.ScrollPhase = Qt.ScrollPhase.NoScrollPhase,
) -> None:
    at = QPointF(bench.on_widget(SPOT))
    event = QWheelEvent(
        at, bench.canvas.mapToGlobal(at), pixels, angle, Qt.MouseButton.NoButton, keys, phase, False
    )
    QApplication.sendEvent(bench.canvas, event)


@pytest.mark.parametrize("keys", [NO_KEYS, CTRL])
def test_the_wheel_zooms_at_the_mouse(bench: Bench, keys: Qt.KeyboardModifier) -> None:
    at = bench.on_widget(SPOT)
    place = bench.canvas.to_image(at.toPointF())
    scale = bench.canvas.scale
    wheel(bench, QPoint(0, 240), keys)
    assert bench.canvas.scale == pytest.approx(scale * 1.25**2)
    assert bench.canvas.to_widget(place).x() == pytest.approx(at.x(), abs=1.1)
    assert bench.canvas.to_widget(place).y() == pytest.approx(at.y(), abs=1.1)


def test_shift_and_wheel_size_the_brush(bench: Bench) -> None:
    size, scale = bench.canvas.options.brush_size, bench.canvas.scale
    wheel(bench, QPoint(0, 120), SHIFT)
    assert bench.canvas.options.brush_size > size
    wheel(bench, QPoint(-120, 0), SHIFT)  # some systems turn the wheel sideways with Shift
    assert bench.canvas.options.brush_size == size
    assert bench.canvas.scale == scale


def test_two_fingers_pan_and_with_ctrl_zoom(bench: Bench) -> None:
    bench.canvas.zoom(4)
    at, scale = bench.canvas.to_widget(SPOT), bench.canvas.scale
    wheel(bench, QPoint(16, 32), pixels=QPoint(10, -12), phase=Qt.ScrollPhase.ScrollUpdate)
    assert bench.canvas.to_widget(SPOT) - at == QPointF(10, -12)
    assert bench.canvas.scale == scale
    wheel(bench, QPoint(0, 60), CTRL, QPoint(0, 12), Qt.ScrollPhase.ScrollUpdate)
    assert bench.canvas.scale > scale


def test_a_pinch_zooms(bench: Bench) -> None:
    at = bench.on_widget(SPOT).toPointF()
    place, scale = bench.canvas.to_image(at), bench.canvas.scale
    event = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture,
        QPointingDevice.primaryPointingDevice(),
        2,
        at,
        at,
        bench.canvas.mapToGlobal(at),
        0.3,
        QPointF(),
    )
    QApplication.sendEvent(bench.canvas, event)
    assert bench.canvas.scale == pytest.approx(1.3 * scale)
    assert bench.canvas.to_widget(place).x() == pytest.approx(at.x(), abs=1.1)


def test_space_and_the_middle_button_pan(bench: Bench) -> None:
    bench.canvas.zoom(4)
    start = bench.canvas.to_widget(SPOT)
    bench.drag((100, 75), (95, 70), button=MIDDLE)
    panned = bench.canvas.to_widget(SPOT)
    assert panned != start
    QTest.keyPress(bench.canvas, Qt.Key.Key_Space)
    bench.drag((95, 70), (100, 75))
    QTest.keyRelease(bench.canvas, Qt.Key.Key_Space)
    assert bench.canvas.to_widget(SPOT) != panned
    assert not bench.patches
    bench.drag((95, 70), (100, 75))
    assert len(bench.patches) == 1


def test_space_is_let_go_with_the_focus(bench: Bench) -> None:
    QTest.keyPress(bench.canvas, Qt.Key.Key_Space)
    QApplication.sendEvent(bench.canvas, QFocusEvent(QFocusEvent.Type.FocusOut))
    bench.drag((95, 70), (100, 75))
    assert len(bench.patches) == 1


def v_key(bench: Bench, kind: QKeyEvent.Type, timestamp: int, *, repeated: bool = False) -> None:
    event = QKeyEvent(kind, Qt.Key.Key_V, NO_KEYS, "v", repeated)
    event.setTimestamp(timestamp)
    QApplication.sendEvent(bench.canvas, event)


def test_a_tap_on_v_toggles_the_overlay(bench: Bench) -> None:
    for visible in (False, True):
        v_key(bench, QKeyEvent.Type.KeyPress, 1000)
        v_key(bench, QKeyEvent.Type.KeyRelease, 1100)
        assert bench.canvas.overlay_visible is visible


def test_holding_v_peeks(bench: Bench) -> None:
    seen = []
    for kind, timestamp, repeated in (
        (QKeyEvent.Type.KeyPress, 1000, False),
        (QKeyEvent.Type.KeyRelease, 1050, True),
        (QKeyEvent.Type.KeyPress, 1050, True),
        (QKeyEvent.Type.KeyRelease, 1400, False),
    ):
        v_key(bench, kind, timestamp, repeated=repeated)
        seen.append(bench.canvas.overlay_visible)
    assert seen == [False, False, False, True]


def test_holding_v_peeks_where_repetitions_look_like_presses(bench: Bench) -> None:
    press, release = QKeyEvent.Type.KeyPress, QKeyEvent.Type.KeyRelease
    seen = []
    for kind, timestamp in (
        (press, 1000), (release, 1500), (press, 1500), (release, 1540), (press, 1541), (release, 1700)
    ):  # fmt: skip
        v_key(bench, kind, timestamp)
        seen.append(bench.canvas.overlay_visible)
    assert [seen[0], seen[2], seen[4], seen[5]] == [False, False, False, True]


def test_peek_can_be_set_and_is_let_go_with_the_focus(bench: Bench) -> None:
    bench.canvas.set_peek(True)
    seen = [bench.canvas.overlay_visible]
    bench.canvas.set_peek(False)
    seen.append(bench.canvas.overlay_visible)
    assert seen == [False, True]
    v_key(bench, QKeyEvent.Type.KeyPress, 1000)
    QApplication.sendEvent(bench.canvas, QFocusEvent(QFocusEvent.Type.FocusOut))
    assert bench.canvas.overlay_visible


@pytest.fixture
def hovers(bench: Bench) -> Iterator[list[Hover | None]]:
    heard: list[Hover | None] = []
    bench.canvas.hovered.connect(heard.append)
    yield heard


def test_the_pixel_under_the_mouse_is_told(bench: Bench, hovers: list[Hover | None]) -> None:
    bench.labels[40, 140] = 2
    bench.corrected[40, 140] = 1
    bench.move((140.6, 40.6))
    assert hovers[-1] == Hover(140, 40, (100,), 2, corrected=True)
    bench.canvas.zoom(0.5)
    bench.move((-10, 40))
    assert hovers[-1] is None


def test_zooming_under_a_mouse_that_stands_still_tells_the_new_pixel(
    bench: Bench, hovers: list[Hover | None]
) -> None:
    bench.move((50, 40))
    first = hovers[-1]
    bench.canvas.zoom(3)
    assert hovers[-1] is not None
    assert hovers[-1] != first


def test_fit_and_actual_size(bench: Bench, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bench.canvas.view_changed):
        bench.canvas.actual_size()
    assert bench.canvas.scale == 1
    bench.canvas.zoom_in()
    bench.canvas.zoom_out()
    assert bench.canvas.scale == pytest.approx(1)
    bench.canvas.zoom_in()
    bench.canvas.zoom_in()
    assert bench.canvas.visible_box() == bench.document.mask.box
    bench.canvas.zoom(10)
    assert bench.canvas.visible_box() != bench.document.mask.box
    bench.canvas.fit()
    assert bench.canvas.visible_box() == bench.document.mask.box


def test_another_document_ends_the_stroke_on_the_first(bench: Bench) -> None:
    QTest.mousePress(bench.canvas, LEFT, NO_KEYS, bench.on_widget((50, 50)))
    bench.canvas.set_document(None, None)
    assert len(bench.patches) == 1
    assert not bench.document.is_editing


def test_finishing_strokes_leaves_a_shape_in_the_making_alone(bench: Bench) -> None:
    bench.canvas.set_tool("rectangle")
    bench.press((20, 20))
    bench.move((60, 60))
    bench.canvas.finish_stroke()
    bench.release((100, 100))
    assert bench.labels[90, 90] == 1


def test_the_canvas_has_a_name_for_screen_readers(bench: Bench) -> None:
    assert bench.canvas.accessibleName()
    before = bench.canvas.accessibleDescription()
    bench.canvas.set_tool("lasso")
    assert bench.canvas.accessibleDescription() != before


def test_a_tool_that_fails_takes_nothing_along(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise IndexError("a mistake in a tool")

    with monkeypatch.context() as patched:
        patched.setattr(bench.canvas.tool, "move", fail)
        bench.press((50, 50))
        with pytest.raises(IndexError):
            bench.move((60, 50))
    bench.release((70, 50))
    bench.drag((50, 90), (90, 90))
    assert bench.labels[90, 70] == 1


def test_while_a_hand_rests_its_stroke_is_packed(
    bench: Bench, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Letting go is then not held up by a long stroke."""
    packed: list[int] = []

    def counted(pixels: NDArray[np.uint8]) -> bytes:
        packed.append(1)
        return pack_pixels(pixels)

    monkeypatch.setattr(touched, "pack_pixels", counted)
    monkeypatch.setattr(touched, "_NEAR", 0)
    bench.press((20, 20))
    bench.move((60, 60))
    assert not packed
    qtbot.waitUntil(lambda: len(packed) == 2)  # the classes of its one tile, and what is corrected
    bench.release((60, 60))
    assert len(packed) == 2
    assert len(bench.patches) == 1
