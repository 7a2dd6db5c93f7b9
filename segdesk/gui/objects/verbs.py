"""What a person can order done with objects: each is one step of undo, or a hint why nothing happened."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPointF, Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from segdesk.core.errors import SegdeskError
from segdesk.core.mask import Mask, Plane
from segdesk.core.objects import Change, FoundObject, delete, reclassify, reshape, together
from segdesk.core.objects.bridging import merge
from segdesk.core.objects.choosing import all_but_largest, smaller_than
from segdesk.core.objects.clips import Clip, copy, paste
from segdesk.core.objects.numbering import Numbering
from segdesk.core.objects.shaping import fill_holes, grow, shrink, smooth
from segdesk.core.translation import tr
from segdesk.gui.canvas import Canvas
from segdesk.gui.objects.dropping import DropDialog
from segdesk.gui.tools.select import Select
from segdesk.gui.tools.split import SplitByShape
from segdesk.gui.workbench import Workbench

_AT_ONCE = 4_000_000  # pixels of an object's box, up to which it takes less than a blink,
_FEW = 100  # as do so many objects
_BRIDGED = 1000  # of which each may be the nearest to each other
_ASIDE = 12  # pixels that a copy lies beside what it was made of
_CHANGING = ("select", "split", "cut")  # tools that keep what is selected


Shaper = Callable[[FoundObject, Plane], FoundObject | None]


class ObjectVerbs(QObject):
    """Works on the canvas's selection; `handlers` are the orders of the table by their ids."""

    def __init__(self, bench: Workbench, canvas: Canvas, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._canvas = canvas
        self._selection = canvas.selection
        self._clip = Clip()
        self._clip_from: int | None = None  # the sample it was copied in
        self._own = False  # whether what changes now is our doing
        self.menu_actions: list[QAction] = []
        self._selection.vanished.connect(self._on_vanished)
        self._selection.menu_wanted.connect(self._open_menu)
        canvas.tool_changed.connect(self._on_tool)
        self.handlers: dict[str, Callable[[], object]] = {
            "delete_objects": self.delete,
            "keep_largest": self.keep_largest,
            "drop_small": self.drop_small,
            "split_object": self.split,
            "merge_objects": self.merge,
            "smooth_objects": self.smooth,
            "grow_objects": self.grow,
            "shrink_objects": self.shrink,
            "fill_holes": self.fill_holes,
            "copy_objects": self.copy,
            "paste_objects": self.paste,
            "paste_from_previous": self.paste_from_previous,
            "duplicate_objects": self.duplicate,
            "select_none": self._selection.clear,
        }

    # Verbs

    def delete(self) -> None:
        """Make what is selected background."""
        if chosen := self._chosen():
            self._change(tr("Delete objects"), delete(chosen))

    def reclassify(self, class_index: int) -> bool:
        """Give what is selected another class; False where nothing is selected, or it is no time for that."""
        chosen = self._selection.objects
        if self._canvas.tool.id != "select" or not chosen:
            return False
        if class_index == 0:
            self.delete()
        elif self._canvas.is_ready(class_index) and self._change(
            tr("Change class"), reclassify(chosen, class_index)
        ):
            self._selection.choose(FoundObject(class_index, o.box, o.covered) for o in chosen)
        return True

    def keep_largest(self) -> None:
        """Of the class of what is selected, else of the active one, keep only the largest object."""
        self._of_class(tr("Keep the largest"), all_but_largest)

    def drop_small(self) -> None:
        """Ask for a size, and make all smaller objects of a class background."""
        document = self._canvas.document
        if not self._canvas.is_ready(0) or document is None:
            return
        index = self._class()
        dialog = DropDialog(document.mask, index, self._canvas.class_name(index), self._canvas.window())
        if dialog.exec():
            pixels = dialog.value()
            self._of_class(
                tr("Drop small objects"),
                lambda labels, index, borders: smaller_than(labels, index, pixels, borders),
            )

    def split(self) -> None:
        """Show the parts of the selected object, by the tool that splits."""
        chosen = self._selection.objects
        self._canvas.set_tool("split")
        tool = self._canvas.tool
        if len(chosen) == 1 and isinstance(tool, SplitByShape) and self._canvas.is_ready(0):
            tool.start(chosen[0])
        else:
            self._canvas.show_hint(tr("Click the object that should be split."))

    def merge(self) -> None:
        """Join what is selected, by bridges where it does not touch."""
        chosen, document = self._chosen(), self._canvas.document
        if len(chosen) == 1:
            self._canvas.show_hint(tr("Select two or more objects to merge them: Shift+click adds one."))
        elif len(chosen) > _BRIDGED:
            self._canvas.show_hint(
                tr("At most {count} objects can be merged at once: select fewer.").format(count=_BRIDGED)
            )
        elif chosen and document is not None:
            work = partial(merge, chosen, self._option("bridge"), document.mask.labels.copy())
            if len(chosen) > _FEW:
                self._canvas.in_background(work, partial(self._finish_merge, chosen))
            else:
                self._finish_merge(chosen, work())

    def _finish_merge(self, chosen: tuple[FoundObject, ...], change: Change) -> None:
        if self._change(tr("Merge objects"), change):
            self._select_again(chosen[:1])

    def smooth(self) -> None:
        """Round the border of what is selected."""
        sigma = self._option("sigma")
        self._reshape(tr("Smooth"), lambda found, labels: smooth(found, sigma, labels))

    def grow(self) -> None:
        """Let what is selected grow over the background."""
        pixels = round(self._option("pixels"))
        self._reshape(tr("Grow"), lambda found, labels: grow(found, pixels, labels))

    def shrink(self) -> None:
        """Take a rim off what is selected."""
        pixels = round(self._option("pixels"))
        self._reshape(tr("Shrink"), lambda found, labels: shrink(found, pixels))

    def fill_holes(self) -> None:
        """Close the holes in what is selected."""
        self._reshape(tr("Fill holes"), fill_holes)

    def copy(self) -> None:
        """Keep a copy of what is selected, for this image or another one."""
        chosen, document = self._chosen(), self._canvas.document
        if chosen and document is not None:
            self._clip, self._clip_from = copy(chosen), document.sample.id
            one, many = tr("Copied the object."), tr("Copied {count} objects.")
            self._canvas.show_hint(one if len(chosen) == 1 else many.format(count=len(chosen)))

    def paste(self) -> None:
        """Put the copy under the pointer; in another image, or with the pointer elsewhere, where it was.

        Where that lies beyond a smaller image, it goes under the pointer, too.
        """
        document = self._canvas.document
        if not self._clip.objects:
            self._canvas.show_hint(tr("There is nothing to paste: select objects and copy them first."))
        elif document is not None:
            here, box = document.sample.id == self._clip_from, self._clip.box
            dx = dy = _ASIDE if here else 0
            at = self._canvas.pointer_in_image()
            if at is not None and (here or box.intersect(document.mask.box).is_empty):
                dx, dy = round(at[0] - box.x - box.width / 2), round(at[1] - box.y - box.height / 2)
            self._put(tr("Paste objects"), self._clip, dx, dy)

    def paste_from_previous(self) -> None:
        """Take over the objects of the active class from the page before this one, or the image before."""
        bench, document = self._bench, self._canvas.document
        if bench.project is None or document is None or bench.current_row is None:
            return
        row = bench.listing.before(bench.current_row)
        if row is None:
            self._canvas.show_hint(tr("This is the first image: there is none before it."))
            return
        try:
            mask = bench.project.masks.load(bench.samples[row])
        except SegdeskError as error:
            bench.error.emit(str(error))
            return
        index = self._class()
        if mask.labels.size > _AT_ONCE:
            self._canvas.in_background(partial(_objects_of, mask, index), partial(self._take_over, index))
        else:
            self._take_over(index, _objects_of(mask, index))

    def _take_over(self, index: int, clip: Clip) -> None:
        if clip.objects:
            self._put(tr("Paste from the previous image"), clip, 0, 0)
        else:
            self._canvas.show_hint(
                tr("The previous image has no objects of the class {name}.").format(
                    name=self._canvas.class_name(index)
                )
            )

    def duplicate(self) -> None:
        """Put a copy of what is selected beside it."""
        if chosen := self._chosen():
            self._put(tr("Duplicate objects"), copy(chosen), _ASIDE, _ASIDE)

    # How

    def _chosen(self) -> tuple[FoundObject, ...]:
        """What is selected; with nothing selected, the person is told how."""
        chosen = self._selection.objects
        if not chosen and self._canvas.is_ready(0):
            self._canvas.show_hint(self._how_to_select())
        return chosen

    def _how_to_select(self) -> str:
        order = self._canvas.window().findChild(QAction, f"tool_{Select.id}")
        keys = order.shortcut().toString(QKeySequence.SequenceFormat.NativeText) if order is not None else ""
        if self._canvas.tool.id == Select.id or not keys:
            return tr("Nothing is selected: click an object first.")
        return tr("Nothing is selected: press {key} and click an object first.").format(key=keys)

    def _class(self) -> int:
        chosen = self._selection.objects
        return chosen[0].class_index if chosen else max(1, self._canvas.options.active_class)

    def _option(self, name: str) -> float:
        option = next(o for o in Select.declare() if o.id == name)
        return float(self._canvas.options.get(Select.id, option))

    def _change(self, name: str, change: Change) -> bool:
        """Make a change as one step of undo."""
        if not self._canvas.begin_stroke(0):
            return False
        if len(change.assertions) + len(change.divisions) > _FEW:
            change = change.condensed()
        revision = self._revision()
        self._own = True
        try:
            for part in change.assertions:
                self._canvas.paint((part.box, part.covered), part.class_index)
            for division in change.divisions:
                self._canvas.divide(division)
            self._canvas.end_stroke(name)
        finally:
            self._own = False
        return self._revision() != revision

    def _revision(self) -> int:
        document = self._canvas.document
        return document.revision if document is not None else -1

    def _put(self, name: str, clip: Clip, dx: int, dy: int) -> None:
        document = self._canvas.document
        if document is None:
            return
        there = len(self._bench.classes)
        clip = Clip(tuple(o for o in clip.objects if o.class_index < there))
        objects, change = paste(clip, dx, dy, document.mask.box)
        if not objects:
            beyond = tr("All of that would lie beyond this image: point at a place in it, then paste.")
            self._canvas.show_hint(beyond)
        elif self._change(name, change):
            self._canvas.set_tool("select")
            self._selection.choose(objects)
            if len(objects) < len(clip.objects):
                left = tr("{count} of {all} objects lie beyond this image and were left out.")
                count = len(clip.objects) - len(objects)
                self._canvas.show_hint(left.format(count=count, all=len(clip.objects)))

    def _reshape(self, name: str, shape: Shaper) -> None:
        document, chosen = self._canvas.document, self._chosen()
        if document is None or not chosen:
            return
        labels = document.mask.labels
        if len(chosen) > _FEW or sum(o.box.width * o.box.height for o in chosen) > _AT_ONCE:
            self._canvas.in_background(
                partial(_reshaped, chosen, shape, labels.copy()), partial(self._finish_shape, name, chosen)
            )
        else:
            self._finish_shape(name, chosen, _reshaped(chosen, shape, labels))

    def _finish_shape(
        self, name: str, before: tuple[FoundObject, ...], after: list[FoundObject | None]
    ) -> None:
        change = together(reshape(old, new) for old, new in zip(before, after, strict=True))
        if change.is_empty:
            self._canvas.show_hint(tr("That changes nothing here."))
            return
        if len(before) > _FEW:
            self._selection.choose(())  # else each would be looked up anew
        changed = self._change(name, change)
        if changed or len(before) > _FEW:
            self._select_again([new for new in after if new is not None] if changed else before)

    def _select_again(self, objects: list[FoundObject] | tuple[FoundObject, ...]) -> None:
        """Select what the objects have become, which may be one now."""
        document = self._canvas.document
        if document is not None:
            self._selection.choose(objects)
            if len(objects) <= _FEW:  # of so many, nobody sees whether two are one now
                self._selection.follow(document.mask, document.mask.box)

    def _of_class(self, name: str, choose: Callable[[Plane, int, Plane | None], Change]) -> None:
        """Work on all objects of a class, in the background."""
        document = self._canvas.document
        if not self._canvas.is_ready(0) or document is None:
            return
        mask = document.mask.copy()
        self._canvas.in_background(
            partial(choose, mask.labels, self._class(), mask.borders), partial(self._finish_class, name)
        )

    def _finish_class(self, name: str, change: Change) -> None:
        if change.is_empty:
            self._canvas.show_hint(tr("There is no object of this class to drop."))
        else:
            self._change(name, change)

    @Slot()
    def _on_vanished(self) -> None:
        if not self._own:
            self._canvas.show_hint(tr("What was selected is no longer there."))

    @Slot(str)
    def _on_tool(self, tool: str) -> None:
        if tool not in _CHANGING:
            self._selection.clear()

    @Slot(QPointF)
    def _open_menu(self, at: QPointF) -> None:
        menu = QMenu(self._canvas)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        menu.addActions(self.menu_actions)
        menu.popup(self._canvas.mapToGlobal(at).toPoint())


def _reshaped(objects: tuple[FoundObject, ...], shape: Shaper, labels: Plane) -> list[FoundObject | None]:
    return [shape(found, labels) for found in objects]


def _objects_of(mask: Mask, class_index: int) -> Clip:
    """All objects of a class."""
    numbering = Numbering(mask.labels, mask.borders)
    return Clip(tuple(numbering.get(n) for n, c in numbering.classes.items() if c == class_index))
