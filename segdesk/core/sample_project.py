"""A project to try things on, with images drawn by code: cells under a fluorescence microscope."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from segdesk.core.files import atomic_write
from segdesk.core.images import ImageSource
from segdesk.core.mask import Plane
from segdesk.core.project import SUFFIX, NewSample, Project, is_project

SAMPLE_NAME = "Sample cells"
SAMPLE_CLASS = "nucleus"
COUNT = 8
_WIDTH, _HEIGHT = 640, 480

Canvas = NDArray[np.float32]


@dataclass(frozen=True)
class Picture:
    """A drawn image, (height, width, 3) uint8 RGB, and what is really there, (height, width) uint8."""

    name: str
    pixels: NDArray[np.uint8]
    truth: Plane


def draw_pictures() -> list[Picture]:
    """The sample images; the same ones each time."""
    return [_draw(f"cells-{number:02}", np.random.default_rng(number)) for number in range(1, COUNT + 1)]


def make_sample_project(folder: Path) -> Project:
    """Make the sample project in `folder`, its images beside it; opens it where it is there already."""
    project_folder = folder / f"{SAMPLE_NAME}{SUFFIX}"
    if is_project(project_folder):
        return Project(project_folder)
    news: list[NewSample] = []
    for picture in draw_pictures():
        path = folder / "images" / f"{picture.name}.png"
        if not path.exists():
            with atomic_write(path) as temporary:
                Image.fromarray(picture.pixels).save(temporary, format="PNG")
        news.append(NewSample(ImageSource(path), _WIDTH, _HEIGHT))
    project = Project.create(project_folder, [SAMPLE_CLASS])
    project.samples.add(news)
    return project


def _draw(name: str, rng: np.random.Generator) -> Picture:
    nuclei, bodies, dirt = (np.zeros((_HEIGHT, _WIDTH), np.float32) for _ in range(3))
    truth = np.zeros((_HEIGHT, _WIDTH), np.uint8)
    centres: list[tuple[float, float]] = []
    for _ in range(400):
        x, y = rng.uniform(0, _WIDTH), rng.uniform(0, _HEIGHT)
        if len(centres) < 34 and all(np.hypot(x - cx, y - cy) > 46 for cx, cy in centres):
            centres.append((x, y))
            _draw_cell((x, y), nuclei, bodies, truth, rng)
    for _ in range(26):  # debris as bright as the nuclei, so that brightness alone does not tell
        x, y = rng.uniform(0, _WIDTH), rng.uniform(0, _HEIGHT)
        angle, length = rng.uniform(0, np.pi), rng.uniform(6, 34)
        end = (round(x + length * np.cos(angle)), round(y + length * np.sin(angle)))
        cv2.line(
            dirt, (round(x), round(y)), end, float(rng.uniform(0.5, 1)), int(rng.integers(2, 5)), cv2.LINE_AA
        )
    haze = _blurred(_noise(rng, 90), 20)
    nuclei = _blurred(nuclei * (0.75 + 0.5 * _noise(rng, 5)), 1.3)
    bodies = _blurred(bodies * (0.55 + 0.9 * _noise(rng, 3)), 3.5)
    dirt = _blurred(dirt, 1.1)
    red = 0.03 + 0.10 * haze + 0.42 * bodies + 0.30 * nuclei + 0.55 * dirt
    green = 0.04 + 0.12 * haze + 0.34 * bodies + 0.45 * nuclei + 0.75 * dirt
    blue = 0.08 + 0.16 * haze + 0.20 * bodies + 0.85 * nuclei + 0.80 * dirt
    light = np.dstack([red, green, blue]) * rng.uniform(0.8, 1.15)
    light += rng.normal(0, 0.018, light.shape)
    return Picture(name, np.rint(np.clip(light, 0, 1) * 255).astype(np.uint8), truth)


def _draw_cell(
    centre: tuple[float, float], nuclei: Canvas, bodies: Canvas, truth: Plane, rng: np.random.Generator
) -> None:
    size = rng.uniform(11, 19)
    _fill(bodies, _outline(centre, size * rng.uniform(1.7, 2.3), 0.30, rng), float(rng.uniform(0.5, 1)))
    nucleus = _outline(centre, size, 0.14, rng)
    _fill(nuclei, nucleus, float(rng.uniform(0.55, 1)))
    cv2.fillPoly(truth, [nucleus], 1, shift=4)


def _outline(
    centre: tuple[float, float], radius: float, wobble: float, rng: np.random.Generator
) -> NDArray[np.int32]:
    """A closed wavy ellipse, (48, 2) points with four binary digits after the point."""
    turn = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    waves = sum(rng.normal(0, wobble / k) * np.cos(k * turn + rng.uniform(0, 2 * np.pi)) for k in range(2, 6))
    distance = radius * np.clip(1 + waves, 0.6, 1.5)
    stretch, tilt = rng.uniform(1, 1.35), rng.uniform(0, np.pi)
    along, across = distance * np.cos(turn) * stretch, distance * np.sin(turn) / stretch
    x = centre[0] + along * np.cos(tilt) - across * np.sin(tilt)
    y = centre[1] + along * np.sin(tilt) + across * np.cos(tilt)
    return np.asarray(np.rint(np.column_stack([x, y]) * 16), np.int32)


def _blurred(canvas: Canvas, sigma: float) -> Canvas:
    return np.asarray(cv2.GaussianBlur(canvas, (0, 0), sigma), np.float32)


def _fill(canvas: Canvas, outline: NDArray[np.int32], value: float) -> None:
    shape = np.zeros(canvas.shape, np.uint8)
    cv2.fillPoly(shape, [outline], 1, shift=4)
    np.maximum(canvas, shape * np.float32(value), out=canvas)


def _noise(rng: np.random.Generator, grain: int) -> Canvas:
    """Smooth random values from 0 to 1 that change over about `grain` pixels."""
    coarse = rng.random((_HEIGHT // grain + 2, _WIDTH // grain + 2)).astype(np.float32)
    return cv2.resize(coarse, (_WIDTH, _HEIGHT), interpolation=cv2.INTER_CUBIC).clip(0, 1)
