"""What a file does not tell: networks that cut out any object, people or line drawings have the same keys."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QLabel, QRadioButton, QVBoxLayout, QWidget

from segdesk.core.translation import tr
from segdesk.gui.theme import GRID

_PORTRAIT, _PEOPLE, _OBJECTS = "portrait", "human", "u2net"


class Purpose(QWidget):
    """A question with three answers; a telling file name answers it already. changed: another answer."""

    changed = Signal()

    def __init__(self, stem: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        question = QLabel(tr("The file does not say what it draws. What is it for?"))
        question.setWordWrap(True)
        self.buttons = {
            _OBJECTS: QRadioButton(tr("The main object of an image (u2net)")),
            _PEOPLE: QRadioButton(tr("People (u2net_human_seg)")),
            _PORTRAIT: QRadioButton(tr("Line drawings of faces (u2net_portrait); its output is inverted")),
        }
        self._group = QButtonGroup(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addWidget(question)
        for button in self.buttons.values():
            button.setToolTip(button.text())
            button.setAccessibleName(button.text())
            self._group.addButton(button)
            layout.addWidget(button)
        told = next((name for name in (_PORTRAIT, _PEOPLE, _OBJECTS) if name in stem.casefold()), None)
        if told is not None:
            self.buttons[told].setChecked(True)
        self._group.buttonClicked.connect(self.changed)

    @property
    def is_answered(self) -> bool:
        """Whether the person, or the file's name, has said it."""
        return self._group.checkedButton() is not None

    @property
    def inverted(self) -> bool:
        """Whether the output is high in the background."""
        return self.buttons[_PORTRAIT].isChecked()
