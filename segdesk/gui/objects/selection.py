"""Which objects of the mask on screen are selected, which one the pointer is over, and pieces on trial."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, QPointF, Signal

from segdesk.core.geometry import Box
from segdesk.core.mask import Mask
from segdesk.core.objects.found import FoundObject, object_at


class Selection(QObject):
    """What the canvas draws outlines around.

    changed: other objects are selected. redrawn: something looks different. vanished: what was selected is
    gone, though nobody deselected it. menu_wanted: at this place of the canvas.
    """

    changed = Signal()
    redrawn = Signal()
    vanished = Signal()
    menu_wanted = Signal(QPointF)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.objects: tuple[FoundObject, ...] = ()
        self.hovered: FoundObject | None = None
        self.pieces: tuple[FoundObject, ...] = ()

    def choose(self, objects: Iterable[FoundObject]) -> None:
        """Select these, and nothing else."""
        chosen = tuple(objects)
        if chosen or self.objects:
            self.objects = chosen
            self.redrawn.emit()
            self.changed.emit()

    def toggle(self, found: FoundObject) -> None:
        """Select one more, or no longer."""
        there = self.covering(found)
        if there is None:
            self.choose([*self.objects, found])
        else:
            self.choose([o for o in self.objects if o is not there])

    def covering(self, found: FoundObject) -> FoundObject | None:
        """The selected one that is the same object."""
        seed = found.seed
        return next((o for o in self.objects if o.covers(seed)), None)

    def hover(self, found: FoundObject | None) -> None:
        """The pointer is over this one."""
        if found is not self.hovered:
            self.hovered = found
            self.redrawn.emit()

    def try_pieces(self, pieces: Iterable[FoundObject]) -> None:
        """Show what an object would be split into; nothing ends it."""
        self.pieces = tuple(pieces)
        self.redrawn.emit()

    def clear(self) -> None:
        """Nothing is selected, hovered or on trial."""
        self.hovered = None
        self.pieces = ()
        self.choose(())
        self.redrawn.emit()

    def follow(self, mask: Mask, box: Box) -> None:
        """The mask has changed in a box: selected objects have another shape now, or are gone."""
        self.hovered = None
        touched = [o for o in self.objects if not o.box.grow(1).intersect(box).is_empty]
        if not touched:
            return
        kept: list[FoundObject] = []
        for found in self.objects:
            now = _again(mask, found) if found in touched else found
            if now is not None and not any(o.covers(now.seed) for o in kept):
                kept.append(now)
        self.choose(kept)
        if not kept:
            self.vanished.emit()


def _again(mask: Mask, found: FoundObject) -> FoundObject | None:
    x, y = found.seed
    if mask.labels[int(y), int(x)] == found.class_index:
        return object_at(mask.labels, (x, y), borders=mask.borders)
    # The same pixels of another class are the same object: its class has been changed, or that taken back.
    now = object_at(mask.labels, (x, y), 2 * max(found.box.width, found.box.height) + 2, borders=mask.borders)
    if now is None:
        return None
    same = now.box == found.box and bool((now.covered == found.covered).all())
    return now if same else None
