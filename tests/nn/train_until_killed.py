"""A program that trains in a folder with a `start.safetensors`, and is alive until it is killed."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import torch

import segdesk.nn  # noqa: F401  (sets OpenMP up before torch is imported)
from segdesk.core.jobs import TrainRequest, TrainResult
from segdesk.nn import engine
from segdesk.nn.recipes import Recipe
from tests.nn.makers import request, sample

SMALL = Recipe(crop=48, batch=2)


def request_in(folder: Path) -> TrainRequest:
    """The same training every time, with a checkpoint after its first half."""
    one = sample(folder, 1, confirmed=True, size=150)
    of_steps = request(folder, (one,), steps=100, baseline=folder / "start.safetensors")
    return replace(of_steps, checkpoint=folder / "training.checkpoint")


def main() -> None:
    """Train, to the end if nobody comes in between; then say what the result says."""
    torch.set_num_threads(1)
    job = engine.train(request_in(Path(sys.argv[1])), SMALL)
    while True:
        try:
            next(job)
        except StopIteration as stop:
            result: TrainResult = stop.value
            break
        sys.stdout.write("alive\n")
        sys.stdout.flush()
    sys.stdout.write(result.note + "\n")


if __name__ == "__main__":
    main()
