"""Pictures drawn by code, of which every pixel is known: what a starter model learns to see from.

A scene is a stack of layers on an uneven background: separate objects, branching lines, cells that share
their membranes, large things of another texture. Colours, contrast, sharpness, noise and sizes vary widely,
so that what is learned is shape and contrast, and not how one microscope or camera renders it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

CLASSES = (
    "background",
    "bright object",
    "dark object",
    "bright line",
    "dark line",
    "membrane",
    "large object",
)
_BRIGHT_OBJECT, _BRIGHT_LINE, _MEMBRANE, _LARGE = 1, 3, 5, 6

Plane = NDArray[np.float32]
Labels = NDArray[np.uint8]
Rng = np.random.Generator
Layer = Callable[[Plane, Labels, Rng], None]


@dataclass(frozen=True)
class Scene:
    """pixels: (side, side, 3) uint8 RGB.   labels: (side, side) uint8, an index into CLASSES."""

    pixels: NDArray[np.uint8]
    labels: Labels


def draw(side: int, rng: Rng) -> Scene:
    """One scene of `side` pixels a side."""
    light = _background(side, rng)
    labels = np.zeros((side, side), np.uint8)
    gray = rng.random() < 0.6
    count = rng.choice([1, 2, 3], p=[0.45, 0.4, 0.15])
    chances = np.array([0.32, 0.37, 0.17, 0.14])
    for index in np.sort(rng.choice(4, count, replace=False, p=chances))[::-1]:
        LAYERS[index](light, labels, rng)
    # A layer was drawn with the same light in every channel; colours are mixed in where the picture has some.
    if gray:
        light[:] = light[..., :1]
    return Scene(_exposed(light, rng), labels)


def _background(side: int, rng: Rng) -> Plane:
    level = rng.uniform(0.05, 0.9)
    light = np.full((side, side, 3), level, np.float32)
    light *= rng.uniform(0.6, 1.2, 3).astype(np.float32)
    for grain in (2, 6, 16, 60):
        strength = rng.uniform(0, 0.10) * rng.integers(0, 2)
        light += (noise(side, grain, rng)[..., None] - 0.5) * np.float32(strength)
    if rng.random() < 0.35:
        _specks(light, rng)
    return light


def _specks(light: Plane, rng: Rng) -> None:
    """Dirt and grains that belong to nothing."""
    side = light.shape[0]
    spots = np.zeros((side, side), np.uint8)
    for _ in range(rng.integers(5, 80)):
        x, y = rng.integers(0, side, 2)
        radius, value = (int(v) for v in rng.integers((1, 90), (4, 255)))
        cv2.circle(spots, (int(x), int(y)), radius, value, -1, cv2.LINE_AA)
    light += (_soft(spots, rng.uniform(0.4, 1.5)) * _contrast(rng, 0.05, 0.4))[..., None]


def _objects(light: Plane, labels: Labels, rng: Rng) -> None:
    """Separate or touching round things: nuclei, cells, grains, pores."""
    side = light.shape[0]
    size = float(np.exp(rng.uniform(np.log(3), np.log(42))))
    room = (side / size) ** 2
    count = int(np.clip(room * rng.uniform(0.02, 0.16), 1, 150))
    wobble, stretch = rng.uniform(0.02, 0.3), rng.uniform(1, 2.2)
    shape = np.zeros((side, side), np.uint8)
    value = np.zeros((side, side), np.float32)
    touching = rng.random() < 0.4
    for _ in range(count):
        outline = _outline(rng.uniform(0, side, 2), size * rng.uniform(0.6, 1.4), wobble, stretch, rng)
        one = np.zeros_like(shape)
        cv2.fillPoly(one, [outline], 255, cv2.LINE_AA, shift=4)
        if not touching and (shape[one > 0] > 0).any():
            continue
        shape = np.maximum(shape, one)
        value[one > 127] = rng.uniform(0.5, 1.0)
    delta = _contrast(rng, 0.1, 0.6)
    inside = _soft(shape, rng.uniform(0.4, 2.2))
    even = _blurred(np.where(shape > 127, value, 0.75).astype(np.float32), 1.5)
    structure = 1 + rng.uniform(0, 0.6) * (noise(side, int(rng.integers(2, 12)), rng) - 0.5)
    painted = inside * even * structure * delta
    if rng.random() < 0.25:  # hollow: only the rim has contrast
        core = _eroded(shape, size * rng.uniform(0.15, 0.4))
        painted *= 1 - rng.uniform(0.5, 1.0) * _soft(core, rng.uniform(0.8, 2.0))
    if rng.random() < 0.25:  # a halo, as phase contrast has
        ring = 255 - _eroded(255 - shape, float(rng.integers(1, 5)))
        painted -= (_soft(ring, 1.5) - inside) * delta * rng.uniform(0.2, 0.7)
    light += painted[..., None] * _tint(rng)
    labels[shape > 127] = _BRIGHT_OBJECT if delta > 0 else _BRIGHT_OBJECT + 1


def _lines(light: Plane, labels: Labels, rng: Rng) -> None:
    """Branching lines that taper: vessels, roots, neurites, cracks, roads."""
    side = light.shape[0]
    shape = np.zeros((side, side), np.uint8)
    widest = float(np.exp(rng.uniform(np.log(1.3), np.log(13))))
    bend = rng.uniform(0.01, 0.13)
    for _ in range(rng.integers(1, max(2, int(26 / widest)))):
        start, heading = rng.uniform(0, side, 2), rng.uniform(0, 2 * np.pi)
        _grow(shape, start, heading, widest * rng.uniform(0.5, 1), bend, 3, rng)
    delta = _contrast(rng, 0.09, 0.5)
    painted = _soft(shape, rng.uniform(0.4, 1.6)) * delta
    painted *= 1 - rng.uniform(0, 0.75) * noise(side, int(rng.integers(20, 90)), rng)  # fading here and there
    if widest > 5 and rng.random() < 0.4:  # a reflex along the middle
        painted -= _soft(_eroded(shape, widest / 4), 1.0) * delta * rng.uniform(0.2, 0.6)
    light += painted[..., None] * _tint(rng)
    labels[shape > 127] = _BRIGHT_LINE if delta > 0 else _BRIGHT_LINE + 1


def _grow(
    shape: NDArray[np.uint8],
    start: NDArray[np.float64],
    heading: float,
    width: float,
    bend: float,
    forks: int,
    rng: Rng,
) -> None:
    """One line from `start`, and its branches."""
    side = shape.shape[0]
    step = max(3.0, width)
    at, turning = start.copy(), 0.0
    for _ in range(int(rng.uniform(0.3, 1.4) * side / step)):
        turning = 0.7 * turning + rng.normal(0, bend)
        heading += turning
        to = at + step * np.array([np.cos(heading), np.sin(heading)])
        ends = [tuple(int(v) for v in np.rint(p * 16)) for p in (at, to)]
        cv2.line(shape, ends[0], ends[1], 255, max(1, round(width)), cv2.LINE_AA, shift=4)
        at = to
        width *= rng.uniform(0.97, 1.005)
        if forks and width > 1.0 and rng.random() < 0.9 * step / side * 4:
            side_way = heading + rng.choice([-1, 1]) * rng.uniform(0.4, 1.2)
            _grow(shape, at, side_way, width * rng.uniform(0.5, 0.9), bend, forks - 1, rng)
        if (at < -20).any() or (at > side + 20).any():
            return


def _membranes(light: Plane, labels: Labels, rng: Rng) -> None:
    """Cells side by side with walls between them: tissue, foam, grains of a metal, neurites in a section."""
    side = light.shape[0]
    across = float(np.exp(rng.uniform(np.log(10), np.log(70))))
    seeds = np.full((side, side), 255, np.uint8)
    for y, x in rng.integers(0, side, (max(4, int((side / across) ** 2)), 2)):
        seeds[y, x] = 0
    _, cells = cv2.distanceTransformWithLabels(seeds, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    cells = _warped(cells.astype(np.float32), across * rng.uniform(0, 0.6), int(across), rng).astype(np.int32)
    border = np.zeros((side, side), np.uint8)
    border[:, 1:] |= (cells[:, 1:] != cells[:, :-1]).astype(np.uint8)
    border[1:] |= (cells[1:] != cells[:-1]).astype(np.uint8)
    distance = cv2.distanceTransform(1 - border, cv2.DIST_L2, 5)
    width = rng.uniform(1.0, 3.5) * (0.6 + 0.8 * noise(side, int(across), rng))
    wall = np.clip(width + 0.5 - distance, 0, 1).astype(np.float32)
    delta = _contrast(rng, 0.1, 0.55)
    fills = rng.uniform(-0.5, 0.5, int(cells.max()) + 1).astype(np.float32) * np.float32(rng.uniform(0, 0.25))
    inside = fills[cells]
    if rng.random() < 0.6:  # what is in the cells looks like the walls, and is none
        dots = np.zeros((side, side), np.uint8)
        for _ in range(int(rng.uniform(0.2, 1.5) * (side / across) ** 2)):
            outline = _outline(rng.uniform(0, side, 2), across * rng.uniform(0.06, 0.2), 0.15, 1.6, rng)
            cv2.fillPoly(dots, [outline], int(rng.integers(100, 255)), cv2.LINE_AA, shift=4)
            if rng.random() < 0.4:
                cv2.polylines(dots, [outline], True, 0, 1, cv2.LINE_AA, shift=4)
        inside = inside + _soft(dots, 0.8) * delta * rng.uniform(0.3, 1.0) * (1 - wall)
    painted = _blurred((wall * delta + inside).astype(np.float32), rng.uniform(0.4, 1.3))
    light += painted[..., None] * _tint(rng)
    labels[wall > 0.5] = _MEMBRANE


def _large(light: Plane, labels: Labels, rng: Rng) -> None:
    """One or two things that fill much of the picture, told from the rest by colour or texture."""
    side = light.shape[0]
    for _ in range(rng.integers(1, 3)):
        shape = np.zeros((side, side), np.uint8)
        radius, wobble = side * rng.uniform(0.15, 0.45), rng.uniform(0.05, 0.5)
        outline = _outline(rng.uniform(0, side, 2), radius, wobble, rng.uniform(1, 2), rng)
        cv2.fillPoly(shape, [outline], 255, cv2.LINE_AA, shift=4)
        inside = _soft(shape, rng.uniform(0.4, 2))[..., None]
        fill = np.full_like(light, rng.uniform(0.1, 0.9)) * rng.uniform(0.5, 1.4, 3).astype(np.float32)
        for grain in (2, 5, 14, 40):
            fill += (noise(side, grain, rng)[..., None] - 0.5) * np.float32(rng.uniform(0, 0.3)) * _tint(rng)
        light += inside * (fill - light)
        labels[shape > 127] = _LARGE


# From what lies on top to what lies below.
LAYERS: tuple[Layer, ...] = (_objects, _lines, _membranes, _large)


def _exposed(light: Plane, rng: Rng) -> NDArray[np.uint8]:
    """As a camera would have it: uneven light, blur, noise, a curve of contrast, sometimes JPEG's traces."""
    side = light.shape[0]
    shade = 1 + rng.uniform(0, 0.5) * (noise(side, int(rng.integers(60, 200)), rng)[..., None] - 0.5)
    seen = np.clip(light * shade, 0.0, 1.5)
    if rng.random() < 0.5:
        seen = cv2.GaussianBlur(seen, (0, 0), rng.uniform(0.3, 1.4))
    grain = rng.normal(0, 1, seen.shape[:2] + ((1,) if rng.random() < 0.6 else (3,)))
    seen = seen + grain * rng.uniform(0, 0.07) * np.sqrt(np.clip(seen, 0.05, 1))
    pixels = np.rint(255 * np.clip(seen, 0, 1) ** rng.uniform(0.6, 1.6)).astype(np.uint8)
    if rng.random() < 0.25:
        _, coded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 95))])
        pixels = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
    return np.asarray(pixels, np.uint8)


