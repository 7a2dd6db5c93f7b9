"""What the dialogs have in common."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPushButton, QVBoxLayout, QWidget

from segdesk.core.translation import tr
from segdesk.gui.theme import GRID


class FormDialog(QDialog):
    """A dialog with a body, a line for what is wrong, and two buttons: what will happen, and Cancel."""

    def __init__(self, title: str, verb: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.body = QVBoxLayout()
        self.body.setSpacing(GRID)
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.problem.setProperty("rank", "problem")
        self.problem.hide()
        buttons = QDialogButtonBox()
        go = buttons.addButton(verb, QDialogButtonBox.ButtonRole.AcceptRole)
        no = buttons.addButton(tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        assert isinstance(go, QPushButton)
        go.setDefault(True)
        # The default button is in bold, which its size hint does not know of.
        go.setMinimumWidth(go.fontMetrics().horizontalAdvance(verb) + 6 * GRID)
        go.setToolTip(title)
        no.setToolTip(tr("Close this and change nothing"))
        self.go = go
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        layout.setSpacing(2 * GRID)
        layout.addLayout(self.body, 1)
        layout.addWidget(self.problem)
        layout.addWidget(buttons)
        buttons.accepted.connect(self._on_accept)
        buttons.rejected.connect(self.reject)
        self.check: Callable[[], str | None] = lambda: None

    def _on_accept(self) -> None:
        wrong = self.check()
        self.problem.setText(wrong or "")
        self.problem.setVisible(wrong is not None)
        if wrong is None:
            self.accept()


def named(widget: QWidget, name: str, tip: str = "") -> None:
    """Give a control the name that screen readers say, and the same as a tooltip unless there is another."""
    widget.setAccessibleName(name)
    widget.setToolTip(tip or name)
