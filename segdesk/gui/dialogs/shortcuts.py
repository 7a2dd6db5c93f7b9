"""All keys at a glance."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from segdesk.core.translation import tr
from segdesk.gui.actions import Order, keys_text, menus, orders
from segdesk.gui.theme import GRID


def canvas_keys() -> list[tuple[str, str]]:
    """What the canvas does by itself: keys and mouse, and what for."""
    return [
        (tr("Space + drag, middle drag"), tr("Move the image")),
        (tr("Wheel"), tr("Zoom where the pointer is")),
        (tr("Shift + wheel"), tr("Change the brush size")),
        (tr("V"), tr("Show or hide the mask; hold to peek")),
        (tr("Alt + drag, right drag"), tr("Erase with any tool")),
        (tr("Enter"), tr("Close the outline being drawn")),
        (tr("Backspace"), tr("Take back its last point")),
        (tr("Esc"), tr("Drop it")),
    ]


class ShortcutsDialog(QDialog):
    """Made from the same table as the menus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keyboard shortcuts"))
        self.resize(104 * GRID, 72 * GRID)
        titles = {name: title.replace("&", "") for name, title in menus().items()}
        table = orders()
        sections = [(titles[name], _keys(table, name)) for name in titles]
        digits = [order.keys[0] for order in table if order.id.startswith("class_")]
        classes = [
            (digits[0], tr("Paint the background")),
            (f"{digits[1]} – {digits[-1]}", tr("Paint the class of this number")),
        ]
        sections.append((tr("Classes"), classes))
        sections.append((tr("On the image"), canvas_keys()))
        columns = QWidget()
        grid = QGridLayout(columns)
        grid.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 3 * GRID)
        grid.setHorizontalSpacing(5 * GRID)
        grid.setVerticalSpacing(3 * GRID)
        shown = [(title, rows) for title, rows in sections if rows]
        heights = [0, 0]
        layouts = [QVBoxLayout(), QVBoxLayout()]
        for title, rows in shown:
            column = heights.index(min(heights))
            heights[column] += len(rows) + 2
            layouts[column].addWidget(_section(title, rows))
        for column, layout in enumerate(layouts):
            layout.setSpacing(3 * GRID)
            layout.addStretch(1)
            grid.addLayout(layout, 0, column)
            grid.setColumnStretch(column, 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(columns)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)


def _keys(table: list[Order], menu: str) -> list[tuple[str, str]]:
    return [
        (keys_text(order.keys), order.text.rstrip("…"))
        for order in table
        if order.menu == menu and order.keys
    ]


def _section(title: str, rows: list[tuple[str, str]]) -> QWidget:
    section = QWidget()
    grid = QGridLayout(section)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(2 * GRID)
    grid.setVerticalSpacing(GRID // 2)
    heading = QLabel(title)
    heading.setProperty("rank", "heading")
    grid.addWidget(heading, 0, 0, 1, 2)
    for row, (keys, text) in enumerate(rows, start=1):
        words = QLabel(text)
        key = QLabel(keys)
        key.setProperty("rank", "quiet")
        key.setAlignment(Qt.AlignmentFlag.AlignRight)
        grid.addWidget(words, row, 0)
        grid.addWidget(key, row, 1)
    grid.setColumnStretch(0, 1)
    return section
