"""One reversible change of a mask: an undo step, a journal entry and a dirty rectangle at once."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from segdesk.core.geometry import Box
from segdesk.core.mask import Mask, Plane, TileKey, tile_box, unpack_tile
from segdesk.core.pieces import Pieces


class State(StrEnum):
    """How far a sample is."""

    NEW = "new"
    PREDICTED = "predicted"
    CORRECTED = "corrected"
    CONFIRMED = "confirmed"


@dataclass(frozen=True)
class Status:
    """A sample's state, and the model version that its uncorrected labels come from (None: no model's)."""

    state: State = State.NEW
    predicted_by: int | None = None


@dataclass(frozen=True)
class TileDelta:
    """Old XOR new of one tile of each plane, compressed; None where that plane did not change."""

    labels: bytes | None
    corrected: bytes | None
    borders: bytes | None = None

    @property
    def is_empty(self) -> bool:
        return self.labels is None and self.corrected is None and self.borders is None

    @property
    def size(self) -> int:
        """Bytes that the differences take."""
        return sum(len(data) for data in (self.labels, self.corrected, self.borders) if data is not None)


@dataclass(frozen=True)
class Patch:
    """A change of one sample's mask, kept as differences of the tiles that it touched.

    XOR makes it its own inverse: `toggle` does it and undoes it alike.

    pieces: the same differences in memory, where they are at hand.
    """

    name: str
    box: Box
    tiles: Mapping[TileKey, TileDelta]
    before: Status
    after: Status
    pieces: Pieces | None = field(default=None, compare=False, repr=False)

    @property
    def size(self) -> int:
        """Bytes that the differences take."""
        return sum(delta.size for delta in self.tiles.values())

    def toggle(self, mask: Mask) -> None:
        """Apply the patch to the mask it was made on, or take it back.

        Raises:
            ValueError, TypeError, zlib.error: it is damaged, or of another mask, which is as it was before.
        """
        if self.pieces is not None:
            self.pieces.toggle(mask)
            return
        done: list[tuple[Plane, Plane]] = []
        try:
            for part, change in self._changes(mask):
                part ^= change
                done.append((part, change))
        except (ValueError, TypeError, zlib.error):
            for part, change in done:
                part ^= change
            raise

    def _changes(self, mask: Mask) -> Iterator[tuple[Plane, Plane]]:
        """Parts of the mask's planes, and what differs in each."""
        for key, delta in self.tiles.items():
            box = tile_box(key, *mask.labels.shape)
            for plane, data in ((mask.labels, delta.labels), (mask.corrected, delta.corrected)):
                if data is not None:
                    yield plane[box.slices], unpack_tile(data, box)
            if delta.borders is not None:
                yield mask.with_borders()[box.slices], unpack_tile(delta.borders, box)
