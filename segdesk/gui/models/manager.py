"""The window of all models: those that come with SegDesk, the person's own, and this project's versions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from segdesk.core.project.model_files import MODEL_SUFFIX, is_foreign
from segdesk.core.translation import tr
from segdesk.gui.dialogs.files import documents
from segdesk.gui.dialogs.losing import ask_whether, loses
from segdesk.gui.icons import icon
from segdesk.gui.learning import Learning
from segdesk.gui.models.details import Details
from segdesk.gui.models.dropped import has_files, local_paths
from segdesk.gui.models.entries import Entry, Kind, groups
from segdesk.gui.models.escape import EscapeCloses
from segdesk.gui.models.list import ModelList
from segdesk.gui.models.recipe import RecipeSheet
from segdesk.gui.models.recipe_words import Value
from segdesk.gui.models.reports import Reports
from segdesk.gui.models.trial import Candidate, Trial
from segdesk.gui.models.verbs import ModelVerbs
from segdesk.gui.panels.versions_text import version_choice
from segdesk.gui.panels.versions_verbs import VersionVerbs
from segdesk.gui.theme import GRID
from segdesk.gui.workbench import Workbench


class ModelManager(QWidget):
    """Stays open beside the main window, which can be worked in meanwhile.

    wanted_get, wanted_import: the person wants to get weights, or to choose a file. dropped: files (Paths)
    were dropped on it.
    """

    wanted_get = Signal()
    wanted_import = Signal()
    dropped = Signal(object)

    def __init__(
        self,
        bench: Workbench,
        learning: Learning,
        versions: VersionVerbs,
        verbs: ModelVerbs,
        reports: Reports,
        trial: Trial,
        parent: QWidget,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("models")
        self.setWindowTitle(tr("Models"))
        self.setAcceptDrops(True)
        self.resize(116 * GRID, 76 * GRID)
        self._bench = bench
        self._learning = learning
        self._versions = versions
        self._verbs = verbs
        self._reports = reports
        self._trial = trial
        self.list = ModelList()
        self.details = Details(bench, learning, reports)
        self.get = _button(tr("Get models…"), "download-outline", tr("Download published weights"))
        self.bring = _button(tr("Import a file…"), "import", tr("Take in a model file that you have"))
        hint = QLabel(tr("Model files can be dropped here."))
        hint.setProperty("rank", "quiet")
        foot = QHBoxLayout()
        foot.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID + GRID // 2)
        foot.setSpacing(GRID)
        foot.addWidget(self.get)
        foot.addWidget(self.bring)
        foot.addWidget(hint)
        foot.addStretch(1)
        split = QSplitter()
        split.setChildrenCollapsible(False)
        split.addWidget(self.list)
        split.addWidget(self.details)
        split.setStretchFactor(1, 1)
        split.setSizes([46 * GRID, 70 * GRID])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID // 2, GRID // 2, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(split, 1)
        layout.addLayout(foot)
        self.list.chosen.connect(self.details.show_entry)
        self.list.itemDoubleClicked.connect(self._on_double)
        self.details.ordered.connect(self._on_order)
        self.get.clicked.connect(self.wanted_get)
        self.bring.clicked.connect(self.wanted_import)
        bench.project_changed.connect(self.renew)
        bench.versions_changed.connect(self.renew)
        learning.met.connect(self.renew)
        verbs.library_changed.connect(self.renew)
        QShortcut(QKeySequence("Ctrl+W"), self).activated.connect(self.close)
        EscapeCloses(self)

    @Slot()
    def renew(self) -> None:
        """Show what there is at this moment."""
        if self.isVisible():
            self.list.fill(groups(self._learning.facts.networks, self._bench.project))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            self.renew()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if has_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.dropped.emit(local_paths(event.mimeData()))

    # What is ordered

    def _on_double(self) -> None:
        button = self.details.buttons["use"]
        if button.isEnabled():
            button.click()

    @Slot(str)
    def _on_order(self, order: str) -> None:
        entry = self.details.entry
        if entry is not None:
            {
                "use": self._use,
                "try": self._try,
                "compare": self._compare,
                "recipe": self._show_recipe,
                "rename": self._rename,
                "export": self._export,
                "delete": self._delete,
            }[order](entry)

    def _use(self, entry: Entry) -> None:
        report = self.details.report
        if entry.version is not None:
            self._versions.use(entry.version.number)
        elif entry.kind in (Kind.NETWORK, Kind.STARTER):
            self._verbs.start_from(entry.network, entry.title)
        elif entry.file is not None and report is not None:
            self._verbs.use_file(entry.file, report, inverted=self.details.purpose.inverted)

    def _try(self, entry: Entry) -> None:
        report = self.details.report
        if entry.file is None or report is None:
            return

        def use() -> None:
            self._use_again(entry, report.unclear and inverted)

        inverted = self.details.purpose.inverted
        self._trial.begin(Candidate(entry.file, entry.title, report.outputs, use, inverted))

    def _use_again(self, entry: Entry, inverted: bool) -> None:
        """After a trial, whatever is selected by then."""
        report = self._reports.get(entry.file) if entry.file is not None else None
        if entry.version is not None or entry.kind is Kind.STARTER:
            self._use(entry)
        elif entry.file is not None and report is not None and not isinstance(report, str):
            self._verbs.use_file(entry.file, report, inverted=inverted)

    def _compare(self, entry: Entry) -> None:
        project = self._bench.project
        in_use = project.versions.in_use() if project is not None else None
        if entry.version is not None and in_use is not None:
            self._versions.compare(entry.version.number, in_use.number)

    def _show_recipe(self, entry: Entry) -> None:
        report = self.details.report
        if report is None or entry.file is None:
            return
        why_not, after = "", tr("The file of this model is changed.")
        if entry.kind is Kind.STARTER:
            why_not = tr("This model comes with SegDesk and stays as it is.")
        elif is_foreign(entry.file):
            why_not = tr("Use the model in a project first; the recipe of its version can be changed.")
        elif entry.version is not None:
            after = tr("Versions are never overwritten: saving makes a new one.")
        sheet = RecipeSheet(entry.title, report, why_not, after, self)
        sheet.saved.connect(partial(self._on_recipe, entry))
        sheet.show()

    def _on_recipe(self, entry: Entry, changes: Mapping[str, Value]) -> None:
        if entry.file is not None:
            self._verbs.change_recipe(entry.file, changes, entry.version)

    def _rename(self, entry: Entry) -> None:
        version = entry.version
        if version is None:
            return
        dialog = QInputDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(tr("Rename"))
        dialog.setLabelText(tr("Name of the version"))
        dialog.setTextValue(version.name)
        dialog.textValueSelected.connect(lambda name: self._versions.rename(version.number, name))
        dialog.open()

    def _export(self, entry: Entry) -> None:
        if entry.file is None:
            return
        target = place_to_export(self, entry.file, entry.title)
        if target is not None:
            self._verbs.export(entry.file, target)

    def _delete(self, entry: Entry) -> None:
        """Ask before a model is thrown away."""
        if entry.version is not None:
            text = tr("Delete {version}? Its model is thrown away for good; images and masks stay.").format(
                version=version_choice(entry.version)
            )
        else:
            text = tr("Delete {name}? Versions of projects that were made of it stay.").format(
                name=entry.title
            )
        question = ask_whether(tr("Delete a model"), text, self)
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        delete = loses(question, tr("Delete"), tr("Throw this model away"))
        delete.clicked.connect(lambda: self._throw_away(entry))
        question.open()

    def _throw_away(self, entry: Entry) -> None:
        if entry.version is not None:
            self._versions.delete(entry.version.number)
        elif entry.file is not None:
            self._verbs.delete(entry.file)


def place_to_export(parent: QWidget, file: Path, title: str) -> Path | None:
    """Where a person wants a model, and by its ending in which form; what is foreign stays as it is."""
    if is_foreign(file):
        filters = [tr("As it is ({endings})").format(endings=f"*{file.suffix}")]
        ending = file.suffix
    else:
        forms = (
            (tr("SegDesk ({endings})"), MODEL_SUFFIX),
            (tr("PyTorch weights ({endings})"), ".pth"),
            (tr("TorchScript program ({endings})"), ".pt"),
            (tr("ONNX ({endings})"), ".onnx"),
        )
        filters = [text.format(endings=f"*{suffix}") for text, suffix in forms]
        ending = MODEL_SUFFIX
    suggested = documents() / f"{title}{ending}"
    name, chosen = QFileDialog.getSaveFileName(
        parent, tr("Export a model"), str(suggested), ";;".join(filters)
    )
    if not name:
        return None
    path = Path(name)
    wanted = chosen.rsplit("*", 1)[-1].rstrip(")") if "*" in chosen else ending
    known = (MODEL_SUFFIX, ".pth", ".pt", ".onnx", file.suffix)
    if path.suffix.lower() not in known:
        return path.with_name(path.name + wanted)
    return path.with_suffix(wanted) if path.suffix == ending != wanted else path


def _button(text: str, glyph: str, tip: str) -> QPushButton:
    button = QPushButton(icon(glyph), text)
    button.setAccessibleName(text.rstrip("…"))
    button.setToolTip(tip)
    return button
