"""What a thorough training looks like just now: image, truth and prediction, side by side."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from segdesk.core.errors import SegdeskError
from segdesk.core.translation import tr
from segdesk.formats.images import write_png
from segdesk.gui.dialogs.files import documents
from segdesk.gui.learning import Learning
from segdesk.gui.qimage import to_qimage
from segdesk.gui.theme import GRID, colors
from segdesk.gui.workbench import Workbench

Pixels = NDArray[np.uint8]

_MOST_HEIGHT = 36 * GRID
_FIRST_SIZE = QSize(96 * GRID, 96 * GRID)
_PNG = ".png"


class Strip(QWidget):
    """The newest picture of a training, which a click enlarges; hidden while there is none."""

    def __init__(self, bench: Workbench, learning: Learning, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self.picture = PictureButton()
        self.picture.setAccessibleName(tr("Image, truth and prediction"))
        self.picture.setToolTip(tr("What the training has come to on a few pieces; click to enlarge"))
        self.picture.setMaximumHeight(_MOST_HEIGHT)
        self.enlarge = QAction(tr("Enlarge"), self)
        self.save = QAction(tr("Save as PNG…"), self)
        self.enlarged: StripWindow | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addLayout(_caption())
        layout.addWidget(self.picture)
        self.picture.clicked.connect(self._on_enlarge)
        self.picture.menu_wanted.connect(self._on_menu)
        self.enlarge.triggered.connect(self._on_enlarge)
        self.save.triggered.connect(self._on_save)
        learning.strip.connect(self.show_picture)
        learning.figures.connect(self._on_figures)
        bench.project_changed.connect(self._forget)
        self.hide()

    @Slot(object)
    def show_picture(self, pixels: Pixels) -> None:
        """Show (height, width, 3) sRGB, in the enlarged window as well."""
        self.picture.show_pixels(pixels)
        self.show()
        if self.enlarged is not None:
            self.enlarged.picture.show_pixels(pixels)

    def save_to(self, path: Path) -> None:
        """Write the picture as PNG, and say so; or say why not."""
        if self.picture.pixels is None:
            return
        try:
            write_png(path, self.picture.pixels)
        except SegdeskError as error:
            self._bench.error.emit(str(error))
            return
        self._bench.message.emit(tr("Saved {path}.").format(path=path))

    @Slot()
    def _on_enlarge(self) -> None:
        if self.picture.pixels is None:
            return
        if self.enlarged is None:
            self.enlarged = StripWindow(self.window())
        self.enlarged.picture.show_pixels(self.picture.pixels)
        self.enlarged.show()
        self.enlarged.activateWindow()

    @Slot(QPoint)
    def _on_menu(self, where: QPoint) -> None:
        menu = QMenu(self)
        menu.addActions([self.enlarge, self.save])
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(where)

    @Slot()
    def _on_save(self) -> None:
        project = self._bench.project
        name = tr("{name} training").format(name=project.name if project is not None else "SegDesk")
        suggested = documents() / f"{name}{_PNG}"
        kind = tr("Pictures (*.png)")
        chosen, _ = QFileDialog.getSaveFileName(self, tr("Save the picture"), str(suggested), kind)
        if chosen:
            path = Path(chosen)
            self.save_to(path if path.suffix.lower() == _PNG else path.with_name(path.name + _PNG))

    @Slot(object)
    def _on_figures(self, figures: object) -> None:
        if figures is None:  # another round begins
            self._forget()

    @Slot()
    def _forget(self) -> None:
        self.picture.show_pixels(None)
        self.hide()
        if self.enlarged is not None:
            self.enlarged.close()


class StripWindow(QDialog):
    """The same picture as large as one likes, beside the window; Escape closes it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Image, truth and prediction"))
        self.setModal(False)
        self.picture = PictureButton()
        self.picture.setAccessibleName(tr("Image, truth and prediction"))
        self.picture.setToolTip(tr("Click to close"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID // 2)
        layout.addLayout(_caption())
        layout.addWidget(self.picture, 1)
        self.picture.clicked.connect(self.close)
        self.resize(_FIRST_SIZE)


class PictureButton(QAbstractButton):
    """A framed picture that can be clicked, by keyboard as well; it keeps its proportions."""

    menu_wanted = Signal(QPoint)  # where on the screen

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pixels: Pixels | None = None
        self._image = QImage()
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._on_menu)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_pixels(self, pixels: Pixels | None) -> None:
        """Show (height, width, 3) sRGB, or nothing."""
        self.pixels = pixels
        self._image = to_qimage(pixels) if pixels is not None else QImage()
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(28 * GRID, self.heightForWidth(28 * GRID))

    def minimumSizeHint(self) -> QSize:
        return QSize(8 * GRID, 4 * GRID)

    def heightForWidth(self, width: int) -> int:
        if self._image.isNull():
            return 4 * GRID
        return min(self.maximumHeight(), round(width * self._image.height() / self._image.width()))

    def paintEvent(self, _: QPaintEvent) -> None:
        if self._image.isNull():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        room = self.rect().adjusted(1, 1, -1, -1)
        size = self._image.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        where = QRect(QPoint(0, 0), size)
        where.moveCenter(room.center())
        ratio = self.devicePixelRatioF()
        painter.drawImage(
            where,
            self._image.scaled(
                size * ratio,
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            ),
        )
        c = colors()
        painter.setPen(QColor(c.accent if self.hasFocus() else c.line))
        painter.drawRect(where.adjusted(-1, -1, 0, 0))

    @Slot(QPoint)
    def _on_menu(self, where: QPoint) -> None:
        self.menu_wanted.emit(self.mapToGlobal(where))


def _caption() -> QHBoxLayout:
    """What stands in the three columns."""
    row = QHBoxLayout()
    row.setSpacing(0)
    for words in (tr("Image"), tr("Truth"), tr("Prediction")):
        label = QLabel(words)
        label.setProperty("rank", "quiet")
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        row.addWidget(label, 1)
    return row
