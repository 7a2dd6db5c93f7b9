"""The brush in other hands: a square tip, a pen, fingers, and sizing by a drag."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEventPoint, QInputDevice, QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from segdesk.gui.tools.brush import Brush
from tests.gui.canvas.kit import LEFT, RIGHT, Bench, Spot

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
TIP, PRESSURE = Brush.declare()


@pytest.mark.parametrize("size", [1, 2, 5, 8])
def test_a_square_tip_covers_exactly_its_square(bench: Bench, size: int) -> None:
    bench.canvas.options.set("brush", TIP, "square")
    bench.canvas.options.brush_size = size
    bench.click((60.5, 50.5))
    rows, columns = np.nonzero(bench.labels)
    assert len(rows) == size * size
    assert np.ptp(rows) == np.ptp(columns) == size - 1


def test_shift_click_goes_straight_from_the_last_place(bench: Bench) -> None:
    bench.canvas.options.brush_size = 6
    bench.click((30, 30))
    bench.click((130, 110), keys=SHIFT)
    for share in np.linspace(0, 1, 50):
        assert bench.labels[int(30 + 80 * share), int(30 + 100 * share)] == 1
    assert len(bench.patches) == 2


def test_ctrl_and_a_right_drag_size_the_brush(bench: Bench) -> None:
    size = bench.canvas.options.brush_size
    bench.move((60, 60))
    at = bench.on_widget((60, 60))
    QTest.mousePress(bench.canvas, RIGHT, CTRL, at)
    bench.held = RIGHT
    bench.move((90, 60))
    larger = bench.canvas.options.brush_size
    assert larger > size
    assert bench.canvas.tool.pointer is not None
    assert bench.canvas.tool.pointer.widget.toPoint() == at  # the outline stays where it is
    bench.move((40, 60))
    assert bench.canvas.options.brush_size < larger
    bench.release((40, 60), RIGHT, CTRL)
    assert not bench.patches
    assert not bench.corrected.any()
    bench.drag((40, 60), (60, 60))
    assert len(bench.patches) == 1


PEN = QPointingDevice(
    "pen",
    1,
    QInputDevice.DeviceType.Stylus,
    QPointingDevice.PointerType.Pen,
    QInputDevice.Capability.Position | QInputDevice.Capability.Pressure,
    1,
    3,
)
TAIL = QPointingDevice(
    "tail",
    2,
    QInputDevice.DeviceType.Stylus,
    QPointingDevice.PointerType.Eraser,
    QInputDevice.Capability.Position | QInputDevice.Capability.Pressure,
    1,
    3,
)


def pen(
    bench: Bench,
    kind: QEvent.Type,
    spot: Spot,
    pressure: float,
    device: QPointingDevice = PEN,
    timestamp: int = 0,
) -> None:
    at = QPointF(bench.on_widget(spot))
    moving = kind == QEvent.Type.TabletMove
    button = Qt.MouseButton.NoButton if moving else LEFT
    buttons = Qt.MouseButton.NoButton if kind == QEvent.Type.TabletRelease else LEFT
    event = QTabletEvent(
        kind,
        device,
        at,
        bench.canvas.mapToGlobal(at),
        pressure,
        0,
        0,
        0,
        0,
        0,
        Qt.KeyboardModifier.NoModifier,
        button,
        buttons,
    )
    event.setTimestamp(timestamp)
    QApplication.sendEvent(bench.canvas, event)
    assert event.isAccepted()  # or the mouse would paint the same once more


def pen_stroke(bench: Bench, pressures: tuple[float, float], device: QPointingDevice = PEN) -> None:
    pen(bench, QEvent.Type.TabletPress, (40, 70), pressures[0], device)
    pen(bench, QEvent.Type.TabletMove, (160, 70), pressures[1], device)
    pen(bench, QEvent.Type.TabletRelease, (160, 70), 0.0, device)


@pytest.mark.parametrize("by_pressure", [False, True])
def test_a_pen_paints_wider_where_it_is_pressed_harder(bench: Bench, by_pressure: bool) -> None:
    bench.canvas.options.brush_size = 40
    bench.canvas.options.set("brush", PRESSURE, by_pressure)
    pen_stroke(bench, (0.1, 1.0))
    thin, thick = int(bench.labels[:, 60].sum()), int(bench.labels[:, 155].sum())
    assert thick >= 36
    assert thin < 24 if by_pressure else thin >= 36
    assert len(bench.patches) == 1


def test_the_other_end_of_a_pen_erases(bench: Bench) -> None:
    bench.labels[:] = 1
    pen_stroke(bench, (1.0, 1.0), TAIL)
    assert bench.labels[70, 100] == 0
    assert bench.corrected[70, 100] == 1


def test_two_taps_of_a_pen_close_a_polygon(bench: Bench) -> None:
    bench.canvas.set_tool("polygon")
    for number, corner in enumerate(((40, 30), (120, 30), (120, 90), (120, 90))):
        when = 1000 + 2000 * number - (1900 if number == 3 else 0)
        pen(bench, QEvent.Type.TabletPress, corner, 0.5, timestamp=when)
        pen(bench, QEvent.Type.TabletRelease, corner, 0.0, timestamp=when + 20)
    assert bench.labels[40, 100] == 1
    assert not bench.canvas.has_draft()


@pytest.fixture(scope="module")
def screen() -> QPointingDevice:
    return QTest.createTouchDevice(QInputDevice.DeviceType.TouchScreen)


def touch(
    bench: Bench, screen: QPointingDevice, *fingers: tuple[int, Spot | None, QEventPoint.State]
) -> None:
    sequence = QTest.touchEvent(bench.canvas, screen, False)
    for number, spot, state in fingers:
        at = bench.on_widget(spot if spot is not None else (0, 0))
        if state is QEventPoint.State.Pressed:
            sequence.press(number, at, bench.canvas)
        elif state is QEventPoint.State.Released:
            sequence.release(number, at, bench.canvas)
        else:
            sequence.move(number, at, bench.canvas)
    sequence.commit()


DOWN, MOVE, UP = QEventPoint.State.Pressed, QEventPoint.State.Updated, QEventPoint.State.Released


def test_one_finger_paints(bench: Bench, screen: QPointingDevice) -> None:
    touch(bench, screen, (0, (40, 70), DOWN))
    touch(bench, screen, (0, (100, 70), MOVE))
    touch(bench, screen, (0, (150, 70), MOVE))
    touch(bench, screen, (0, (150, 70), UP))
    assert (bench.labels[70, 42:148] == 1).all()
    assert len(bench.patches) == 1


def test_two_fingers_move_and_pinch_and_paint_nothing(bench: Bench, screen: QPointingDevice) -> None:
    bench.canvas.zoom(3)
    scale = bench.canvas.scale
    inside = bench.canvas.visible_box()
    x, y = inside.x + inside.width / 2, inside.y + inside.height / 2
    touch(bench, screen, (0, (x - 10, y), DOWN))
    touch(bench, screen, (0, (x - 10, y), MOVE), (1, (x + 10, y), DOWN))
    touch(bench, screen, (0, (x - 20, y), MOVE), (1, (x + 20, y), MOVE))
    assert bench.canvas.scale == pytest.approx(2 * scale, rel=0.1)
    touch(bench, screen, (0, (x - 20, y), UP), (1, (x + 20, y), UP))
    assert not bench.corrected.any()
    touch(bench, screen, (0, (x, y), DOWN))
    touch(bench, screen, (0, (x, y), UP))
    assert bench.corrected.any()


def test_a_second_finger_takes_the_stroke_back(bench: Bench, screen: QPointingDevice) -> None:
    touch(bench, screen, (0, (40, 70), DOWN))
    touch(bench, screen, (0, (100, 70), MOVE))
    assert bench.labels.any()
    touch(bench, screen, (0, (100, 70), MOVE), (1, (120, 90), DOWN))
    assert not bench.labels.any()
    touch(bench, screen, (0, (100, 70), UP), (1, (120, 90), UP))
    assert not bench.patches
