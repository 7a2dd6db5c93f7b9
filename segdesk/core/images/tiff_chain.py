"""The chain of pages in a TIFF file: does it end?"""

from __future__ import annotations

import struct
from pathlib import Path


def is_endless(path: Path) -> bool:
    """Whether the chain of page headers in a TIFF file comes back to a page it has passed.

    Only the links are read. A chain that breaks off in the middle of nowhere does end.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        order = "<" if file.read(2) == b"II" else ">"
        try:
            big = struct.unpack(order + "H", file.read(2))[0] == 43
            # BigTIFF has 64-bit links, and says so in four more bytes.
            count_format, entry, link_format = ("Q", 20, "Q") if big else ("H", 12, "I")
            file.seek(8 if big else 4)
            passed: set[int] = set()
            while (place := _number(order + link_format, file.read(struct.calcsize(link_format)))) != 0:
                if place in passed:
                    return True
                passed.add(place)
                file.seek(place)
                entries = _number(order + count_format, file.read(struct.calcsize(count_format)))
                file.seek(entries * entry, 1)
        except (struct.error, OverflowError, ValueError):
            return False
    return False


def _number(layout: str, data: bytes) -> int:
    return int(struct.unpack(layout, data)[0])
