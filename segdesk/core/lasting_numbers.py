"""Numbers that objects keep while a whole mask changes at once, by a prediction or an import."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from segdesk.core.objects.numbering import Numbering
from segdesk.core.project import Project

_MOST_PIXELS = 32_000_000  # of an image whose objects are numbered, which takes tens of bytes a pixel


@contextmanager
def numbers_kept(project: Project, sample_id: int) -> Iterator[None]:
    """While this lasts, a sample's mask changes; it is not on screen.

    Where somebody has seen its objects, each keeps its number with the most of its old pixels, and new ones
    get numbers that were never given, as in the window.
    """
    known = project.numbers.of(sample_id)
    sample = project.samples.get(sample_id)
    if not known.current or sample.width * sample.height > _MOST_PIXELS:
        yield
        return
    before = project.masks.load(sample)
    yield
    after = project.masks.load(sample)
    numbering = Numbering(before.labels, before.borders, known)
    numbering.update(after.labels, after.box, after.borders)
    project.numbers.keep(sample_id, numbering.anchors)
