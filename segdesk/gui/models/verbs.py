"""What can be done with models beside using versions: use a file, keep it, export it, change its recipe."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from segdesk.core.jobs import Job, ModelChoice, ModelFacts, ModelReport, in_one_step
from segdesk.core.model_library import delete_from_library, free_place, note_origin
from segdesk.core.project import ModelVersion, Origin, Project
from segdesk.core.project.model_files import copy_out, copy_to, free_file, is_foreign
from segdesk.core.translation import tr
from segdesk.gui.learning import Learning
from segdesk.gui.models.recipe_words import Value
from segdesk.gui.models.words import missing_classes, new_class_names
from segdesk.gui.panels.versions_text import version_number
from segdesk.gui.panels.versions_verbs import VersionVerbs
from segdesk.gui.told import told
from segdesk.gui.workbench import Workbench
from segdesk.gui.worker import LazyEngine, Task, Worker

FORMS = {".safetensors": "safetensors", ".pth": "pth", ".pt": "torchscript", ".onnx": "onnx"}


class ModelVerbs(QObject):
    """library_changed: a person's own models are others now."""

    library_changed = Signal()

    def __init__(
        self,
        bench: Workbench,
        learning: Learning,
        versions: VersionVerbs,
        worker: Worker,
        files: Worker,
        engine: LazyEngine,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bench = bench
        self.error = bench.error
        self._learning = learning
        self._versions = versions
        self._worker = worker
        self._files = files
        self._engine = engine

    def missing(self, report: ModelReport) -> int:
        """How many classes the project lacks for this model."""
        return missing_classes(report, len(self._bench.classes))

    def use_file(self, file: Path, report: ModelReport, *, inverted: bool = False) -> None:
        """Let a model predict in this project, as a new version; classes that it needs are added."""
        for name in new_class_names(report, [c.name for c in self._bench.classes], self.missing(report)):
            self._bench.class_verbs.add(name)
        self._versions.import_model(file, inverted=inverted, use=True)

    def start_from(self, network: str, title: str) -> None:
        """Let the next round start with this network, which has learned nothing of the project yet."""
        self._learning.start = ModelChoice(network=network)
        self._bench.versions_changed.emit()
        self._bench.message.emit(
            tr("The next round starts afresh with {network}. Press Retrain to begin it.").format(
                network=title
            )
        )

    def keep(self, file: Path, *, inverted: bool = False) -> None:
        """Copy a model among the person's own, for all projects; what another program wrote is converted."""
        target = free_place(file.stem)
        if is_foreign(file):
            names = tuple(each.name for each in self._bench.classes) or ("background", tr("object"))
            job: Callable[[], Job[Any]] = partial(self._engine.convert, file, target, names, inverted)
        else:
            job = partial(in_one_step, tr("Importing"), partial(copy_to, file, target))
        worker = self._worker if is_foreign(file) else self._files
        worker.submit(Task(tr("Importing"), job, finished=partial(self._on_kept, file, target)))

    def _on_kept(self, file: Path, target: Path, _: ModelFacts | None) -> None:
        try:
            note_origin(target, tr("Imported from {file}").format(file=file.name))
        finally:
            self.library_changed.emit()
        self._bench.message.emit(tr("{name} is among your models now.").format(name=target.stem))

    @told
    def delete(self, file: Path) -> None:
        """Throw one of the person's own models away; versions made of it stay."""
        try:
            delete_from_library(file)
            self._bench.message.emit(tr("{name} was deleted.").format(name=file.stem))
        finally:
            self.library_changed.emit()

    def export(self, file: Path, target: Path) -> None:
        """Write a model elsewhere, in the form that the target's ending says."""
        form = FORMS.get(target.suffix.lower(), "safetensors")
        done = tr("{name} is in {file} now.").format(name=file.stem, file=target)
        if form == "safetensors" or is_foreign(file):
            copy = partial(copy_out, file, target)
            worker, job = self._files, partial(in_one_step, tr("Exporting"), copy)
        else:
            worker, job = self._worker, partial(self._engine.export, file, target, form)
        worker.submit(Task(tr("Exporting"), job, finished=lambda _: self._bench.message.emit(done)))

    # Recipes

    def change_recipe(self, file: Path, changes: Mapping[str, Value], version: ModelVersion | None) -> None:
        """Let images be prepared in another way: a version gets a new one beside it, other files change."""
        project = self._bench.project
        if version is None:
            out, finished = file, partial(self._on_changed, file)
        elif project is not None:
            out = free_file(project.versions.folder)
            finished = partial(self._on_new_version, project, version, out)
        else:
            return
        task = Task(tr("Changing the recipe"), partial(self._engine.change_recipe, file, out, dict(changes)))
        task.finished = finished
        self._worker.submit(task)

    def _on_changed(self, file: Path, _: ModelFacts) -> None:
        self._bench.message.emit(tr("The recipe of {name} is changed.").format(name=file.stem))
        self.library_changed.emit()

    @told
    def _on_new_version(self, project: Project, old: ModelVersion, file: Path, facts: ModelFacts) -> None:
        if project is not self._bench.project:
            file.unlink(missing_ok=True)
            return
        name = tr("{version}, other recipe").format(version=old.name or version_number(old.number))
        source = old.origin.file if old.origin is not None else version_number(old.number)
        in_use = project.versions.in_use()
        made = project.versions.adopt(file, name, Origin(facts.network, source))
        if in_use is not None and in_use.number == old.number:
            self._versions.use(made.number)
        else:
            self._bench.versions_changed.emit()
