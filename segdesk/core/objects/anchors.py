"""What keeps an object's number the same: a pixel of it that the number is tied to.

The object that has the pixel has the number. Numbers of objects that are gone stay with their pixels, so
that one that comes back (undone, or cut off and joined again) is known by its old number; no number is given
twice.
So a number outlives every change of other objects, and those of its own that leave it the pixel.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST = 50_000  # numbers that are remembered of an image; of those that are gone, the newest
_LARGEST = 2**31 - 1


@dataclass(frozen=True)
class Anchors:
    """current / former: by the numbers of objects that are there, and that are gone: the place of a pixel,
    row * width + column of the image.
    """

    current: Mapping[int, int] = field(default_factory=dict)
    former: Mapping[int, int] = field(default_factory=dict)

    @property
    def following(self) -> int:
        """The first number that was never given."""
        return max(max(self.current, default=0), max(self.former, default=0)) + 1

    def to_text(self) -> str | None:
        """As text, to be kept; None where there are too many."""
        if len(self.current) > MOST:
            return None
        newest = sorted(self.former.items())[-(MOST - len(self.current)) :] if self.former else ()
        return "/".join(_packed(pairs) for pairs in (sorted(self.current.items()), newest))

    @classmethod
    def within(cls, ids: NDArray[np.integer[Any]]) -> Anchors:
        """For objects that have numbers already: (height, width), 0 and less outside of them."""
        flat = ids.ravel()
        places = np.flatnonzero((flat > 0) & (flat <= _LARGEST))
        places = places[np.argsort(flat[places], kind="stable")]
        numbers, starts, counts = np.unique(flat[places], return_index=True, return_counts=True)
        middles = places[starts + counts // 2]  # in about the middle of its rows
        return cls(dict(zip(numbers.tolist(), middles.tolist(), strict=True)))

    @classmethod
    def from_text(cls, text: str) -> Anchors:
        """From text; raises ValueError where it is none of `to_text`."""
        try:
            current, former = text.split("/")
            return cls(_unpacked(current), _unpacked(former))
        except (binascii.Error, zlib.error) as error:
            raise ValueError("the numbers of objects are damaged") from error


# Not base64's usual 64th letter, which parts the two lists.
_LETTERS = b"+-"


def _packed(pairs: Iterable[tuple[int, int]]) -> str:
    values = np.array(list(pairs), "<i8").reshape(-1, 2)
    rows = np.diff(values, axis=0, prepend=np.zeros((1, 2), "<i8"))
    return base64.b64encode(zlib.compress(rows.T.tobytes(), 6), _LETTERS).decode("ascii")


def _unpacked(text: str) -> dict[int, int]:
    stream = zlib.decompressobj()
    most = 16 * MOST
    data = stream.decompress(base64.b64decode(text, _LETTERS, validate=True), most + 1)
    if len(data) > most or len(data) % 16 or not stream.eof:
        raise ValueError("the numbers of objects are cut off")
    numbers, places = np.cumsum(np.frombuffer(data, "<i8").reshape(2, -1), axis=1)
    if numbers.size and (numbers.min() < 1 or numbers.max() > _LARGEST or places.min() < 0):
        raise ValueError("the numbers of objects make no sense")
    return dict(zip(numbers.tolist(), places.tolist(), strict=True))
