"""A figure on screen: pointing at a value tells what it is, clicking it goes to its image."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from segdesk.core.translation import tr
from segdesk.gui.quality.painting import Place, Sheet, paint
from segdesk.gui.quality.plots import Figure
from segdesk.gui.theme import GRID, colors

_FIRST_PLOT, _EACH_MORE = 28 * GRID, 20 * GRID  # height that it asks for
_LOWEST = 0.65  # of that
_TAB = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_KEYS = (*_STEPS, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Chart(QWidget):
    """Shows a figure. chosen: the id of a sample that a person wants to see."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._figure: Figure | None = None
        self.pointed: Place | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Curve"))
        self.setToolTip(tr("Point at a mark to see what it is; the arrow keys go from one to the next"))

    def show_figure(self, figure: Figure) -> None:
        """Show this from now on."""
        if figure != self._figure:
            self._figure = figure
            self.pointed = None
            self.setAccessibleName(figure.title)
            self.setAccessibleDescription(figure.headline)
            self.setMinimumHeight(round(self.sizeHint().height() * _LOWEST))
            self.updateGeometry()
            self.update()

    @property
    def sheet(self) -> Sheet | None:
        """Where everything is now; None without a figure."""
        if self._figure is None:
            return None
        return Sheet(self._figure, QRectF(self.rect()), self.font())

    def sizeHint(self) -> QSize:
        more = len(self._figure.plots) - 1 if self._figure is not None else 0
        return QSize(28 * GRID, _FIRST_PLOT + max(0, more) * _EACH_MORE)

    def paintEvent(self, _: QPaintEvent) -> None:
        sheet = self.sheet
        if sheet is not None:
            paint(QPainter(self), sheet, colors(), self.pointed)

    # By mouse

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        sheet = self.sheet
        if sheet is not None:
            self._point(sheet, sheet.nearest(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.mouseMoveEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if self.sheet is not None:
            self._point(self.sheet, None)

    # By keys

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            if event.key() in _KEYS and self.pointed is not None:
                event.accept()  # Enter chooses a point here, and does not confirm the image
                return True
        elif isinstance(event, QHelpEvent) and self.pointed is not None:
            return True  # what is pointed at has been told already
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        sheet = self.sheet
        if sheet is None or event.key() not in _KEYS or not sheet.figure.plots:
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose()
        else:
            plot = self.pointed.plot if self.pointed is not None else 0
            last = len(sheet.figure.plots[plot].points) - 1
            now = self.pointed.point if self.pointed is not None else -1
            key = Qt.Key(event.key())
            ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: last}
            self._point(sheet, Place(plot, ends.get(key, min(max(now + _STEPS.get(key, 0), 0), last))))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        sheet = self.sheet
        if sheet is not None and sheet.figure.plots and event.reason() in _TAB:
            self._point(sheet, Place(0, len(sheet.figure.plots[0].points) - 1))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self.sheet is not None:
            self._point(self.sheet, None)

    def _point(self, sheet: Sheet, place: Place | None) -> None:
        if place == self.pointed:
            return
        self.pointed = place
        self.update()
        if place is None:
            QToolTip.hideText()
            self.unsetCursor()
            return
        point = sheet.point(place)
        at: QPointF = sheet.place(place.plot, point.x, point.y)
        QToolTip.showText(self.mapToGlobal(at.toPoint()), point.text, self)
        self.setAccessibleDescription(point.text)
        if point.sample_id is not None:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        else:
            self.unsetCursor()

    def _choose(self) -> None:
        sheet = self.sheet
        if sheet is not None and self.pointed is not None:
            sample_id = sheet.point(self.pointed).sample_id
            if sample_id is not None:
                self.chosen.emit(sample_id)
