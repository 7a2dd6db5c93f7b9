"""The superpixel brush: what it touches is painted patch by patch, each ending at the image's edges."""

from __future__ import annotations

import math
import weakref
from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray

from segdesk.core.assisted.pixels import bounds_of, trimmed
from segdesk.core.assisted.superpixels import Patches, superpixels, tile_around
from segdesk.core.geometry import Box
from segdesk.core.painting import Coverage, Point
from segdesk.core.translation import tr
from segdesk.gui.tools.assisted.sight import can_look
from segdesk.gui.tools.base import Pointer, Tool, ToolHost
from segdesk.gui.tools.option_kinds import Option, Whole

_KEPT = 128  # tiles of about 256 KiB
_AT_ONCE = 4  # tiles in one go: the pointer shall not outrun its preview


class SuperpixelBrush(Tool):
    """Hovering shows the patch that a click would take; a drag takes all that it touches, as one step."""

    id = "superpixel"
    icon = "mdi6.hexagon-multiple-outline"
    shortcut = "S"

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host)
        self._image: weakref.ref[NDArray[np.uint8]] | None = None  # that the tiles are of
        self._tiles: OrderedDict[tuple[Box, int, int], Patches] = OrderedDict()
        self._wanted: list[tuple[Box, int, int]] = []
        self._trail: list[Point] | None = None  # places that were touched; None between strokes
        self._chosen: dict[tuple[Box, int, int], set[int]] = {}
        self._seen = 0  # how many places of the trail have been looked up
        self._ends = False  # the button is up, but some patches are still to come
        self._class = 0

    @staticmethod
    def title() -> str:
        return tr("Superpixel brush")

    @staticmethod
    def help() -> str:
        return tr(
            "Click or drag to paint whole patches that end at the image's edges; right-drag or Alt makes them"
            " background, Esc cancels."
        )

    @staticmethod
    def declare() -> tuple[Option, ...]:
        return (
            Whole("size", tr("Patch size"), 16, tr("The side of a patch"), low=4, high=128, unit=" px"),
            Whole(
                "compactness",
                tr("Evenness"),
                10,
                tr("Low follows each edge; high makes the patches more alike"),
                low=1,
                high=40,
            ),
        )

    @property
    def has_draft(self) -> bool:
        return self._trail is not None

    def hover(self, pointer: Pointer | None) -> None:
        super().hover(pointer)
        if self._trail is not None:
            return
        self._chosen.clear()
        if pointer is None or not self.host.is_inside(pointer.position):
            self._wanted.clear()
            self.host.clear_coverage()
        else:
            self._class = self.class_for(pointer)
            self._touch(pointer.position)
            self._show()

    def press(self, pointer: Pointer) -> None:
        self.pointer = pointer
        self._class = self.class_for(pointer)
        if self._trail is not None or not (self.host.is_ready(self._class) and can_look(self.host)):
            return
        self._trail, self._seen, self._ends = [pointer.position], 0, False
        self._chosen.clear()
        self._follow()

    def move(self, pointer: Pointer) -> None:
        self.pointer = pointer
        if self._trail is None or self._ends:
            return
        last, step = self._trail[-1], max(1.0, self._size() / 2)
        pieces = max(1, math.ceil(math.dist(last, pointer.position) / step))
        for i in range(1, pieces + 1):
            share = i / pieces
            self._trail.append(
                (
                    last[0] + (pointer.position[0] - last[0]) * share,
                    last[1] + (pointer.position[1] - last[1]) * share,
                )
            )
        self._follow()

    def release(self, pointer: Pointer) -> None:
        self.move(pointer)
        if self._trail is not None:
            self._ends = True
            self._follow()

    def finish(self) -> None:
        self.cancel()  # patches that nobody has seen yet are not what anybody meant

    def cancel(self) -> None:
        self._trail = None
        self._ends = False
        self._chosen.clear()
        self._wanted.clear()
        self.host.cancel_background()
        self.host.clear_coverage()

    def options_changed(self) -> None:
        if self._trail is None and self.pointer is not None:
            self.hover(self.pointer)

    def mask_changed(self) -> None:
        self._ask()
        if self._trail is not None:
            self._show()

    def _size(self) -> int:
        return round(self.number("size"))

    def _follow(self) -> None:
        """Take in the places of the trail whose patches are known, in order."""
        trail = self._trail or []
        before = sum(map(len, self._chosen.values()))
        while self._seen < len(trail) and self._touch(trail[self._seen]):
            self._seen += 1
        if sum(map(len, self._chosen.values())) != before:
            self._show()
        if self._ends and self._seen == len(trail):
            self._end()

    def _touch(self, point: Point) -> bool:
        """Choose the patch under a place; False where it is not known yet."""
        image = self.host.image
        if image is None or not self.host.is_inside(point):
            return True
        if self._image is None or image is not self._image():
            self._image = weakref.ref(image)
            self._tiles.clear()
        column, row = math.floor(point[0]), math.floor(point[1])
        box = tile_around(column, row, self._size(), bounds_of(image))
        key = box, self._size(), round(self.number("compactness"))
        patches = self._tiles.get(key)
        if patches is None:
            if key not in self._wanted:
                self._wanted = [*self._wanted[-_AT_ONCE + 1 :], key]
                self._ask()
            return False
        self._tiles.move_to_end(key)
        self._chosen.setdefault(key, set()).add(int(patches[row - box.y, column - box.x]))
        return True

    def _ask(self) -> None:
        image, wanted = self.host.image, list(self._wanted)
        if image is not None and wanted:
            self.host.in_background(
                lambda: [(key, superpixels(image, key[0], key[1], key[2])) for key in wanted], self._take
            )

    def _take(self, made: list[tuple[tuple[Box, int, int], Patches]]) -> None:
        for key, patches in made:
            self._tiles[key] = patches
        while len(self._tiles) > _KEPT:
            self._tiles.popitem(last=False)
        self._wanted = [key for key in self._wanted if key not in self._tiles]
        if self._trail is not None:
            self._follow()
        elif self.pointer is not None:
            self.hover(self.pointer)

    def _show(self) -> None:
        covered = self._coverage()
        if covered[0].is_empty:
            self.host.clear_coverage()
        else:
            self.host.show_coverage(covered, self._class)

    def _end(self) -> None:
        covered = self._coverage()
        self.cancel()
        if covered[0].is_empty:
            self.host.show_hint(tr("That is beside the image: click on the image itself."))
        else:
            self.apply(covered, self._class)

    def _coverage(self) -> Coverage:
        """All patches that are chosen."""
        box = Box(0, 0, 0, 0)
        for tile, _, _ in self._chosen:
            box = box.unite(tile)
        covered = np.zeros((box.height, box.width), np.bool_)
        for key, numbers in self._chosen.items():
            tile = key[0]
            inside = Box(tile.x - box.x, tile.y - box.y, tile.width, tile.height)
            covered[inside.slices] = np.isin(self._tiles[key], list(numbers))
        return trimmed(box, covered)
