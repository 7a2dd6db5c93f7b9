"""The verbs: what a person can do with a project, its samples and the mask on screen.

It owns the project and the document. Whatever goes wrong for a reason that a person can understand is
told by `error`, and the window goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from segdesk.core.classes import SegClass
from segdesk.core.document import Document
from segdesk.core.images import Picture
from segdesk.core.patch import Patch, State
from segdesk.core.project import Project, Sample, is_project
from segdesk.core.project.fingerprint import is_rewritten
from segdesk.core.project.series import Series
from segdesk.core.settings import SettingsFile
from segdesk.core.translation import tr
from segdesk.gui.class_verbs import ClassVerbs
from segdesk.gui.image_files import ImageFiles
from segdesk.gui.image_intake import ImageIntake
from segdesk.gui.listing import BY_SCORE, Listing, Order
from segdesk.gui.pictures import Pictures
from segdesk.gui.told import told
from segdesk.gui.worker import Worker


class Workbench(QObject):
    """One project being worked on, or none.

    about_to_change: a stroke that is under way must end now, since something else changes the mask, or the
    sample is put away.
    project_changed: another project, or none. samples_changed: some came or went.
    sample_changed: another sample is on screen, or none; its image follows by picture_ready, picture_missing
    or a question of `image_files`. document_changed: this box of the mask looks different.
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
        self.series = Series()
        self.listing = Listing(Order(settings.values.sample_order), self)
        self.listing.stacked = settings.values.stacks
        self._rows: dict[int, int] = {}
        self.intake = ImageIntake(self, files)
        self.image_files = ImageFiles(self, files, self)
        self.class_verbs = ClassVerbs(self)
        self._pictures = Pictures(self)
        self._pictures.loaded.connect(self._on_picture)
        self._pictures.failed.connect(self._on_no_picture)

    @property
    def classes(self) -> tuple[SegClass, ...]:
        """The project's classes, the background first; none without a project."""
        return self.project.classes.all() if self.project is not None else ()

    # Projects and their images

    @told
    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open what somebody dropped or named: a project, or images and folders of images."""
        for path in paths:
            if is_project(path):
                self.open_project(path)
                return
        if paths:
            self.intake.add(paths)

    @told
    def open_project(self, folder: Path) -> None:
        """Open a project in place of the one that is open."""
        if self.project is None or self.project.folder != folder.absolute():
            self.work_on(Project(folder))

    @told
    def create_project(self, folder: Path, classes: Sequence[str], images: Sequence[Path]) -> None:
        """Make a project, open it and take images into it."""
        self.work_on(Project.create(folder, classes))
        if images:
            self.intake.add(images)

    @told
    def go_on_in(self, folder: Path) -> None:
        """Work on a copy of the project, made just now, in its place."""
        self._go_on_with(Project(folder))
        self.message.emit(tr("Saved as {folder}.").format(folder=folder))

    @told
    def take_over(self) -> None:
        """Work on the project that another SegDesk had, which has ended."""
        if self.project is not None and self.project.refusal is not None:
            self._go_on_with(Project(self.project.folder, by_force=True))

    @told
    def remove_samples(self, sample_ids: Sequence[int]) -> None:
        """Take samples out of the project together with their masks; the image files stay untouched."""
        if self.project is None or not sample_ids:
            return
        row = min(self._rows.get(sample_id, 0) for sample_id in sample_ids)
        if self.current is not None and self.current.id in sample_ids:
            self._show(None)
        self.project.samples.remove(*sample_ids)
        self.read_samples()
        if self.current is None and self.samples:
            self.go_to(self.samples[min(row, len(self.samples) - 1)].id)

    def close(self) -> None:
        """Let the project go."""
        self._pictures.close()
        self.image_files.close()
        self._show(None)
        if self.project is not None:
            self.project.close()
            self.project = None

    def _go_on_with(self, project: Project) -> None:
        shown = self.current
        self.work_on(project)
        if shown is not None:
            self.go_to(shown.id)

    def work_on(self, project: Project) -> None:
        """Take a project in place of the one that is open."""
        self._show(None)
        if self.project is not None:
            self.project.close()
        self.project = project
        self._pictures.forget()
        self.image_files.forget()
        self.listing.states = frozenset(State)
        self.listing.text = ""
        self.settings.add_recent(project.folder)
        self.samples = []
        self._rows = {}
        self.series = project.series.all()
        self.listing.take(self.samples, {})
        self.project_changed.emit()
        self.classes_changed.emit()
        self.versions_changed.emit()
        self.read_samples()
        if self.samples:
            start = next((s for s in self.samples if s.state is not State.CONFIRMED), self.samples[0])
            self.go_to(start.id)

    def read_samples(self) -> None:
        """Read anew which samples there are."""
        assert self.project is not None
        self._list(self.project.samples.all())

    def append(self, added: Sequence[Sample]) -> list[Sample]:
        """List samples that the project has got; gives those that were not in the list yet."""
        new = list({each.id: each for each in added if each.id not in self._rows}.values())
        self._list([*self.samples, *new])
        return new

    def know_series(self, series: Series) -> None:
        """Show the slices of these series as stacks, and note them where the project can be written."""
        if self.project is not None and series != self.series:
            self.series = series
            if self.project.refusal is None:
                self.project.series.keep(series)
            self._list(self.samples)

    def _list(self, samples: list[Sample]) -> None:
        assert self.project is not None
        self.samples = samples
        self._rows = {sample.id: row for row, sample in enumerate(self.samples)}
        self.listing.take(self.samples, self.project.scores.all(), self.series.volumes)
        self.samples_changed.emit()

    # Going from sample to sample

    def row_of(self, sample_id: int) -> int | None:
        """Where in `samples` the one of this id is."""
        return self._rows.get(sample_id)

    @property
    def current_row(self) -> int | None:
        """Where in `samples` the one on screen is."""
        return self._rows.get(self.current.id) if self.current is not None else None

    @told
    def order_by(self, order: Order) -> None:
        """Order the list like this, by what is known now."""
        self.listing.sort(order, self.current_row)
        self.settings.change(sample_order=order.value)

    @told
    def stack_pages(self, together: bool) -> None:
        """Let the list show the pages of a stack as one entry, or each as an image of its own."""
        if together != self.listing.stacked:
            self.listing.stacked = together
            self.listing.sort(current=self.current_row)
            self.settings.change(stacks=together)

    def order_again(self) -> None:
        """Order the list anew, since all that was awaited is known now."""
        if self.listing.order in BY_SCORE:
            self.listing.sort(current=self.current_row)

    def show_states(self, states: Iterable[State]) -> None:
        """Let the list show samples of these states; the one on screen stays in it whatever becomes of it."""
        self.listing.filter(self.current_row, states)

    def show_named(self, text: str) -> None:
        """Let the list show samples whose files have a text in their names, and the one on screen."""
        self.listing.filter(self.current_row, text=text)

    @told
    def go_to(self, sample_id: int) -> None:
        """Put a sample on screen."""
        if self.current is not None and self.current.id == sample_id and self.picture is not None:
            return
        row = self._rows.get(sample_id)
        if row is not None:
            self._show(self.samples[row])

    @told
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
        self.image_files.put_question_away()
        if sample is not None and self.project is not None:
            self.document = Document(self.project, sample)
        if self.listing.is_filtered:
            self.listing.filter(self.current_row)  # what was on screen may not belong to the list any more
        self.sample_changed.emit()
        if sample is not None:
            if is_rewritten(sample):
                self._pictures.forget(sample.id)
            self._pictures.load(sample)

    @Slot(int, object)
    def _on_picture(self, sample_id: int, picture: Picture) -> None:
        if self.current is None or self.current.id != sample_id or self.picture is not None:
            return
        if self.image_files.asks_about(self.current, picture):
            return
        self.picture = picture
        self.picture_ready.emit(picture)
        row = self.listing.neighbour(self._rows[sample_id], 1)
        if row is not None:
            self._pictures.prefetch(self.samples[row])

    @Slot(int, str)
    def _on_no_picture(self, sample_id: int, problem: str) -> None:
        if self.current is None or self.current.id != sample_id:
            return
        if not self.image_files.asks_about_size(self.current):
            self.picture_missing.emit(problem)

    def show_anew(self, sample_id: int) -> None:
        """Put a sample on screen whose file or mask is another one now."""
        self._pictures.forget(sample_id)
        self.refresh_status(sample_id)
        row = self._rows.get(sample_id)
        self._show(self.samples[row] if row is not None else None)

    # The mask on screen

    @told
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

    @told
    def undo(self) -> None:
        """Take the last change of the mask on screen back."""
        if self.document is not None:
            self.about_to_change.emit()
            self.after_change(self.document.undo())

    @told
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
            self.take_note(sample_id)
            self.listing.note(row, self.samples[row], self.project.scores.get(sample_id))
            self.status_changed.emit(sample_id)

    def take_note(self, sample_id: int) -> None:
        """Read a sample anew of which nothing has changed that anybody sees."""
        if self.project is not None and sample_id in self._rows:
            self.hold([self.project.samples.get(sample_id)])

    def hold(self, samples: Iterable[Sample]) -> None:
        """Take samples as they are now; nothing of them has changed that anybody but the caller sees."""
        for sample in samples:
            row = self._rows.get(sample.id)
            if row is not None:
                self.samples[row] = sample
                if self.current is not None and self.current.id == sample.id:
                    self.current = sample
