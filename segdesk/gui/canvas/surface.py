"""The display with a tool to work on it: where tools meet the document."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QRegion
from PySide6.QtWidgets import QWidget

from segdesk.core.classes import SegClass
from segdesk.core.document import Document
from segdesk.core.geometry import Box
from segdesk.core.images import to_display
from segdesk.core.objects import Division
from segdesk.core.painting import Coverage, Point
from segdesk.core.translation import tr
from segdesk.gui.canvas.display import Display
from segdesk.gui.canvas.pyramid import Levels, Pixels
from segdesk.gui.canvas.settling import Settling
from segdesk.gui.canvas.strokes import Strokes
from segdesk.gui.objects.outlines import Outlines
from segdesk.gui.objects.selection import Selection
from segdesk.gui.tools import TOOLS
from segdesk.gui.tools.background import Background
from segdesk.gui.tools.base import Pointer, Tool
from segdesk.gui.tools.options import ToolOptions

T = TypeVar("T")

_BACKGROUND_SHOWN_AS = QColor(235, 235, 235)  # black would not be seen on most images


class Surface(Display):
    """Holds the tool in use, serves it as its ToolHost, and shows what it draws."""

    hovered = Signal(object)  # a Hover, or None off the image
    stroke_finished = Signal(object)  # the Patch
    failed = Signal(str)  # why a stroke could not be kept
    hint = Signal(str)  # why nothing happened
    tool_changed = Signal(str)  # its id
    probabilities_wanted = Signal(int, bool)  # by a tool: of the sample of this id; whether a person waits
    busy = Signal(bool)  # whether a tool is working in the background

    def __init__(self, options: ToolOptions | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._options = options if options is not None else ToolOptions(self)
        self._options.changed.connect(self._options_changed)
        self._classes: dict[int, SegClass] = {}
        self._image: NDArray[np.uint8] | None = None
        self._raw: NDArray[Any] | None = None
        self._probabilities: NDArray[np.uint8] | None = None
        self._background = Background(self._stamp, self)
        self._background.failed.connect(self.hint)
        self._background.busy.connect(self.busy)
        self._changes = Background(self._change_stamp, self)
        self._changes.failed.connect(self.hint)
        self._changes.stale.connect(self._tell_stale)
        self._changes.busy.connect(self.busy)
        self._strokes = Strokes(self._options, self)
        self._strokes.finished.connect(self.stroke_finished)
        self._strokes.failed.connect(self.failed)
        self._strokes.hint.connect(self.hint)
        self.overlay_changed.connect(self._on_overlay)
        self._strokes.touched.connect(self._on_touched)
        self._settling = Settling(self)
        self._strokes.finished.connect(self._settling.wait)
        self._selection = Selection(self)
        self._selection.redrawn.connect(self._redraw_overlay)
        self._outlines = Outlines()
        self._tool: Tool = TOOLS["brush"](self)
        self._tool_before = self._tool.id
        self._button: Qt.MouseButton | None = None  # the one that went down for the tool
        self._pointer: QPointF | None = None  # where the mouse was last; None outside
        self._drawn = QRegion()  # what the tool's overlay covers on the screen
        self.setAccessibleName(tr("Image and mask"))
        self._describe_tool()

    # What the window sets

    @property
    def options(self) -> ToolOptions:
        return self._options

    @property
    def selection(self) -> Selection:
        return self._selection

    @property
    def is_busy(self) -> bool:
        """Whether a tool is working in the background."""
        return self._background.is_busy or self._changes.is_busy

    def set_document(
        self, image: Pixels | Levels | None, document: Document | None, raw: NDArray[Any] | None = None
    ) -> None:
        """Show an image with a document's mask; raw: the image as it was read, for tools that look at it."""
        self.finish_stroke()
        self._tool.cancel()
        self._background.cancel()
        self._selection.clear()
        super().set_document(image, document)
        if self.levels is not None:
            self.levels.value_known.connect(self._hover)
        self._strokes.document = self.document
        self._settling.document = self.document
        self._image = None
        self._raw = image if raw is None and not isinstance(image, Levels) else raw
        self._probabilities = None
        self._tool_moved()

    def set_probabilities(self, sample_id: int, planes: NDArray[np.uint8] | None) -> None:
        """Tell tools what the model says of the sample shown: (classes, height, width), 0 to 255.

        Dropped where it is of another sample or size.
        """
        document = self.document
        if document is None or document.sample.id != sample_id:
            return
        if planes is None or planes.shape[1:] == document.mask.labels.shape:
            self._probabilities = planes
            self._tool.probabilities_came()
            self._tool_moved()

    @Slot(object)
    def show_change(self, box: Box) -> None:
        """The mask is different within a box of the image, by whoever changed it."""
        if box != self._strokes.drawn:
            self.refresh_change(box)
        if self.document is not None:
            self._selection.follow(self.document.mask, box)
            self._settling.wait()
        self._tool.mask_changed()
        self._tool_moved()

    def set_classes(self, classes: tuple[SegClass, ...]) -> None:
        self._classes = {c.index: c for c in classes}
        self._strokes.classes = frozenset(self._classes)
        super().set_classes(classes)

    def set_active_class(self, index: int) -> None:
        """Paint this class from now on."""
        self._options.active_class = index

    @property
    def tool(self) -> Tool:
        return self._tool

    def set_tool(self, tool_id: str) -> None:
        """Work with another tool of TOOLS; a stroke under way is kept, a draft is dropped."""
        if tool_id == self._tool.id:
            return
        self.finish_stroke()
        self._tool.cancel()
        self._background.cancel()
        self.clear_coverage()
        self._tool_before = self._tool.id
        self._tool = TOOLS[tool_id](self)
        self._describe_tool()
        self._hover()
        self.tool_changed.emit(tool_id)

    def grow_brush(self) -> None:
        self._resize_brush(1)

    def shrink_brush(self) -> None:
        self._resize_brush(-1)

    def has_draft(self) -> bool:
        """Whether Enter and Esc mean something to the tool just now."""
        return self._tool.has_draft

    def accept_draft(self) -> None:
        """Do what Enter does to a draft: for a window whose focus is elsewhere."""
        if self._tool.has_draft and self._tool.key(Qt.Key.Key_Return):
            self._tool_moved()

    def finish_stroke(self) -> None:
        """Keep a stroke under way, as if the button went up; before anything else changes the mask."""
        if self._strokes.is_open:
            self._tool.finish()
            self._button = None
            self._tool_moved()

    # What pointers do

    def press_tool(self, pointer: Pointer, button: Qt.MouseButton, *, double: bool = False) -> None:
        """A button, pen or finger went down for the tool; double: the second time at once."""
        self._button = button
        if double:
            self._tool.double_click(pointer)
        else:
            self._tool.press(pointer)
        self._tool_moved()

    def move_tool(self, pointer: Pointer) -> None:
        """It moved, or a pointer that is not down hovers."""
        if self._button is not None:
            self._tool.move(pointer)
        else:
            self._tool.hover(pointer)
        self._tool_moved()

    def release_tool(self, pointer: Pointer) -> None:
        """It went up."""
        if self._button is not None:
            self._button = None
            self._tool.release(pointer)
            self._tool_moved()

    def cancel_tool(self) -> None:
        """What is under way was not meant."""
        self._button = None
        self._tool.cancel()
        self._tool_moved()

    def leave_tool(self) -> None:
        """No pointer hovers any more."""
        self._tool.hover(None)
        self._tool_moved()

    # What tools ask for

    def class_color(self, index: int) -> QColor:
        found = self._classes.get(index)
        return QColor(*found.color) if found is not None and index != 0 else _BACKGROUND_SHOWN_AS

    def is_ready(self, class_index: int) -> bool:
        return self._strokes.is_ready(class_index)

    def begin_stroke(self, class_index: int) -> bool:
        return self._strokes.begin(class_index)

    def paint(self, coverage: Coverage, class_index: int | None = None) -> None:
        self._strokes.paint(coverage, class_index)

    def divide(self, division: Division) -> None:
        self._strokes.divide(division)

    def end_stroke(self, name: str) -> None:
        self._strokes.end(name)

    def cancel_stroke(self) -> None:
        self._strokes.cancel()

    @Slot()
    def _on_overlay(self) -> None:
        self._strokes.background_is_seen = self.overlay.background

    @Slot(object, object)
    def _on_touched(self, box: Box, changed: NDArray[np.bool_] | None) -> None:
        if changed is None:
            self.refresh(box)
        else:
            self.refresh_pixels(box, changed)

    def take_back(self) -> bool:
        return self._strokes.take_back()

    @property
    def can_take_back(self) -> bool:
        return self._strokes.can_take_back

    def show_hint(self, text: str) -> None:
        self.hint.emit(text)

    @property
    def image(self) -> NDArray[np.uint8] | None:
        if self._image is None and self._raw is not None:
            self._image = to_display(self._raw)
        return self._image

    @property
    def raw(self) -> NDArray[Any] | None:
        return self._raw

    @property
    def probabilities(self) -> NDArray[np.uint8] | None:
        return self._probabilities

    def ask_for_probabilities(self, *, aloud: bool = False) -> None:
        if self.document is not None and self._probabilities is None:
            self.probabilities_wanted.emit(self.document.sample.id, aloud)

    def show_coverage(self, coverage: Coverage, class_index: int) -> None:
        self.draw_coverage(coverage, self.class_color(class_index))

    def clear_coverage(self) -> None:
        self.draw_coverage(None, self.surround)

    def in_background(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        def finish(result: T) -> None:
            done(result)
            self._tool_moved()

        self._background.run(work, finish)

    def change_later(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        self._changes.run(work, done)

    @Slot()
    def _tell_stale(self) -> None:
        if self.document is not None:
            self.hint.emit(tr("The mask has changed meanwhile: click once more."))

    def cancel_background(self) -> None:
        self._background.cancel()

    def update_tool(self) -> None:
        self._tool_moved()

    def use_previous_tool(self) -> None:
        self.set_tool(self._tool_before)

    def choose_class(self, index: int) -> None:
        self._options.active_class = index

    def pointer_in_image(self) -> Point | None:
        """The place in the image that the mouse is over; None elsewhere."""
        at = self.to_image(self._pointer) if self._pointer is not None else None
        return at if at is not None and self.is_inside(at) else None

    def class_name(self, index: int) -> str:
        found = self._classes.get(index)
        return found.name if found is not None else ""

    def _stamp(self) -> object:
        return self._mask_stamp(), self._tool

    def _mask_stamp(self) -> object:
        document = self.document
        return document, document.revision if document is not None else 0

    def _change_stamp(self) -> object:
        return self._mask_stamp(), self.document.begun if self.document is not None else 0

    # The tool on screen

    def paint_overlay(self, painter: QPainter) -> None:
        if self.document is not None:
            height, width = self.document.mask.labels.shape
            self._outlines.draw(painter, self._view, (width, height), self._ratio, self._selection)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._tool.paint_overlay(painter)

    @Slot()
    def _redraw_overlay(self) -> None:
        self.update()

    def _view_moved(self, *, redraw: bool = True) -> None:
        super()._view_moved(redraw=redraw)
        self._hover()

    @Slot()
    def _hover(self) -> None:
        """Tell the tool and the window what is under a pointer that stands still."""
        if self._button is None:
            at = self._pointer
            self._tool.hover(Pointer(self.to_image(at), at) if at is not None else None)
            self._tool_moved()
        self.hovered.emit(self.pixel_at(self._pointer) if self._pointer is not None else None)

    @Slot()
    def _options_changed(self) -> None:
        self._tool.options_changed()
        self._tool_moved()

    def _tool_moved(self) -> None:
        """Draw again where the tool's overlay was and where it is now."""
        now = self._tool.overlay_region()
        changed = self._drawn + now
        if not self.rect().contains(changed.boundingRect()):
            # Qt takes ten times as long to draw a large ring that is cut off in a ragged region (measured).
            changed = QRegion(changed.boundingRect())
        self.update(changed)
        self._drawn = now
        self._update_cursor()

    def _update_cursor(self) -> None:
        shape = self._cursor_shape()
        if self.cursor().shape() != shape:
            self.setCursor(shape)

    def _cursor_shape(self) -> Qt.CursorShape:
        return self._tool.cursor() if self.document is not None else Qt.CursorShape.ArrowCursor

    def _describe_tool(self) -> None:
        self.setAccessibleDescription(f"{self._tool.title()}: {self._tool.help()}")

    def _resize_brush(self, steps: float) -> None:
        if steps > 0:
            self._options.grow_brush(steps)
        elif steps < 0:
            self._options.shrink_brush(-steps)
