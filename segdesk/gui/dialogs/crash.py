"""An error that nobody expected, as something that can be copied and sent."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from segdesk.core.translation import tr
from segdesk.gui.theme import GRID


class ReportDialog(QDialog):
    """A sentence, and the report behind it."""

    def __init__(self, sentence: str, report: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Something went wrong"))
        self.resize(80 * GRID, 50 * GRID)
        self._report = report
        label = QLabel(sentence)
        label.setWordWrap(True)
        text = QPlainTextEdit(report)
        text.setReadOnly(True)
        text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        text.setAccessibleName(tr("Report"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.NoButton)
        copy = buttons.addButton(tr("Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        go_on = buttons.addButton(tr("Go on"), QDialogButtonBox.ButtonRole.AcceptRole)
        copy.setToolTip(tr("Copy the report"))
        go_on.setToolTip(tr("Close this; the window goes on"))
        assert isinstance(go_on, QPushButton)
        go_on.setDefault(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        layout.setSpacing(2 * GRID)
        layout.addWidget(label)
        layout.addWidget(text, 1)
        layout.addWidget(buttons)
        copy.clicked.connect(self._copy)
        buttons.accepted.connect(self.accept)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._report)


def show_report(sentence: str, report: str, parent: QWidget | None = None) -> None:
    """Show a report; the window below goes on meanwhile."""
    dialog = ReportDialog(sentence, report, parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setModal(False)
    dialog.show()
