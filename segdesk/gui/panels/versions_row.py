"""How one model version looks in the list: whether it is in use, its name, its figures and its curve."""

from __future__ import annotations

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from segdesk.core.project import ModelVersion
from segdesk.core.project.rounds import Curve
from segdesk.core.translation import tr
from segdesk.gui.icons import icon
from segdesk.gui.panels.versions_text import second_line, version_title
from segdesk.gui.row_painting import beside_mark, paint_focus, paint_ground, paint_mark, paint_two_lines
from segdesk.gui.theme import GRID, Colors, colors

VERSION = Qt.ItemDataRole.UserRole
IN_USE = Qt.ItemDataRole.UserRole + 1

ROW = 48
_THUMBNAIL = QSize(64, 28)
_MOST_POINTS = 48  # more would not be seen in a thumbnail

_Index = QModelIndex | QPersistentModelIndex


class VersionRow(QStyledItemDelegate):
    """A mark, two lines of words and a thumbnail of the curve. renamed: a number, and the name typed."""

    renamed = Signal(int, str)

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(20 * GRID, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        version = index.data(VERSION)
        if not isinstance(version, ModelVersion):
            return
        in_use = bool(index.data(IN_USE))
        c = colors()
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_ground(painter, option)
        paint_focus(painter, option)
        paint_mark(
            painter,
            option,
            icon("check-circle", "good") if in_use else icon("circle-outline", "quiet"),
        )

        frame = QRect(0, 0, *_THUMBNAIL.toTuple())
        frame.moveCenter(rect.center())
        frame.moveRight(rect.right() - GRID)
        drawn = paint_curve(painter, QRectF(frame), version.curve, c)
        title, line = version_title(version), second_line(version, in_use=in_use)
        paint_two_lines(painter, option, _words_rect(rect, drawn=drawn), title, line, strong=in_use)
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setAccessibleName(tr("Name of the version"))
        editor.setPlaceholderText(tr("Name of the version"))
        editor.setMaxLength(80)
        editor.setStyleSheet("padding: 0 4px;")
        return editor

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        version = index.data(VERSION)
        if isinstance(editor, QLineEdit) and isinstance(version, ModelVersion):
            editor.setText(version.name)
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: object, index: _Index) -> None:
        version = index.data(VERSION)
        if isinstance(editor, QLineEdit) and isinstance(version, ModelVersion):
            self.renamed.emit(version.number, editor.text())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: _Index) -> None:
        rect: QRect = option.rect
        editor.setGeometry(_words_rect(rect, drawn=True).adjusted(-6, GRID + 2, 0, -GRID - 2))

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        # Enter ends the renaming; without this it would confirm the image on screen instead.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            event.accept()
            return True
        return super().eventFilter(editor, event)


def paint_curve(painter: QPainter, frame: QRectF, curve: Curve, c: Colors) -> bool:
    """Draw a round's loss and Dice over its seconds into a small frame; False where there is nothing to see.

    Dice has the whole scale from 0 to 1; the loss fills the frame from 0 to its highest value.
    """
    loss = _thinned([(x, y) for x, y, _ in curve if y is not None])
    dice = _thinned([(x, y) for x, _, y in curve if y is not None])
    if len(loss) < 2 and not dice:
        return False
    times = [x for x, _ in [*loss, *dice]]
    begin, length = min(times), max(times) - min(times) or 1.0
    painter.setPen(QPen(QColor(c.line), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawLine(
        QPointF(frame.left(), frame.bottom() + 1.5), QPointF(frame.right(), frame.bottom() + 1.5)
    )
    for points, top, color, width in (
        (loss, max((y for _, y in loss), default=0.0) or 1.0, c.quiet, 1.0),
        (dice, 1.0, c.accent, 1.8),
    ):
        line = [
            QPointF(
                frame.left() + (x - begin) / length * (frame.width() - 3),
                frame.bottom() - y / top * frame.height(),
            )
            for x, y in points
        ]
        pen = QPen(QColor(color), width)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF(line))
        if points is dice and line:
            painter.setBrush(QColor(color))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawEllipse(line[-1], 2.5, 2.5)
    return True


def _thinned(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    step = -(-len(points) // _MOST_POINTS) or 1
    return [*points[:-1:step], *points[-1:]]


def _words_rect(rect: QRect, *, drawn: bool) -> QRect:
    """Where the words are: beside the mark, and before the curve where there is one."""
    return beside_mark(rect.adjusted(0, 0, -_THUMBNAIL.width() - GRID if drawn else 0, 0))
