"""How one sample looks in the list."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPainterPath
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from segdesk.core.patch import State
from segdesk.core.project import Sample
from segdesk.core.translation import tr
from segdesk.gui.icons import icon
from segdesk.gui.pictures import Thumbnails
from segdesk.gui.row_painting import SMALL, paint_ground
from segdesk.gui.states import state_look
from segdesk.gui.theme import GRID, colors

_THUMBNAIL = QSize(56, 44)
_BADGE = 16
ROW_HEIGHT = 60
FIGURE = Qt.ItemDataRole.UserRole + 1  # what the list is ordered by, 0 to 1, or None
STACK = Qt.ItemDataRole.UserRole + 2  # the StackSum of a stack's own row, or None
PAGE = Qt.ItemDataRole.UserRole + 3  # whether the row is a page below its stack's own

OPENS = 3 * GRID  # how wide the place of a stack's arrow is, at the right end of its row
_INDENT = 2 * GRID  # of the pages below their stack
_ARROW = 18


class SampleRow(QStyledItemDelegate):
    """A thumbnail, the name, the state as badge and word, and what the list is ordered by."""

    def __init__(self, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(160, ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        sample = index.data(Qt.ItemDataRole.UserRole)
        if not isinstance(sample, Sample):
            return
        c = colors()
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_ground(painter, option)

        stack = index.data(STACK)
        if index.data(PAGE):
            rect = rect.adjusted(_INDENT, 0, 0, 0)
        frame = QRect(rect.left() + GRID, rect.center().y() - _THUMBNAIL.height() // 2, *_THUMBNAIL.toTuple())
        if stack is not None:
            _pile(painter, frame)
        _thumbnail(painter, frame, self._thumbnails.get(sample))

        left = frame.right() + GRID + 4
        width = rect.right() - GRID - left
        metrics = option.fontMetrics
        line = metrics.height()
        top = rect.center().y() - line - 1
        room = width
        if stack is not None:
            room -= OPENS - GRID
            arrow = QRect(rect.right() - OPENS + GRID // 2, top + (line - _ARROW) // 2, _ARROW, _ARROW)
            icon("chevron-down" if stack.is_open else "chevron-right", "quiet").paint(painter, arrow)
        name = metrics.elidedText(index.data(), Qt.TextElideMode.ElideMiddle, room)
        painter.setPen(QColor(c.text))
        painter.drawText(QRect(left, top, room, line), Qt.AlignmentFlag.AlignLeft, name)

        below = top + line + 4
        font = QFont(option.font)
        font.setPointSizeF(font.pointSizeF() * SMALL)
        painter.setFont(font)
        painter.setPen(QColor(c.quiet))
        figure = index.data(FIGURE)
        if figure is not None:
            shown = percent(figure)
            area = QRect(left, below, width, line)
            painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown)
            width -= painter.fontMetrics().horizontalAdvance(shown) + GRID
        if stack is not None:
            _badges(painter, QRect(left, below, width, line), [(s, str(n)) for s, n in stack.counts.items()])
        else:
            _badges(painter, QRect(left, below, width, line), [(sample.state, state_look(sample.state).word)])
        painter.restore()


def _badges(painter: QPainter, room: QRect, told: Sequence[tuple[State, str]]) -> None:
    """Each state by its badge and what is said of it, from the left, as far as there is room."""
    left = room.left()
    metrics = painter.fontMetrics()
    for state, text in told:
        words = room.right() - left - _BADGE - 4
        if words < metrics.averageCharWidth():
            return
        badge = QRect(left, room.top() + (room.height() - _BADGE) // 2, _BADGE, _BADGE)
        state_look(state).icon.paint(painter, badge)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, words)
        area = QRect(left + _BADGE + 4, room.top(), words, room.height())
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        left += _BADGE + 4 + metrics.horizontalAdvance(shown) + GRID


def _pile(painter: QPainter, frame: QRect) -> None:
    """The edges of more pages, behind the one on top."""
    c = colors()
    for step in (2, 1):
        behind = frame.adjusted(3 * step, -3 * step, -3 * step, -3 * step)
        path = QPainterPath()
        path.addRoundedRect(behind, 4, 4)
        painter.fillPath(path, QColor(c.line))
        painter.strokePath(path, QColor(c.surface))


def percent(figure: float) -> str:
    """A figure from 0 to 1 in words, finer where it is small."""
    hundredths = 100 * figure
    return tr("{number} %").format(number=f"{hundredths:.1f}" if hundredths < 9.95 else f"{hundredths:.0f}")


def _thumbnail(painter: QPainter, frame: QRect, image: QImage | None) -> None:
    """The image cut to fill the frame; an empty frame while it is made, a mark where there is none."""
    path = QPainterPath()
    path.addRoundedRect(frame, 4, 4)
    painter.fillPath(path, QColor(colors().hover))
    if image is None:
        return
    if image.isNull():
        glyph = QRect(0, 0, 24, 24)
        glyph.moveCenter(frame.center())
        icon("image-broken-variant", "quiet").paint(painter, glyph)
        return
    painter.save()
    painter.setClipPath(path)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    scale = max(frame.width() / image.width(), frame.height() / image.height())
    target = QRect(0, 0, round(image.width() * scale), round(image.height() * scale))
    target.moveCenter(frame.center())
    painter.drawImage(target, image)
    painter.restore()
