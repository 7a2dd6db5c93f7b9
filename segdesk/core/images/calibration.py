"""Finding out from a file how large its pixels are."""

from __future__ import annotations

import re
import struct
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from segdesk.core.errors import ImageError
from segdesk.core.images import dicom_reader, kinds, nifti_reader, tiff_pages
from segdesk.core.images.pixel_size import PixelSize, sized
from segdesk.core.images.source import ImageSource

_INCH = 25.4  # millimetres
# What programs write that know of no resolution, in dots per inch.
_EMPTY_DPI = (1, 72, 96)
_NEXT_CHUNKS = 32


def read_pixel_size(source: ImageSource) -> PixelSize | None:
    """The size of a pixel as the file says; None where it says nothing that makes sense."""
    try:
        kind = kinds.recognise(source.path)
        if kind == kinds.PNG:
            return _from_png(source.path)
        if kind == kinds.DICOM:
            return dicom_reader.pixel_size(source.path)
        if kind == kinds.NIFTI:
            return nifti_reader.pixel_size(source.path)
        if kind == kinds.TIFF:
            with tiff_pages.opened(source.path, source.page, whole=False) as (tiff, page, _):
                return _from_tiff(tiff, page)
    except (ImageError, OSError, ValueError, ElementTree.ParseError):
        pass  # reading the image says what is wrong with it
    return None


def _from_png(path: Path) -> PixelSize | None:
    with path.open("rb") as file:
        file.seek(8)
        for _ in range(_NEXT_CHUNKS):
            start = file.read(8)
            if len(start) < 8:
                return None
            length, name = struct.unpack(">I4s", start)
            if name == b"pHYs" and length == 9:
                x, y, unit = struct.unpack(">IIB", file.read(9))
                return _per_metre(x, y) if unit == 1 and x and y else None
            if name in (b"IDAT", b"IEND"):
                return None
            file.seek(length + 4, 1)
    return None


def _per_metre(x: int, y: int) -> PixelSize | None:
    if round(x * _INCH / 1000) in _EMPTY_DPI:
        return None
    return sized(1000 / x, 1000 / y, "mm")


def _from_tiff(tiff: Any, page: tiff_pages.Page) -> PixelSize | None:
    if tiff.is_ome and tiff.ome_metadata:
        found = _from_ome(tiff.ome_metadata)
        if found is not None:
            return found
    frame = page.series.keyframe
    described = re.search(r"\bMPP\s*=\s*([\d.]+)", str(frame.description))
    if described:
        return sized(float(described[1]), float(described[1]), "µm")
    x, y = (_quotient(frame.tags.valueof(tag)) for tag in (282, 283))
    if not x or not y:
        return None
    unit = (tiff.imagej_metadata or {}).get("unit") if tiff.is_imagej else None
    if isinstance(unit, str):
        # Some writers escape what is not ASCII.
        unit = unit.replace("\\u00B5", "µ")
        return sized(1 / x, 1 / y, unit) if unit.lower() not in ("inch", "pixel") else None
    resolution = frame.tags.valueof(296)
    if resolution == 3:
        return sized(10 / x, 10 / y, "mm")
    if resolution == 2 and round(x) not in _EMPTY_DPI:
        return sized(_INCH / x, _INCH / y, "mm")
    return None


def _from_ome(text: str) -> PixelSize | None:
    for element in ElementTree.fromstring(text).iter():
        if element.tag.endswith("}Pixels") and "PhysicalSizeX" in element.attrib:
            x = float(element.attrib["PhysicalSizeX"])
            y = float(element.attrib.get("PhysicalSizeY", x))
            return sized(x, y, element.attrib.get("PhysicalSizeXUnit", "µm"))
    return None


def _quotient(value: object) -> float:
    if isinstance(value, tuple) and len(value) == 2 and value[1]:
        return float(value[0] / value[1])
    return float(value) if isinstance(value, int | float) else 0.0
