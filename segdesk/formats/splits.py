"""How other programs say which part of a data set an image is in: by folders, by files, by lists of names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from segdesk.core.project.splits import Split
from segdesk.formats.items import ExportItem, ExportRequest

NAMES = {Split.TRAIN: "train", Split.VALIDATION: "val", Split.TEST: "test"}
"""What the parts are called in files."""

_WORDS = {
    **dict.fromkeys(("train", "training"), Split.TRAIN),
    **dict.fromkeys(("val", "valid", "validation"), Split.VALIDATION),
    **dict.fromkeys(("test", "testing"), Split.TEST),
}
_MOST = 10_000_000  # characters of a list


def is_split(request: ExportRequest) -> bool:
    """Whether anybody has split what is exported."""
    return any(item.split is not None for item in request.items)


def part_of(item: ExportItem) -> Split:
    """Where an item goes; one that is in no part is there to learn from."""
    return item.split or Split.TRAIN


def parts_of(request: ExportRequest) -> Mapping[Split, tuple[ExportItem, ...]]:
    """The items of each part, in their order; an empty part too."""
    return {part: tuple(item for item in request.items if part_of(item) is part) for part in Split}


def split_named(name: str) -> Split | None:
    """The part that a folder or a file of this name (no suffix) is about, such as "instances_val2017"."""
    for word in re.split(r"[^a-z]+", name.lower()):
        if word in _WORDS:
            return _WORDS[word]
    return None


def listed_splits(folder: Path) -> Mapping[str, Split]:
    """The part of each image by its stem, from train.txt, val.txt and test.txt in a folder, a name a line.

    A line may hold a path, or the paths of an image and its mask; a name on several lists is in none.
    """
    found: dict[str, Split] = {}
    twice: set[str] = set()
    for word, split in _WORDS.items():
        try:
            with (folder / f"{word}.txt").open(encoding="utf-8-sig") as file:
                lines = file.read(_MOST).splitlines()
        except (OSError, UnicodeDecodeError):
            continue
        for line in lines:
            for name in _meant(line.strip()):
                if found.setdefault(name, split) is not split:
                    twice.add(name)
    return {name: split for name, split in found.items() if name not in twice}


def _meant(line: str) -> set[str]:
    """What a line may call an image: itself, or the stem of the path that it is or begins with."""
    if not line:
        return set()
    first = line.split()[0].replace("\\", "/")
    return {line, PurePosixPath(line.replace("\\", "/")).stem, PurePosixPath(first).stem}
