"""Is an image still the picture that its mask was drawn on?"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from segdesk.core.images import Picture
from segdesk.core.patch import State
from segdesk.core.project import Sample
from segdesk.core.project.fingerprint import Change, compare, fingerprint, is_rewritten, picture_digest
from segdesk.gui.threads import pool_of


class Recognition(QObject):
    """Compares images with what is known of them, and learns what is not known yet in the background.

    learned: what a sample's file is known by, as a Fingerprint, to be written down.
    """

    learned = Signal(int, object)

    _made = Signal(int, int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = pool_of(self)
        self._generation = 0
        self._made.connect(self._on_made)

    def is_same(self, sample: Sample, picture: Picture) -> bool:
        """Whether this is the picture that the sample's mask was drawn on; one without a mask always is."""
        known = sample.fingerprint
        if not is_rewritten(sample):
            if known.pixels is None:
                self._learn(sample, picture)
            return True
        if known.pixels is not None:
            same = picture_digest(picture) == known.pixels
            if same:
                self.learned.emit(sample.id, replace(fingerprint(sample.source.path), pixels=known.pixels))
        else:
            same = compare(sample) is not Change.OTHER
            if same:
                self._learn(sample, picture)
        if not same and sample.state is State.NEW:
            self._learn(sample, picture)
            return True
        return same

    def forget(self) -> None:
        """Another project: other samples have these ids."""
        self._generation += 1

    def close(self) -> None:
        """Wait for what is being looked at."""
        self.forget()
        self._pool.clear()
        self._pool.waitForDone()

    def _learn(self, sample: Sample, picture: Picture) -> None:
        generation = self._generation

        def work() -> None:
            known = replace(fingerprint(sample.source.path), pixels=picture_digest(picture))
            if known.digest is not None:
                self._made.emit(generation, sample.id, known)

        self._pool.start(work)

    def _on_made(self, generation: int, sample_id: int, known: object) -> None:
        if generation == self._generation:
            self.learned.emit(sample_id, known)
