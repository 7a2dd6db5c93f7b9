"""A model file that somebody brings: what it is, or why it cannot be loaded, and what to do with it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from segdesk.core.jobs import ModelReport
from segdesk.core.translation import tr
from segdesk.gui.icons import icon
from segdesk.gui.learning import Learning
from segdesk.gui.models.escape import EscapeCloses
from segdesk.gui.models.facts import FactsView, facts_of
from segdesk.gui.models.purpose import Purpose
from segdesk.gui.models.reports import Reports
from segdesk.gui.models.trial import Candidate, Trial
from segdesk.gui.models.verbs import ModelVerbs
from segdesk.gui.models.words import size_text
from segdesk.gui.theme import GRID
from segdesk.gui.widgets import IconMark
from segdesk.gui.workbench import Workbench


class ImportSheet(QDialog):
    """Stays beside the window, which goes on. closed: the person is done with this file (or not)."""

    closed = Signal()

    def __init__(
        self,
        path: Path,
        bench: Workbench,
        learning: Learning,
        reports: Reports,
        trial: Trial,
        verbs: ModelVerbs,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Import a model"))
        self.setMinimumWidth(80 * GRID)
        self.path = path
        self._bench = bench
        self._learning = learning
        self._reports = reports
        self._trial = trial
        self._verbs = verbs
        self._report: ModelReport | None = None
        self._mark = IconMark(24, icon("timer-sand", "quiet"))
        self.headline = QLabel(path.name)
        self.headline.setProperty("rank", "sheet")
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.facts = FactsView()
        self.purpose = Purpose(path.stem)
        self.hint = QLabel()
        self.hint.setWordWrap(True)
        self.hint.setProperty("rank", "quiet")
        self.cancel = _button(tr("Cancel"), tr("Close this and change nothing"))
        self.keep = _button(tr("Keep for all projects"), tr("Put this model among yours, for any project"))
        self.attempt = _button(tr("Try on this image"), "")
        self.use = _button(tr("Use in this project"), "")
        self.use.setDefault(True)
        self.use.setMinimumWidth(23 * GRID)  # its words become bold where it is the one to press
        self._lay_out()
        self.cancel.clicked.connect(self.close)
        self.keep.clicked.connect(self._on_keep)
        self.attempt.clicked.connect(self._on_try)
        self.use.clicked.connect(self._on_use)
        self.purpose.changed.connect(self._renew)
        reports.changed.connect(self._on_report)
        bench.project_changed.connect(self._renew)
        bench.classes_changed.connect(self._renew)
        bench.picture_ready.connect(self._renew)
        bench.sample_changed.connect(self._renew)
        trial.changed.connect(self._renew)
        EscapeCloses(self)
        self._take()
        self.use.setFocus()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(GRID + GRID // 2)
        head.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(GRID // 2)
        words.addWidget(self.headline)
        words.addWidget(self.sentence)
        words.addStretch(1)
        head.addLayout(words, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addWidget(self.cancel)
        buttons.addStretch(1)
        buttons.addWidget(self.keep)
        buttons.addWidget(self.attempt)
        buttons.addWidget(self.use)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        layout.setSpacing(2 * GRID)
        layout.addLayout(head)
        layout.addWidget(self.facts)
        layout.addWidget(self.purpose)
        layout.addWidget(self.hint)
        layout.addLayout(buttons)

    @property
    def report(self) -> ModelReport | None:
        """What the file is; None while that is not known, or where it cannot be loaded."""
        return self._report

    @Slot(object)
    def _on_report(self, path: Path) -> None:
        if path == self.path:
            self._take()

    def _take(self) -> None:
        found = self._reports.get(self.path)
        self._report = found if isinstance(found, ModelReport) else None
        if found is None:
            self.sentence.setText(tr("Finding out what this is…"))
        elif isinstance(found, str):
            self._mark.show_icon(icon("alert-circle-outline", "bad"))
            self.sentence.setText(found)
            self.cancel.setText(tr("Close"))
        else:
            self._mark.show_icon(icon("check-circle-outline", "good"))
            text = tr("Recognised: {family}.").format(family=found.family)
            if not found.family:
                text = tr("This is a model of SegDesk's.")
            self.sentence.setText(text)
            self.facts.show_facts(facts_of(found, self._learning.facts.networks, size_text(self.path)))
        there = self._report is not None
        self.facts.setVisible(there)
        self.purpose.setVisible(
            there and found is not None and self._report is not None and self._report.unclear
        )
        for button in (self.keep, self.attempt, self.use):
            button.setVisible(there)
        self._renew()
        self.adjustSize()

    @Slot()
    def _renew(self) -> None:
        """Offer what makes sense now, and say why where something doesn't."""
        report = self._report
        if report is None:
            self.hint.hide()
            return
        answered = not report.unclear or self.purpose.is_answered
        why = "" if answered else tr("Say first what this model draws")
        no_project = "" if self._bench.project is not None else tr("Open a project first")
        no_image = "" if self._bench.picture is not None else tr("Open an image first")
        nothing = tr("It has no output of its own to look at; retrain with it") if not report.outputs else ""
        _offer(self.keep, why, tr("Put this model among yours, for any project"))
        _offer(
            self.use,
            why or no_project,
            tr("Take it into the project as a new version, which predicts from now on"),
        )
        _offer(
            self.attempt,
            why or nothing or no_image,
            tr("See what it predicts for the image on screen; nothing is kept"),
        )
        hints = []
        if self._bench.project is None:
            hints.append(tr("No project is open: you can keep the model for later, or open an image first."))
        elif missing := self._verbs.missing(report):
            text = tr("It tells more classes apart than the project has; one is added when you use it.")
            if missing > 1:
                text = tr("It tells more classes apart than the project has; {count} are added with it.")
            hints.append(text.format(count=missing))
        self.hint.setText(" ".join(hints))
        self.hint.setVisible(bool(hints))

    # What the person wants

    def _on_try(self) -> None:
        report = self._report
        if report is not None:
            inverted = self.purpose.inverted
            self._trial.begin(
                Candidate(self.path, self.path.name, report.outputs, self._on_use, inverted=inverted)
            )

    def _on_use(self) -> None:
        report = self._report
        if report is not None:
            self._verbs.use_file(self.path, report, inverted=self.purpose.inverted)
        self.close()

    def _on_keep(self) -> None:
        self._verbs.keep(self.path, inverted=self.purpose.inverted)
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        candidate = self._trial.candidate
        if candidate is not None and candidate.file == self.path:
            self._trial.end()
        super().closeEvent(event)
        self.closed.emit()

    def reject(self) -> None:
        self.close()  # Escape is a way to close it, too


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.setAccessibleName(text)
    button.setToolTip(tip or text)
    return button


def _offer(button: QPushButton, why_not: str, tip: str) -> None:
    button.setEnabled(not why_not)
    button.setToolTip(why_not or tip)
