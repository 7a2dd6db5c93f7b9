"""Two versions on one image: divided by a line, or one after the other."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from segdesk.gui.compare import CompareWindow
from tests.gui.compare.kit import drag, key, orange, picture


def test_the_divider_is_dragged(shown: CompareWindow) -> None:
    view = shown.view
    middle = QPoint(view.width() // 2, view.height() // 3)
    drag(shown, middle, QPoint(view.width() // 8, view.height() // 3))
    assert view.split == pytest.approx(1 / 8, abs=0.01)
    assert orange(shown, (40, 40))
    drag(shown, QPoint(view.width() // 8, 30), QPoint(view.width() + 500, 30))
    assert view.split == 1
    assert not orange(shown, (54, 40))
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert view.split == pytest.approx(0.95)


def test_what_is_drawn_bit_by_bit_is_what_is_drawn_at_once(shown: CompareWindow) -> None:
    view = shown.view
    picture(shown)
    drag(shown, QPoint(view.width() // 2, 40), QPoint(view.width() // 3, 40))
    picture(shown)
    drag(shown, QPoint(5, 5), QPoint(45, 25))  # pans
    picture(shown)
    drag(shown, QPoint(5, 5), QPoint(3, 65))
    patched = picture(shown)
    view.refresh()
    assert np.array_equal(patched, picture(shown))


def test_the_wheel_zooms_and_dragging_pans(shown: CompareWindow) -> None:
    view = shown.view
    before = view.scale
    at = QPointF(view.width() / 4, view.height() / 2)
    under = view.to_image(at)
    wheel = QWheelEvent(
        at,
        view.mapToGlobal(at),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, wheel)
    assert view.scale > before
    assert view.to_image(at) == pytest.approx(under, abs=0.1)
    drag(shown, at.toPoint(), at.toPoint() + QPoint(30, 0))
    assert view.to_image(at + QPointF(30, 0)) == pytest.approx(under, abs=0.2)
    assert view.split == 0.5


def test_a_tap_flips_and_holding_peeks(shown: CompareWindow) -> None:
    press, release = QEvent.Type.KeyPress, QEvent.Type.KeyRelease
    key(shown, press, Qt.Key.Key_X, 1000)
    assert orange(shown, (10, 40))
    assert not orange(shown, (54, 40))
    key(shown, release, Qt.Key.Key_X, 1900)
    assert not orange(shown, (10, 40))
    key(shown, press, Qt.Key.Key_X, 3000)
    key(shown, release, Qt.Key.Key_X, 3050)
    assert orange(shown, (10, 40))
    assert shown.choices.flip.isChecked()
    QTest.mouseClick(shown.choices.flip, Qt.MouseButton.LeftButton)
    assert not orange(shown, (10, 40))


def test_before_and_after_fill_the_window(shown: CompareWindow) -> None:
    QTest.mouseClick(shown.choices.before_after, Qt.MouseButton.LeftButton)
    assert not orange(shown, (10, 40))
    assert not orange(shown, (54, 40))
    QTest.mouseClick(shown.choices.flip, Qt.MouseButton.LeftButton)
    assert orange(shown, (10, 40))
    assert orange(shown, (54, 40))
