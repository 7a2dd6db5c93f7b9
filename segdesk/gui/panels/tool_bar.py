"""The strip of tools on the left."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize, Qt, Slot
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QMenu, QToolBar, QToolButton, QWidget

from segdesk.core.translation import tr
from segdesk.gui.actions import Actions
from segdesk.gui.theme import GRID, colors
from segdesk.gui.tools import GROUPS

_BELOW = (("undo", "redo"), ("fit", "actual_size"))
_LEAST = 3  # tools, from which on a group may share one button
_MARK = 5  # pixels: the corner that says that there is more behind a button


class ToolBar(QToolBar):
    """The tools, of which one is chosen, and a few actions that hands are used to find here.

    Where the window is too low for all of them, groups of tools share a button, the last group first.
    """

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(tr("Tools"), parent)
        self.setObjectName("tools")
        self.setMovable(False)
        self.setIconSize(QSize(22, 22))
        chosen = QActionGroup(self)
        self.families: dict[str, ToolFamily] = {}
        self._folded: dict[str, bool] = {}
        self._shown: dict[str, tuple[list[QAction], QAction]] = {}  # each alone, and all in one
        for name, tools in GROUPS.items():
            if self.actions():
                self.addSeparator()
            members = [actions[f"tool_{tool.id}"] for tool in tools]
            for action in members:
                chosen.addAction(action)
            alone = [self.addWidget(self._button(action)) for action in members]
            if len(members) >= _LEAST:
                self.families[name] = ToolFamily(members, self)
                self._shown[name] = alone, self.addWidget(self.families[name])
                self._fold(name, False)
        for names in _BELOW:
            self.addSeparator()
            for name in names:
                self.addAction(actions[name])
        for button in self.findChildren(QToolButton):
            if button.defaultAction() is not None:
                button.setAccessibleName(button.defaultAction().text())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit(event.size().height())

    def _fit(self, room: int) -> None:
        """Share buttons where there is not enough room, and no more than that."""
        needed = self._height_of_all()
        folded: dict[str, bool] = {}
        each = self.families and next(iter(self.families.values())).sizeHint().height() + GRID // 2
        for name in reversed(self._shown):
            folded[name] = needed > room
            if folded[name]:
                needed -= (len(self._shown[name][0]) - 1) * int(each or 0)
        for name, fold in folded.items():
            if self._folded[name] is not fold:
                self._fold(name, fold)

    def _height_of_all(self) -> int:
        whole, spacing = 2 * GRID, GRID // 2
        shared = {one for _, one in self._shown.values()}
        for action in self.actions():
            if action not in shared:
                widget = self.widgetForAction(action)
                whole += (widget.sizeHint().height() if widget is not None else 2 * GRID) + spacing
        return whole

    def _fold(self, name: str, fold: bool) -> None:
        alone, one = self._shown[name]
        self._folded[name] = fold
        for action in alone:
            action.setVisible(not fold)
        one.setVisible(fold)

    def _button(self, action: QAction) -> QToolButton:
        button = QToolButton(self)
        button.setDefaultAction(action)
        button.setIconSize(self.iconSize())
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button


class ToolFamily(QToolButton):
    """One button for several tools: the one used last; held down, right-clicked or Down shows the others."""

    def __init__(self, members: Sequence[QAction], parent: QToolBar) -> None:
        super().__init__(parent)
        self.setIconSize(parent.iconSize())
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.DelayedPopup)
        menu = QMenu(self)
        menu.addActions(list(members))
        menu.setToolTipsVisible(True)
        self.setMenu(menu)
        for action in members:
            action.toggled.connect(self._follow)
        self.setDefaultAction(members[0])

    @Slot(bool)
    def _follow(self, checked: bool) -> None:
        action = self.sender()
        if checked and isinstance(action, QAction):
            self.setDefaultAction(action)
            self.setAccessibleName(action.text())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.RightButton:
            self.showMenu()
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Right):
            self.showMenu()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors().quiet))
        right, bottom = self.width() - 4.0, self.height() - 4.0
        painter.drawPolygon(
            [QPointF(right, bottom), QPointF(right - _MARK, bottom), QPointF(right, bottom - _MARK)]
        )
