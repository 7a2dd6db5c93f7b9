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

import math

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import (
    QEnterEvent,
    QInputDevice,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPointingDevice,
    QSinglePointEvent,
    QTabletEvent,
    QTouchEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from segdesk.gui.canvas.navigation import Navigation, Peek
from segdesk.gui.canvas.surface import Surface
from segdesk.gui.canvas.touch import Fingers
from segdesk.gui.tools.base import Pointer
from segdesk.gui.tools.options import ToolOptions

_TOUCHES = (
    QEvent.Type.TouchBegin,
    QEvent.Type.TouchUpdate,
    QEvent.Type.TouchEnd,
    QEvent.Type.TouchCancel,
)
_SAME_PLACE = 8.0  # pixels between two taps of a pen that are one double click
_TEXT_WIDGETS = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox)


class Canvas(Surface):
    """Shows the document and lets the person change it: mouse, pen, trackpad and keys."""

    def __init__(self, options: ToolOptions | None = None, parent: QWidget | None = None) -> None:
        super().__init__(options, parent)
        self._navigation = Navigation(self.zoom, self.pan, self._resize_brush)
        self._peek = Peek(self._flip_overlay)
        self._fingers = Fingers(_Finger(self), self.zoom, self.pan)
        self._tapped: tuple[QPointF, int] | None = None  # where and when a pen was pressed last
        self.setMouseTracking(True)
        self.setTabletTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
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

    def tabletEvent(self, event: QTabletEvent) -> None:
        if event.type() == QEvent.Type.TabletPress:
            self._press(event, double=self._is_second_tap(event))
        elif event.type() == QEvent.Type.TabletRelease:
            self._release(event)
        else:
            self._move(event)
        event.accept()

    def _is_second_tap(self, event: QTabletEvent) -> bool:
        """Pens know no double click: two taps at once at one place are one."""
        before, self._tapped = self._tapped, (event.position(), event.timestamp())
        if before is None or event.timestamp() - before[1] > QApplication.doubleClickInterval():
            return False
        self._tapped = None
        away = event.position() - before[0]
        return math.hypot(away.x(), away.y()) <= _SAME_PLACE

    def _press(self, event: QSinglePointEvent, *, double: bool) -> None:
        if self._button is not None and not (event.buttons() & self._button or self._fingers.are_down):
            self.release_tool(self._pointer_of(event))  # it went up where nobody saw it: over a dialog, say
        may_size = self._tool.uses_brush_size and not self._tool.has_draft
        if self._button is None and self._navigation.press(event, may_size=may_size):
            self._update_cursor()
            return
        self._pointer = event.position()
        if self._button is not None:
            self._update_cursor()
        elif event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            self.press_tool(self._pointer_of(event), event.button(), double=double)
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._move(event)

    def _move(self, event: QSinglePointEvent) -> None:
        navigated = self._navigation.move(event)
        if self._navigation.is_sizing:
            return  # the brush's outline stays where it is, so that its size is seen
        self._pointer = event.position()
        if not navigated:
            self.move_tool(self._pointer_of(event))
        self.hovered.emit(self.pixel_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._release(event)

    def _release(self, event: QSinglePointEvent) -> None:
        if self._navigation.release(event):
            self._hover()
        elif event.button() is self._button:
            self.release_tool(self._pointer_of(event))

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

    def _pointer_of(self, event: QSinglePointEvent) -> Pointer:
        modifiers = event.modifiers()
        right = Qt.MouseButton.RightButton in (self._button, event.button())
        tip = event.pointerType() is QPointingDevice.PointerType.Eraser
        alt = bool(modifiers & Qt.KeyboardModifier.AltModifier)
        return Pointer(
            position=self.to_image(event.position()),
            widget=event.position(),
            erases=right or tip or alt,
            even=bool(modifiers & Qt.KeyboardModifier.ShiftModifier),
            control=bool(modifiers & Qt.KeyboardModifier.ControlModifier),
            pressure=event.pressure() if isinstance(event, QTabletEvent) else 1.0,
        )

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._tool.has_draft:
            self.cancel_tool()
        elif self._is_for_tool(event) and self._tool.key(Qt.Key(event.key())):
            self._tool_moved()
        elif _is_own_key(event):
            if not event.isAutoRepeat():
                self._hold(event.key(), event.timestamp())
        else:
            super().keyPressEvent(event)

    def _is_for_tool(self, event: QKeyEvent) -> bool:
        return self._tool.has_draft or self._tool.wants_key(Qt.Key(event.key()))

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

    def takes_event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if _is_own_key(event) or self._tool.wants_key(Qt.Key(event.key())):
                event.accept()
                return True
        elif event.type() in _TOUCHES and isinstance(event, QTouchEvent) and _is_screen(event):
            self._fingers.handle(event)
            event.accept()
            return True
        elif isinstance(event, QNativeGestureEvent):
            return self._navigation.gesture(event)
        return False

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


class _Finger:
    """One finger, as the tool sees it: like a mouse with its left button."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas

    def press(self, at: QPointF) -> None:
        self._canvas.press_tool(Pointer(self._canvas.to_image(at), at), Qt.MouseButton.LeftButton)

    def move(self, at: QPointF) -> None:
        self._canvas.move_tool(Pointer(self._canvas.to_image(at), at))

    def release(self, at: QPointF) -> None:
        self._canvas.release_tool(Pointer(self._canvas.to_image(at), at))
        self._canvas.leave_tool()

    def cancel(self) -> None:
        self._canvas.cancel_tool()
        self._canvas.leave_tool()


def _is_screen(event: QTouchEvent) -> bool:
    """Touch pads pan by wheel events and pinch by gestures instead."""
    return event.device().type() is QInputDevice.DeviceType.TouchScreen


def _is_own_key(event: QKeyEvent) -> bool:
    plain = not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
    return plain and event.key() in (Qt.Key.Key_Space, Qt.Key.Key_V)
