"""How one sample looks in the list."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPainterPath
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from segdesk.core.project import Sample
from segdesk.core.translation import tr
from segdesk.gui.icons import icon
from segdesk.gui.pictures import Thumbnails
from segdesk.gui.states import state_look
from segdesk.gui.theme import GRID, colors

_THUMBNAIL = QSize(56, 44)
_BADGE = 16
ROW_HEIGHT = 60
FIGURE = Qt.ItemDataRole.UserRole + 1  # what the list is ordered by, 0 to 1, or None


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
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = rect.adjusted(0, 1, 0, -1)
        if state & QStyle.StateFlag.State_Selected:
            _round(painter, ground, c.selected)
        elif state & QStyle.StateFlag.State_MouseOver:
            _round(painter, ground, c.hover)

        frame = QRect(rect.left() + GRID, rect.center().y() - _THUMBNAIL.height() // 2, *_THUMBNAIL.toTuple())
        _thumbnail(painter, frame, self._thumbnails.get(sample))

        left = frame.right() + GRID + 4
        width = rect.right() - GRID - left
        metrics = option.fontMetrics
        line = metrics.height()
        top = rect.center().y() - line - 1
        name = metrics.elidedText(index.data(), Qt.TextElideMode.ElideMiddle, width)
        painter.setPen(QColor(c.text))
        painter.drawText(QRect(left, top, width, line), Qt.AlignmentFlag.AlignLeft, name)

        look = state_look(sample.state)
        below = top + line + 4
        look.icon.paint(painter, QRect(left, below + (line - _BADGE) // 2, _BADGE, _BADGE))
        font = QFont(option.font)
        font.setPointSizeF(font.pointSizeF() * 0.92)
        painter.setFont(font)
        painter.setPen(QColor(c.quiet))
        figure = index.data(FIGURE)
        if figure is not None:
            shown = percent(figure)
            area = QRect(left, below, width, line)
            painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown)
            width -= painter.fontMetrics().horizontalAdvance(shown) + GRID
        words = QRect(left + _BADGE + 4, below, width - _BADGE - 4, line)
        word = painter.fontMetrics().elidedText(look.word, Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, word)
        painter.restore()


def percent(figure: float) -> str:
    """A figure from 0 to 1 in words, finer where it is small."""
    hundredths = 100 * figure
    return tr("{number} %").format(number=f"{hundredths:.1f}" if hundredths < 9.95 else f"{hundredths:.0f}")


def _round(painter: QPainter, rect: QRect, color: str) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color))
    painter.drawRoundedRect(rect, 6, 6)


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
