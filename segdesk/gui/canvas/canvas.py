"""The canvas: the display, with hands. What the window embeds.

    canvas = Canvas(options)                 # a ToolOptions, shared with the panel of tool options
    canvas.set_document(image, document)     # and set_classes(...), set_tool("brush")
    canvas.stroke_finished.connect(...)      # a Patch that is on disk already
    canvas.refresh(patch.box)                # after undo, redo, a prediction

Keys: Space (pan), V (a tap toggles the overlay, holding peeks) and, while a draft is drawn, Enter,
Backspace and Esc are the canvas's own: actions of the window must not bind Space and V. It lets every
other key pass.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPointingDevice,
    QRegion,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from segdesk.core.classes import SegClass
from segdesk.core.document import Document
from segdesk.core.painting import Coverage
from segdesk.core.translation import tr
from segdesk.gui.canvas.display import Display
from segdesk.gui.canvas.navigation import Navigation, Peek
from segdesk.gui.canvas.strokes import Strokes
from segdesk.gui.qimage import Gray, Rgb
from segdesk.gui.tools import TOOLS
from segdesk.gui.tools.base import Pointer, Tool
from segdesk.gui.tools.options import ToolOptions

_DRAFT_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Backspace, Qt.Key.Key_Escape)
_BACKGROUND_SHOWN_AS = QColor(235, 235, 235)  # black would not be seen on most images
_TEXT_WIDGETS = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox)


class Canvas(Display):
    """Shows the document and lets the person change it with a tool."""

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
        self._navigation = Navigation(self.zoom, self.pan, self._resize_brush)
        self._peek = Peek(self._flip_overlay)
        self._tool: Tool = TOOLS["brush"](self)
        self._button: Qt.MouseButton | None = None  # the one that went down for the tool
        self._pointer: QPointF | None = None  # where the mouse was last; None outside
        self._drawn = QRegion()  # what the tool's overlay covers on the screen
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
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

    def set_peek(self, peek: bool) -> None:
        """Hide the overlay (or show it, where it is hidden) until called with False."""
        self._peek.hold(peek)

    def has_draft(self) -> bool:
        """Whether Enter and Esc mean something to the tool just now."""
        return self._tool.has_draft

    def accept_draft(self) -> None:
        """Do what Enter does to a draft: for a window whose focus is elsewhere."""
        if self._tool.has_draft and self._tool.key(Qt.Key.Key_Return):
            self._tool_moved()

    def finish_stroke(self) -> None:
        """Keep a stroke under way, as if the button went up; before anything else changes the mask."""
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

    # Mouse and pen

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._press(event, double=False)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._press(event, double=True)

    def _press(self, event: QMouseEvent, *, double: bool) -> None:
        self._pointer = event.position()
        if self._button is not None or self._navigation.press(event):
            self._update_cursor()
        elif event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            self._button = event.button()
            pointer = self._pointer_of(event)
            if double:
                self._tool.double_click(pointer)
            else:
                self._tool.press(pointer)
            self._tool_moved()
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        if not self._navigation.move(event):
            if self._button is not None:
                self._tool.move(self._pointer_of(event))
            else:
                self._tool.hover(self._pointer_of(event))
            self._tool_moved()
        self.hovered.emit(self.pixel_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._navigation.release(event):
            self._hover()
        elif event.button() is self._button:
            self._button = None
            self._tool.release(self._pointer_of(event, erases=event.button() is Qt.MouseButton.RightButton))
            self._tool_moved()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._pointer = None
        if self._button is None:
            self._hover()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        # Space, V and the like are meant for what the mouse is over, unless the person is typing.
        if self.isActiveWindow() and not isinstance(QApplication.focusWidget(), _TEXT_WIDGETS):
            self.setFocus(Qt.FocusReason.MouseFocusReason)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._navigation.wheel(event)
        event.accept()

    def _pointer_of(self, event: QMouseEvent, *, erases: bool = False) -> Pointer:
        modifiers = event.modifiers()
        tip = event.pointerType() is QPointingDevice.PointerType.Eraser
        alt = bool(modifiers & Qt.KeyboardModifier.AltModifier)
        return Pointer(
            position=self.to_image(event.position()),
            widget=event.position(),
            erases=erases or tip or alt or self._button is Qt.MouseButton.RightButton,
            even=bool(modifiers & Qt.KeyboardModifier.ShiftModifier),
        )

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._tool.has_draft:
            self._tool.cancel()
            self._button = None
            self._tool_moved()
        elif self._tool.has_draft and self._tool.key(Qt.Key(event.key())):
            self._tool_moved()
        elif _is_own_key(event):
            if not event.isAutoRepeat():
                self._hold(event.key(), event.timestamp())
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._navigation.space_down = False
            self._update_cursor()
        elif event.key() == Qt.Key.Key_V and not event.isAutoRepeat():
            self._peek.release(event.timestamp())
        else:
            super().keyReleaseEvent(event)

    def _hold(self, key: int, timestamp: int) -> None:
        if key == Qt.Key.Key_V:
            self._peek.press(timestamp)
        else:
            self._navigation.space_down = True
            self._update_cursor()

    def event(self, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if _is_own_key(event) or (self._tool.has_draft and event.key() in _DRAFT_KEYS):
                event.accept()
                return True
        elif kind == QEvent.Type.NativeGesture and isinstance(event, QNativeGestureEvent):
            if self._navigation.gesture(event):
                return True
        elif kind in (QEvent.Type.UngrabMouse, QEvent.Type.WindowDeactivate, QEvent.Type.Hide):
            self._lose_hands()
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._lose_hands()

    def _lose_hands(self) -> None:
        """The release of keys and buttons may not be seen from here on."""
        self._peek.let_go()
        self._navigation.let_go()
        self.finish_stroke()

    # The tool on screen

    def paint_overlay(self, painter: QPainter) -> None:
        if self.document is not None and not self._navigation.is_dragging:
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
        if self._navigation.is_dragging:
            shape = Qt.CursorShape.ClosedHandCursor
        elif self._navigation.space_down:
            shape = Qt.CursorShape.OpenHandCursor
        elif self.document is None:
            shape = Qt.CursorShape.ArrowCursor
        else:
            shape = self._tool.cursor()
        if self.cursor().shape() != shape:
            self.setCursor(shape)

    def _describe_tool(self) -> None:
        self.setAccessibleDescription(f"{self._tool.title()}: {self._tool.help()}")

    def _resize_brush(self, steps: float) -> None:
        if steps > 0:
            self._options.grow_brush(steps)
        elif steps < 0:
            self._options.shrink_brush(-steps)

    def _flip_overlay(self) -> None:
        self.overlay_visible = not self.overlay_visible


def _is_own_key(event: QKeyEvent) -> bool:
    plain = not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
    return plain and event.key() in (Qt.Key.Key_Space, Qt.Key.Key_V)
