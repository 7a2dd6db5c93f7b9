"""What each action of the table does: ask where something has to be asked, then tell the workbench."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMainWindow

from segdesk.core.errors import SegdeskError
from segdesk.core.jobs import Job, in_one_step
from segdesk.core.limits import raise_to
from segdesk.core.network_choices import options_to_text
from segdesk.core.paths import user_data, user_logs
from segdesk.core.project import SUFFIX, Project
from segdesk.core.sample_project import make_sample_project
from segdesk.core.translation import tr
from segdesk.gui.canvas import Canvas
from segdesk.gui.dialogs.about import AboutDialog
from segdesk.gui.dialogs.copying import Copying
from segdesk.gui.dialogs.export import ExportDialog
from segdesk.gui.dialogs.files import documents, existing_folder, image_files, new_project_folder
from segdesk.gui.dialogs.new_project import NewProjectDialog
from segdesk.gui.dialogs.settings import SettingsDialog
from segdesk.gui.exporting import foresee, start_export
from segdesk.gui.learning import Learning
from segdesk.gui.theme import Theme
from segdesk.gui.tools import TOOLS
from segdesk.gui.workbench import Workbench
from segdesk.gui.worker import Task, Worker


class Commands(QObject):
    """The handlers of all actions, by the actions' ids; `handlers` may be given more by the window."""

    settings_changed = Signal()

    def __init__(
        self,
        window: QMainWindow,
        bench: Workbench,
        learning: Learning,
        canvas: Canvas,
        files: Worker,
        theme: Theme,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._bench = bench
        self._learning = learning
        self._canvas = canvas
        self._files = files
        self._theme = theme
        self._draws_samples = False
        self.reclassify: Callable[[int], object] = lambda _: None  # what selected objects become by a digit
        self.handlers: dict[str, Callable[[], object]] = {
            "open_images": self.open_images,
            "open_folder": self.open_folder,
            "new_project": self.new_project,
            "open_project": self.open_project,
            "sample_project": self.sample_project,
            "save": self.save,
            "save_as": self.save_as,
            "export": self.export,
            "quit": window.close,
            "undo": bench.undo,
            "redo": bench.redo,
            "settings": self.settings,
            "fit": canvas.fit,
            "actual_size": canvas.actual_size,
            "zoom_in": canvas.zoom_in,
            "zoom_out": canvas.zoom_out,
            "next": bench.next,
            "previous": bench.previous,
            "next_useful": bench.next_useful,
            "uncertainty": self.uncertainty,
            "stacks": self.stacks,
            "reload": bench.reload,
            "find_missing": self.find_missing,
            "keep_mask": bench.image_files.keep_mask,
            "begin_anew": bench.image_files.begin_anew,
            "smaller_brush": canvas.shrink_brush,
            "larger_brush": canvas.grow_brush,
            "lock_class": self.lock_class,
            "predict": learning.predicting.predict_current,
            "predict_all": learning.predicting.predict_all_unconfirmed,
            "confirm": self.confirm,
            "retrain": learning.retrain,
            "train_thoroughly": learning.train_thoroughly,
            "learn_by_itself": self.learn_by_itself,
            "pause": self.pause,
            "stop": self.stop,
            "logs": self.open_logs,
            "about": self.about,
        }
        for tool in TOOLS:
            self.handlers[f"tool_{tool}"] = partial(canvas.set_tool, tool)
        for digit in range(10):
            self.handlers[f"class_{digit}"] = partial(self.paint_class, digit)

    def paint_class(self, index: int) -> None:
        """Paint this class from now on, if there is one."""
        if index < len(self._bench.classes):
            self.reclassify(index)
            self._canvas.set_active_class(index)
        else:
            self._bench.message.emit(tr("There is no class {number} in this project.").format(number=index))

    def lock_class(self) -> None:
        """Let no tool change pixels of the active class, or let it again."""
        options = self._canvas.options
        index = options.active_class
        options.locked ^= {index}
        name = self._canvas.class_name(index)
        locked, unlocked = tr("{name} is locked: no tool changes it."), tr("{name} is unlocked.")
        self._bench.message.emit((locked if index in options.locked else unlocked).format(name=name))

    def stacks(self) -> None:
        """Let the list show the pages of a file as one entry, or each for itself."""
        self._bench.stack_pages(not self._bench.listing.stacked)

    def confirm(self) -> None:
        """Close what is being drawn, wherever the focus is; with nothing drawn, the mask is right."""
        if self._canvas.has_draft():
            self._canvas.accept_draft()
        else:
            self._bench.confirm_and_next()

    def uncertainty(self) -> None:
        """Show where the model is unsure, or no longer."""
        opinion = self._learning.predicting.opinion
        opinion.show_uncertainty(not opinion.shows_uncertainty)

    def open_images(self) -> None:
        if files := image_files(self._window):
            self._bench.open_paths(files)

    def open_folder(self) -> None:
        folder = existing_folder(self._window, tr("Open a folder of images"))
        if folder is not None:
            self._bench.open_paths([folder])

    def open_project(self) -> None:
        title = tr("Open a project: choose its folder, NAME{suffix}").format(suffix=SUFFIX)
        folder = existing_folder(self._window, title)
        if folder is not None:
            self._bench.open_project(folder)

    def find_missing(self) -> None:
        folder = existing_folder(self._window, tr("Find missing images: choose a folder that holds them"))
        if folder is not None:
            self._bench.image_files.find_missing(folder)

    def new_project(self) -> None:
        networks = self._learning.facts.networks
        dialog = NewProjectDialog(documents(), networks, self._window)
        if dialog.exec():
            new = dialog.value()
            if new.network is not None:
                self._bench.settings.change(network=new.network, network_options=options_to_text(new.options))
            self._bench.create_project(new.folder, new.classes, new.images)

    def sample_project(self) -> None:
        """Draw the sample images beside the window and open their project, if nothing else was opened."""
        if self._draws_samples:
            return
        self._draws_samples = True
        task = Task(tr("Drawing the sample images"), _sample_project)
        task.finished = partial(self._on_samples_drawn, self._bench.project)
        task.ended = self._on_samples_over
        self._files.submit(task)

    def _on_samples_drawn(self, instead_of: Project | None, folder: Path) -> None:
        if self._bench.project is instead_of:
            self._bench.open_project(folder)

    def _on_samples_over(self) -> None:
        self._draws_samples = False

    def save(self) -> None:
        self._bench.message.emit(
            tr("Everything is saved as it happens. Save project as… makes a copy elsewhere.")
        )

    def save_as(self) -> None:
        project = self._bench.project
        if project is None:
            return
        start = str(documents() / project.folder.name)
        folder = new_project_folder(self._window, tr("Save project as"), start)
        if folder is None:
            return
        copying = Copying(project.folder, folder, self._window)
        if copying.exec():
            self._bench.go_on_in(folder)
        elif copying.refusal is not None:
            self._bench.error.emit(copying.refusal)

    def export(self) -> None:
        project = self._bench.project
        if project is None:
            return
        out = documents() / f"{project.name} export"
        dialog = ExportDialog(out, has_model=project.versions.in_use() is not None, parent=self._window)
        foresee(self._files, project, dialog)
        if dialog.exec():
            formats, folder = dialog.value()
            check = dialog.compare.isChecked()
            soft = dialog.soft_edge.value()
            start_export(self._bench, self._files, project, formats, folder, check=check, soft_edge=soft)

    def settings(self) -> None:
        facts = self._learning.facts
        dialog = SettingsDialog(self._bench.settings.values, facts.devices, facts.recipes, self._window)
        if dialog.exec():
            before = self._bench.settings.values.limits
            self._change_settings(dialog.value())
            if self._bench.settings.values.limits != before:
                raise_to(self._bench.settings.values.limits)
            self._theme.choose(self._bench.settings.values.theme)

    def _change_settings(self, changes: Mapping[str, Any]) -> None:
        try:
            self._bench.settings.change(**changes)
        except SegdeskError as error:
            self._bench.error.emit(str(error))
        self.settings_changed.emit()

    @Slot()
    def stop(self) -> None:
        """Stop whatever runs."""
        self._learning.cancel()
        self._files.cancel()

    def pause(self) -> None:
        """Hold whatever runs; what is held goes on."""
        hold = not (self._learning.is_paused or self._files.is_paused)
        self._learning.pause(hold)
        self._files.pause(hold)

    def learn_by_itself(self) -> None:
        """Let rounds start by themselves from now on, or no longer."""
        on = not self._bench.settings.values.learn_by_itself
        self._change_settings({"learn_by_itself": on})

    def about(self) -> None:
        AboutDialog(self._window).exec()

    def open_logs(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(user_logs())))


def _sample_project() -> Job[Path]:
    def make() -> Path:
        project = make_sample_project(user_data() / "samples")
        project.close()
        return project.folder

    return in_one_step(tr("Drawing the sample images"), make)
