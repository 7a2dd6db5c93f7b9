"""The image with one prediction left of a divider and another right of it, or one of the two all over."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from segdesk.core.geometry import Box
from segdesk.core.mask import Mask, Plane
from segdesk.core.translation import tr
from segdesk.gui.canvas.display import Display
from segdesk.gui.canvas.frame import Frame
from segdesk.gui.canvas.navigation import Navigation, Peek
from segdesk.gui.divider import DARK, LIGHT, paint_divider
from segdesk.gui.theme import GRID

_REACH = 10  # how far from the divider the mouse takes it
_KEY_STEP = 0.05  # of the width, with an arrow key


class Wipe(Display):
    """Zoomed and panned like the canvas; the left button drags the divider, or else the image.

    The divider stays where it is on the screen. Keys: the arrows move it, X changes sides (a tap for good,
    holding it for as long), V hides the predictions likewise.
    """

    flipped_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._masks: tuple[Mask | None, Mask | None] = (None, None)
        self._names = ("", "")
        self._split = 0.5
        self._wiping = True
        self._flipped = False
        self._dragging = False
        self._navigation = Navigation(self.zoom, self.pan, lambda _: None)
        self._navigation.space_down = True  # there is nothing to paint: the left button pans by itself
        self._flip_key = Peek(self.flip)
        self._hide_key = Peek(self._toggle_overlay)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Image with the predictions of two versions"))
        self._update_cursor()

    # What is shown

    def set_names(self, left: str, right: str) -> None:
        """What stands above each side."""
        self._names = (left, right)
        self.update()

    def set_labels(self, left: Plane | None, right: Plane | None) -> None:
        """Show these predictions, of the image's size; None shows the image alone on that side."""
        if any(
            (None if mask is None else mask.labels) is not labels
            for mask, labels in zip(self._masks, (left, right), strict=True)
        ):
            self._masks = (_mask(left), _mask(right))
            self.refresh()

    @property
    def wiping(self) -> bool:
        """Whether both are seen beside a divider, or one of them all over."""
        return self._wiping

    @wiping.setter
    def wiping(self, on: bool) -> None:
        if on != self._wiping:
            self._wiping = on
            self.refresh()
            self._update_cursor()

    @property
    def flipped(self) -> bool:
        """Whether the two have changed sides; without a divider, whether the second is seen."""
        return self._flipped

    def flip(self) -> None:
        """Let the two change sides."""
        self._flipped = not self._flipped
        self.refresh()
        self.flipped_changed.emit(self._flipped)

    @property
    def split(self) -> float:
        """Where the divider is: 0 at the left edge, 1 at the right one."""
        return self._split

    @split.setter
    def split(self, split: float) -> None:
        before = self._divider
        self._split = min(max(split, 0.0), 1.0)
        self._invalidate_between(before, self._divider)
        self.update()

    # Painting

    @property
    def _divider(self) -> int:
        """The device pixel from which on the right side is seen."""
        return round(self._split * self._view.screen.width)

    def _draw(self, painter: QPainter, area: Box) -> None:
        super()._draw(painter, area)
        if self._pyramid is None or not self.overlay_visible:
            return
        for part, side in self._parts(area):
            mask = self._masks[side]
            if mask is not None and not part.is_empty:
                frame = Frame(self._view, part, self._pyramid.width, self._pyramid.height)
                self._mask_layer.draw(painter, frame, mask, self._ratio)

    def _parts(self, area: Box) -> list[tuple[Box, int]]:
        first, second = (1, 0) if self._flipped else (0, 1)
        if not self._wiping:
            return [(area, first)]
        at = min(max(self._divider, area.x), area.right)
        return [
            (Box(area.x, area.y, at - area.x, area.height), first),
            (Box(at, area.y, area.right - at, area.height), second),
        ]

    def paint_overlay(self, painter: QPainter) -> None:
        if self._pyramid is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        first, second = (1, 0) if self._flipped else (0, 1)
        if not self._wiping:
            self._draw_name(painter, self._names[first], right=False)
            return
        self._draw_name(painter, self._names[first], right=False)
        self._draw_name(painter, self._names[second], right=True)
        paint_divider(painter, self._divider / self._ratio, self.height())

    def _draw_name(self, painter: QPainter, name: str, *, right: bool) -> None:
        if not name:
            return
        room = self.width() / 2 - 4 * GRID
        text = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(room))
        wide = painter.fontMetrics().horizontalAdvance(text) + 2 * GRID
        tall = painter.fontMetrics().height() + GRID
        left = self.width() - GRID - wide if right else GRID
        chip = QRectF(left, GRID, wide, tall)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(DARK)
        painter.drawRoundedRect(chip, 6, 6)
        painter.setPen(LIGHT)
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, text)

    def pan(self, dx: float, dy: float) -> None:
        before = self._view.origin[0]
        super().pan(dx, dy)
        # The picture moved along with what was kept of it, and the divider did not.
        moved = self._view.origin[0] - before
        self._invalidate_between(self._divider, self._divider + moved)

    def _invalidate_between(self, one: int, other: int) -> None:
        if self._wiping:
            reach = self._mask_layer.reach(self._ratio)
            left, right = min(one, other) - reach, max(one, other) + reach
            self._screen.invalidate(Box(left, 0, right - left, self._view.screen.height))

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.button() is Qt.MouseButton.LeftButton and self._is_at_divider(event.position()):
            self._dragging = True
        elif not self._navigation.press(event):
            super().mousePressEvent(event)
        self._update_cursor(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragging:
            self.split = event.position().x() / max(1, self.width())
        elif not self._navigation.move(event):
            self._update_cursor(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._dragging and event.button() is Qt.MouseButton.LeftButton:
            self._dragging = False
        else:
            self._navigation.release(event)
        self._update_cursor(event.position())

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._navigation.wheel(event)
        event.accept()

    def _is_at_divider(self, at: QPointF) -> bool:
        return self._wiping and abs(at.x() - self._divider / self._ratio) <= _REACH

    def _update_cursor(self, at: QPointF | None = None) -> None:
        if self._dragging or (at is not None and self._is_at_divider(at)):
            shape = Qt.CursorShape.SplitHCursor
        elif self._navigation.is_dragging:
            shape = Qt.CursorShape.ClosedHandCursor
        else:
            shape = Qt.CursorShape.OpenHandCursor
        if self.cursor().shape() != shape:
            self.setCursor(shape)

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.split += _KEY_STEP if key == Qt.Key.Key_Right else -_KEY_STEP
        elif key in (Qt.Key.Key_X, Qt.Key.Key_V) and not event.isAutoRepeat():
            (self._flip_key if key == Qt.Key.Key_X else self._hide_key).press(event.timestamp())
        elif key not in (Qt.Key.Key_X, Qt.Key.Key_V):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.isAutoRepeat():
            return
        if event.key() == Qt.Key.Key_X:
            self._flip_key.release(event.timestamp())
        elif event.key() == Qt.Key.Key_V:
            self._hide_key.release(event.timestamp())
        else:
            super().keyReleaseEvent(event)

    def takes_event(self, event: QEvent) -> bool:
        return isinstance(event, QNativeGestureEvent) and self._navigation.gesture(event)

    def _lose_hands(self) -> None:
        self._dragging = False
        self._navigation.let_go()
        self._navigation.space_down = True
        self._flip_key.let_go()
        self._hide_key.let_go()

    def _toggle_overlay(self) -> None:
        self.overlay_visible = not self.overlay_visible


def _mask(labels: Plane | None) -> Mask | None:
    return None if labels is None else Mask(labels, Mask.empty(*labels.shape).corrected)
