"""NIfTI volumes, through nibabel where it is installed: each slice is a page, seen as doctors see it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.images.extras import needed
from segdesk.core.images.failures import damaged, foreign, no_such_page
from segdesk.core.images.limits import check_size
from segdesk.core.images.pixel_size import PixelSize, sized
from segdesk.core.images.raw import ImageInfo, RawImage, final_dtype
from segdesk.core.translation import tr

_SIDES = (("L", "R"), ("A", "P"), ("S", "I"))  # of a body, as its axes are named
_UNITS = {"meter": "m", "mm": "mm", "micron": "µm"}
_kept: dict[tuple[Path, int, int], Any] = {}  # the volume that was looked into last


def inspect(path: Path, page: int = 0) -> ImageInfo:
    """Describe a slice from the header.

    Raises:
        ImageError: nibabel is not installed, or the file is damaged, too large, or has no such slice.
    """
    volume = _opened(path)
    with foreign(path):
        across, down, through = _axes(volume)
        shape = volume.shape
        width, height = int(shape[across]), int(shape[down])
        pages = int(np.prod([shape[through] if through is not None else 1, *shape[3:]]))
        dtype, channels = _layout(volume)
    check_size(path, width, height, channels, dtype.itemsize)
    if not 0 <= page < pages:
        raise no_such_page(path, page, pages)
    return ImageInfo(path, "NIfTI", width, height, channels, str(final_dtype(dtype)), pages)


def decode(path: Path, page: int = 0) -> RawImage:
    """Read a slice, scaled as the header says.

    Raises:
        ImageError: nibabel is not installed, or the file is damaged, too large, or has no such slice.
    """
    inspect(path, page)
    volume = _opened(path)
    with foreign(path):
        across, down, through = _axes(volume)
        index: list[Any] = [slice(None)] * len(volume.shape)
        depth = volume.shape[through] if through is not None else 1
        if through is not None:
            index[through] = page % depth
        rest = page // depth
        for axis in range(3, len(volume.shape)):
            rest, index[axis] = divmod(rest, volume.shape[axis])
        pixels = np.asarray(volume.dataobj[tuple(index)])
        pixels = _turned(volume, pixels if across > down else pixels.T, across, down)
        if pixels.dtype.names:
            pixels = np.stack([pixels[name] for name in pixels.dtype.names[:3]], axis=-1)
        if pixels.dtype.kind == "c":
            pixels = np.abs(pixels)
    return RawImage("NIfTI", np.ascontiguousarray(pixels.astype(pixels.dtype.newbyteorder("="), copy=False)))


def page_views(voxels: NDArray[Any], volume: Any) -> NDArray[Any]:
    """A view of voxels that lie like a volume's, as (..., height, width): each page as `decode` shows it.

    The axes before the last two are the pages, in their order when they are laid flat.
    """
    across, down, through = _axes(volume)
    if through is None:
        return voxels.T[None, ::-1]
    codes = _codes(volume)
    view = voxels.transpose(*range(voxels.ndim - 1, 2, -1), through, down, across)
    view = view[..., ::-1] if codes[across] == "R" else view
    return view[..., ::-1, :] if codes[down] in ("A", "S") else view


def pixel_size(path: Path) -> PixelSize | None:
    """As the header says."""
    volume = _opened(path)
    with foreign(path):
        across, down, _ = _axes(volume)
        zooms = volume.header.get_zooms()
        unit = _UNITS.get(volume.header.get_xyzt_units()[0], "mm")
        return sized(float(zooms[across]), float(zooms[down]), unit)


def _axes(volume: Any) -> tuple[int, int, int | None]:
    """Which axes go from left to right, from front to back, and through the slices."""
    if len(volume.shape) < 2:
        raise ValueError(f"a volume of {volume.shape}")
    if len(volume.shape) == 2:
        return 0, 1, None
    codes = _codes(volume)
    places = [axis for pair in _SIDES for axis in range(3) if codes[axis] in pair]
    if sorted(places) != [0, 1, 2]:
        return 0, 1, 2
    return places[0], places[1], places[2]


def _codes(volume: Any) -> tuple[str | None, ...]:
    from nibabel.orientations import aff2axcodes

    return tuple(aff2axcodes(volume.affine))


def _turned(volume: Any, pixels: NDArray[Any], across: int, down: int) -> NDArray[Any]:
    """(down, across) pixels with the person's right on the left and the front at the top."""
    if len(volume.shape) == 2:
        return pixels[::-1]
    codes = _codes(volume)
    pixels = pixels[:, ::-1] if codes[across] == "R" else pixels
    return pixels[::-1] if codes[down] in ("A", "S") else pixels


def _layout(volume: Any) -> tuple[np.dtype[Any], int]:
    stored = volume.get_data_dtype()
    if stored.names:
        return np.dtype(np.uint8), min(3, len(stored.names))
    scale, shift = volume.dataobj.slope, volume.dataobj.inter
    if stored.kind == "c":
        return np.dtype(np.float64), 1
    return (stored if (scale, shift) == (1.0, 0.0) else np.dtype(np.float64)), 1


def _opened(path: Path) -> Any:
    nibabel = needed(path, tr("a NIfTI file"), "nibabel", "nifti")
    with foreign(path):
        stat = path.stat()
        key = (path, stat.st_mtime_ns, stat.st_size)
        volume = _kept.get(key)
        if volume is None:
            volume = nibabel.load(path)
            if not hasattr(volume, "dataobj") or not hasattr(volume, "affine"):
                raise damaged(path)
            _kept.clear()
            _kept[key] = volume
        return volume
