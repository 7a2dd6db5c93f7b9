"""Mild changes of a crop that leave its meaning alone: flips, quarter turns, brightness and contrast."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]
Plane = NDArray[np.uint8]
_ZOOM = 0.5  # powers of two that a crop is enlarged or reduced by, at most


def turn(
    image: Image, planes: tuple[Plane, ...], rng: np.random.Generator
) -> tuple[Image, tuple[Plane, ...]]:
    """One of the eight flips and quarter turns of a square; image (C, S, S), planes (S, S)."""
    quarters = int(rng.integers(4))
    image, planes = np.rot90(image, quarters, (1, 2)), tuple(np.rot90(p, quarters) for p in planes)
    if rng.integers(2):
        image, planes = image[..., ::-1], tuple(p[..., ::-1] for p in planes)
    return image, planes


def shade(image: Image, rng: np.random.Generator, strength: float) -> Image:
    """Another contrast, at most 2 ** strength times as much or as little, and another brightness.

    Brightness moves by at most `strength`, in units of the image's spread.
    """
    gain, offset = shading(rng, strength)
    shaded: Image = image * np.float32(gain) + np.float32(offset)
    return shaded


def shading(rng: np.random.Generator, strength: float) -> tuple[float, float]:
    """The factor and the summand that `shade` changes an image by."""
    return 2 ** rng.uniform(-strength, strength), rng.uniform(-strength, strength)


def zoomed_side(side: int, rng: np.random.Generator, chance: float) -> int:
    """The side of the window to cut out and resize to `side`: the same, or by a `chance` another one."""
    return round(side * 2 ** rng.uniform(-_ZOOM, _ZOOM)) if rng.random() < chance else side
