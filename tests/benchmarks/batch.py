"""How much of the bare network's throughput a batch keeps.

    python -m tests.benchmarks.batch [--count N] [--side PIXELS] [--network NAME] [--device D] [--measure]

Predicts a folder of PNG images, and then lets the bare network, in its fast form, do as many of that size one
by one, without files. Prints megapixels a second of both and their ratio.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image

import segdesk.nn  # noqa: F401  (sets OpenMP up before torch is imported)
from segdesk.core.batch import Batch, BatchRequest
from segdesk.core.batch_files import Search
from segdesk.core.classes import make_classes
from segdesk.core.jobs import run
from segdesk.formats.batch import BatchWriter, write_table
from segdesk.nn import devices, engine, model_file
from segdesk.nn.fast import fast_form, look
from segdesk.nn.memory import kept
from tests.benchmarks.prediction import subject


def main() -> None:
    """Parse the command line and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=2000, help="of images")
    parser.add_argument("--side", type=int, default=512, help="of each image, in pixels")
    parser.add_argument("--network", default="unet")
    parser.add_argument("--steps", type=int, default=30, help="of learning beforehand")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--measure", action="store_true", help="measure the objects, too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = folder / "model.safetensors"
        subject.learned(model, options.network, "group", options.steps)
        _draw(folder / "in", options.count, options.side)
        ours = _batch(folder, model, options)
        bare = _bare(model, options)
    sys.stdout.write(f"batch {ours:.2f} MP/s, bare network {bare:.2f} MP/s, ratio {ours / bare:.3f}\n")


def _draw(folder: Path, count: int, side: int) -> None:
    folder.mkdir()
    large = subject.picture(side + 256, side + 256)[0]
    rng = np.random.default_rng(0)
    for number in range(count):
        x, y = (int(v) for v in rng.integers(0, 256, 2))
        Image.fromarray(large[y : y + side, x : x + side]).save(folder / f"{number:05}.png", compress_level=1)


def _batch(folder: Path, model: Path, options: argparse.Namespace) -> float:
    request = BatchRequest(
        model, Search((folder / "in",)), folder / "out", measure=options.measure, device=options.device
    )
    writer = BatchWriter(make_classes(list(subject.CLASSES[1:])), measure=options.measure)
    began = time.perf_counter()
    summary = run(Batch(request, engine.predict, writer).run())
    if options.measure:
        write_table(folder / "table.csv", folder / "out", summary.items)
    taken = time.perf_counter() - began
    sys.stdout.write(
        f"{len(summary.files)} images in {taken:.1f} s, {summary.seconds:.1f} s of it predicting\n"
    )
    return summary.pixels / 1e6 / taken


def _bare(model: Path, options: argparse.Namespace) -> float:
    device = devices.choose(options.device)
    network = fast_form(model_file.load(model)[1], device)
    x = torch.randn(1, network.in_channels, options.side, options.side, device=device)
    with kept():
        look(network, x)
        began = time.perf_counter()
        for _ in range(options.count):
            look(network, x).cpu()
        taken = time.perf_counter() - began
    return float(options.count * options.side**2 / 1e6 / taken)


if __name__ == "__main__":
    main()
