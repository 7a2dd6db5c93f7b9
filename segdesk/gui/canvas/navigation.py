"""Moving about in the image, and sizing the brush: wheel, trackpad, pinch, Space and the middle button."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QInputDevice, QNativeGestureEvent, QSinglePointEvent, QWheelEvent

NOTCH = 120  # what one notch of an ordinary wheel turns
ZOOM_STEP = 1.25  # of a notch, or a key press
_SIZING = 4.0  # pixels of the widget that a drag goes on before it sizes the brush by the next
_PER_STEP = 24.0  # pixels that are a step of the brush's size


class Navigation:
    """Turns gestures into zooming and panning, in the widget's coordinates.

    zoom(factor, position), pan(dx, dy) and resize_brush(steps) do it.
    """

    def __init__(
        self,
        zoom: Callable[[float, QPointF], None],
        pan: Callable[[float, float], None],
        resize_brush: Callable[[float], None],
    ) -> None:
        self._zoom = zoom
        self._pan = pan
        self._resize_brush = resize_brush
        self.space_down = False
        self._grabbed: tuple[Qt.MouseButton, QPointF] | None = None
        self._sizes_from: QPointF | None = None

    @property
    def is_dragging(self) -> bool:
        return self._grabbed is not None

    @property
    def is_sizing(self) -> bool:
        return self._sizes_from is not None

    def wheel(self, event: QWheelEvent) -> None:
        """A plain wheel and Ctrl zoom, Shift sizes the brush, two fingers on a trackpad pan."""
        pixels, angle = event.pixelDelta(), event.angleDelta()
        modifiers = event.modifiers()
        turned = (angle.y() or angle.x()) / NOTCH  # Alt and, on some systems, Shift swap the axes
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            self._zoom(ZOOM_STEP**turned, event.position())
        elif modifiers & Qt.KeyboardModifier.ShiftModifier:
            self._resize_brush(turned)
        elif not pixels.isNull() and _is_trackpad(event):
            self._pan(pixels.x(), pixels.y())
        elif angle.y():
            self._zoom(ZOOM_STEP**turned, event.position())
        elif angle.x():
            self._pan(angle.x() / 2, 0)

    def gesture(self, event: QNativeGestureEvent) -> bool:
        """A pinch zooms; False for a gesture that means nothing here."""
        if event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture:
            self._zoom(max(0.1, 1 + event.value()), event.position())
        elif event.gestureType() is Qt.NativeGestureType.PanNativeGesture:
            self._pan(event.delta().x(), event.delta().y())
        else:
            return False
        return True

    def press(self, event: QSinglePointEvent, *, may_size: bool = False) -> bool:
        """Whether this press starts to pan, or to size the brush where it may."""
        if self._grabbed is not None or self.is_sizing:
            return True
        button = event.button()
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if may_size and control and button is Qt.MouseButton.RightButton:
            self._sizes_from = event.position()
            return True
        left_with_space = button is Qt.MouseButton.LeftButton and self.space_down
        if button is Qt.MouseButton.MiddleButton or left_with_space:
            self._grabbed = button, event.position()
        return self.is_dragging

    def move(self, event: QSinglePointEvent) -> bool:
        """Whether this movement panned or sized."""
        if self._sizes_from is not None:
            self._size(event, self._sizes_from)
            return self.is_sizing
        if self._grabbed is None:
            return False
        button, last = self._grabbed
        if not event.buttons() & button:  # it went up where nobody saw it
            self._grabbed = None
            return False
        self._grabbed = button, event.position()
        self._pan(event.position().x() - last.x(), event.position().y() - last.y())
        return True

    def _size(self, event: QSinglePointEvent, since: QPointF) -> None:
        if not event.buttons() & Qt.MouseButton.RightButton:
            self._sizes_from = None
            return
        along = event.position().x() - since.x()
        if abs(along) >= _SIZING:
            self._resize_brush(along / _PER_STEP)
            self._sizes_from = event.position()

    def release(self, event: QSinglePointEvent) -> bool:
        """Whether this release ended panning or sizing."""
        if self.is_sizing and event.button() is Qt.MouseButton.RightButton:
            self._sizes_from = None
            return True
        if self._grabbed is None or event.button() is not self._grabbed[0]:
            return False
        self._grabbed = None
        return True

    def let_go(self) -> None:
        """Keys and buttons are no longer ours to see."""
        self.space_down = False
        self._grabbed = None
        self._sizes_from = None


def _is_trackpad(event: QWheelEvent) -> bool:
    touchpad = event.device().type() is QInputDevice.DeviceType.TouchPad
    return touchpad or event.phase() is not Qt.ScrollPhase.NoScrollPhase


_AT_ONCE = 2  # milliseconds: no finger is as fast


class Peek:
    """The key that shows or hides the overlay: a tap does it for good, holding it only for as long."""

    HELD = 250  # milliseconds from which on a press is no tap

    def __init__(self, flip: Callable[[], None]) -> None:
        self._flip = flip
        self._since: int | None = None
        self._left: tuple[int, int] | None = None  # since when it was held, and when it was released

    def press(self, timestamp: int) -> None:
        if self._since is not None:
            return
        left, self._left = self._left, None
        # A busy X11 machine may tell of a key's repetition as if it were released and pressed anew at once.
        goes_on = left is not None and left[0] < left[1] <= timestamp <= left[1] + _AT_ONCE
        self._since = left[0] if left is not None and goes_on else timestamp
        if left is None or not goes_on or left[1] - left[0] >= self.HELD:
            self._flip()

    def release(self, timestamp: int) -> None:
        if self._since is not None:
            held = timestamp - self._since >= self.HELD
            self._left = self._since, timestamp
            self._since = None
            if held:
                self._flip()

    def hold(self, down: bool) -> None:
        """Press for as long as it takes, or let go."""
        if down:
            self.press(0)
        else:
            self.let_go()

    def let_go(self) -> None:
        """The release will not be seen: end what was only held."""
        if self._since is not None:
            self._since = None
            self._flip()
