"""Reading masks that other programs wrote: their numbers mean classes, not light."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.errors import ImageError
from segdesk.core.images.raw import RawImage
from segdesk.core.images.reader import read_raw
from segdesk.core.images.source import ImageSource
from segdesk.core.translation import tr

_NEARLY = 16
"""How far from black or white a gray of a palette or a JPEG may be and still mean it."""

_LOSSY = ("JPEG", "MPO")
# The share of a JPEG mask that its blurred edges leave black or white.
_MOSTLY = 0.9


def read_labels(path: Path, page: int = 0) -> NDArray[Any]:
    """The (H, W) unsigned or non-negative integers of a mask or label image, upright.

    Kept as stored: gray values of 2 to 32 bits, even where the file wants them shown as a negative, and the
    indices of a palette, whatever their colours.
    What can only mean "here" and "not here" becomes uint8 0 and 255: 1 bit; a palette of black and white;
    black and one colour; a shape that is in the alpha channel alone; 16 bits of 0 and 65535; floats from 0
    to 1 (cut at 0.5); a JPEG of black and white with blurred edges.

    Raises:
        ImageError: the file cannot be read, or is a picture and not a mask.
    """
    raw = read_raw(ImageSource(path, page))
    if raw.palette is not None:
        return _from_palette(raw, raw.palette)
    plane = _single_plane(path, raw)
    if plane.dtype == np.bool_:
        return _here(plane)
    if raw.format in _LOSSY:
        return _from_lossy(path, plane)
    if plane.dtype.kind == "f":
        return _from_float(path, plane)
    if plane.dtype.kind not in "iu" or (plane.dtype.kind == "i" and plane.min() < 0):
        raise ImageError(
            tr(
                "'{name}' is not a mask: it has negative values. Export it as class numbers from 0 on."
            ).format(name=path.name)
        )
    if plane.dtype == np.uint16 and _consists_of(plane, 0, 65535) and plane.max() == 65535:
        return _here(plane > 0)
    return plane


def _here(plane: NDArray[np.bool_]) -> NDArray[np.uint8]:
    return plane.astype(np.uint8) * np.uint8(255)


def _consists_of(plane: NDArray[Any], *values: int) -> bool:
    return bool(np.isin(plane, values).all())


def _from_palette(raw: RawImage, palette: NDArray[np.uint8]) -> NDArray[Any]:
    # The order of a GIF's colours is the writer's whim, and what it does not use may be anything.
    shown = palette
    if raw.format == "GIF":
        used = np.unique(raw.pixels)
        shown = palette[used[used < len(palette)]]
    bright = shown.min(axis=1, initial=255) >= 255 - _NEARLY
    dark = shown.max(axis=1, initial=0) <= _NEARLY
    if (bright | dark).all():
        table = np.zeros(max(int(raw.pixels.max()) + 1, len(palette)), np.bool_)
        table[: len(palette)] = palette.min(axis=1) >= 255 - _NEARLY
        return _here(table[raw.pixels])
    return raw.pixels


def _single_plane(path: Path, raw: RawImage) -> NDArray[Any]:
    """The one plane of numbers in an image: gray, equal channels, a shape in alpha, one colour on black."""
    pixels, alpha = raw.pixels, raw.alpha
    if alpha is not None and (pixels == pixels[:1, :1]).all() and (alpha != alpha[0, 0]).any():
        return alpha
    if pixels.ndim == 2:
        return pixels
    if (pixels == pixels[..., :1]).all():
        return np.ascontiguousarray(pixels[..., 0])
    inked = pixels.any(axis=2)
    if pixels.shape[2] == 3 and not inked.all() and (pixels[inked] == pixels[inked][0]).all():
        return np.asarray(inked)
    raise ImageError(
        tr(
            "'{name}' is a colour picture, not a mask. "
            "Export the mask as class numbers, in gray or with a palette."
        ).format(name=path.name)
    )


def _from_lossy(path: Path, plane: NDArray[Any]) -> NDArray[np.uint8]:
    dark, bright = plane <= _NEARLY, plane >= 255 - _NEARLY
    # Class numbers are lost in a JPEG: 1 and 2 are not far enough from 0.
    if np.mean(dark | bright) < _MOSTLY or (plane.any() and not bright.any()):
        raise ImageError(
            tr("'{name}' is a JPEG, which blurs class numbers. Export the mask as PNG instead.").format(
                name=path.name
            )
        )
    return _here(plane >= 128)


def _from_float(path: Path, plane: NDArray[Any]) -> NDArray[Any]:
    # A comparison with NaN is false.
    if (plane >= 0).all() and plane.max() <= 1:
        return _here(plane >= 0.5)
    if ((plane >= 0) & (plane <= np.iinfo(np.int32).max) & (plane == np.floor(plane))).all():
        return plane.astype(np.int32)
    raise ImageError(
        tr(
            "'{name}' is not a mask: it has fractions or impossible values. "
            "Export it as class numbers from 0 on."
        ).format(name=path.name)
    )
