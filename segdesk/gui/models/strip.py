"""What is tried on the image, said over it, with the ways on: use the model, or put it away."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from segdesk.core.translation import tr
from segdesk.gui.icons import icon
from segdesk.gui.models.trial import Trial
from segdesk.gui.over_image import OverImage
from segdesk.gui.panels.job_bar import in_words
from segdesk.gui.theme import GRID
from segdesk.gui.widgets import IconMark

_WIDEST = 96 * GRID


class TrialStrip(OverImage):
    """At the bottom of its parent, as long as something is tried."""

    def __init__(self, trial: Trial, parent: QWidget) -> None:
        super().__init__(parent, _WIDEST, at_top=False)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)  # nobody paints through it
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._trial = trial
        mark = IconMark(20, icon("eye-outline", "accent"))
        self.label = QLabel()
        self.label.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(12 * GRID)
        self.bar.setAccessibleName(tr("Progress"))
        self.again = _button(tr("Try again"), tr("Predict this image with the model after all"))
        self.away = _button(tr("Put away"), tr("Show the image as before; nothing was changed"))
        self.use = _button(tr("Use"), tr("Take this model into the project and let it predict from now on"))
        self.use.setProperty("accented", True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, GRID + 4, GRID)
        layout.setSpacing(GRID + GRID // 2)
        layout.addWidget(mark, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.bar)
        layout.addWidget(self.again)
        layout.addWidget(self.away)
        layout.addWidget(self.use)
        self.use.clicked.connect(trial.use)
        self.away.clicked.connect(trial.end)
        self.again.clicked.connect(trial.again)
        trial.changed.connect(self.renew)

    @Slot()
    def renew(self) -> None:
        """Say what is tried and how far it is."""
        trial, candidate = self._trial, self._trial.candidate
        if candidate is None:
            self.hide()
            return
        name = candidate.title
        if trial.problem:
            text = trial.problem
        elif trial.waits:
            text = tr("{name} is tried as soon as what is under way is done.").format(name=name)
        elif trial.is_running and trial.progress is not None:
            text = in_words(trial.progress)
            if name not in text:
                text = tr("Trying {name}: {how_far}").format(name=name, how_far=text.lower())
        elif trial.is_shown:
            text = tr("This is what {name} says. Nothing is kept until you use it.").format(name=name)
        else:
            text = tr("{name} is tried as soon as there is an image.").format(name=name)
        self.label.setText(text)
        self.bar.setVisible(trial.is_running)
        fraction = trial.progress.fraction if trial.progress is not None else None
        if fraction is None:
            self.bar.setRange(0, 0)
        else:
            self.bar.setRange(0, 1000)
            self.bar.setValue(round(1000 * fraction))
        self.again.setVisible(bool(trial.problem))
        self.use.setEnabled(not trial.problem)
        self.come_up()


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setAccessibleName(text)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
