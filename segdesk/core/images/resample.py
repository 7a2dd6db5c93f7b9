"""Making pixels fewer, whatever their type and however many channels they have."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

_DIRECT = (np.uint8, np.uint16, np.int16, np.float32, np.float64)
_AT_ONCE = 4  # channels that OpenCV takes in all of its functions


def shrink(pixels: NDArray[Any], width: int, height: int) -> NDArray[Any]:
    """(H, W) or (H, W, C) pixels averaged over areas, in their own type; enlarged where that is asked for."""
    if pixels.shape[:2] == (height, width):
        return pixels
    if pixels.dtype not in _DIRECT:
        return np.round(shrink(pixels.astype(np.float64), width, height)).astype(pixels.dtype)
    if pixels.ndim == 3 and pixels.shape[2] > _AT_ONCE:
        return np.dstack([shrink(part, width, height) for part in _parts(pixels)])
    source = np.ascontiguousarray(pixels)
    result = np.asarray(cv2.resize(source, (width, height), interpolation=cv2.INTER_AREA), pixels.dtype)
    return result.reshape(height, width, *pixels.shape[2:])


def scale(pixels: NDArray[Any], factor: float) -> NDArray[Any]:
    """(H, W) or (H, W, C) pixels, interpolated between at `factor` as many a side, in their own type."""
    if pixels.dtype not in _DIRECT:
        return np.round(scale(pixels.astype(np.float64), factor)).astype(pixels.dtype)
    if pixels.ndim == 3 and pixels.shape[2] > _AT_ONCE:
        return np.dstack([scale(part, factor) for part in _parts(pixels)])
    scaled = cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_LINEAR)
    return np.asarray(scaled, pixels.dtype).reshape(*scaled.shape[:2], *pixels.shape[2:])


def warp(pixels: NDArray[Any], matrix: NDArray[np.float64], size: tuple[int, int]) -> NDArray[Any]:
    """(height, width[, C]) pixels, each from the place that a 2 x 3 `matrix` takes its own to."""
    if pixels.dtype not in _DIRECT:
        return np.round(warp(pixels.astype(np.float64), matrix, size)).astype(pixels.dtype)
    if pixels.ndim == 3 and pixels.shape[2] > _AT_ONCE:
        return np.dstack([warp(part, matrix, size) for part in _parts(pixels)])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    source = np.ascontiguousarray(pixels)
    warped = cv2.warpAffine(source, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, pixels.dtype).reshape(size[1], size[0], *pixels.shape[2:])


def _parts(pixels: NDArray[Any]) -> list[NDArray[Any]]:
    return [pixels[..., at : at + _AT_ONCE] for at in range(0, pixels.shape[2], _AT_ONCE)]
