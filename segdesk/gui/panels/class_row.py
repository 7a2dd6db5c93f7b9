"""A row of the class panel: the colour, the name, whether it is seen and locked, and its key."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from segdesk.core.mask import BACKGROUND
from segdesk.core.translation import tr
from segdesk.gui.icons import icon
from segdesk.gui.row_painting import paint_ground
from segdesk.gui.seeing import Seeing
from segdesk.gui.theme import GRID, colors
from segdesk.gui.tools.options import ToolOptions

INDEX = Qt.ItemDataRole.UserRole
COLOR = Qt.ItemDataRole.UserRole + 1
HEIGHT = 32
_SWATCH = 16
_GLYPH = 16
_DIGIT = 3 * GRID


class Mark(StrEnum):
    """What a person can do to the sight of a class, in the order in which it stands in a row."""

    ALONE = "alone"
    HIDDEN = "hidden"
    LOCKED = "locked"

    def is_for(self, index: int) -> bool:
        """Whether it can be done to this class: the background has no colour of its own."""
        return self is Mark.LOCKED or index != BACKGROUND

    def icon(self, *, on: bool) -> str:
        """The glyph's name."""
        if self is Mark.LOCKED:
            return "lock-outline" if on else "lock-open-variant-outline"
        if self is Mark.HIDDEN:
            return "eye-off-outline" if on else "eye-outline"
        return "image-filter-center-focus"

    def tip(self, name: str, *, on: bool) -> str:
        """What a click does to the class of this name."""
        if self is Mark.LOCKED:
            text = tr("Unlock {name}") if on else tr("Lock {name}: no tool changes it")
        elif self is Mark.HIDDEN:
            text = tr("Show {name}") if on else tr("Hide {name}")
        else:
            text = tr("Show the other classes again") if on else tr("Show only {name}")
        return text.format(name=name)

    def state(self) -> str:
        """How a class is to which that was done."""
        words = {Mark.ALONE: tr("seen alone"), Mark.HIDDEN: tr("hidden"), Mark.LOCKED: tr("locked")}
        return words[self]

    def use(self, index: int, seeing: Seeing) -> None:
        """Do it to this class, or take it back."""
        if self is Mark.LOCKED:
            seeing.toggle_locked(index)
        elif self is Mark.HIDDEN:
            seeing.toggle_hidden(index)
        else:
            seeing.toggle_alone(index)


def marks_of(index: int, options: ToolOptions, seeing: Seeing) -> Mapping[Mark, bool]:
    """What has been done to a class."""
    return {
        Mark.ALONE: index == seeing.alone,
        Mark.HIDDEN: index in seeing.hidden,
        Mark.LOCKED: index in options.locked,
    }


def swatch(row: QRect) -> QRect:
    """Where in a row its colour is."""
    return QRect(row.left() + GRID, row.center().y() - _SWATCH // 2 + 1, _SWATCH, _SWATCH)


def place_of(mark: Mark, row: QRect) -> QRect:
    """Where in a row a mark is clicked."""
    back = len(Mark) - list(Mark).index(mark)
    return QRect(row.right() - _DIGIT - back * 3 * GRID, row.top(), 3 * GRID, row.height())


class ClassRow(QStyledItemDelegate):
    """Draws the row. Marks that are set are always seen, the others under the mouse."""

    def __init__(self, options: ToolOptions, seeing: Seeing, parent: QWidget) -> None:
        super().__init__(parent)
        self._options = options
        self._seeing = seeing

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(120, HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        c = colors()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_ground(painter, option)
        marks = marks_of(index.data(INDEX), self._options, self._seeing)
        self._paint_swatch(painter, swatch(rect), index.data(COLOR), hidden=marks[Mark.HIDDEN])
        right = rect.right() - _DIGIT
        for mark in Mark:
            if mark.is_for(index.data(INDEX)) and (marks[mark] or hovered):
                place = place_of(mark, rect)
                glyph = QRect(0, 0, _GLYPH, _GLYPH)
                glyph.moveCenter(place.center())
                icon(mark.icon(on=marks[mark]), "text" if marks[mark] else "quiet").paint(painter, glyph)
                right = min(right, place.left())
        words = rect.adjusted(GRID + _SWATCH + GRID, 0, 0, 0)
        words.setRight(right - GRID // 2)
        name = option.fontMetrics.elidedText(index.data(), Qt.TextElideMode.ElideRight, words.width())
        painter.setPen(QColor(c.quiet if marks[Mark.HIDDEN] else c.text))
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
        if index.row() < 10:
            painter.setPen(QColor(c.quiet))
            digit = rect.adjusted(0, 0, -GRID, 0)
            end = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(digit, end, str(index.row()))
        painter.restore()

    def _paint_swatch(self, painter: QPainter, place: QRect, color: QColor, *, hidden: bool) -> None:
        """Filled where the class is seen, a ring where it is hidden."""
        if hidden:
            ring = QRect(place).adjusted(1, 1, -1, -1)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            pen = painter.pen()
            pen.setStyle(Qt.PenStyle.SolidLine)
            pen.setColor(color)
            pen.setWidth(2)
            painter.setPen(pen)
            painter.drawRoundedRect(ring, 3, 3)
            return
        painter.setBrush(color)
        painter.setPen(QColor(colors().quiet))
        painter.drawRoundedRect(place, 4, 4)

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        rect: QRect = option.rect
        editor.setGeometry(rect.adjusted(GRID + _SWATCH + 4, 2, -4, -2))

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        editor = QLineEdit(parent)
        editor.setAccessibleName(tr("Name of the class"))
        editor.setStyleSheet("padding: 0 4px;")
        return editor

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        # Enter ends the renaming; without this it would confirm the image on screen instead.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            event.accept()
            return True
        return super().eventFilter(editor, event)
