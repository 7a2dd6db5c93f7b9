"""The verbs: what a person can do with a project, its samples and the mask on screen.

It owns the project and the document. Whatever goes wrong for a reason that a person can understand is
told by `error`, and the window goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec

from PySide6.QtCore import QObject, Signal, Slot

from segdesk.core.classes import RGB, SegClass
from segdesk.core.document import Document
from segdesk.core.errors import SegdeskError
from segdesk.core.intake import Intake
from segdesk.core.patch import Patch, State
from segdesk.core.project import Project, Sample, is_project
from segdesk.core.settings import SettingsFile
from segdesk.core.translation import tr
from segdesk.gui.importing import only_pages, pages_of, read_in, tell, untitled_folder
from segdesk.gui.listing import BY_SCORE, Listing, Order
from segdesk.gui.pictures import Picture, Pictures
from segdesk.gui.worker import Task, Worker

PagePicker = Callable[[Mapping[Path, int]], Mapping[Path, Sequence[int]] | None]

P = ParamSpec("P")


def _told(
    verb: Callable[Concatenate[Workbench, P], None],
) -> Callable[Concatenate[Workbench, P], None]:
    """Let a verb that fails say so."""

    @wraps(verb)
    def run(self: Workbench, /, *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            verb(self, *args, **kwargs)
        except SegdeskError as error:
            self.error.emit(str(error))

    return run


def _every_page(pages: Mapping[Path, int]) -> Mapping[Path, Sequence[int]]:
    return {path: range(count) for path, count in pages.items()}


class Workbench(QObject):
    """One project being worked on, or none.

    about_to_change: a stroke that is under way must end now, since something else changes the mask, or the
    sample is put away.
    project_changed: another project, or none. samples_changed: some came or went.
    sample_changed: another sample is on screen, or none; its image follows by picture_ready or
    picture_missing. document_changed: this box of the mask looks different.
    corrected: a person asserted something that no round has learned from.
    """

    about_to_change = Signal()
    project_changed = Signal()
    samples_changed = Signal()
    sample_changed = Signal()
    picture_ready = Signal(object)
    picture_missing = Signal(str)
    status_changed = Signal(int)
    document_changed = Signal(object)
    classes_changed = Signal()
    versions_changed = Signal()
    corrected = Signal()
    message = Signal(str)
    error = Signal(str)

    def __init__(self, settings: SettingsFile, files: Worker, parent: QObject | None = None) -> None:
        """files: does the long work with files (reading many images), beside the learning."""
        super().__init__(parent)
        self.settings = settings
        self.project: Project | None = None
        self.samples: list[Sample] = []
        self.current: Sample | None = None
        self.document: Document | None = None
        self.picture: Picture | None = None
        self.pick_pages: PagePicker = _every_page
        self.listing = Listing(Order(settings.values.sample_order), self)
        self._rows: dict[int, int] = {}
        self._files = files
        self._pictures = Pictures(self)
        self._pictures.loaded.connect(self._on_picture)
        self._pictures.failed.connect(self._on_no_picture)

    @property
    def classes(self) -> tuple[SegClass, ...]:
        """The project's classes, the background first; none without a project."""
        return self.project.classes.all() if self.project is not None else ()

    # Projects and their images

    @_told
    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open what somebody dropped or named: a project, or images and folders of images."""
        for path in paths:
            if is_project(path):
                self.open_project(path)
                return
        if paths:
            self.add_images(paths)

    @_told
    def open_project(self, folder: Path) -> None:
        """Open a project in place of the one that is open."""
        if self.project is None or self.project.folder != folder.absolute():
            self._take(Project(folder))

    @_told
    def create_project(self, folder: Path, classes: Sequence[str], images: Sequence[Path]) -> None:
        """Make a project, open it and take images into it."""
        self._take(Project.create(folder, classes))
        if images:
            self.add_images(images)

    @_told
    def save_project_as(self, folder: Path) -> None:
        """Copy the project to another place, and go on with the copy."""
        if self.project is not None:
            shown = self.current
            self._take(self.project.save_as(folder))
            if shown is not None:
                self.go_to(shown.id)
            self.message.emit(tr("Saved as {folder}.").format(folder=folder))

    @_told
    def add_images(self, paths: Sequence[Path]) -> None:
        """Take images, and those in folders, into the project; without a project, into a new one."""
        name = tr("Reading images")
        self._files.submit(Task(name, lambda: read_in(paths), finished=self._add))

    def _add(self, intake: Intake) -> None:
        many = pages_of(intake.samples)
        pages = self.pick_pages(many) if many else {}
        news = only_pages(intake.samples, pages) if pages is not None else []
        if news:
            if self.project is None:
                self._take(Project.create(untitled_folder(), [tr("object")]))
            assert self.project is not None
            known = {sample.id for sample in self.samples}
            added = self.project.samples.add(news)
            self._read_samples()
            first = next((s for s in added if s.id not in known), added[0])
            self.go_to(first.id)
        if intake.problems:
            self.error.emit(tell(intake.problems))

    @_told
    def remove_sample(self, sample_id: int) -> None:
        """Take a sample out of the project together with its mask; the image file stays untouched."""
        if self.project is None:
            return
        row = self._rows.get(sample_id, 0)
        if self.current is not None and self.current.id == sample_id:
            self._show(None)
        self.project.samples.remove(sample_id)
        self._read_samples()
        if self.current is None and self.samples:
            self.go_to(self.samples[min(row, len(self.samples) - 1)].id)

    def close(self) -> None:
        """Let the project go."""
        self._pictures.close()
        self._show(None)
        if self.project is not None:
            self.project.close()
            self.project = None

    def _take(self, project: Project) -> None:
        self._show(None)
        if self.project is not None:
            self.project.close()
        self.project = project
        self._pictures.forget()
        self.listing.states = frozenset(State)
        self.settings.add_recent(project.folder)
        self.samples = []
        self._rows = {}
        self.listing.take(self.samples, {})
        self.project_changed.emit()
        self.classes_changed.emit()
        self.versions_changed.emit()
        self._read_samples()
        if self.samples:
            start = next((s for s in self.samples if s.state is not State.CONFIRMED), self.samples[0])
            self.go_to(start.id)

    def _read_samples(self) -> None:
        assert self.project is not None
        self.samples = self.project.samples.all()
        self._rows = {sample.id: row for row, sample in enumerate(self.samples)}
        self.listing.take(self.samples, self.project.scores.all())
        self.samples_changed.emit()

    # Going from sample to sample

    def row_of(self, sample_id: int) -> int | None:
        """Where in `samples` the one of this id is."""
        return self._rows.get(sample_id)

    @property
    def current_row(self) -> int | None:
        """Where in `samples` the one on screen is."""
        return self._rows.get(self.current.id) if self.current is not None else None

    @_told
    def order_by(self, order: Order) -> None:
        """Order the list like this, by what is known now."""
        self.listing.sort(order, self.current_row)
        self.settings.change(sample_order=order.value)

    def order_again(self) -> None:
        """Order the list anew, since all that was awaited is known now."""
        if self.listing.order in BY_SCORE:
            self.listing.sort(current=self.current_row)

    def show_states(self, states: Iterable[State]) -> None:
        """Let the list show samples of these states; the one on screen stays in it whatever becomes of it."""
        self.listing.filter(self.current_row, states)

    @_told
    def go_to(self, sample_id: int) -> None:
        """Put a sample on screen."""
        if self.current is not None and self.current.id == sample_id and self.picture is not None:
            return
        row = self._rows.get(sample_id)
        if row is not None:
            self._show(self.samples[row])

    @_told
    def reload(self) -> None:
        """Read the image on screen again from its file."""
        if self.current is not None:
            self._pictures.forget(self.current.id)
            self._show(self.current)

    def next(self) -> None:
        """Go to the next sample in the list."""
        self._step(1)

    def previous(self) -> None:
        """Go to the one before."""
        self._step(-1)

    def _step(self, direction: int) -> None:
        if self.current is None:
            return
        row = self.listing.neighbour(self._rows[self.current.id], direction)
        if row is not None:
            self.go_to(self.samples[row].id)
            return
        self.message.emit(tr("This is the last image.") if direction > 0 else tr("This is the first image."))

    def next_useful(self) -> None:
        """Go to the unconfirmed sample that the model is least sure of, or its versions differ most on."""
        if not self.samples:
            return
        row = self.listing.most_useful(self.current_row)
        if row is not None:
            self.go_to(self.samples[row].id)
        elif self.listing.counts[State.CONFIRMED] == len(self.samples):
            self.message.emit(tr("Every image is confirmed."))
        elif self.listing.order is Order.DISAGREEMENT:
            self.message.emit(tr("Two versions must have predicted the images first: retrain once more."))
        else:
            self.message.emit(tr("Predict the images first: then it is known which one helps most."))

    def _show(self, sample: Sample | None) -> None:
        if self.document is not None:
            self.about_to_change.emit()
            self.document.cancel()
        self.current = sample
        self.document = None
        self.picture = None
        if sample is not None and self.project is not None:
            self.document = Document(self.project, sample)
        if self.listing.is_filtered:
            self.listing.filter(self.current_row)  # what was on screen may not belong to the list any more
        self.sample_changed.emit()
        if sample is not None:
            self._pictures.load(sample)

    @Slot(int, object)
    def _on_picture(self, sample_id: int, picture: Picture) -> None:
        if self.current is None or self.current.id != sample_id or self.picture is not None:
            return
        self.picture = picture
        self.picture_ready.emit(picture)
        row = self.listing.neighbour(self._rows[sample_id], 1)
        if row is not None:
            self._pictures.prefetch(self.samples[row])

    @Slot(int, str)
    def _on_no_picture(self, sample_id: int, problem: str) -> None:
        if self.current is not None and self.current.id == sample_id:
            self.picture_missing.emit(problem)

    # The mask on screen

    @_told
    def confirm_and_next(self) -> None:
        """Say that the mask on screen is right, and go to the next sample that nobody has confirmed."""
        if self.document is None or self.picture is None:
            return
        self.about_to_change.emit()
        self.after_change(self.document.confirm())
        assert self.current is not None
        following = self.listing.next_unconfirmed(self._rows[self.current.id])
        if following is not None:
            self.message.emit(tr("Confirmed {name}.").format(name=self.current.source.path.name))
            self.go_to(self.samples[following].id)
        else:
            self.message.emit(tr("Every image is confirmed. Export the project when you are ready."))

    @_told
    def undo(self) -> None:
        """Take the last change of the mask on screen back."""
        if self.document is not None:
            self.about_to_change.emit()
            self.after_change(self.document.undo())

    @_told
    def redo(self) -> None:
        """Do it again."""
        if self.document is not None:
            self.about_to_change.emit()
            self.after_change(self.document.redo())

    def after_change(self, patch: Patch | None, *, by_person: bool = True) -> None:
        """Tell everyone what a patch of the document on screen has changed."""
        if patch is None or self.document is None:
            return
        self.refresh_status(self.document.sample.id)
        self.document_changed.emit(patch.box)
        if by_person:
            self.corrected.emit()

    def refresh_status(self, sample_id: int) -> None:
        """Read anew how far a sample is."""
        row = self._rows.get(sample_id)
        if row is not None and self.project is not None:
            self.samples[row] = self.project.samples.get(sample_id)
            self.listing.note(row, self.samples[row], self.project.scores.get(sample_id))
            if self.current is not None and self.current.id == sample_id:
                self.current = self.samples[row]
            self.status_changed.emit(sample_id)

    # Classes and model versions

    @_told
    def add_class(self, name: str) -> None:
        """Add a class after the last one."""
        if self.project is not None:
            self.project.classes.add(name)
            self.classes_changed.emit()

    @_told
    def rename_class(self, index: int, name: str) -> None:
        """Give a class another name."""
        if self.project is not None:
            try:
                self.project.classes.rename(index, name)
            finally:
                self.classes_changed.emit()  # a refused name must not stay in the list

    @_told
    def recolor_class(self, index: int, color: RGB) -> None:
        """Show a class in another colour."""
        if self.project is not None:
            self.project.classes.recolor(index, color)
            self.classes_changed.emit()
            if self.document is not None:
                self.document_changed.emit(self.document.mask.box)

    @_told
    def use_version(self, number: int) -> None:
        """Let this model version predict from now on."""
        if self.project is not None:
            self.project.versions.use(number)
            self.versions_changed.emit()
            self.message.emit(tr("Version {number} is in use now.").format(number=number))
