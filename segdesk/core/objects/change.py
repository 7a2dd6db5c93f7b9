"""What an operation on objects asserts: applied to a mask through an Edit, it makes one patch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segdesk.core.edit import Edit
from segdesk.core.geometry import Box
from segdesk.core.mask import BACKGROUND
from segdesk.core.objects.found import FoundObject, within


@dataclass(frozen=True, eq=False)
class Assertion:
    """A person says that the covered pixels of a box, (box.height, box.width) bool, are of a class."""

    box: Box
    covered: NDArray[np.bool_]
    class_index: int


@dataclass(frozen=True)
class Change:
    """Assertions, made one after the other as one step; a later one wins where two meet."""

    assertions: tuple[Assertion, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not any(part.covered.any() for part in self.assertions)

    @property
    def box(self) -> Box:
        """The box around all that is asserted."""
        box = Box(0, 0, 0, 0)
        for part in self.assertions:
            box = box.unite(part.box)
        return box

    def apply(self, edit: Edit) -> None:
        """Assert all of it."""
        for part in self.assertions:
            if part.covered.any():
                edit.assert_class(part.box, part.covered, part.class_index)


def delete(objects: Iterable[FoundObject]) -> Change:
    """Make them background."""
    return reclassify(objects, BACKGROUND)


def reclassify(objects: Iterable[FoundObject], class_index: int) -> Change:
    """Give them another class."""
    return Change(tuple(Assertion(found.box, found.covered, class_index) for found in objects))


def reshape(found: FoundObject, shape: FoundObject | None) -> Change:
    """Let an object have another shape: what it loses becomes background, what it gains its class.

    Pixels that stay are not asserted anew. None: nothing of it is left.
    """
    if shape is None:
        return delete([found])
    box = found.box.unite(shape.box)
    before, after = within(found.coverage, box), within(shape.coverage, box)
    lost, gained = before & ~after, after & ~before
    return Change(
        tuple(
            Assertion(box, covered, index)
            for covered, index in ((lost, BACKGROUND), (gained, found.class_index))
            if covered.any()
        )
    )
