"""Objects taken along: copied, and put down elsewhere or in another image."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from segdesk.core.geometry import Box
from segdesk.core.objects.change import Assertion, Change, kept_apart
from segdesk.core.objects.found import FoundObject


@dataclass(frozen=True)
class Clip:
    """Copied objects, each where it was in its image."""

    objects: tuple[FoundObject, ...] = ()

    @property
    def box(self) -> Box:
        """The box around them all."""
        box = Box(0, 0, 0, 0)
        for found in self.objects:
            box = box.unite(found.box)
        return box


def copy(objects: Iterable[FoundObject]) -> Clip:
    """Take objects along; later changes of the mask do not reach the copy."""
    return Clip(tuple(FoundObject(o.class_index, o.box, o.covered.copy()) for o in objects))


def paste(clip: Clip, dx: int, dy: int, bounds: Box) -> tuple[tuple[FoundObject, ...], Change]:
    """Put the copied objects down, moved by whole pixels; what lies beyond `bounds` is cut off.

    Gives the objects as they lie now, and the change that asserts them, each apart from all others.
    """
    moved = []
    for found in clip.objects:
        box = Box(found.box.x + dx, found.box.y + dy, found.box.width, found.box.height)
        inside = box.intersect(bounds)
        if inside.is_empty:
            continue
        x, y = inside.x - box.x, inside.y - box.y
        covered = found.covered[y : y + inside.height, x : x + inside.width]
        if covered.any():
            moved.append(FoundObject(found.class_index, inside, covered.copy()))
    assertions = tuple(Assertion(o.box, o.covered, o.class_index) for o in moved)
    return tuple(moved), Change(assertions, kept_apart(moved))
