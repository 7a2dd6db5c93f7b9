"""What an operation on objects asserts: applied to a mask through an Edit, it makes one patch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segdesk.core.edit import Edit
from segdesk.core.geometry import Box
from segdesk.core.mask import BACKGROUND
from segdesk.core.objects.found import FoundObject, all_of, within


@dataclass(frozen=True, eq=False)
class Assertion:
    """A person says that the covered pixels of a box, (box.height, box.width) bool, are of a class."""

    box: Box
    covered: NDArray[np.bool_]
    class_index: int


@dataclass(frozen=True, eq=False)
class Division:
    """A person says which pixels of a box belong to one object: (box.height, box.width) `numbers`.

    What they mean is said in `segdesk.core.borders.between`. The box may reach beyond the image.
    """

    box: Box
    numbers: NDArray[np.int32]

    def inside(self, bounds: Box) -> tuple[Box, NDArray[np.int32]]:
        """What of it lies within `bounds`."""
        part = self.box.intersect(bounds)
        return part, self.numbers[_place(part, self.box)]


@dataclass(frozen=True)
class Change:
    """Assertions, made one after the other as one step; a later one wins where two meet. Then divisions."""

    assertions: tuple[Assertion, ...] = ()
    divisions: tuple[Division, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.divisions and not any(part.covered.any() for part in self.assertions)

    def condensed(self) -> Change:
        """The same in few parts, as very many small ones take long one by one.

        Of what overlaps, it keeps who is asserted last only within a class; objects stay apart as they were.
        """
        parts: dict[int, list[FoundObject]] = {}
        for part in self.assertions:
            parts.setdefault(part.class_index, []).append(
                FoundObject(part.class_index, part.box, part.covered)
            )
        assertions = tuple(Assertion(*all_of(found), index) for index, found in parts.items())
        return Change(assertions, _as_one(self.divisions))

    def apply(self, edit: Edit) -> None:
        """Assert all of it."""
        for part in self.assertions:
            if part.covered.any():
                edit.assert_class(part.box, part.covered, part.class_index)
        for division in self.divisions:
            edit.divide(*division.inside(edit.bounds))


def together(changes: Iterable[Change]) -> Change:
    """Several changes as one."""
    each = tuple(changes)
    return Change(
        tuple(part for change in each for part in change.assertions),
        tuple(part for change in each for part in change.divisions),
    )


def kept_apart(objects: Sequence[FoundObject], *, from_others: bool = True) -> tuple[Division, ...]:
    """Let objects stay apart from each other, and from all others."""
    box = Box(0, 0, 0, 0)
    for found in objects:
        box = box.unite(found.box)
    if box.is_empty:
        return ()
    box = box.grow(1)
    numbers = np.full((box.height, box.width), -1 if from_others else 0, np.int32)
    for number, found in enumerate(objects, start=1):
        numbers[_place(found.box, box)][found.covered] = number
    return (Division(box, numbers),)


def _as_one(divisions: Sequence[Division]) -> tuple[Division, ...]:
    """Divisions as one, in which each keeps numbers of its own."""
    box = Box(0, 0, 0, 0)
    for division in divisions:
        box = box.unite(division.box)
    if box.is_empty:
        return ()
    numbers = np.zeros((box.height, box.width), np.int32)
    taken = 0
    for division in divisions:
        here, theirs = numbers[_place(division.box, box)], division.numbers
        here[(theirs < 0) & (here == 0)] = -1
        here[theirs > 0] = theirs[theirs > 0] + taken
        taken = max(taken, int(here.max()))
    return (Division(box, numbers),)


def _place(part: Box, whole: Box) -> tuple[slice, slice]:
    return Box(part.x - whole.x, part.y - whole.y, part.width, part.height).slices


def delete(objects: Iterable[FoundObject]) -> Change:
    """Make them background."""
    return reclassify(objects, BACKGROUND)


def reclassify(objects: Iterable[FoundObject], class_index: int) -> Change:
    """Give them another class; they stay apart from each other, and join what has that class already."""
    chosen = tuple(objects)
    apart = kept_apart(chosen, from_others=False) if class_index != BACKGROUND and len(chosen) > 1 else ()
    return Change(tuple(Assertion(found.box, found.covered, class_index) for found in chosen), apart)


def reshape(found: FoundObject, shape: FoundObject | None) -> Change:
    """Let an object have another shape: what it loses becomes background, what it gains its class.

    Pixels that stay are not asserted anew; it stays apart from other objects. None: nothing of it is left.
    """
    if shape is None:
        return delete([found])
    box = found.box.unite(shape.box)
    before, after = within(found.coverage, box), within(shape.coverage, box)
    lost, gained = before & ~after, after & ~before
    parts = ((lost, BACKGROUND), (gained, found.class_index))
    assertions = tuple(Assertion(box, covered, index) for covered, index in parts if covered.any())
    return Change(assertions, kept_apart([shape]) if gained.any() else ())
