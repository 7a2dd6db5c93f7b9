"""The three ways that are compared: the bare network at its fastest, the whole job, and a plain loop."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from segdesk.core.images import ImageSource
from segdesk.core.jobs import Predicted, PredictItem, PredictRequest
from segdesk.nn import engine, model_file
from segdesk.nn.fast import fast_form, look
from segdesk.nn.layout import Layout, layout_for
from segdesk.nn.memory import kept
from segdesk.nn.mosaic import Mosaic
from segdesk.nn.networks.blocks import Network, freeze
from segdesk.nn.normalise import Normalised
from segdesk.nn.picture import normalised

_SIDES = (256, 512, 1024)  # of the tiles that the bare network is tried with
_CPU = torch.device("cpu")
Plane = NDArray[np.uint8]


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock, and of all processors."""

    wall: float
    cpu: float

    def times(self, factor: float) -> Spent:
        return Spent(self.wall * factor, self.cpu * factor)


def timed(work: Callable[[], object]) -> Spent:
    """What some work takes."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Spent(time.perf_counter() - wall, time.process_time() - cpu)


def bare_side(model: Path) -> int:
    """The side of the tiles in which the bare network is fastest by the pixel."""
    fast = fast_form(model_file.load(model)[1], _CPU)
    with kept():
        spent = {side: min(_tiles(fast, side, 2), _tiles(fast, side, 1)) / side**2 for side in _SIDES}
    return min(spent, key=lambda side: spent[side])


def bare(model: Path, side: int, pixels: int, sample: int) -> Spent:
    """The fastest form's forward on `pixels` pixels, reckoned from `sample` or more; nothing read or kept."""
    fast = fast_form(model_file.load(model)[1], _CPU)
    count = max(1, min(sample, pixels) // side**2)
    x = torch.randn(1, fast.in_channels, side, side)
    with kept():
        look(fast, x)
        spent = timed(lambda: [look(fast, x) for _ in range(count)])
    return spent.times(pixels / (count * side**2))


def job(model: Path, image: Path) -> tuple[Spent, Plane]:
    """SegDesk's prediction from the files to the labels."""
    labels: list[Plane] = []

    def work() -> None:
        request = PredictRequest(model, (PredictItem(0, ImageSource(image)),), "cpu")
        for progress in engine.predict(request):
            if isinstance(progress, Predicted):
                assert progress.prediction is not None, progress.error
                labels.append(progress.prediction.labels)

    spent = timed(work)
    return spent, labels[0]


def plain(model: Path, image: Path, sample: int) -> tuple[Spent, Plane, NDArray[np.bool_]]:
    """A plain loop in float32 over SegDesk's tiles; after `sample` pixels the rest is reckoned from them.

    Gives the time, the labels, and which rows of them are there.
    """
    spec, network = model_file.load(model)
    freeze(network)
    pixels = normalised(ImageSource(image), spec)
    layout = layout_for(network, pixels.height, pixels.width, _CPU)
    mosaic = Mosaic(network.classes, layout, with_map=False, with_probabilities=False)
    rows, columns = len(layout.rows.starts), len(layout.columns.starts)
    each = layout.rows.size * layout.columns.size * columns
    wanted = min(rows, max(2 if rows > 1 else 1, -(-sample // each)))

    def work() -> None:
        for row in range(wanted):
            _plain_row(network, pixels, layout, mosaic, row)

    spent = timed(work)
    there = np.zeros(pixels.height, np.bool_)
    there[: pixels.height if wanted == rows else layout.rows.starts[wanted]] = True
    return spent.times(rows / wanted), mosaic.said().labels, there


def _plain_row(network: Network, image: Normalised, layout: Layout, mosaic: Mosaic, row: int) -> None:
    for column in range(len(layout.columns.starts)):
        x = torch.from_numpy(image.read(layout.box(row, column)))[None]
        with torch.inference_mode():
            mosaic.add(row, range(column, column + 1), network(x).softmax(1))


def _tiles(network: Network, side: int, count: int) -> float:
    x = torch.randn(1, network.in_channels, side, side)
    return timed(lambda: [look(network, x) for _ in range(count)]).cpu / count


def peak_of_a_job(model: Path, image: Path, threads: int) -> None:
    """Run by a child: print the greatest memory that a prediction took, torch and all, in bytes."""
    torch.set_num_threads(threads)
    job(model, image)
    unit = 1 if sys.platform == "darwin" else 1024
    sys.stdout.write(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit}\n")
