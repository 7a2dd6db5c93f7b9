"""From measured values to what a screen shows: 8 bits, gray or colour, any size."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

# Enough for percentiles to half a permille, and a few milliseconds.
_MOST_SAMPLES = 500_000
# Values that are turned at once, so that a large image needs little more memory than itself.
_BLOCK = 1 << 20
_MIDDLE = 128


@dataclass(frozen=True)
class Window:
    """The values that are shown black (`low` and below) and white (`high` and above)."""

    low: float
    high: float


def percentile_window(image: NDArray[Any], low: float = 0.5, high: float = 99.5) -> Window:
    """The window between two percentiles (0 to 100) of an image's finite values, from a regular sample.

    Where those two coincide, it is the range of all finite values; (0, 1) where there are none.
    """
    values = _finite(_sample(image))
    if values.size:
        bottom, top = np.percentile(values, [low, high], method="nearest")
        if bottom < top:
            return Window(float(bottom), float(top))
    values = _finite(image)
    if not values.size:
        return Window(0.0, 1.0)
    return Window(float(values.min()), float(values.max()))


def to_display(image: NDArray[Any], window: Window | None = None) -> NDArray[np.uint8]:
    """What to show of an image of (H, W) or (H, W, C) values: contiguous uint8, (H, W) or (H, W, 3).

    The first three channels are red, green and blue; with two of them, blue is black. Without a `window`,
    8-bit values are shown as they are and others between the percentiles of `percentile_window`. NaN is
    black; an image that is the same everywhere is mid-gray.
    """
    shown = image if image.ndim == 2 else image[..., :3]
    if shown.dtype == np.bool_:
        shown = shown.astype(np.uint8) * np.uint8(255)
    if window is None and shown.dtype != np.uint8:
        window = percentile_window(shown)
    result = shown if window is None else _stretched(shown, window)
    if result.ndim == 3 and result.shape[2] < 3:
        missing = 3 - result.shape[2]
        result = np.pad(result, ((0, 0), (0, 0), (0, missing)))
    return np.ascontiguousarray(result)


def thumbnail(image: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """A display image, (H, W) or (H, W, 3), reduced by averaging areas until no side exceeds `size` pixels.

    Nothing is enlarged, and a short side keeps at least one pixel.
    """
    height, width = image.shape[:2]
    scale = size / max(height, width)
    if scale >= 1:
        return np.ascontiguousarray(image)
    smaller = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.array(Image.fromarray(image).resize(smaller, Image.Resampling.BOX))


def _sample(image: NDArray[Any]) -> NDArray[Any]:
    """Values of every n-th row and column."""
    channels = 1 if image.ndim == 2 else image.shape[2]
    height, width = image.shape[:2]
    excess = max(1.0, height * width * channels / _MOST_SAMPLES)
    # A side may be shorter than its share of the steps.
    across = min(width, max(1, round(excess**0.5)))
    down = min(height, max(1, round(excess / across)))
    across = min(width, max(1, round(excess / down)))
    return image[down // 2 :: down, across // 2 :: across]


def _finite(values: NDArray[Any]) -> NDArray[Any]:
    values = values.ravel()
    return values[np.isfinite(values)] if values.dtype.kind == "f" else values


def _stretched(values: NDArray[Any], window: Window) -> NDArray[np.uint8]:
    table = None
    if values.dtype in (np.uint8, np.uint16, np.int16):
        limits = np.iinfo(values.dtype)
        # Negative values index from the end, so the table starts at 0.
        table = shade(np.roll(np.arange(limits.min, limits.max + 1), limits.min), window)
    result = np.empty(values.shape, np.uint8)
    rows = max(1, _BLOCK // max(1, math.prod(values.shape[1:])))
    for top in range(0, len(values), rows):
        block = values[top : top + rows]
        result[top : top + rows] = shade(block, window) if table is None else table[block]
    return result


def shade(values: NDArray[Any], window: Window) -> NDArray[np.uint8]:
    """0 at the window's low end and below, 255 at its high end; NaN is 0; mid-gray where the ends are one."""
    exact = values.astype(np.float64)
    low, high = window.low, window.high
    if not low < high:
        shade = np.where(exact < low, 0.0, np.where(exact > low, 255.0, float(_MIDDLE)))
    else:
        # The span of the largest floats overflows unless it is halved; clipped first, nothing else does.
        unit = 1.0 if math.isfinite(high - low) else 0.5
        span = high * unit - low * unit
        shade = np.round((np.clip(exact, low, high) * unit - low * unit) / span * 255)
    return np.where(np.isnan(exact), 0.0, shade).astype(np.uint8)