def noise(side: int, grain: int, rng: Rng) -> Plane:
    """(side, side) smooth random values from 0 to 1 that change over about `grain` pixels."""
    coarse = rng.random((side // grain + 3, side // grain + 3)).astype(np.float32)
    fine = cv2.resize(coarse, None, fx=grain, fy=grain, interpolation=cv2.INTER_CUBIC)
    y, x = rng.integers(0, fine.shape[0] - side + 1), rng.integers(0, fine.shape[1] - side + 1)
    return np.asarray(fine[y : y + side, x : x + side].clip(0, 1), np.float32)


def _warped(plane: Plane, reach: float, grain: int, rng: Rng) -> Plane:
    """A plane whose places are moved by up to `reach` pixels, smoothly."""
    side = plane.shape[0]
    y, x = np.mgrid[:side, :side].astype(np.float32)
    grain = max(4, grain)
    dx, dy = ((noise(side, grain, rng) - 0.5) * np.float32(2 * reach) for _ in range(2))
    return np.asarray(cv2.remap(plane, x + dx, y + dy, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REFLECT))


def _outline(
    centre: NDArray[np.float64], radius: float, wobble: float, stretch: float, rng: Rng
) -> NDArray[np.int32]:
    """A closed wavy ellipse, (40, 2) points with four binary digits after the point."""
    turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    waves = sum(rng.normal(0, wobble / k) * np.cos(k * turn + rng.uniform(0, 2 * np.pi)) for k in range(2, 7))
    reach = radius * np.clip(1 + waves, 0.4, 1.8)
    aspect, tilt = np.sqrt(rng.uniform(1, stretch)), rng.uniform(0, np.pi)
    along, over = reach * np.cos(turn) * aspect, reach * np.sin(turn) / aspect
    x = centre[0] + along * np.cos(tilt) - over * np.sin(tilt)
    y = centre[1] + along * np.sin(tilt) + over * np.cos(tilt)
    return np.asarray(np.rint(np.column_stack([x, y]) * 16), np.int32)


def _eroded(shape: Labels, by: float) -> Labels:
    return np.asarray(cv2.erode(shape, np.ones((3, 3), np.uint8), iterations=max(1, int(by))), np.uint8)


def _soft(shape: NDArray[np.uint8], sigma: float) -> Plane:
    return _blurred(np.asarray(shape / 255.0, np.float32), sigma)


def _blurred(plane: Plane, sigma: float) -> Plane:
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma), np.float32)


def _contrast(rng: Rng, low: float, high: float) -> float:
    return float(rng.choice([-1, 1]) * np.exp(rng.uniform(np.log(low), np.log(high))))


def _tint(rng: Rng) -> Plane:
    return rng.uniform(0.3, 1.3, 3).astype(np.float32)
