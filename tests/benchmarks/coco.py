"""How long COCO export takes beside pycocotools' own encoding.

    python -m tests.benchmarks.coco [--masks N] [--side PIXELS]

Masks of three kinds are encoded by both by turns, in parts of 50: one object each, 20 objects, and some 150.
The whole export unpacks each mask, finds and numbers its objects, encodes every one, and writes the file.
pycocotools only encodes: all of a mask in one piece, from the order of pixels that masks have (turned into
the order of columns, which counts) and from the order of columns that it wants; and then each object, from a
plane of its own that is there already. Prints the processor's milliseconds a mask, and how many times that of
pycocotools the whole export takes, and our encoding alone.
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
_OURS, _WHOLE = "our runs of each object", "the whole export"


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
        _OURS: lambda n: encode_objects(ids[n]),
        "pycocotools, in one piece": lambda n: reference.encode(np.asfortranarray(masks[n])),
        "pycocotools, in one piece by columns": lambda n: reference.encode(columns[n]),
        "pycocotools, each object by columns": lambda n: [reference.encode(mask) for mask in each[n]],
    }
    taken: dict[str, list[float]] = {way: [] for way in (*ways, _WHOLE)}
    for _ in range(max(1, total // _PART)):
        for way, encode in ways.items():
            taken[way].append(_processor(encode, len(masks)))
        taken[_WHOLE].append(_export(masks))
    middle = {way: statistics.median(times) for way, times in taken.items()}
    for way, cost in middle.items():
        line = f"{name}: {way}: {1e3 * cost:.3f} ms"
        if way not in (_OURS, _WHOLE):
            whole, ours = middle[_WHOLE] / cost, middle[_OURS] / cost
            line += f", the whole export {whole:.2f} times that, our runs {ours:.2f}"
        sys.stdout.write(line + "\n")


def _processor(encode: Callable[[int], object], count: int) -> float:
    began = time.process_time()
    for number in range(_PART):
        encode(number % count)
    return (time.process_time() - began) / _PART


def _export(masks: list[Plane]) -> float:
    packed = [PackedPlane.pack(mask) for mask in masks]
    items = tuple(
        ExportItem(
            str(number),
            ImageSource(Path(f"{number}.png")),
            State.CONFIRMED,
            packed[number % len(packed)],
            sample_id=number + 1,
        )
        for number in range(_PART)
    )
    with tempfile.TemporaryDirectory() as out:
        request = ExportRequest(items, tuple(make_classes(["object"])), None, Path(out))
        began = time.process_time()
        run(coco(request))
        return (time.process_time() - began) / _PART


if __name__ == "__main__":
    main()
