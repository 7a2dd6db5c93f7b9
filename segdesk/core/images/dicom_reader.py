"""DICOM files, through pydicom where it is installed: frames are pages, values are those of the modality."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.images.extras import needed
from segdesk.core.images.failures import foreign, no_such_page
from segdesk.core.images.limits import check_size
from segdesk.core.images.pixel_size import PixelSize, sized
from segdesk.core.images.raw import ImageInfo, RawImage, final_dtype
from segdesk.core.translation import tr

_SPACINGS = ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing")


def inspect(path: Path, page: int = 0) -> ImageInfo:
    """Describe a frame from the header.

    Raises:
        ImageError: pydicom is not installed, or the file is damaged, too large, or has no such frame.
    """
    data = _header(path)
    with foreign(path):
        width, height, channels = int(data.Columns), int(data.Rows), int(data.get("SamplesPerPixel", 1))
        pages = int(data.get("NumberOfFrames", None) or 1)
        bits, signed = int(data.BitsAllocated), int(data.get("PixelRepresentation", 0))
        stored = np.dtype(f"{'i' if signed else 'u'}{max(1, bits // 8)}")
        dtype = stored if channels > 1 else _modality_dtype(stored, *_rescale(data))
    check_size(path, width, height, channels, stored.itemsize)
    if not 0 <= page < pages:
        raise no_such_page(path, page, pages)
    return ImageInfo(path, "DICOM", width, height, channels, str(final_dtype(dtype)), pages)


def decode(path: Path, page: int = 0) -> RawImage:
    """Decode a frame: gray in the modality's unit, such as Hounsfield's, or red, green and blue.

    Raises:
        ImageError: pydicom is not installed, or the file is damaged, too large, or has no such frame.
    """
    info = inspect(path, page)
    pydicom = _pydicom(path)
    with foreign(path):
        data = pydicom.dcmread(path)
        pixels = np.asarray(pydicom.pixels.pixel_array(data, index=page if info.pages > 1 else None))
        negative = str(data.get("PhotometricInterpretation", "")) == "MONOCHROME1"
        if "PALETTE" in str(data.get("PhotometricInterpretation", "")):
            pixels = pydicom.pixels.apply_color_lut(pixels, data)
        slope, intercept = _rescale(data)
        if slope is not None and pixels.ndim == 2:
            dtype = _modality_dtype(pixels.dtype, slope, intercept)
            pixels = (pixels * np.float64(slope) + np.float64(intercept)).astype(dtype)
        white = None
        bits = int(data.get("BitsStored", 0))
        if pixels.dtype.kind == "u" and 8 < bits < 8 * pixels.dtype.itemsize:
            white = 2**bits - 1
    return RawImage("DICOM", np.ascontiguousarray(pixels), white=white, negative=negative)


def pixel_size(path: Path) -> PixelSize | None:
    """As the header says, in millimetres."""
    data = _header(path)
    for name in _SPACINGS:
        spacing = data.get(name)
        if spacing is not None and len(spacing) == 2:
            return sized(float(spacing[1]), float(spacing[0]), "mm")
    return None


def _header(path: Path) -> Any:
    pydicom = _pydicom(path)
    with foreign(path):
        return pydicom.dcmread(path, stop_before_pixels=True)


def _pydicom(path: Path) -> Any:
    return needed(path, tr("a DICOM file"), "pydicom", "dicom")


def _rescale(data: Any) -> tuple[float | None, float]:
    slope = data.get("RescaleSlope")
    if slope is None:
        return None, 0.0
    return float(slope), float(data.get("RescaleIntercept", 0) or 0)


def _modality_dtype(stored: np.dtype[Any], slope: float | None, intercept: float) -> np.dtype[Any]:
    """The smallest type that holds all values that may come."""
    if slope is None or (slope == 1 and intercept == 0):
        return stored
    limits = np.iinfo(stored)
    ends: NDArray[np.float64] = np.array([limits.min, limits.max], np.float64) * slope + intercept
    if slope != int(slope) or intercept != int(intercept):
        return np.dtype(np.float32)
    low, high = ends.min(), ends.max()
    if low >= -32768 and high <= 32767:
        return np.dtype(np.int16)
    return np.dtype(np.int32) if low >= -(2**31) and high < 2**31 else np.dtype(np.float64)
