"""Train a starter model: weights that have seen many pictures before they see a person's first stroke.

    .venv/bin/python packaging/train_starter.py resources/models/unet.safetensors --seconds 3600

Pictures are drawn by code (starter_scenes.py), each used once. The classes of the scenes are only a means: a
project that starts from the model keeps what lies below its last convolution.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from starter_scenes import CLASSES, draw
from torch import Tensor, nn

from segdesk.core.geometry import Box
from segdesk.nn import devices, model_file
from segdesk.nn.learner import Learner, Plan
from segdesk.nn.networks.blocks import Network
from segdesk.nn.normalise import Normalised
from segdesk.nn.sampling import Batch
from segdesk.nn.schedule import one_cycle
from segdesk.nn.spec import NetworkSpec

_SIDE, _CROP = 256, 128
_SCENES = 2  # in a batch, cut into quarters
_CHANNELS = 3
_RATE, _DECAY = 2e-3, 1e-4
_REPORT = 30.0


def batch(rng: np.random.Generator, spec: NetworkSpec) -> Batch:
    """The quarters of a few new scenes."""
    images: list[NDArray[np.float32]] = []
    labels: list[NDArray[np.uint8]] = []
    for _ in range(_SCENES):
        scene = draw(_SIDE, rng)
        pixels = scene.pixels if rng.random() < 0.5 else scene.pixels[..., rng.permutation(3)]
        image = Normalised.of(pixels, spec.in_channels, spec.normalisation)
        for y in range(0, _SIDE, _CROP):
            for x in range(0, _SIDE, _CROP):
                box = Box(x, y, _CROP, _CROP)
                images.append(image.read(box))
                labels.append(scene.labels[box.slices])
    said = np.stack(labels).astype(np.int64)
    return Batch(np.stack(images), said, np.ones(said.shape, np.float32))


def main() -> None:
    """Train for so many seconds, telling the loss now and then, and write the model."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path, help="the model file to write")
    parser.add_argument("--network", default="unet", help="a network of the registry")
    parser.add_argument("--seconds", type=float, default=3600.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="auto")
    options = parser.parse_args()

    torch.manual_seed(options.seed)
    rng = np.random.default_rng(options.seed)
    spec = NetworkSpec(options.network, _CHANNELS, CLASSES, {"norm": "batch"})
    plan = Plan(4 * _SCENES, _CROP, devices.choose(options.device))
    learner = Learner(spec.build(), plan, _DECAY, optimiser="muon")
    began = told = time.monotonic()
    losses: list[float] = []
    while (fraction := (time.monotonic() - began) / options.seconds) < 1.0:
        loss = learner.step(batch(rng, spec), one_cycle(fraction, _RATE))
        if loss is not None:
            losses.append(loss)
        if time.monotonic() - told > _REPORT:
            told = time.monotonic()
            sys.stdout.write(f"{fraction:5.0%}  {len(losses)} steps  loss {np.mean(losses[-100:]):.3f}\n")
            sys.stdout.flush()
    starter = replace(spec, options={"norm": "fixed"}, starter=True)
    model_file.save(options.out, starter, without_statistics(learner.network))


def without_statistics(network: Network) -> dict[str, Tensor]:
    """Weights in half precision; those who normalise by fixed figures find that nobody has measured them."""
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.reset_running_stats()
    # That halves the file; what a round learns first is far larger than what rounding takes.
    state = network.state_dict()
    return {name: value.half() if value.is_floating_point() else value for name, value in state.items()}


if __name__ == "__main__":
    main()
