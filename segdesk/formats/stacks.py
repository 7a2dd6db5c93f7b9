"""Which labelled pages belong together: those of one file, where they are of one size, are a stack."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from segdesk.core.errors import ImageError
from segdesk.core.images import inspect_image
from segdesk.formats.items import ExportItem


@dataclass(frozen=True)
class Stack:
    """The labelled pages of one file.

    stem: the name its files get.   pages: how many the file has, also those without labels.
    items: by their page, from 0 on.
    """

    stem: str
    path: Path
    pages: int
    height: int
    width: int
    items: Mapping[int, ExportItem]

    @property
    def first(self) -> ExportItem:
        return next(iter(self.items.values()))


def stacks_of(items: Sequence[ExportItem]) -> list[Stack]:
    """Stacks in the order of their first pages; pages of different sizes are a stack each."""
    by_path: dict[Path, list[ExportItem]] = defaultdict(list)
    for item in items:
        by_path[item.source.path].append(item)
    stacks: list[Stack] = []
    for path, pages in by_path.items():
        pages.sort(key=lambda item: item.source.page)
        sizes = {(item.packed.height, item.packed.width) for item in pages}
        if len(sizes) > 1:
            stacks += [_stack(item.stem, 1, {0: item}) for item in pages]
        else:
            count = max(_count(path), pages[-1].source.page + 1)
            stacks.append(_stack(pages[0].stack, count, {item.source.page: item for item in pages}))
    return stacks


def _stack(stem: str, pages: int, items: Mapping[int, ExportItem]) -> Stack:
    first = next(iter(items.values()))
    return Stack(stem, first.source.path, pages, first.packed.height, first.packed.width, items)


def _count(path: Path) -> int:
    try:
        return inspect_image(path).pages
    except ImageError:
        return 1
