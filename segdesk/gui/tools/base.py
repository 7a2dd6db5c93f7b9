"""What a tool is, and what it may ask of the canvas it works on.

A tool gets pointer events in image coordinates and changes the mask through its host. It draws what is
not part of the mask yet (a cursor, a draft) in `paint_overlay`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Protocol

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QRegion

from segdesk.core.document import Document
from segdesk.core.painting import Coverage, Point
from segdesk.gui.tools.options import ToolOptions


@dataclass(frozen=True)
class Pointer:
    """Where a mouse, pen or finger is.

    position: in image pixels, pixel (0, 0) spanning 0 to 1; may lie off the image.
    widget: the same in the canvas's coordinates.
    erases: it asserts the background (right button, Alt, a pen's eraser tip).
    even: Shift is down: squares and circles, not rectangles and ellipses.
    """

    position: Point
    widget: QPointF
    erases: bool = False
    even: bool = False


class ToolHost(Protocol):
    """The canvas, as far as tools need to know it."""

    @property
    def document(self) -> Document | None: ...

    @property
    def options(self) -> ToolOptions: ...

    def class_color(self, index: int) -> QColor:
        """The colour of a class; that of the background stands out too."""

    def to_widget(self, point: Point) -> QPointF:
        """Where a place in the image is on the canvas."""

    def widget_scale(self) -> float:
        """How long an image pixel is on the canvas."""

    def is_inside(self, point: Point) -> bool:
        """Whether a pixel of the image is there."""

    def is_ready(self, class_index: int) -> bool:
        """Whether a stroke of this class could begin; where not, the person is told why."""

    def begin_stroke(self, class_index: int) -> bool:
        """Start to assert a class, if the host is ready."""

    def paint(self, coverage: Coverage) -> None:
        """Assert the stroke's class for the covered pixels, and show it."""

    def end_stroke(self, name: str) -> None:
        """Keep the stroke as one step of undo; where it covered nothing, the person is told."""

    def cancel_stroke(self) -> None:
        """Take the stroke back."""

    def pan(self, dx: float, dy: float) -> None:
        """Move the image by so many pixels of the canvas."""

    def show_hint(self, text: str) -> None:
        """Tell the person in a few words why nothing happened."""


class Tool(ABC):
    """One way to work with the pointer on the canvas.

    icon is a name of QtAwesome's; shortcut is a key as Qt writes it.
    """

    id: ClassVar[str]
    icon: ClassVar[str]
    shortcut: ClassVar[str]
    uses_brush_size: ClassVar[bool] = False

    def __init__(self, host: ToolHost) -> None:
        self.host = host
        self.pointer: Pointer | None = None  # where it hovers; None while it is not over the canvas

    @staticmethod
    @abstractmethod
    def title() -> str:
        """The tool's name, in the language in use."""

    @staticmethod
    @abstractmethod
    def help() -> str:
        """One sentence that says how to use it."""

    @abstractmethod
    def press(self, pointer: Pointer) -> None:
        """A button went down."""

    def move(self, pointer: Pointer) -> None:  # noqa: B027  (most tools need none)
        """The pointer moved while the button of `press` is down."""

    def hover(self, pointer: Pointer | None) -> None:
        """The pointer moved with no button down, or left the canvas (None)."""
        self.pointer = pointer

    def release(self, pointer: Pointer) -> None:  # noqa: B027  (most tools need none)
        """The button of `press` went up."""

    def double_click(self, pointer: Pointer) -> None:
        """A second press at once at the same place; it comes instead of `press`."""
        self.press(pointer)

    def key(self, key: Qt.Key) -> bool:
        """A key went down while `has_draft`; True if it meant something to the tool."""
        return False

    @property
    def has_draft(self) -> bool:
        """Whether something is under way that Esc would cancel."""
        return False

    def finish(self) -> None:  # noqa: B027  (most tools need none)
        """End a stroke that is under way and keep it: the canvas is about to lose the pointer."""

    def cancel(self) -> None:  # noqa: B027  (most tools need none)
        """Drop what is under way."""

    def paint_overlay(self, painter: QPainter) -> None:  # noqa: B027  (most tools need none)
        """Draw cursor and draft, in the canvas's coordinates."""

    def overlay_region(self) -> QRegion:
        """What `paint_overlay` draws on now, in the canvas's coordinates."""
        return QRegion()

    def cursor(self) -> Qt.CursorShape:
        return Qt.CursorShape.CrossCursor

    def class_for(self, pointer: Pointer) -> int:
        """The class that this pointer asserts."""
        return 0 if pointer.erases else self.host.options.active_class

    def apply(self, coverage: Coverage, class_index: int) -> None:
        """Assert a class for a whole shape, as one step."""
        if self.host.begin_stroke(class_index):
            self.host.paint(coverage)
            self.host.end_stroke(self.title())


def rim_pens(color: QColor) -> tuple[QPen, QPen]:
    """Two pens to draw a line with, one after the other, that is seen on any image: rim and colour."""
    rim = QColor(0, 0, 0, 190) if color.lightness() > 110 else QColor(255, 255, 255, 220)
    pens = QPen(rim, 3.0), QPen(color, 1.4)
    for pen in pens:
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pens
