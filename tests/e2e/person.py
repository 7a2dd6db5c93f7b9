"""Hands for the tests that drive the real window: mouse and keys, at pixels of the image."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from segdesk.core.mask import Plane
from segdesk.core.sample_project import draw_pictures
from segdesk.gui.window import MainWindow

Point = tuple[float, float]


def draw_images(folder: Path, count: int) -> dict[str, Plane]:
    """Write some of the sample images to a folder; gives what is really there, by file name."""
    folder.mkdir(parents=True)
    truths = {}
    for picture in draw_pictures()[:count]:
        Image.fromarray(picture.pixels).save(folder / f"{picture.name}.png")
        truths[f"{picture.name}.png"] = picture.truth
    return truths


class Person:
    """Someone at the window."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.canvas = window.canvas

    def drops(self, paths: Iterable[Path]) -> None:
        """Drop files from a file manager onto the middle of the window."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        middle = self.window.rect().center()
        common = (data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(self.window, QDragEnterEvent(middle, Qt.DropAction.CopyAction, *common))
        QApplication.sendEvent(self.window, QDropEvent(QPointF(middle), Qt.DropAction.CopyAction, *common))

    def presses(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key with the focus on the canvas."""
        self.canvas.setFocus()
        QTest.keyClick(self.canvas, key, modifier)

    def drags(self, points: Iterable[Point], button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
        """Drag through pixels of the image."""
        first, *rest = [self._place(point) for point in points]
        QTest.mouseMove(self.canvas, first)
        QTest.mousePress(self.canvas, button, pos=first)
        for place in rest:
            # QTest's own moves carry no button, which the canvas needs to tell a drag from a hover.
            QTest.mouseMove(self.canvas, place)
        QTest.mouseRelease(self.canvas, button, pos=([first, *rest])[-1])

    def clicks(self, point: Point) -> None:
        """Click on a pixel of the image."""
        QTest.mouseClick(self.canvas, Qt.MouseButton.LeftButton, pos=self._place(point))

    def _place(self, point: Point) -> QPoint:
        return self.canvas.to_widget((point[0] + 0.5, point[1] + 0.5)).toPoint()


def dabs(truth: Plane, class_index: int, count: int) -> list[list[Point]]:
    """Short strokes well inside a class, one an object or region, the widest first."""
    import cv2
    import numpy as np

    depth = cv2.distanceTransform((truth == class_index).astype(np.uint8), cv2.DIST_L2, 5)
    strokes: list[list[Point]] = []
    while len(strokes) < count:
        y, x = np.unravel_index(int(np.argmax(depth)), depth.shape)
        strokes.append([(float(x), float(y)), (float(x) + 2, float(y) + 1)])
        cv2.circle(depth, (int(x), int(y)), 30, 0.0, -1)
    return strokes
