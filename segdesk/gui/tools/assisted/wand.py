"""The magic wand: one click takes everything around it that looks alike."""

from __future__ import annotations

import math

from segdesk.core.assisted import wand
from segdesk.core.assisted.pixels import Pixels
from segdesk.core.assisted.wand import Similar
from segdesk.core.painting import Coverage
from segdesk.core.translation import tr
from segdesk.gui.tools.assisted.sight import can_look
from segdesk.gui.tools.base import Pointer, Tool, ToolHost
from segdesk.gui.tools.option_kinds import Choice, Flag, Option, Whole

_DRAGGED = 4.0  # canvas pixels: less is a click whose hand trembled
_STEP = 3.0  # canvas pixels of dragging for one more of tolerance

_Seed = tuple[int, int, int, int]  # column, row, tolerance, class


class Wand(Tool):
    """Hovering shows what a click would take; dragging up or down meanwhile changes the tolerance."""

    id = "wand"
    icon = "mdi6.magic-staff"
    shortcut = "W"

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host)
        self._pressed: Pointer | None = None
        self._tolerance_then = 0
        self._asked: _Seed | None = None  # what is shown, or on its way
        self._found: Similar | None = None
        self._commits = False  # as soon as it is found
        self._taken: Coverage | None = None  # by the last click: no need to offer it once more
        self._applies = False

    @staticmethod
    def title() -> str:
        return tr("Magic wand")

    @staticmethod
    def help() -> str:
        return tr(
            "Point at a region to see what looks alike and click to take it; drag up for more, down for less."
            " Right-click or Alt makes it background."
        )

    @staticmethod
    def declare() -> tuple[Option, ...]:
        return (
            Choice(
                "source",
                tr("Look at"),
                "image",
                tr("What has to be alike: the colours, or how probable the model finds the class"),
                choices=(("image", tr("Image")), ("model", tr("Prediction"))),
            ),
            Whole("tolerance", tr("Tolerance"), 24, tr("How much it may differ, of 255"), low=0, high=255),
            Flag(
                "connected",
                tr("Connected only"),
                True,
                tr("Take what hangs together; else everything alike that is on screen"),
            ),
        )

    @property
    def has_draft(self) -> bool:
        return self._pressed is not None

    def hover(self, pointer: Pointer | None) -> None:
        super().hover(pointer)
        if self._commits:
            return
        if pointer is None or not self.host.is_inside(pointer.position) or self._has_taken(pointer):
            self._drop()
        else:
            self._look(pointer)

    def press(self, pointer: Pointer) -> None:
        self.pointer = pointer
        if self._commits or not self.host.is_ready(self.class_for(pointer)):
            return
        if not self.host.is_inside(pointer.position):
            self.host.show_hint(tr("That is beside the image: click on the image itself."))
            return
        if self.word("source") == "image" and not can_look(self.host):
            return
        if self._pixels(self.class_for(pointer)) is None:
            self.host.ask_for_probabilities(aloud=True)
            return
        self._pressed = pointer
        self._tolerance_then = round(self.number("tolerance"))
        self._look(pointer)

    def move(self, pointer: Pointer) -> None:
        if self._pressed is None:
            return
        up = self._pressed.widget.y() - pointer.widget.y()
        if abs(up) >= _DRAGGED:
            option = next(o for o in self.declare() if o.id == "tolerance")
            self.host.options.set(self.id, option, self._tolerance_then + round(up / _STEP))
            self._look(self._pressed)

    def release(self, pointer: Pointer) -> None:
        self.move(pointer)
        if self._pressed is not None:
            self._commits = True
            if self._found is not None:
                self._commit()

    def finish(self) -> None:
        self.cancel()

    def cancel(self) -> None:
        self._pressed = None
        self._commits = False
        self._drop()

    def options_changed(self) -> None:
        self._taken = None
        if self._pressed is None and self.pointer is not None and not self._commits:
            self.hover(self.pointer)

    def mask_changed(self) -> None:
        if self._applies:
            return
        self._asked = self._found = None  # the answer that was awaited will not come
        if self._pressed is not None:
            self._look(self._pressed)
        else:
            self.options_changed()

    def probabilities_came(self) -> None:
        self.options_changed()

    def _has_taken(self, pointer: Pointer) -> bool:
        if self._taken is None:
            return False
        box, covered = self._taken
        column, row = math.floor(pointer.position[0]) - box.x, math.floor(pointer.position[1]) - box.y
        if 0 <= column < box.width and 0 <= row < box.height and covered[row, column]:
            return not pointer.erases
        self._taken = None
        return False

    def _pixels(self, class_index: int) -> Pixels | None:
        if self.word("source") == "image":
            return self.host.image
        planes = self.host.probabilities
        return planes[class_index] if planes is not None and class_index < len(planes) else None

    def _look(self, pointer: Pointer) -> None:
        index = self.class_for(pointer)
        tolerance = round(self.number("tolerance"))
        seed = math.floor(pointer.position[0]), math.floor(pointer.position[1]), tolerance, index
        if seed == self._asked or self.host.document is None:
            return
        pixels = self._pixels(index)
        if pixels is None:
            self._drop()
            if self.word("source") == "model":
                self.host.ask_for_probabilities()
            return
        self._asked = seed
        self._found = None
        position = pointer.position
        if self.flag("connected"):
            self.host.in_background(lambda: wand.connected(pixels, position, tolerance), self._show)
        else:
            region = self.host.visible_box()
            self.host.in_background(lambda: wand.alike(pixels, position, tolerance, region), self._show)

    def _show(self, found: Similar) -> None:
        if self._asked is None:
            return
        self._found = found
        if self._commits:
            self._commit()
        else:
            self.host.show_coverage(found.coverage, self._asked[3])

    def _commit(self) -> None:
        found, asked = self._found, self._asked
        self._pressed, self._commits = None, False
        self._drop()
        if found is None or asked is None:
            return
        self._taken = found.coverage
        self._applies = True
        self.apply(found.coverage, asked[3])
        self._applies = False
        if not found.complete:
            self.host.show_hint(tr("It was cut off: the region goes on beyond what one click takes."))

    def _drop(self) -> None:
        self._asked = self._found = None
        self.host.cancel_background()
        self.host.clear_coverage()
