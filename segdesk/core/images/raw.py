"""A decoded page as it is stored, before anybody decides what its numbers mean."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


@dataclass(frozen=True)
class ImageInfo:
    """What a file says of the image in it.

    `width` and `height` are those of the upright image; `channels` and `dtype` are what `read_image` gives;
    `pages` counts the pages or frames that can be opened.
    """

    path: Path
    format: str
    width: int
    height: int
    channels: int
    dtype: str
    pages: int


@dataclass(frozen=True)
class RawImage:
    """One page, upright, in native byte order.

    `pixels` are (H, W) or (H, W, C), C >= 2, without alpha: bool for 1 bit, indices where there is a
    `palette` of (N, 3) uint8 colours. `alpha` is (H, W). `white` is the largest value that samples can have
    where their type could hold more, else None. `negative` says that the file wants low values shown bright.
    """

    format: str
    pixels: NDArray[Any]
    alpha: NDArray[Any] | None = None
    palette: NDArray[np.uint8] | None = None
    white: int | None = None
    negative: bool = False


def is_gray(palette: NDArray[np.uint8]) -> bool:
    """Whether no colour of an (N, 3) palette is coloured."""
    return bool((palette == palette[:, :1]).all())


def final_dtype(dtype: DTypeLike) -> np.dtype[Any]:
    """The type that values of `dtype` are given to the program in; one of eight, able to hold them."""
    kept = np.dtype(dtype).newbyteorder("=")
    if kept.kind == "b":
        return np.dtype(np.uint8)
    if kept in (np.uint8, np.uint16, np.int16, np.int32, np.float32, np.float64):
        return kept
    if kept == np.int8:
        return np.dtype(np.int16)
    if kept == np.float16:
        return np.dtype(np.float32)
    # Exact up to 2**53, which no camera reaches.
    return np.dtype(np.float64)
