"""What can be done with model versions; whatever goes wrong is told, and the window goes on."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from segdesk.core.errors import ProjectError, SegdeskError
from segdesk.core.jobs import ModelFacts, in_one_step
from segdesk.core.project import ModelVersion, Origin, Project
from segdesk.core.project.model_files import check_classes, copy_in, copy_out, free_file, is_foreign
from segdesk.core.translation import tr
from segdesk.gui.learning import Learning
from segdesk.gui.told import told
from segdesk.gui.workbench import Workbench
from segdesk.gui.worker import LazyEngine, Task, Worker


class VersionVerbs(QObject):
    """Use, name, delete, export, import and compare the versions of the project on the workbench.

    compared: two versions (their numbers, the older first) are to be looked at side by side.
    offered: a person has chosen a model file (a Path), which is to be looked into before it is imported.
    """

    compared = Signal(int, int)
    offered = Signal(object)

    def __init__(
        self,
        bench: Workbench,
        learning: Learning,
        worker: Worker,
        files: Worker,
        engine: LazyEngine,
        parent: QObject | None = None,
    ) -> None:
        """worker: drives the engine. files: copies models, beside it."""
        super().__init__(parent)
        self._bench = bench
        self.error = bench.error
        self._learning = learning
        self._worker = worker
        self._files = files
        self._engine = engine

    def get(self, number: int) -> ModelVersion | None:
        """The version of this number; None (and the reason is told) where there is none any more."""
        if self._bench.project is None:
            return None
        try:
            return self._bench.project.versions.get(number)
        except ProjectError as error:
            self.error.emit(str(error))
            return None

    @told
    def use(self, number: int) -> None:
        """Let this version predict from now on."""
        if self._bench.project is not None:
            self._bench.project.versions.use(number)
            self._bench.versions_changed.emit()
            self._bench.message.emit(tr("Version {number} is in use now.").format(number=number))

    @told
    def rename(self, number: int, name: str) -> None:
        """Give a version a name; an empty one takes the old one away."""
        version = self.get(number)
        if version is None or self._bench.project is None or version.name == name.strip():
            return
        try:
            self._bench.project.versions.rename(number, name)
        finally:
            self._bench.versions_changed.emit()  # a refused name must not stay in the list

    @told
    def delete(self, number: int) -> None:
        """Throw a version away; its file goes too."""
        if self._bench.project is None:
            return
        if self._learning.is_learning:
            # The round may have begun from this version, and compares its candidate with it in the end.
            self.error.emit(tr("A round is under way; delete the version when it is done."))
            return
        try:
            self._bench.project.versions.delete(number)
            self._bench.message.emit(tr("Version {number} was deleted.").format(number=number))
        finally:
            self._bench.versions_changed.emit()

    def compare(self, first: int, second: int) -> None:
        """Look at what two versions say about the image on screen."""
        self.compared.emit(min(first, second), max(first, second))

    # Files

    def export(self, number: int, path: Path) -> None:
        """Copy a version's file."""
        version = self.get(number)
        if version is None:
            return
        done = tr("Version {number} is in {file} now.").format(number=number, file=path)
        job = partial(in_one_step, tr("Exporting"), partial(copy_out, version.file, path))
        self._files.submit(Task(tr("Exporting"), job, finished=lambda _: self._bench.message.emit(done)))

    def import_model(self, path: Path, *, inverted: bool = False, use: bool = False) -> None:
        """Take a model file into the project as a new version; in use only where no other is, or with `use`.

        What another program wrote is converted. inverted: its one output is high in the background.
        """
        project = self._bench.project
        if project is None:
            return
        if self._learning.is_learning:
            self._bench.message.emit(tr("The model is read as soon as learning is done."))
        if is_foreign(path):
            file = free_file(project.versions.folder)
            names = tuple(each.name for each in self._bench.classes)
            self._worker.submit(
                Task(
                    tr("Reading the model"),
                    partial(self._engine.convert, path, file, names, inverted),
                    finished=partial(self._on_converted, project, path, use, file),
                    cancelled=partial(file.unlink, missing_ok=True),
                )
            )
            return
        self._worker.submit(
            Task(
                tr("Reading the model"),
                partial(self._engine.describe, path),
                finished=partial(self._on_described, project, path, use),
            )
        )

    @told
    def _on_described(self, project: Project, path: Path, use: bool, facts: ModelFacts) -> None:
        if project is not self._bench.project:
            return
        check_classes(path.name, facts, len(self._bench.classes))
        job = partial(in_one_step, tr("Importing"), partial(copy_in, path, project.versions.folder))
        done = partial(self._on_copied, project, path, use, facts)
        self._files.submit(Task(tr("Importing"), job, finished=done))

    @told
    def _on_converted(self, project: Project, path: Path, use: bool, file: Path, facts: ModelFacts) -> None:
        try:
            if project is self._bench.project:
                check_classes(path.name, facts, len(self._bench.classes))
        except SegdeskError:
            file.unlink(missing_ok=True)
            raise
        self._on_copied(project, path, use, facts, file)

    @told
    def _on_copied(self, project: Project, path: Path, use: bool, facts: ModelFacts, file: Path) -> None:
        if project is not self._bench.project:
            file.unlink(missing_ok=True)  # it has no version, and its project is closed
            return
        version = project.versions.adopt(file, path.stem, Origin(facts.network, path.name))
        if use or project.versions.in_use() is None:
            self.use(version.number)
        else:
            self._bench.versions_changed.emit()
            self._bench.message.emit(
                tr("{file} is version {number} now.").format(file=path.name, number=version.number)
            )
