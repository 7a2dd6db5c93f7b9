"""How long COCO's run-length encoding takes beside pycocotools' own.

    python -m tests.benchmarks.coco [--masks N] [--side PIXELS]

Masks of three kinds are encoded by both by turns, in parts of 50: one object each, 20 objects, and some 150.
Ours gives the runs of each object. pycocotools is asked first for all of a mask in one piece, from the order
of pixels that masks have and from the order of columns that it wants, and then for each object. Prints the
processor's milliseconds a mask, and the ratio of ours to each; below that what the whole export takes, which
also finds the objects and writes the file.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from pycocotools import mask as reference

from segdesk.core.classes import make_classes
from segdesk.core.images import ImageSource
from segdesk.core.jobs import run
from segdesk.core.mask import PackedPlane, Plane
from segdesk.core.objects.numbering import Numbering
from segdesk.core.patch import State
from segdesk.formats.coco import coco
from segdesk.formats.items import ExportItem, ExportRequest
from segdesk.formats.runs import encode_objects

_PART = 50


def main() -> None:
    """Parse the command line and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--masks", type=int, default=1000)
    parser.add_argument("--side", type=int, default=1024)
    options = parser.parse_args()
    for name, count in (("one object", 1), ("20 objects", 20), ("150 objects", 150)):
        masks = [_draw(count, options.side, seed) for seed in range(4)]
        _compare(name, masks, options.masks)


def _draw(count: int, side: int, seed: int) -> Plane:
    rng = np.random.default_rng(seed)
    labels = np.zeros((side, side), np.uint8)
    cells = int(np.ceil(np.sqrt(count)))
    room = side // cells
    for number in range(count):
        x, y = (room * (number % cells) + room // 2, room * (number // cells) + room // 2)
        axes = tuple(int(v) for v in rng.integers(room // 5, room // 2 - 1, 2))
        cv2.ellipse(labels, (x, y), axes, float(rng.integers(0, 180)), 0, 360, 1, -1)
    return labels


def _compare(name: str, masks: list[Plane], total: int) -> None:
    ids = [Numbering(mask).ids for mask in masks]
    columns = [np.asfortranarray(mask) for mask in masks]
    each = [
        [np.asfortranarray((plane == n).astype(np.uint8)) for n in range(1, plane.max() + 1)] for plane in ids
    ]
    ways: dict[str, Callable[[int], object]] = {
        "ours, each object": lambda n: encode_objects(ids[n]),
        "pycocotools, in one piece": lambda n: reference.encode(np.asfortranarray(masks[n])),
        "pycocotools, in one piece by columns": lambda n: reference.encode(columns[n]),
        "pycocotools, each object by columns": lambda n: [reference.encode(mask) for mask in each[n]],
    }
    taken: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(max(1, total // _PART)):
        for way, encode in ways.items():
            taken[way].append(_processor(encode, len(masks)))
    ours = statistics.median(taken["ours, each object"])
    for way, times in taken.items():
        middle = statistics.median(times)
        sys.stdout.write(f"{name}: {way}: {1e3 * middle:.3f} ms, ours takes {ours / middle:.2f} times that\n")
    whole = _export(masks, total)
    sys.stdout.write(f"{name}: the whole export {1e3 * whole:.3f} ms a mask\n")


def _processor(encode: Callable[[int], object], count: int) -> float:
    began = time.process_time()
    for number in range(_PART):
        encode(number % count)
    return (time.process_time() - began) / _PART


def _export(masks: list[Plane], total: int) -> float:
    packed = [PackedPlane.pack(mask) for mask in masks]
    items = tuple(
        ExportItem(
            str(number),
            ImageSource(Path(f"{number}.png")),
            State.CONFIRMED,
            packed[number % len(packed)],
            sample_id=number + 1,
        )
        for number in range(total)
    )
    with tempfile.TemporaryDirectory() as out:
        request = ExportRequest(items, tuple(make_classes(["object"])), None, Path(out))
        began = time.process_time()
        run(coco(request))
        return (time.process_time() - began) / total


if __name__ == "__main__":
    main()
