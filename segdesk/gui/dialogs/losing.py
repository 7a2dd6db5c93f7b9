"""Asking before something is thrown away."""

from __future__ import annotations

from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget

from segdesk.core.translation import tr


def ask_whether(title: str, text: str, parent: QWidget) -> QMessageBox:
    """A question to which Enter and Esc answer that everything is kept; `loses` adds other answers."""
    question = QMessageBox(
        QMessageBox.Icon.Question, title, text, QMessageBox.StandardButton.NoButton, parent
    )
    keep = question.addButton(tr("Keep"), QMessageBox.ButtonRole.RejectRole)
    keep.setToolTip(tr("Close this and change nothing"))
    question.setDefaultButton(keep)
    return question


def loses(question: QMessageBox, answer: str, tip: str = "") -> QPushButton:
    """An answer that throws something away."""
    button = question.addButton(answer, QMessageBox.ButtonRole.DestructiveRole)
    button.setToolTip(tip)
    return button
