"""The tables of the classes on screen."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from segdesk.core.translation import tr
from segdesk.gui.quality.grids import Grid, shading
from segdesk.gui.theme import GRID, Colors, colors

_ROW = 3 * GRID
_COLUMN, _WIDEST_COLUMN = 6 * GRID, 12 * GRID
_MOST_ROWS = 16  # more of them scroll
_NAMES = 0.4  # of the width, at most, for the rows' names
_SHORTEST_NAMES = 7 * GRID  # pixels
# By the palette's roles, so that it follows the theme.
_LOOK = """
    QTableView { background: palette(window); }
    QHeaderView, QTableCornerButton::section { background: palette(window); border: none; }
    QHeaderView::section {
        background: palette(window); color: palette(placeholder-text); border: none; padding: 0 2px; }
"""

_Index = QModelIndex | QPersistentModelIndex


class GridModel(QAbstractTableModel):
    """A grid as Qt wants it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.grid = Grid("", (), (), ())

    def show_grid(self, grid: Grid) -> None:
        """Be this from now on."""
        self.beginResetModel()
        self.grid = grid
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.grid.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.grid.columns)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        cell = self.grid.cells[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.text
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return cell.tip
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignCenter
        if role == Qt.ItemDataRole.BackgroundRole and cell.share is not None:
            return shading(cell, colors())[0]
        if role == Qt.ItemDataRole.ForegroundRole:
            return shading(cell, colors())[1]
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        names = self.grid.columns if orientation == Qt.Orientation.Horizontal else self.grid.rows
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return names[section] if section < len(names) else None
        if role == Qt.ItemDataRole.TextAlignmentRole and orientation == Qt.Orientation.Vertical:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None


class GridTable(QTableView):
    """Shows a grid as high as it is; columns that do not fit scroll beside fixed names of rows.

    narrowest: pixels, what a column has at least.
    """

    def __init__(self, name: str, narrowest: int = _COLUMN, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._narrowest = narrowest
        self.grid_model = GridModel(self)
        self.setModel(self.grid_model)
        self.setAccessibleName(name)
        self.setStyleSheet(_LOOK)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        across, down = self.horizontalHeader(), self.verticalHeader()
        across.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        across.setMinimumSectionSize(narrowest)
        across.setFixedHeight(_ROW)
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        down.setMinimumSectionSize(_ROW)
        down.setDefaultSectionSize(_ROW)
        for header in (across, down):
            header.setHighlightSections(False)
            header.setSectionsClickable(False)
            header.setTextElideMode(Qt.TextElideMode.ElideRight)
        corner = self.findChild(QAbstractButton)
        if corner is not None:
            corner.setAccessibleName(name)
            corner.setToolTip(tr("Rows are what you confirmed"))
        self.setCornerButtonEnabled(False)

    def show_grid(self, grid: Grid) -> None:
        """Show this from now on."""
        self.grid_model.show_grid(grid)
        self._fit()

    def sizeHint(self) -> QSize:
        return QSize(28 * GRID, self.height())

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        grid = self.grid_model.grid
        metrics = self.verticalHeader().fontMetrics()
        widest = max((metrics.horizontalAdvance(name) for name in grid.rows), default=0)
        names = round(min(widest + GRID, _NAMES * self.width()))
        left_over = self.width() - self._narrowest * len(grid.columns)
        if _SHORTEST_NAMES <= left_over < names:
            names = left_over  # shorter names, and nothing to scroll
        self.verticalHeader().setFixedWidth(names)
        rows = max(1, len(grid.rows))
        beside = self.verticalScrollBar().sizeHint().width() if rows > _MOST_ROWS else 0
        room = self.width() - names - beside
        column = min(max(self._narrowest, room // max(1, len(grid.columns))), _WIDEST_COLUMN)
        self.horizontalHeader().setDefaultSectionSize(column)
        fits = column * len(grid.columns) <= room
        below = 0 if fits else self.horizontalScrollBar().sizeHint().height()
        self.setFixedHeight((min(rows, _MOST_ROWS) + 1) * _ROW + below)


def paint_grid(painter: QPainter, grid: Grid, rect: QRectF, c: Colors) -> None:
    """Draw a grid with its title into a picture.

    Where the names of a class against class table are too long for its columns, numbers stand for them.
    """
    metrics = QFontMetricsF(painter.font())
    widest = max((metrics.horizontalAdvance(name) for name in grid.rows), default=0.0)
    names = min(widest + 5 * GRID, _NAMES * rect.width())
    width = min((rect.width() - names) / max(1, len(grid.columns)), 10.0 * GRID)
    bold = QFont(painter.font())
    bold.setWeight(QFont.Weight.DemiBold)
    painter.save()
    painter.setPen(QPen(QColor(c.text)))
    painter.setFont(bold)
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(QRectF(rect.left(), rect.top(), rect.width(), _ROW), left, grid.title)
    painter.restore()
    top = rect.top() + _ROW
    painter.setPen(QColor(c.quiet))
    columns, rows = grid.columns, grid.rows
    if rows == columns and any(metrics.horizontalAdvance(name) > width - 4 for name in columns):
        columns = tuple(str(index) for index in range(len(columns)))
        rows = tuple(f"{index}  {name}" for index, name in enumerate(rows))
    for column, name in enumerate(columns):
        place = QRectF(rect.left() + names + column * width, top, width, _ROW).adjusted(2, 0, -2, 0)
        short = metrics.elidedText(name, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, short)
    for row, (name, cells) in enumerate(zip(rows, grid.cells, strict=True), 1):
        painter.setPen(QColor(c.quiet))
        short = metrics.elidedText(name, Qt.TextElideMode.ElideRight, names - GRID)
        painter.drawText(QRectF(rect.left(), top + row * _ROW, names, _ROW), left, short)
        for column, cell in enumerate(cells):
            place = QRectF(rect.left() + names + column * width, top + row * _ROW, width, _ROW)
            ground, text = shading(cell, c)
            painter.fillRect(place, ground)
            painter.setPen(text)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, cell.text)


def grid_height(grid: Grid) -> int:
    """Pixels that `paint_grid` needs."""
    return (len(grid.rows) + 2) * _ROW
