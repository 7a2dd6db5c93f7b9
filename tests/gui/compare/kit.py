"""A comparison of versions of known opinions, and what is seen of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from segdesk.core.jobs import Job, Predicted, PredictRequest
from segdesk.gui.compare import CompareWindow
from segdesk.gui.qimage import from_qimage
from segdesk.gui.window import MainWindow
from tests.gui.fake_engine import FakeEngine


class TwoMinds(FakeEngine):
    """Version 1 sees the square of an image, version 2 the lower half too, version 3 nothing at all."""

    def predict(self, request: PredictRequest) -> Job[None]:
        number = int(request.model.stem.split("-")[1])
        for progress in super().predict(request):
            if isinstance(progress, Predicted) and progress.prediction is not None:
                labels = progress.prediction.labels.copy()
                if number == 2:
                    labels[24:] = 1
                elif number == 3:
                    labels[:] = 0
                yield replace(progress, prediction=replace(progress.prediction, labels=labels))
            else:
                yield progress


def look(qtbot: QtBot, window: MainWindow, first: int, second: int) -> CompareWindow:
    window.versions.compare(first, second)
    compare = window.comparison
    assert compare is not None
    compared(qtbot, compare)
    return compare


def compared(qtbot: QtBot, compare: CompareWindow) -> None:
    qtbot.waitUntil(lambda: text(compare).startswith("They "))


def text(compare: CompareWindow) -> str:
    return compare.status.label.text()


def picture(compare: CompareWindow) -> NDArray[np.uint8]:
    return from_qimage(compare.view.grab().toImage())


def orange(compare: CompareWindow, spot: tuple[float, float]) -> bool:
    """Whether the pixel of the image at this place has the class's colour over it."""
    at = compare.view.to_widget((spot[0] + 0.5, spot[1] + 0.5)).toPoint()
    red, _, blue = (int(c) for c in picture(compare)[at.y(), at.x()])
    return red > blue + 20


def drag(compare: CompareWindow, start: QPoint, end: QPoint) -> None:
    view = compare.view
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(end),
        view.mapToGlobal(QPointF(end)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(view, event)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end)


def key(compare: CompareWindow, kind: QEvent.Type, which: Qt.Key, timestamp: int) -> None:
    event = QKeyEvent(kind, which, Qt.KeyboardModifier.NoModifier)
    event.setTimestamp(timestamp)
    QApplication.sendEvent(compare.view, event)
