"""What is said before the pixels of a PNG file, and those pixels that Pillow cuts to 8 bits."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from segdesk.core.images import orientation
from segdesk.core.images.failures import cut_short, foreign
from segdesk.core.images.limits import check_claim

GRAY = 0
_SAMPLES = {GRAY: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_HAS_ALPHA = (4, 6)
# Deflate gains 1032 at the very best (RFC 1951: 258 bytes for two codes of one bit).
_DEFLATE_RATIO = 1040
_MOST_CHUNKS = 100_000


@dataclass(frozen=True)
class PngHeader:
    """`depth` in bits a value, `color_type` as in the PNG specification, `orientation` 1 to 8 or None."""

    width: int
    height: int
    depth: int
    color_type: int
    orientation: int | None

    @property
    def is_deep_color(self) -> bool:
        """16 bits and more than one channel."""
        return self.depth == 16 and self.color_type != GRAY

    @property
    def channels(self) -> int:
        """Channels of colour, without alpha."""
        return _SAMPLES.get(self.color_type, 1) - (self.color_type in _HAS_ALPHA)


def read_header(path: Path) -> PngHeader:
    """Walk the chunks of a PNG file without decoding any.

    Raises:
        ImageError: the header or all pixel data is missing, or the header claims far more than there is.
    """
    header: tuple[int, int, int, int] | None = None
    exif: int | None = None
    stored = 0
    with foreign(path), path.open("rb") as file:
        file.seek(8)
        for _ in range(_MOST_CHUNKS):
            start = file.read(8)
            if len(start) < 8:
                break
            length, name = struct.unpack(">I4s", start)
            end = file.tell() + length + 4
            if name == b"IHDR":
                header = struct.unpack(">IIBB", file.read(10))
            elif name == b"eXIf":
                exif = orientation.from_exif(b"Exif\0\0" + file.read(length))
            elif name == b"IDAT":
                stored += length
            elif name == b"IEND":
                break
            file.seek(end)
        stored = min(stored, path.stat().st_size)
    if header is None or stored == 0:
        raise cut_short(path)
    width, height, depth, color_type = header
    claimed = height * (1 + width * depth * _SAMPLES.get(color_type, 1) / 8)
    check_claim(path, claimed, stored, _DEFLATE_RATIO)
    return PngHeader(width, height, depth, color_type, exif)


def decode_deep_color(path: Path, header: PngHeader) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """The uint16 colours, (H, W) or (H, W, 3), of a 16-bit PNG and its alpha plane, where it has one."""
    with foreign(path):
        pixels = np.asarray(imagecodecs.png_decode(path.read_bytes()))
    colors = pixels[..., : header.channels]
    # A transparent colour in the header makes the decoder add a plane, too.
    alpha = pixels[..., header.channels] if pixels.shape[-1] > header.channels else None
    return (colors[..., 0] if header.channels == 1 else colors), alpha
