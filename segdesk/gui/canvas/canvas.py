"""The canvas: the surface, with hands. What the window embeds.

    canvas = Canvas(options)                 # a ToolOptions, shared with the panel of tool options
    canvas.set_document(image, document)     # and set_classes(...), set_tool("brush")
    canvas.stroke_finished.connect(...)      # a Patch that is on disk already
    canvas.refresh(patch.box)                # after undo, redo, a prediction

Keys: Space (pan), V (a tap toggles the overlay, holding peeks) and, while a draft is drawn, Enter,
Backspace and Esc are the canvas's own: actions of the window must not bind Space and V. It lets every
other key pass.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import (
    QEnterEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPointingDevice,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from segdesk.gui.canvas.navigation import Navigation, Peek
from segdesk.gui.canvas.surface import Surface
from segdesk.gui.tools.base import Pointer
from segdesk.gui.tools.options import ToolOptions

_DRAFT_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Backspace, Qt.Key.Key_Escape)
_TEXT_WIDGETS = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox)


class Canvas(Surface):
    """Shows the document and lets the person change it: mouse, pen, trackpad and keys."""

    def __init__(self, options: ToolOptions | None = None, parent: QWidget | None = None) -> None:
        super().__init__(options, parent)
        self._navigation = Navigation(self.zoom, self.pan, self._resize_brush)
        self._peek = Peek(self._flip_overlay)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)

    def set_peek(self, peek: bool) -> None:
        """Hide the overlay (or show it, where it is hidden) until called with False."""
        self._peek.hold(peek)

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
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if _is_own_key(event) or (self._tool.has_draft and event.key() in _DRAFT_KEYS):
                event.accept()
                return True
        elif isinstance(event, QNativeGestureEvent) and self._navigation.gesture(event):
            return True
        return super().event(event)

    def _lose_hands(self) -> None:
        self._peek.let_go()
        self._navigation.let_go()
        self.finish_stroke()

    def _cursor_shape(self) -> Qt.CursorShape:
        if self._navigation.is_dragging:
            return Qt.CursorShape.ClosedHandCursor
        return Qt.CursorShape.OpenHandCursor if self._navigation.space_down else super()._cursor_shape()

    def _flip_overlay(self) -> None:
        self.overlay_visible = not self.overlay_visible


def _is_own_key(event: QKeyEvent) -> bool:
    plain = not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
    return plain and event.key() in (Qt.Key.Key_Space, Qt.Key.Key_V)
