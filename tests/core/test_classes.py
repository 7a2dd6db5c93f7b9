"""The colours that classes get by themselves."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from segdesk.core.classes import RGB, default_color, make_classes

Floats = NDArray[np.float64]

# How linear RGB is seen by people who lack one kind of cone (Machado, Oliveira and Fernandes 2009, "A
# Physiologically-based Model for Simulation of Color Vision Deficiency", severity 1).
SIGHTS = {
    "all colours": np.eye(3),
    "no red": np.array([
        [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998],
    ]),
    "no green": np.array([
        [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881],
    ]),
    "no blue": np.array([
        [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900],
    ]),
}  # fmt: skip
TO_XYZ = np.array([
    [0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041],
])  # fmt: skip
WHITE = np.array([0.95047, 1.0, 1.08883])


def seen_as(color: RGB, sight: Floats) -> Floats:
    """CIE L*a*b* of an sRGB colour, in which a distance of 2.3 is just noticeable side by side."""
    share = np.array(color) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(sight @ linear, 0, 1) / WHITE
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize(("count", "apart"), [(8, 15.0), (12, 7.0)])
def test_classes_are_told_apart_whatever_colours_one_sees(sight: str, count: int, apart: float) -> None:
    seen = [seen_as(default_color(index), SIGHTS[sight]) for index in range(1, count + 1)]
    assert min(float(np.linalg.norm(a - b)) for a, b in combinations(seen, 2)) > apart


def test_no_color_comes_back_among_the_first_64() -> None:
    classes = make_classes([f"class {i}" for i in range(64)])
    assert len({c.color for c in classes}) == 65
