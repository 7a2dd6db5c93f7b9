"""The threshold brush: it paints only what is as bright as it should be."""

from __future__ import annotations

import weakref

import numpy as np
from numpy.typing import NDArray

from segdesk.core.assisted.pixels import Pixels
from segdesk.core.assisted.threshold import in_range, value_at, value_range
from segdesk.core.painting import Coverage
from segdesk.core.translation import tr
from segdesk.gui.tools.assisted.sight import can_look
from segdesk.gui.tools.base import Pointer, ToolHost
from segdesk.gui.tools.brush import Brush
from segdesk.gui.tools.option_kinds import Choice, Option, Whole

ALIKE, FIXED = "alike", "fixed"

_PREVIEWS_UP_TO = 400  # pixels across: a larger brush is painted without being shown before


class ThresholdBrush(Brush):
    """A brush that passes over pixels whose value is out of a range; hovering shows what it would paint."""

    id = "threshold"
    icon = "mdi6.brush-variant"
    shortcut = "Shift+B"

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host)
        self._of: weakref.ref[Pixels] | None = None  # the image that the next one is of
        self._whole = 0.0, 0.0  # its least and greatest value
        self._range: tuple[float, float] | None = None  # of the stroke under way

    @staticmethod
    def title() -> str:
        return tr("Threshold brush")

    @staticmethod
    def help() -> str:
        return tr(
            "Drag to paint only what is as bright as where you begin, or within a range that you set;"
            " right-drag or Alt erases."
        )

    @staticmethod
    def declare() -> tuple[Option, ...]:
        return (
            Choice(
                "range",
                tr("Paint"),
                ALIKE,
                tr("As bright as where the stroke begins, or from one brightness to another"),
                choices=((ALIKE, tr("Alike")), (FIXED, tr("In a range"))),
            ),
            _percent(
                "tolerance", tr("Tolerance"), 10, tr("How much it may differ from where you begin"), ALIKE
            ),
            _percent("from", tr("From"), 0, tr("The darkest value that is painted"), FIXED),
            _percent("to", tr("To"), 50, tr("The brightest value that is painted"), FIXED),
            *Brush.declare(),
        )

    def hover(self, pointer: Pointer | None) -> None:
        super().hover(pointer)
        if not self.has_draft:
            self._preview()

    def press(self, pointer: Pointer) -> None:
        if not can_look(self.host):
            return
        self._range = self._range_at(pointer)
        if self._range is None and self.host.document is not None:
            self.host.show_hint(tr("That is beside the image: begin on the image itself."))
            return
        self.host.clear_coverage()
        super().press(pointer)

    def finish(self) -> None:
        super().finish()
        self._range = None

    def options_changed(self) -> None:
        if not self.has_draft:
            self._preview()

    def narrowed(self, coverage: Coverage) -> Coverage:
        """Only what is in the stroke's range."""
        pixels, allowed = self.host.raw, self._range
        if pixels is None or allowed is None:
            return coverage
        return in_range(pixels, coverage, *allowed)

    def _preview(self) -> None:
        pointer, document = self.pointer, self.host.document
        size = self.host.options.brush_size
        allowed = self._range_at(pointer) if pointer is not None else None
        pixels = self.host.raw
        if pointer is None or document is None or allowed is None or pixels is None or size > _PREVIEWS_UP_TO:
            self.host.clear_coverage()
            return
        tip = self.stroke(pointer.position, pointer.position, size, document.mask.box)
        self.host.show_coverage(in_range(pixels, tip, *allowed), self.class_for(pointer))

    def _range_at(self, pointer: Pointer) -> tuple[float, float] | None:
        """The least and the greatest value that a stroke from there on paints; None off the image."""
        pixels: NDArray[np.generic] | None = self.host.raw
        if pixels is None:
            return None
        value = value_at(pixels, pointer.position)
        if value is None:
            return None
        if self._of is None or pixels is not self._of():
            self._of, self._whole = weakref.ref(pixels), value_range(pixels)
        low, high = self._whole
        if self.word("range") == ALIKE:
            reach = (high - low) * self.number("tolerance") / 100
            return value - reach, value + reach
        limits = [low + (high - low) * self.number(name) / 100 for name in ("from", "to")]
        return min(limits), max(limits)


def _percent(name: str, title: str, default: int, help_text: str, kind: str) -> Whole:
    """A share of the image's range of values, which matters in one kind of range."""
    return Whole(
        name, title, default, help_text, when=("range", frozenset({kind})), low=0, high=100, unit=" %"
    )
