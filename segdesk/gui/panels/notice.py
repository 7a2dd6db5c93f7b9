"""What went wrong, said over the image without stopping anybody."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from segdesk.core.translation import tr
from segdesk.gui.dialogs.crash import show_report
from segdesk.gui.icons import icon
from segdesk.gui.theme import GRID
from segdesk.gui.widgets import IconMark

_WIDEST = 70 * GRID


class Notice(QFrame):
    """A strip at the top of its parent with one or a few sentences; it stays until it is closed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._room = parent
        self.setObjectName("notice")
        self._report = ""
        mark = IconMark(20, icon("alert-circle-outline", "bad"))
        self.label = QLabel()
        self.label.setWordWrap(True)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.details = QPushButton(tr("Details…"))
        self.details.setProperty("flat", True)
        self.details.setToolTip(tr("What happened, to copy and send"))
        self.details.setAccessibleName(tr("Details of the error"))
        close = QToolButton()
        close.setIcon(icon("close"))
        close.setAccessibleName(tr("Close"))
        close.setToolTip(tr("Close this message"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, GRID, GRID)
        layout.setSpacing(GRID + GRID // 2)
        layout.addWidget(mark, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.details)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignVCenter)
        close.clicked.connect(self.hide)
        self.details.clicked.connect(self._on_details)
        parent.installEventFilter(self)
        self.hide()

    @Slot(str)
    @Slot(str, str)
    def tell(self, text: str, report: str = "") -> None:
        """Say what went wrong; `report` can be looked at and copied."""
        self._report = report
        self.label.setText(text)
        self.details.setVisible(bool(report))
        self.show()
        self.raise_()
        self._place()

    @Slot()
    def _on_details(self) -> None:
        show_report(self.label.text(), self._report, self.window())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        room = self._room
        width = min(_WIDEST, room.width() - 4 * GRID)
        height = max(self.heightForWidth(width), self.minimumSizeHint().height())
        self.setGeometry((room.width() - width) // 2, 2 * GRID, width, height)
