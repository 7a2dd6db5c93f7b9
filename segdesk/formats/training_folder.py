"""A folder that plain training code reads: images, masks of the same names, and a list for each part."""

from __future__ import annotations

import hashlib
from pathlib import Path

from segdesk.core.errors import ImageError
from segdesk.core.files import write_text
from segdesk.core.jobs import Job, Progress
from segdesk.core.translation import tr
from segdesk.formats.images import write_png
from segdesk.formats.items import ExportReport, ExportRequest
from segdesk.formats.splits import NAMES, is_split, part_of

_HELD_OUT = 5  # every so many images, by their names: 20 %


def training_folder(request: ExportRequest) -> Job[ExportReport]:
    """images/STEM.png (8-bit RGB, as shown), masks/STEM.png (class indices), train.txt, val.txt, classes.txt.

    The lists are the project's split, with test.txt; where nobody has split it, which list an image is on
    depends on its name alone, so that it is the same in each export.
    """
    paths: list[Path] = []
    problems: list[str] = []
    drawn = is_split(request)
    lists: dict[str, list[str]] = {name: [] for name in NAMES.values() if drawn or name != "test"}
    for done, item in enumerate(request.items):
        yield Progress(done / len(request.items), tr("Exporting"))
        try:
            pixels = item.picture()
        except ImageError as error:
            problems.append(str(error))
            continue
        for folder, plane in (("images", pixels), ("masks", item.said())):
            path = request.out / folder / f"{item.stem}.png"
            write_png(path, plane)
            paths.append(path)
        lists[NAMES[part_of(item)] if drawn else _by_name(item.stem)].append(item.stem)
    if not drawn and not lists["train"]:
        lists = {"train": lists["val"], "val": []}
    for name, stems in lists.items():
        write_text(request.out / f"{name}.txt", "".join(f"{stem}\n" for stem in stems))
        paths.append(request.out / f"{name}.txt")
    names = request.out / "classes.txt"
    write_text(names, "".join(f"{c.index} {c.name}\n" for c in request.classes))
    return ExportReport((*paths, names), tuple(problems))


def _by_name(stem: str) -> str:
    digest = hashlib.sha256(stem.encode("utf-8", "surrogatepass")).digest()
    return "train" if digest[0] % _HELD_OUT else "val"
