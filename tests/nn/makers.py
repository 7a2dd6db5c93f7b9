"""Small images to learn from: bright discs on a noisy ground, and the requests of a round about them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from segdesk.core.images import ImageSource
from segdesk.core.jobs import ModelChoice, Progress, TrainRequest, TrainSample
from segdesk.core.mask import Mask, PackedMask
from segdesk.nn.networks.unet import UNet
from segdesk.nn.spec import NetworkSpec

Plane = NDArray[np.uint8]
CLASSES = ("background", "disc")


def discs(seed: int, size: int = 96, count: int = 5) -> tuple[NDArray[np.uint8], Plane]:
    """An image (size, size) uint8 and its true labels."""
    rng = np.random.default_rng(seed)
    truth = np.zeros((size, size), np.uint8)
    for _ in range(count):
        x, y = (int(v) for v in rng.integers(12, size - 12, 2))
        cv2.circle(truth, (x, y), int(rng.integers(6, 12)), 1, -1)
    image = 60 + 80.0 * truth + rng.normal(0, 12, truth.shape)
    return np.clip(image, 0, 255).astype(np.uint8), truth


def strokes(truth: Plane, seed: int = 0, side: int = 6, each: int = 12) -> Plane:
    """(H, W) 1 where a person painted: small squares, some in each class."""
    rng = np.random.default_rng(seed)
    corrected = np.zeros_like(truth)
    for index in np.unique(truth):
        places = np.argwhere(truth == index)
        for y, x in places[rng.choice(len(places), each)]:
            corrected[y : y + side, x : x + side] = 1
    return corrected


def sample(
    folder: Path,
    seed: int,
    *,
    corrected: Plane | None = None,
    seen: Plane | None = None,
    confirmed: bool = False,
    size: int = 96,
    count: int = 5,
) -> TrainSample:
    """A sample on disk. corrected: where the truth was painted; seen: the prediction before, if any."""
    image, truth = discs(seed, size, count)
    path = folder / f"{seed}.png"
    Image.fromarray(image).save(path)
    painted = np.ones_like(truth) if confirmed else (strokes(truth, seed) if corrected is None else corrected)
    below = np.zeros_like(truth) if seen is None else seen
    mask = Mask(np.where(painted == 1, truth, below), painted)
    return TrainSample(seed, ImageSource(path), PackedMask.pack(mask), confirmed, seen is not None)


def request(
    folder: Path,
    samples: tuple[TrainSample, ...],
    *,
    steps: int = 30,
    baseline: Path | None = None,
    name: str = "candidate.safetensors",
    seed: int = 0,
    classes: tuple[str, ...] = CLASSES,
) -> TrainRequest:
    """A round of `steps` steps, from the baseline or from fresh weights."""
    start = ModelChoice(file=baseline) if baseline else ModelChoice(network="unet")
    return TrainRequest(
        samples, classes, start, baseline, folder / name, steps=steps, device="cpu", seed=seed
    )


def tiny_unet(classes: int = 2) -> UNet:
    """A network small enough for any test."""
    return UNet(3, classes, width=4, depth=2)


def tiny_spec(classes: tuple[str, ...] = CLASSES) -> NetworkSpec:
    """What rebuilds `tiny_unet`."""
    return NetworkSpec("unet", 3, classes, {"width": 4, "depth": 2})


def dice(said: Plane, truth: Plane, index: int = 1) -> float:
    """Dice of one class."""
    a, b = said == index, truth == index
    return float(2 * (a & b).sum() / max(1, a.sum() + b.sum()))


NOTHING = Progress(None, "")
