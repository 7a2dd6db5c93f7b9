"""The sample being worked on: its mask in memory and on disk, changed together."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from segdesk.core.edit import Edit, after_correction, after_prediction
from segdesk.core.geometry import Box
from segdesk.core.mask import Plane
from segdesk.core.patch import Patch, State, Status
from segdesk.core.project import History, PackedTiles, Project, Sample, Standing
from segdesk.core.translation import tr


class Document:
    """One sample's mask, open for changes.

    Each change is one patch, durable when the method returns. `revision` is the number of the mask's state,
    so that a result computed from another state can be told; undo and redo lead back to a state that had
    one. `begun` counts strokes that have begun, so that a result computed while the mask was changing can be
    told as well.
    """

    def __init__(self, project: Project, sample: Sample) -> None:
        self._project = project
        self.sample = sample
        self.mask = project.masks.load(sample)
        self.status = sample.status
        self.revision = 0
        self.begun = 0
        self._numbers = count(1)  # of states that are new
        self._earlier: list[int] = []  # what undo leads back to, the nearest last
        self._undone: list[int] = []  # and redo
        self._edit: Edit | None = None

    @property
    def history(self) -> History:
        """What undo and redo would do, by name."""
        return self._project.masks.history(self.sample.id)

    @property
    def is_editing(self) -> bool:
        """Whether a stroke is under way."""
        return self._edit is not None

    def begin(self) -> Edit:
        """Start a stroke: what is asserted through the edit shows in the mask at once."""
        if self._edit is not None:
            raise RuntimeError("an edit is under way already")
        self._edit = Edit(self.mask)
        self.begun += 1
        return self._edit

    def commit(self, name: str, *, whole: bool = False) -> Patch | None:
        """End the stroke and keep it; None if it changed nothing.

        whole: the person says by it that the whole mask is right, so that the sample is confirmed.
        """
        confirmed = Status(State.CONFIRMED, self.status.predicted_by)
        return self._finish(name, confirmed if whole else after_correction(self.status))

    def cancel(self) -> Box:
        """End the stroke and take it back; gives the box to repaint."""
        edit, self._edit = self._edit, None
        return edit.cancel() if edit is not None else Box(0, 0, 0, 0)

    def correct(self, name: str, change: Callable[[Edit], None]) -> Patch | None:
        """Make one correction at once."""
        change(self.begin())
        return self.commit(name)

    def predict(
        self, labels: Plane, version: int | None, name: str | None = None, borders: Plane | None = None
    ) -> Patch | None:
        """Take over a prediction where nobody asserted a class; nothing where the sample is confirmed.

        name: what undo calls it; None for the usual one. borders: between its objects, where it has any.

        Raises:
            ValueError: the labels have another size than the sample.
        """
        if labels.shape != self.mask.labels.shape:
            raise ValueError(f"a prediction of shape {labels.shape} for a mask of {self.mask.labels.shape}")
        if self.status.state is State.CONFIRMED:
            return None
        self.begin().predict(labels, borders)
        return self._finish(name or tr("Predict"), after_prediction(self.status, version), by_person=False)

    def adopt(self, patch: Patch, standing: Standing, tiles: PackedTiles) -> bool:
        """Take over a prediction's patch that was made elsewhere, for a mask of that standing.

        tiles: what it makes of the tiles that it changes.
        False, and nothing is changed, where the mask has moved on since, or a stroke is under way.
        """
        if self._edit is not None:
            return False
        if not self._project.masks.commit_ready(self.sample.id, standing, patch, tiles):
            return False
        patch.toggle(self.mask)
        self._moved(patch.after)
        return True

    def confirm(self) -> Patch | None:
        """The person says that the whole mask is right."""
        self.begin().confirm()
        return self._finish(tr("Confirm"), Status(State.CONFIRMED, self.status.predicted_by))

    def undo(self) -> Patch | None:
        """Take the last change back; None where there is none, or while a stroke is under way."""
        if self.is_editing:
            return None
        patch = self._project.masks.undo(self.sample.id, self.mask)
        if patch is not None:
            self._turn(patch.before, self._earlier, self._undone)
        return patch

    def redo(self) -> Patch | None:
        """Do the next change again; None where there is none, or while a stroke is under way."""
        if self.is_editing:
            return None
        patch = self._project.masks.redo(self.sample.id, self.mask)
        if patch is not None:
            self._turn(patch.after, self._undone, self._earlier)
        return patch

    def settle(self, seconds: float) -> bool:
        """Bring the stored masks up to date with their journals for so long; whether all of them are.

        To be called from time to time while nobody waits.

        Raises:
            ProjectError: a mask is damaged, or the project cannot be saved.
        """
        return self._project.masks.settle(seconds)

    def _finish(self, name: str, after: Status, *, by_person: bool = True) -> Patch | None:
        edit, self._edit = self._edit, None
        if edit is None:
            return None
        patch = edit.finish(name, self.status, after)
        if patch is None:
            return None
        try:
            self._project.masks.commit(self.sample.id, patch, by_person=by_person)
        except BaseException:
            patch.toggle(self.mask)  # what could not be saved did not happen
            raise
        self._moved(after)
        return patch

    def _moved(self, status: Status) -> None:
        """A change has led to a state that never was."""
        self.status = status
        self._undone.clear()
        self._earlier.append(self.revision)
        self.revision = next(self._numbers)

    def _turn(self, status: Status, ahead: list[int], behind: list[int]) -> None:
        """Undo or redo has led to a state; those of an earlier session have no number yet."""
        self.status = status
        behind.append(self.revision)
        self.revision = ahead.pop() if ahead else next(self._numbers)
