"""A canvas on a made-up image, and the mouse and keys to use it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from segdesk.core.classes import make_classes
from segdesk.core.document import Document
from segdesk.core.images import ImageSource
from segdesk.core.patch import Patch
from segdesk.core.project import NewSample, Project
from segdesk.gui.canvas import Canvas
from segdesk.gui.qimage import from_qimage

LEFT, RIGHT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton
NO_KEYS = Qt.KeyboardModifier.NoModifier
Spot = tuple[float, float]


@dataclass
class Bench:
    """A canvas and what it said. Places are in image pixels."""

    qtbot: QtBot
    canvas: Canvas
    project: Project
    document: Document
    patches: list[Patch] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    held: Qt.MouseButton = Qt.MouseButton.NoButton

    def on_widget(self, spot: Spot) -> QPoint:
        """The widget's pixel that shows this place."""
        at: QPointF = self.canvas.to_widget(spot)
        return QPoint(int(at.x()), int(at.y()))

    def press(self, spot: Spot, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        self.move(spot)
        self.held |= button
        QTest.mousePress(self.canvas, button, keys, self.on_widget(spot))

    def move(self, spot: Spot) -> None:
        self._move(QPointF(self.on_widget(spot)))

    def _move(self, at: QPointF) -> None:
        # Not by QTest: on a real screen it asks the window system to move the mouse, which takes a while.
        kind, everywhere = QEvent.Type.MouseMove, self.canvas.mapToGlobal(at)
        event = QMouseEvent(kind, at, everywhere, Qt.MouseButton.NoButton, self.held, NO_KEYS)
        QApplication.sendEvent(self.canvas, event)

    def release(self, spot: Spot, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        self.held &= ~button
        QTest.mouseRelease(self.canvas, button, keys, self.on_widget(spot))

    def click(self, spot: Spot, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        self.press(spot, button, keys)
        self.release(spot, button, keys)

    def drag(self, *spots: Spot, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        self.press(spots[0], button, keys)
        for spot in spots[1:]:
            self.move(spot)
        self.release(spots[-1], button, keys)

    def key(self, key: Qt.Key) -> None:
        QTest.keyClick(self.canvas, key)

    def screenshot(self) -> NDArray[np.uint8]:
        """(height, width, 3) RGB of the widget, with the mouse away so that no cursor is drawn."""
        self._move(QPointF(1, 1))
        self.qtbot.waitUntil(lambda: self.canvas.is_smooth)
        return from_qimage(self.canvas.grab().toImage())

    def seen_at(self, spot: Spot) -> tuple[int, int, int]:
        """The colour on screen where this place of the image is."""
        at = self.on_widget(spot)
        red, green, blue = self.screenshot()[at.y(), at.x()]
        return int(red), int(green), int(blue)

    @property
    def labels(self) -> NDArray[np.uint8]:
        return self.document.mask.labels

    @property
    def corrected(self) -> NDArray[np.uint8]:
        return self.document.mask.corrected


def make_bench(qtbot: QtBot, folder: Path, image: NDArray[np.uint8]) -> Bench:
    """A shown canvas of 500 x 400 on `image`, in a new project with the classes cell and wall."""
    path = folder / "image.png"
    Image.fromarray(image).save(path)
    project = Project.create(folder / "canvas.segdesk", ["cell", "wall"])
    height, width = image.shape[:2]
    (sample,) = project.samples.add([NewSample(ImageSource(path), width, height)])
    document = Document(project, sample)
    canvas = Canvas()
    qtbot.addWidget(canvas)
    canvas.resize(500, 400)
    canvas.set_classes(make_classes(["cell", "wall"]))
    canvas.set_document(image, document)
    bench = Bench(qtbot, canvas, project, document)
    canvas.stroke_finished.connect(bench.patches.append)
    canvas.hint.connect(bench.hints.append)
    canvas.failed.connect(bench.failures.append)
    with qtbot.waitExposed(canvas):
        canvas.show()
    canvas.setFocus()
    return bench
