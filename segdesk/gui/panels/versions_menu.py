"""What can be ordered on the selected model versions: by menu, by key and by button."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from segdesk.core.project import ModelVersion
from segdesk.core.project.model_files import MODEL_SUFFIX
from segdesk.core.translation import tr
from segdesk.gui.actions import tool_tip
from segdesk.gui.dialogs.files import documents
from segdesk.gui.dialogs.losing import ask_whether, loses
from segdesk.gui.icons import icon
from segdesk.gui.panels.versions_list import VersionList
from segdesk.gui.panels.versions_text import version_choice
from segdesk.gui.panels.versions_verbs import VersionVerbs
from segdesk.gui.workbench import Workbench


class VersionMenu(QObject):
    """The actions of a list of versions, and their menu."""

    def __init__(self, bench: Workbench, verbs: VersionVerbs, versions: VersionList) -> None:
        super().__init__(versions)
        self._bench = bench
        self._verbs = verbs
        self._list = versions
        self.use = self._action(tr("Use this version"), "check-circle", ("Enter", "Return"))
        self.use.setToolTip(tool_tip(tr("Let the selected version predict from now on"), ("Enter",)))
        self.rename = self._action(tr("Rename"), "pencil-outline", ("F2",))
        self.compare = self._action(tr("Compare"), "compare", ("C",))
        self.export = self._action(tr("Export…"), "export-variant", ("Ctrl+E",))
        self.export.setToolTip(tool_tip(tr("Copy the model file of this version"), ("Ctrl+E",)))
        self.delete = self._action(tr("Delete…"), "trash-can-outline", ("Del",))
        self.bring = self._action(tr("Import a model…"), "import", ())
        self.bring.setToolTip(tr("Take a model file into this project as a new version"))
        self.use.triggered.connect(self._on_use)
        self.rename.triggered.connect(versions.rename_current)
        self.compare.triggered.connect(self.compare_selected)
        self.export.triggered.connect(self._on_export)
        self.delete.triggered.connect(self._on_delete)
        self.bring.triggered.connect(self.ask_import)
        self.menu = QMenu(versions)
        self.menu.addActions([self.use, self.rename, self.compare])
        self.menu.addSeparator()
        self.menu.addActions([self.export, self.bring])
        self.menu.addSeparator()
        self.menu.addAction(self.delete)
        versions.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        versions.customContextMenuRequested.connect(self._on_menu)
        versions.itemSelectionChanged.connect(self.renew)
        versions.currentItemChanged.connect(self.renew)
        self.renew()

    def _action(self, text: str, glyph: str, keys: tuple[str, ...]) -> QAction:
        action = QAction(icon(glyph), text, self._list)
        action.setShortcuts([QKeySequence(key) for key in keys])
        # The list hears these keys by itself, before the window does.
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.setToolTip(tool_tip(text.rstrip("…"), keys))
        self._list.addAction(action)
        return action

    @Slot()
    def renew(self) -> None:
        """Offer what makes sense for what is selected."""
        number, in_use = self._list.current(), self._list.in_use()
        pair = self.pair()
        used = number is not None and number == in_use
        self.use.setEnabled(number is not None and not used)
        self.rename.setEnabled(number is not None)
        self.export.setEnabled(number is not None)
        self.delete.setEnabled(number is not None and not used)
        why = tr("This version is in use and cannot be deleted; use another version first")
        self.delete.setToolTip(why if used else tool_tip(tr("Throw this version away"), ("Del",)))
        self.compare.setEnabled(pair is not None)
        text = tr("Look at two versions side by side on the image; select two, or one beside that in use")
        if pair is not None:
            text = tr("Compare versions {first} and {second} on the image").format(
                first=pair[0], second=pair[1]
            )
        self.compare.setToolTip(tool_tip(text, ("Ctrl+Shift+V",)))
        self.bring.setEnabled(self._bench.project is not None)

    def pair(self) -> tuple[int, int] | None:
        """The two versions to compare: the two selected, the selected one and that in use, or the latest."""
        selected = self._list.selected()
        in_use = self._list.in_use()
        if len(selected) == 2:
            return selected[0], selected[1]
        if len(selected) > 2 or self._list.count() < 2:
            return None
        numbers = self._list.numbers()
        first = selected[0] if selected else numbers[-1]
        if in_use is not None and first != in_use:
            other = in_use
        else:  # the one in use is looked at beside what it grew from
            found = self._verbs.get(first)
            parent = found.parent if found is not None else None
            rest = [n for n in numbers if n != first]
            other = parent if parent in rest else max((n for n in rest if n < first), default=rest[0])
        return min(first, other), max(first, other)

    @Slot()
    def compare_selected(self) -> None:
        """Look at two versions side by side."""
        pair = self.pair()
        if pair is not None:
            self._verbs.compare(*pair)
        elif self._list.count() < 2:
            self._bench.message.emit(tr("There are no two versions yet; each round makes one."))
        else:
            self._bench.message.emit(tr("Select two versions to compare."))

    @Slot()
    def ask_import(self) -> None:
        """Let the person choose a model file, which is then looked into."""
        path = model_to_open(self._list.window())
        if path is not None:
            self._verbs.offered.emit(path)

    @Slot(QPoint)
    def _on_menu(self, at: QPoint) -> None:
        self.menu.popup(self._list.viewport().mapToGlobal(at))

    @Slot()
    def _on_use(self) -> None:
        number = self._list.current()
        if number is not None:
            self._verbs.use(number)

    @Slot()
    def _on_export(self) -> None:
        version = self._current()
        project = self._bench.project
        if version is None or project is None:
            return
        name = tr("{project}, version {number}").format(project=project.name, number=version.number)
        path = model_to_save(self._list.window(), documents() / f"{name}{MODEL_SUFFIX}")
        if path is not None:
            self._verbs.export(version.number, path)

    @Slot()
    def _on_delete(self) -> None:
        """Ask before a model is thrown away; there is no way to get it back."""
        version = self._current()
        if version is None:
            return
        text = tr("Delete {version}? Its model is thrown away for good; images and masks stay.")
        asked = text.format(version=version_choice(version))
        question = ask_whether(tr("Delete a version"), asked, self._list.window())
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        delete = loses(question, tr("Delete"), tr("Throw this model away"))
        number = version.number
        delete.clicked.connect(lambda: self._verbs.delete(number))
        question.open()

    def _current(self) -> ModelVersion | None:
        number = self._list.current()
        return self._verbs.get(number) if number is not None else None


def model_to_open(parent: QWidget) -> Path | None:
    """A model file that a person chooses: one of SegDesk's, or a checkpoint of another program."""
    endings = " ".join(f"*{suffix}" for suffix in (MODEL_SUFFIX, ".pth", ".pt", ".ckpt", ".onnx"))
    filters = ";;".join([tr("Models ({endings})").format(endings=endings), tr("All files (*)")])
    name, _ = QFileDialog.getOpenFileName(parent, tr("Import a model"), "", filters)
    return Path(name) if name else None


def model_to_save(parent: QWidget, suggested: Path) -> Path | None:
    """Where a person wants a model file; its name ends as it must."""
    name, _ = QFileDialog.getSaveFileName(parent, tr("Export a model"), str(suggested), _filters())
    if not name:
        return None
    path = Path(name)
    return path if path.suffix == MODEL_SUFFIX else path.with_name(path.name + MODEL_SUFFIX)


def _filters() -> str:
    models = tr("Models ({endings})").format(endings=f"*{MODEL_SUFFIX}")
    return ";;".join([models, tr("All files (*)")])
