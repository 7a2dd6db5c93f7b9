"""A folder that plain training code reads: images, masks of the same names, and a list for each part."""

from __future__ import annotations

import hashlib
from pathlib import Path

from segdesk.core.files import write_text
from segdesk.core.jobs import Job
from segdesk.formats.images import each, write_png
from segdesk.formats.items import ExportItem, ExportReport, ExportRequest
from segdesk.formats.splits import NAMES, is_split, part_of

_HELD_OUT = 5  # every so many images, by their names: 20 %


def training_folder(request: ExportRequest) -> Job[ExportReport]:
    """images/STEM.png (8-bit RGB, as shown), masks/STEM.png (class indices), train.txt, val.txt, classes.txt.

    The lists are the project's split, with test.txt; where nobody has split it, which list an image is on
    depends on its name alone, so that it is the same in each export.
    """

    def write(item: ExportItem) -> list[Path]:
        pixels = item.picture()
        paths = [request.out / folder / f"{item.stem}.png" for folder in ("images", "masks")]
        for path, plane in zip(paths, (pixels, item.said()), strict=True):
            write_png(path, plane)
        return paths

    report = yield from each(request, "training", write)
    paths = list(report.files)
    there = {path.stem for path in paths}
    drawn = is_split(request)
    lists: dict[str, list[str]] = {name: [] for name in NAMES.values() if drawn or name != "test"}
    for item in request.items:
        if item.stem in there:
            lists[NAMES[part_of(item)] if drawn else _by_name(item.stem)].append(item.stem)
    if not drawn and not lists["train"]:
        lists = {"train": lists["val"], "val": []}
    for name, stems in lists.items():
        write_text(request.out / f"{name}.txt", "".join(f"{stem}\n" for stem in stems))
        paths.append(request.out / f"{name}.txt")
    names = request.out / "classes.txt"
    write_text(names, "".join(f"{c.index} {c.name}\n" for c in request.classes))
    return ExportReport((*paths, names), report.problems)


def _by_name(stem: str) -> str:
    digest = hashlib.sha256(stem.encode("utf-8", "surrogatepass")).digest()
    return "train" if digest[0] % _HELD_OUT else "val"
