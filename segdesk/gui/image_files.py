"""The images' files: moved ones are found again, and one that holds another picture now is asked about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from segdesk.core.errors import SegdeskError
from segdesk.core.images import Picture, inspect_image
from segdesk.core.project import Sample
from segdesk.core.project.fingerprint import Fingerprint, fingerprint, has_another_size
from segdesk.core.project.relink import Found, find_missing
from segdesk.core.translation import tr
from segdesk.gui.recognition import Recognition
from segdesk.gui.told import told
from segdesk.gui.worker import Task, Worker

if TYPE_CHECKING:
    from segdesk.gui.workbench import Workbench


class ImageFiles(QObject):
    """A mask is shown on the picture that it was drawn on, or on another one if the person says so.

    changed: the image that was to come on screen is another picture; a question to the person.
    """

    changed = Signal(str)
    error = Signal(str)

    def __init__(self, bench: Workbench, files: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._files = files
        self._asks = False
        self.may_keep_mask = False
        self.error.connect(bench.error)
        self._recognition = Recognition(self)
        self._recognition.learned.connect(self._on_learned)

    @property
    def allowed(self) -> set[str]:
        """What the person can answer now, by what orders need."""
        return ({"changed"} if self._asks else set()) | ({"keepable"} if self.may_keep_mask else set())

    def asks_about(self, sample: Sample, picture: Picture) -> bool:
        """Whether this is another picture than the mask was drawn on; the person is asked then."""
        if self._recognition.is_same(sample, picture):
            return False
        text = tr("{name} holds another picture than when its mask was drawn. Does the mask still fit?")
        self._ask(text.format(name=sample.source.path.name), may_keep=True)
        return True

    def asks_about_size(self, sample: Sample) -> bool:
        """The same for an image that could not be shown, since its size is another one."""
        if not has_another_size(sample):
            return False
        text = tr("{name} has changed its size since it was added, so its mask cannot fit.")
        self._ask(text.format(name=sample.source.path.name), may_keep=False)
        return True

    def put_question_away(self) -> None:
        """Something else is on screen."""
        self._asks = self.may_keep_mask = False

    @told
    def keep_mask(self) -> None:
        """The person says that the mask fits the picture that the file holds now."""
        project, current = self._bench.project, self._bench.current
        if project is None or current is None or not self.may_keep_mask:
            return
        project.samples.recognise(current.id, fingerprint(current.source.path))
        self._bench.show_anew(current.id)

    @told
    def begin_anew(self) -> None:
        """The mask of the old picture is thrown away."""
        project, current = self._bench.project, self._bench.current
        if project is None or current is None or not self._asks:
            return
        found = inspect_image(current.source.path, current.source.page)
        known = fingerprint(current.source.path)
        project.samples.begin_anew(current.id, found.width, found.height, known)
        self._bench.show_anew(current.id)

    @told
    def find_missing(self, folder: Path) -> None:
        """Look for the images that are not where they were, in a folder and all that is in it."""
        bench, project = self._bench, self._bench.project
        if project is None:
            return
        project.check_writable()
        samples = tuple(bench.samples)

        def finished(found: Found) -> None:
            if bench.project is not project:
                return
            project.samples.relocate(found.places)
            text = tr("{count} images found again.").format(count=len(found.places))
            if found.missing:
                text += " " + tr("{count} are still missing.").format(count=len(found.missing))
            bench.read_samples()
            if bench.current is not None and bench.current.id in found.places:
                bench.show_anew(bench.current.id)
            bench.message.emit(text)

        name = tr("Looking for images")
        self._files.submit(Task(name, lambda: find_missing(samples, folder), finished=finished))

    def forget(self) -> None:
        """Another project: other samples have these ids."""
        self._recognition.forget()

    def close(self) -> None:
        """Wait for what is being looked at."""
        self._recognition.close()

    def _ask(self, question: str, *, may_keep: bool) -> None:
        self._asks, self.may_keep_mask = True, may_keep
        self.changed.emit(question)

    @Slot(int, object)
    def _on_learned(self, sample_id: int, known: Fingerprint) -> None:
        bench = self._bench
        if bench.project is None or bench.project.refusal is not None or bench.row_of(sample_id) is None:
            return
        try:
            bench.project.samples.recognise(sample_id, known)
        except SegdeskError:
            return  # it will be looked at again; a stroke that cannot be saved says so itself
        bench.take_note(sample_id)
