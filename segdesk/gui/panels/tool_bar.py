"""The strip of tools on the left."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QToolBar, QToolButton, QWidget

from segdesk.core.translation import tr
from segdesk.gui.actions import Actions
from segdesk.gui.tools import TOOLS

_BELOW = (("undo", "redo"), ("fit", "actual_size"))


class ToolBar(QToolBar):
    """The tools, of which one is chosen, and a few actions that hands are used to find here."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(tr("Tools"), parent)
        self.setObjectName("tools")
        self.setMovable(False)
        self.setIconSize(QSize(22, 22))
        group = QActionGroup(self)
        for tool in TOOLS:
            group.addAction(actions[f"tool_{tool}"])
            self.addAction(actions[f"tool_{tool}"])
        for names in _BELOW:
            self.addSeparator()
            for name in names:
                self.addAction(actions[name])
        for button in self.findChildren(QToolButton):
            if button.defaultAction() is not None:
                button.setAccessibleName(button.defaultAction().text())
