"""What the benchmarks of the canvas share: a mouse, a canvas that counts, and an image of random blobs."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from segdesk.gui.canvas import Canvas

NONE, LEFT = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
PRESS, MOVE, RELEASE = (
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.MouseButtonRelease,
)
HEADER = (
    f"{'milliseconds to painted pixels':36}{'median':>9}{'99 %':>9}{'worst':>9}{'processor':>10}{'asked':>9}"
)


class Spent(float):
    """Milliseconds by the clock, and those of them that the processor worked for this thread."""

    processor: float

    @classmethod
    def of(cls, clock: float, processor: float) -> Spent:
        """Both in seconds."""
        spent = cls(clock * 1000)
        spent.processor = processor * 1000
        return spent


class CountingCanvas(Canvas):
    """Knows how often it was painted."""

    painted = 0

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self.painted += 1


def send(
    widget: QWidget, kind: QEvent.Type, at: QPointF, button: Qt.MouseButton, held: Qt.MouseButton
) -> None:
    """Let a widget hear of the mouse; `at` is in the widget's pixels."""
    event = QMouseEvent(kind, at, widget.mapToGlobal(at), button, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, event)


def noise(side: int) -> NDArray[np.uint8]:
    """(side, side) uint8, random blobs, the same ones each time."""
    small = np.random.default_rng(0).integers(0, 256, (side // 50, side // 50), np.uint8)
    return np.asarray(cv2.resize(small, (side, side), interpolation=cv2.INTER_LINEAR), np.uint8)


def wander(events: int, width: int = 1600, height: int = 1000) -> list[QPointF]:
    """A mouse on its way over a window of that size, about 12 pixels an event."""
    along = np.arange(events) * 0.02
    x = width * (0.5 + 0.375 * np.sin(along * 1.3))
    y = height * (0.5 + 0.35 * np.sin(along * 1.9 + 1))
    return [QPointF(round(a), round(b)) for a, b in zip(x.tolist(), y.tolist(), strict=True)]


def row(side: int, name: str, times: Sequence[float], asked: float | None = None) -> str:
    """A line below HEADER, of times in milliseconds; asked: what 99 of 100 must not exceed.

    The processor's are what 99 of 100 do not exceed either, where they are known.
    """
    median, high = np.percentile(times, (50, 99))
    line = f"{side:6} px  {name:25}{median:9.2f}{high:9.2f}{max(times):9.2f}"
    own = [time.processor for time in times if isinstance(time, Spent)]
    line += f"{np.percentile(own, 99):10.2f}" if own else " " * 10
    return line if asked is None else f"{line}{asked:9.0f}  {'reached' if high <= asked else 'MISSED'}"
