"""The display with a tool to work on it: where tools meet the document."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QRegion
from PySide6.QtWidgets import QWidget

from segdesk.core.classes import SegClass
from segdesk.core.document import Document
from segdesk.core.painting import Coverage
from segdesk.core.translation import tr
from segdesk.gui.canvas.display import Display
from segdesk.gui.canvas.strokes import Strokes
from segdesk.gui.qimage import Gray, Rgb
from segdesk.gui.tools import TOOLS
from segdesk.gui.tools.base import Pointer, Tool
from segdesk.gui.tools.options import ToolOptions

_BACKGROUND_SHOWN_AS = QColor(235, 235, 235)  # black would not be seen on most images


class Surface(Display):
    """Holds the tool in use, serves it as its ToolHost, and shows what it draws."""

    hovered = Signal(object)  # a Hover, or None off the image
    stroke_finished = Signal(object)  # the Patch
    failed = Signal(str)  # why a stroke could not be kept
    hint = Signal(str)  # why nothing happened
    tool_changed = Signal(str)  # its id

    def __init__(self, options: ToolOptions | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._options = options if options is not None else ToolOptions(self)
        self._options.changed.connect(self._tool_moved)
        self._classes: dict[int, SegClass] = {}
        self._strokes = Strokes(self)
        self._strokes.finished.connect(self.stroke_finished)
        self._strokes.failed.connect(self.failed)
        self._strokes.hint.connect(self.hint)
        self._strokes.touched.connect(self.refresh)
        self._tool: Tool = TOOLS["brush"](self)
        self._button: Qt.MouseButton | None = None  # the one that went down for the tool
        self._pointer: QPointF | None = None  # where the mouse was last; None outside
        self._drawn = QRegion()  # what the tool's overlay covers on the screen
        self.setAccessibleName(tr("Image and mask"))
        self._describe_tool()

    # What the window sets

    @property
    def options(self) -> ToolOptions:
        return self._options

    def set_document(self, image: Gray | Rgb | None, document: Document | None) -> None:
        self.finish_stroke()
        self._tool.cancel()
        super().set_document(image, document)
        self._strokes.document = self.document
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

    # What tools ask for

    def class_color(self, index: int) -> QColor:
        found = self._classes.get(index)
        return QColor(*found.color) if found is not None and index != 0 else _BACKGROUND_SHOWN_AS

    def is_ready(self, class_index: int) -> bool:
        return self._strokes.is_ready(class_index)

    def begin_stroke(self, class_index: int) -> bool:
        return self._strokes.begin(class_index)

    def paint(self, coverage: Coverage) -> None:
        self._strokes.paint(coverage)

    def end_stroke(self, name: str) -> None:
        self._strokes.end(name)

    def cancel_stroke(self) -> None:
        self._strokes.cancel()

    def show_hint(self, text: str) -> None:
        self.hint.emit(text)

    # The tool on screen

    def paint_overlay(self, painter: QPainter) -> None:
        if self.document is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._tool.paint_overlay(painter)

    def _view_moved(self, *, redraw: bool = True) -> None:
        super()._view_moved(redraw=redraw)
        self._hover()

    def _hover(self) -> None:
        """Tell the tool and the window what is under a pointer that stands still."""
        if self._button is None:
            at = self._pointer
            self._tool.hover(Pointer(self.to_image(at), at) if at is not None else None)
            self._tool_moved()
        self.hovered.emit(self.pixel_at(self._pointer) if self._pointer is not None else None)

    def _tool_moved(self) -> None:
        """Draw again where the tool's overlay was and where it is now."""
        now = self._tool.overlay_region()
        self.update(self._drawn + now)
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
