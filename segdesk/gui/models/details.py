"""What is known of the model that is selected, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from segdesk.core.jobs import ModelReport
from segdesk.core.translation import tr
from segdesk.gui.icons import icon
from segdesk.gui.learning import Learning
from segdesk.gui.models.entries import Entry, Kind
from segdesk.gui.models.facts import Facts, FactsView, facts_of
from segdesk.gui.models.purpose import Purpose
from segdesk.gui.models.reports import Found, Reports
from segdesk.gui.models.words import merits_of, size_text, title_of
from segdesk.gui.panels.versions_text import version_details
from segdesk.gui.theme import GRID
from segdesk.gui.widgets import scrollable
from segdesk.gui.workbench import Workbench


class Details(QWidget):
    """ordered: the person wants this (the name of a button) done with the entry shown."""

    ordered = Signal(str)

    def __init__(
        self, bench: Workbench, learning: Learning, reports: Reports, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._bench = bench
        self._learning = learning
        self._reports = reports
        self.entry: Entry | None = None
        self.found: Found | None = None
        self.title = QLabel()
        self.title.setProperty("rank", "sheet")
        self.title.setWordWrap(True)
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.facts = FactsView()
        self.purpose = Purpose("")
        self._slot = QVBoxLayout()
        words = {
            "use": (tr("Use in this project"), "check-circle"),
            "try": (tr("Try on this image"), "eye-outline"),
            "compare": (tr("Compare with the one in use"), "compare"),
            "recipe": (tr("Recipe…"), "tune-variant"),
            "rename": (tr("Rename…"), "pencil-outline"),
            "export": (tr("Export…"), "export-variant"),
            "delete": (tr("Delete…"), "trash-can-outline"),
        }
        self.buttons = {name: self._button(name, *look) for name, look in words.items()}
        self.buttons["use"].setProperty("accented", True)
        first, second = QHBoxLayout(), QHBoxLayout()
        for row, names in (
            (first, ("use", "try", "compare")),
            (second, ("recipe", "rename", "export", "delete")),
        ):
            row.setSpacing(GRID)
            for name in names:
                row.addWidget(self.buttons[name])
            row.addStretch(1)
        body = QWidget()
        body.setObjectName("panel")
        inside = QVBoxLayout(body)
        inside.setContentsMargins(0, 0, GRID, 0)
        inside.setSpacing(2 * GRID)
        inside.addWidget(self.title)
        inside.addWidget(self.sentence)
        inside.addWidget(self.facts)
        inside.addLayout(self._slot)
        inside.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        layout.addWidget(scrollable(body), 1)
        layout.addLayout(first)
        layout.addLayout(second)
        self._ask_purpose("")
        reports.changed.connect(self._on_report)
        for signal in (bench.project_changed, bench.sample_changed, bench.picture_ready, learning.changed):
            signal.connect(self.renew)
        self.show_entry(None)

    def _button(self, name: str, text: str, glyph: str) -> QPushButton:
        button = QPushButton(icon(glyph, "on_accent" if name == "use" else "text"), text)
        button.setObjectName(name)
        button.setAccessibleName(text.rstrip("…"))
        button.clicked.connect(self._on_button)
        return button

    def _on_button(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.ordered.emit(sender.objectName())

    @property
    def report(self) -> ModelReport | None:
        """What the file is; None for a network, while it is not known, and where it cannot be loaded."""
        return self.found if isinstance(self.found, ModelReport) else None

    def show_entry(self, entry: Entry | None) -> None:
        """Show this one."""
        if entry is not None and (self.entry is None or entry.key != self.entry.key):
            self._ask_purpose(entry.file.stem if entry.file is not None else "")
        self.entry = entry
        self.renew()

    def _ask_purpose(self, stem: str) -> None:
        self.purpose.hide()
        self._slot.removeWidget(self.purpose)
        self.purpose.deleteLater()
        self.purpose = Purpose(stem)
        self.purpose.changed.connect(self.renew)
        self.purpose.hide()
        self._slot.addWidget(self.purpose)

    @Slot(object)
    def _on_report(self, path: object) -> None:
        if self.entry is not None and path == self.entry.file:
            self.renew()

    @Slot()
    def renew(self) -> None:
        """Say what is known now, and offer what makes sense."""
        entry = self.entry
        if entry is None:
            self.title.setText(tr("No model is selected"))
            self.sentence.setText("")
            self.facts.show_facts([])
            for button in self.buttons.values():
                button.hide()
            return
        self.found = self._reports.get(entry.file) if entry.file is not None else None
        self.title.setText(entry.title)
        self.sentence.setProperty("rank", "problem" if isinstance(self.found, str) else "quiet")
        self.sentence.style().unpolish(self.sentence)
        self.sentence.style().polish(self.sentence)
        self.sentence.setText(self._sentence(entry))
        self.facts.show_facts(self._facts(entry))
        self.purpose.setVisible(self.report is not None and self.report.unclear)
        self._offer(entry)

    def _sentence(self, entry: Entry) -> str:
        if isinstance(self.found, str):
            return self.found
        if entry.kind is Kind.NETWORK:
            return tr("A network that has learned nothing yet. The next round can start with it.")
        if entry.kind is Kind.STARTER:
            return tr("A network that has seen shapes and lines before, so that a project learns sooner.")
        if entry.version is not None:
            known = {v.number for v in self._bench.project.versions.all()} if self._bench.project else set()
            lines = version_details(entry.version, in_use=entry.in_use, known=known).splitlines()
            below = tr("Network: {name}").format(name=entry.version.network)  # the table says it in words
            return "\n".join(line for line in lines[1:] if line != below)
        return tr("Finding out what this is…") if self.found is None else entry.line

    def _facts(self, entry: Entry) -> Facts:
        networks = self._learning.facts.networks
        if self.report is not None and entry.file is not None:
            origin = "" if entry.kind is Kind.VERSION else entry.origin
            return facts_of(self.report, networks, size_text(entry.file), origin)
        offer = next((each for each in networks if each.name == entry.network), None)
        if entry.kind is Kind.NETWORK and offer is not None:
            rows = [
                (tr("Network"), title_of(offer)),
                (tr("Good for"), merits_of(offer)),
                (tr("Came from"), entry.origin),
                (tr("Name for the command line"), offer.name),
            ]
            return [(what, how) for what, how in rows if how]
        return []

    def _offer(self, entry: Entry) -> None:
        report = self.report
        project = "" if self._bench.project is not None else tr("Open a project first")
        image = "" if self._bench.picture is not None else tr("Open an image first")
        unsaid = ""
        if report is not None and report.unclear and not self.purpose.is_answered:
            unsaid = tr("Say first what this model draws")
        unknown = tr("It is not known yet what this is") if entry.file is not None and report is None else ""
        if isinstance(self.found, str):
            unknown = self.found
        used = tr("This version is in use") if entry.in_use else ""
        learned = tr("It has learned nothing yet") if entry.file is None else ""
        if report is not None and not report.outputs:
            learned = tr("It has no output of its own to look at; retrain with it")
        version, network = entry.kind is Kind.VERSION, entry.kind in (Kind.NETWORK, Kind.STARTER)
        use = tr("Start the next round with it") if network else tr("Use in this project")
        self.buttons["use"].setText(use)
        self.buttons["use"].setAccessibleName(use)
        for name, shown, why, tip in (
            ("use", True, project or used or ("" if network else unknown or unsaid), use),
            ("try", True, learned or unknown or unsaid or image,
             tr("See what it predicts for the image on screen; nothing is kept")),
            ("compare", version, used, tr("Look at both side by side on the image")),
            ("recipe", entry.file is not None, unknown, tr("How images are prepared for it")),
            ("rename", version, "", tr("Give this version a name")),
            ("export", entry.file is not None, unknown, tr("Write this model to a file of your choice")),
            ("delete", version or entry.kind is Kind.MINE,
             tr("This version is in use and cannot be deleted; use another version first") if used else "",
             tr("Throw this model away")),
        ):  # fmt: skip
            button = self.buttons[name]
            button.setVisible(shown)
            button.setEnabled(not why)
            button.setToolTip(why or tip)
        self.title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
