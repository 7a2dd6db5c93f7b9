"""What stands where the image would be, while there is none."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from segdesk.gui.icons import icon
from segdesk.gui.theme import GRID
from segdesk.gui.widgets import IconMark

_ICON = 48


class EmptyState(QWidget):
    """A mark, a sentence, and what can be done about it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("emptyState")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._mark = IconMark(_ICON, QIcon())
        self.label = QLabel()
        self.label.setWordWrap(True)
        self.label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.label.setFixedWidth(52 * GRID)
        self._row = QHBoxLayout()
        self._row.setSpacing(GRID)
        layout = QVBoxLayout(self)
        layout.setSpacing(2 * GRID)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addStretch(2)
        layout.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignCenter)
        layout.addWidget(self.label, 0, Qt.AlignmentFlag.AlignCenter)
        layout.addLayout(self._row)
        layout.addStretch(3)

    def tell(self, glyph: str, text: str, *actions: QAction) -> None:
        """Show this mark and sentence, with a button for each action."""
        self._mark.show_icon(icon(glyph, "quiet"))
        self.label.setText(text)
        self.label.setMinimumHeight(self.label.heightForWidth(self.label.width()))  # all of its lines
        while (item := self._row.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self._row.addStretch(1)
        for action in actions:
            button = QPushButton(action.icon(), action.text())
            button.setToolTip(action.toolTip())
            button.setAccessibleName(action.text())
            button.clicked.connect(action.trigger)
            self._row.addWidget(button)
        self._row.addStretch(1)
