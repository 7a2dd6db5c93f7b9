"""What went wrong, said over the image without stopping anybody."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from segdesk.core.translation import tr
from segdesk.gui.dialogs.crash import show_report
from segdesk.gui.icons import icon
from segdesk.gui.over_image import OverImage
from segdesk.gui.theme import GRID
from segdesk.gui.widgets import IconMark

_WIDEST = 70 * GRID


class Notice(OverImage):
    """A strip at the top of its parent, or of `within`, with a few sentences; it stays until it is closed."""

    def __init__(self, parent: QWidget, within: QWidget | None = None) -> None:
        super().__init__(parent, _WIDEST, at_top=True, within=within)
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

    @Slot(str)
    @Slot(str, str)
    def tell(self, text: str, report: str = "") -> None:
        """Say what went wrong; `report` can be looked at and copied."""
        self._report = report
        self.label.setText(text)
        self.details.setVisible(bool(report))
        self.come_up()

    @Slot()
    def _on_details(self) -> None:
        show_report(self.label.text(), self._report, self.window())
