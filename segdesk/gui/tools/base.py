"""What a tool is, and what it may ask of the canvas it works on.

A tool gets pointer events in image coordinates and changes the mask through its host. It draws what is
not part of the mask yet (a cursor, a draft) in `paint_overlay`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QRegion

from segdesk.core.document import Document
from segdesk.core.geometry import Box
from segdesk.core.objects import Division
from segdesk.core.painting import Coverage, Point
from segdesk.gui.objects.selection import Selection
from segdesk.gui.tools.option_kinds import Option, Value
from segdesk.gui.tools.options import ToolOptions

T = TypeVar("T")

DRAFT_KEYS = frozenset(
    {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Backspace, Qt.Key.Key_Delete, Qt.Key.Key_Escape}
)


@dataclass(frozen=True)
class Pointer:
    """Where a mouse, pen or finger is.

    position: in image pixels, pixel (0, 0) spanning 0 to 1; may lie off the image.
    widget: the same in the canvas's coordinates.
    erases: it asserts the background (right button, Alt, a pen's eraser tip).
    even: Shift is down: squares and circles, not rectangles and ellipses.
    control: Ctrl is down (Command on a Mac).
    pressure: of a pen, 0 to 1; a mouse or finger presses fully.
    """

    position: Point
    widget: QPointF
    erases: bool = False
    even: bool = False
    control: bool = False
    pressure: float = 1.0


class ToolHost(Protocol):
    """The canvas, as far as tools need to know it."""

    @property
    def document(self) -> Document | None: ...

    @property
    def options(self) -> ToolOptions: ...

    @property
    def selection(self) -> Selection:
        """Which objects of the mask are selected; the canvas draws their outlines."""

    @property
    def image(self) -> NDArray[np.uint8] | None:
        """The image as it is shown: (height, width) or (height, width, 3); not to be changed."""

    @property
    def raw(self) -> NDArray[Any] | None:
        """The image as it was read: (height, width[, channels]) of any type; not to be changed."""

    @property
    def probabilities(self) -> NDArray[np.uint8] | None:
        """(classes, height, width), 0 to 255: what the model says of this image; None while not known."""

    def ask_for_probabilities(self, *, aloud: bool = False) -> None:
        """Let the model say it, if there is one; `Tool.probabilities_came` tells when it has.

        aloud: the person waits for it, and is told what it waits for.
        """

    def show_coverage(self, coverage: Coverage, class_index: int) -> None:
        """Draw what is about to be painted over the image, striped, in place of what was shown so before."""

    def clear_coverage(self) -> None:
        """Show no such thing any more."""

    def in_background(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """Do `work` in a thread and give its result to `done` on the GUI thread.

        Only the newest work matters; a result is dropped where the document, its mask or the tool is
        another one by then. `work` must not look at the mask itself, only at a copy.
        """

    def change_later(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """The same for a change that was asked for already: it comes even if the tool is left meanwhile.

        work: may look at the mask itself; where that changes meanwhile, the result is dropped.
        """

    def cancel_background(self) -> None:
        """Let no result come any more."""

    def update_tool(self) -> None:
        """Draw the tool's overlay anew: it has changed without the pointer."""

    def use_previous_tool(self) -> None:
        """Work on with the tool that was in use before this one."""

    def choose_class(self, index: int) -> None:
        """Paint this class from now on."""

    def class_name(self, index: int) -> str:
        """How the person calls a class."""

    def class_color(self, index: int) -> QColor:
        """The colour of a class; that of the background stands out too."""

    def to_widget(self, point: Point) -> QPointF:
        """Where a place in the image is on the canvas."""

    def visible_box(self) -> Box:
        """The pixels of the image that are on the screen."""

    def widget_scale(self) -> float:
        """How long an image pixel is on the canvas."""

    def is_inside(self, point: Point) -> bool:
        """Whether a pixel of the image is there."""

    def is_ready(self, class_index: int) -> bool:
        """Whether a stroke of this class could begin; where not, the person is told why."""

    def begin_stroke(self, class_index: int) -> bool:
        """Start to assert a class, if the host is ready."""

    def paint(self, coverage: Coverage, class_index: int | None = None) -> None:
        """Assert the stroke's class (or another one) for those covered pixels that may be changed."""

    def divide(self, division: Division) -> None:
        """Part and join objects within the stroke; it comes after what is painted."""

    def end_stroke(self, name: str) -> None:
        """Keep the stroke as one step of undo; where it covered nothing, the person is told."""

    def cancel_stroke(self) -> None:
        """Take the stroke back."""

    @property
    def can_take_back(self) -> bool:
        """Whether the last step of undo is the one that the latest `end_stroke` kept."""

    def take_back(self) -> bool:
        """Undo that step, to do it again in another way; False, and no more, if it is not the last."""

    def pan(self, dx: float, dy: float) -> None:
        """Move the image by so many pixels of the canvas."""

    def show_hint(self, text: str) -> None:
        """Tell the person in a few words why nothing happened."""


class Tool(ABC):
    """One way to work with the pointer on the canvas.

    icon is a name of QtAwesome's; shortcut is a key as Qt writes it, or "". paints: it changes the mask.
    """

    id: ClassVar[str]
    icon: ClassVar[str]
    shortcut: ClassVar[str]
    uses_brush_size: ClassVar[bool] = False
    paints: ClassVar[bool] = True

    def __init__(self, host: ToolHost) -> None:
        self.host = host
        self._declared = {option.id: option for option in self.declare()}
        self.pointer: Pointer | None = None  # where it hovers; None while it is not over the canvas

    @staticmethod
    @abstractmethod
    def title() -> str:
        """The tool's name, in the language in use."""

    @staticmethod
    @abstractmethod
    def help() -> str:
        """One sentence that says how to use it."""

    @staticmethod
    def declare() -> tuple[Option, ...]:
        """What it can be set to, beside the brush's size and what may be painted over."""
        return ()

    def option(self, option_id: str) -> Value:
        """What a declared option is set to; see `number`, `word` and `flag` for those of one kind."""
        return self.host.options.get(self.id, self._declared[option_id])

    def has_option(self, option_id: str) -> bool:
        """Whether it declares an option of this id."""
        return option_id in self._declared

    def number(self, option_id: str) -> float:
        return float(self.option(option_id))

    def word(self, option_id: str) -> str:
        return str(self.option(option_id))

    def flag(self, option_id: str) -> bool:
        return bool(self.option(option_id))

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
        """A key went down while `has_draft` or where `wants_key`; True if it meant something to the tool."""
        return False

    @property
    def has_draft(self) -> bool:
        """Whether something is under way that Esc would cancel."""
        return False

    def wants_key(self, key: Qt.Key) -> bool:
        """Whether a key is the tool's just now, before any action of the window."""
        return self.has_draft and key in DRAFT_KEYS

    def options_changed(self) -> None:  # noqa: B027  (most tools need none)
        """An option, the class or the brush's size is another one."""

    def mask_changed(self) -> None:  # noqa: B027  (most tools need none)
        """Undo, redo or a prediction has changed the mask: what was remembered of it may be gone."""

    def probabilities_came(self) -> None:  # noqa: B027  (most tools need none)
        """What `ask_for_probabilities` asked for is there."""

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
