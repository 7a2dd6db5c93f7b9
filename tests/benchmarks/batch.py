"""How much of the bare network's throughput a batch keeps.

    python -m tests.benchmarks.batch [--count N] [--side PIXELS] [--network NAME] [--device D] [--measure]

Predicts a folder of PNG images, a part of it at a time. After each part, the bare network does as many
images, in the form and the tiles that the product uses, prepared and in memory, without reading, putting
together or writing anything: once batch after batch with all cores ("in turn", as torch does it by itself),
and once several batches at a time with fewer cores each ("abreast", as the product does where that is
faster). Prints of each the megapixels a second and the processor's seconds, and in the end the ratios: the
median of the parts, and that of each one's least processor time. The clock only tells where nothing else
runs; what else runs also makes all work cost more, and the least time is the least disturbed.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

import segdesk.nn  # noqa: F401  (before torch is imported by anyone, since it sets OpenMP up)
from segdesk.core.batch import Batch, BatchRequest, BatchSummary
from segdesk.core.batch_files import Search
from segdesk.core.classes import make_classes
from segdesk.core.images import ImageSource
from segdesk.core.jobs import run
from segdesk.formats.batch import BatchWriter
from segdesk.nn import devices, engine, model_file
from segdesk.nn.fast import fast_form, look
from segdesk.nn.lanes import Lanes
from segdesk.nn.layout import layout_for
from segdesk.nn.memory import kept
from segdesk.nn.picture import normalised
from segdesk.nn.predict import _probe
from segdesk.nn.tile_batches import grown
from tests.benchmarks.prediction import subject

_KEPT = 8  # images that the bare network is shown again and again


def main() -> None:
    """Parse the command line and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=2000, help="of images")
    parser.add_argument("--parts", type=int, default=10, help="that the folder is predicted in")
    parser.add_argument("--side", type=int, default=512, help="of each image, in pixels")
    parser.add_argument("--network", default="unet")
    parser.add_argument("--norm", default="group", help="of the network's layers: group, batch or none")
    parser.add_argument("--steps", type=int, default=30, help="of learning beforehand")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--measure", action="store_true", help="measure the objects, too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = folder / "model.safetensors"
        subject.learned(model, options.network, options.norm, options.steps)
        each = max(1, options.count // options.parts)
        for part in range(options.parts):
            _draw(folder / "in" / f"{part:03}", each, options.side, part)
        _compare(folder, model, each, options)


def _draw(folder: Path, count: int, side: int, seed: int) -> None:
    folder.mkdir(parents=True)
    large = subject.picture(side + 256, side + 256)[0]
    rng = np.random.default_rng(seed)
    for number in range(count):
        x, y = (int(v) for v in rng.integers(0, 256, 2))
        Image.fromarray(large[y : y + side, x : x + side]).save(folder / f"{number:05}.png", compress_level=1)


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock, and of all processors."""

    clock: float
    processor: float


def _compare(folder: Path, model: Path, each: int, options: argparse.Namespace) -> None:
    parts = sorted((folder / "in").iterdir())
    ways = _bare(model, sorted(parts[0].iterdir())[:_KEPT], options)
    with kept():
        for show in ways.values():
            show(_KEPT)
    spent: dict[str, list[Spent]] = {"batch": [], **{name: [] for name in ways}}
    for part in parts:
        spent["batch"].append(_timed(partial(_batch, folder / "out" / part.name, part, model, options)))
        for name, show in ways.items():
            with kept():
                spent[name].append(_timed(partial(show, each)))
        pixels = each * options.side**2 / 1e6
        figures = (
            f"{name} {pixels / last[-1].clock:.2f} MP/s, {last[-1].processor:.2f} s"
            for name, last in spent.items()
        )
        _say(f"{part.name}: {'; '.join(figures)}")
    batch = spent.pop("batch")
    for name, bare in spent.items():
        pairs = list(zip(bare, batch, strict=True))
        clock = statistics.median(one.clock / ours.clock for one, ours in pairs)
        processor = statistics.median(one.processor / ours.processor for one, ours in pairs)
        least = min(one.processor for one in bare) / min(ours.processor for ours in batch)
        _say(
            f"of the bare network {name}: {clock:.3f} by the clock, {processor:.3f} by the processor,"
            f" {least:.3f} by its least time"
        )


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _timed(work: Callable[[], object]) -> Spent:
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return Spent(time.perf_counter() - clock, time.process_time() - processor)


def _batch(out: Path, images: Path, model: Path, options: argparse.Namespace) -> BatchSummary:
    request = BatchRequest(model, Search((images,)), out, measure=options.measure, device=options.device)
    writer = BatchWriter(make_classes(list(subject.CLASSES[1:])), measure=options.measure)
    return run(Batch(request, engine.predict, writer).run())


def _bare(model: Path, files: list[Path], options: argparse.Namespace) -> dict[str, Callable[[int], None]]:
    """What shows so many images to the network, as many tiles at a time as the product would."""
    import torch

    device = devices.choose(options.device)
    spec, network = model_file.load(model)
    images = [normalised(ImageSource(file), spec) for file in files]
    network = fast_form(network, device, _probe(images[0]))
    layout = layout_for(network, options.side, options.side, device)
    rows, columns = len(layout.rows.starts), len(layout.columns.starts)
    boxes = [layout.box(row, column) for row in range(rows) for column in range(columns)]
    tiles = [grown(network, image, box) for image in images for box in boxes]
    together = [torch.cat(tiles[at : at + layout.batch]) for at in range(0, len(tiles), layout.batch)]
    pixels = layout.batch * layout.rows.size * layout.columns.size

    def show(number: int) -> None:
        look(network, together[number % len(together)]).cpu()

    def in_turn(count: int) -> None:
        for number in range(count * len(boxes) // layout.batch):
            show(number)

    def abreast(count: int) -> None:
        with closing(Lanes(device)) as lanes:
            numbers = range(count * len(boxes) // layout.batch)
            for done in [lanes.submit(pixels, show, number) for number in numbers]:
                done.result()

    several = Lanes(device).abreast(pixels) > 1
    return {"in turn": in_turn, **({"abreast": abreast} if several else {})}


if __name__ == "__main__":
    main()
