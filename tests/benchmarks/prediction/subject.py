"""What is predicted: a picture drawn by code, and networks that have learned a little of it."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from segdesk.nn import model_file
from segdesk.nn.learner import Learner, Plan
from segdesk.nn.networks.blocks import freeze
from segdesk.nn.normalise import Normalised
from segdesk.nn.sampling import Batch
from segdesk.nn.spec import NetworkSpec

CLASSES = ("background", "disc")
_CELL = 1024  # side of the part that is drawn; larger pictures repeat it, each time a little brighter


def picture(height: int, width: int, seed: int = 0) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """A picture (height, width, 3) of bright discs on a noisy ground, and its true labels (height, width)."""
    rng = np.random.default_rng(seed)
    truth = np.zeros((_CELL, _CELL), np.uint8)
    for _ in range(300):
        x, y = (int(v) for v in rng.integers(0, _CELL, 2))
        cv2.circle(truth, (x, y), int(rng.integers(5, 30)), 1, -1)
    light = cv2.GaussianBlur(60 + 70.0 * truth, (0, 0), 1.5)[..., None] * (1.0, 0.8, 0.6)
    cell = np.clip(light + rng.normal(0, 14, light.shape), 0, 255).astype(np.uint8)
    image = np.empty((height, width, 3), np.uint8)
    labels = np.empty((height, width), np.uint8)
    for number, (y, x) in enumerate(np.ndindex(-(-height // _CELL), -(-width // _CELL))):
        part = (slice(y * _CELL, (y + 1) * _CELL), slice(x * _CELL, (x + 1) * _CELL))
        tall, wide = image[part].shape[:2]
        image[part] = cv2.add(cell, np.full(4, number % 8, np.float64))[:tall, :wide]
        labels[part] = truth[:tall, :wide]
    return image, labels


def learned(path: Path, network: str, norm: str, steps: int, seed: int = 0) -> NetworkSpec:
    """Write a model file of a network that took `steps` steps on crops of another picture."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    spec = NetworkSpec(network, 3, CLASSES, {"norm": norm})
    built = spec.build()
    image, truth = picture(_CELL, _CELL, seed + 1)
    pixels = Normalised.of(image, 3, spec.normalisation)
    values = (pixels.pixels.astype(np.float32) - pixels.centre) / pixels.spread
    learner = Learner(built, Plan(2, 128, torch.device("cpu")), 1e-4)
    for _ in range(steps):
        places = rng.integers(0, _CELL - 128, (2, 2))
        crops = [(slice(y, y + 128), slice(x, x + 128)) for y, x in places]
        learner.step(
            Batch(
                np.stack([values[crop].transpose(2, 0, 1) for crop in crops]),
                np.stack([truth[crop] for crop in crops]).astype(np.int64),
                np.ones((2, 128, 128), np.float32),
            ),
            1e-3,
        )
    model_file.save(path, spec, freeze(built).state_dict())
    return spec
