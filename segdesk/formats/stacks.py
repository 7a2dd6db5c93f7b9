"""Which labelled pages belong together: those of one file, or of one DICOM series, are a stack."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from segdesk.core.errors import ImageError
from segdesk.core.images import inspect_image, kinds
from segdesk.formats.dicom_series import SeriesFinder
from segdesk.formats.items import ExportItem


@dataclass(frozen=True)
class Stack:
    """The labelled pages of one file, or files of one series.

    stem: the name its files get.   pages: how many the file has, also those without labels.
    items: by their page, or place in the series, from 0 on.
    slices: the files of the series, where it is one; `path` is one of them.
    """

    stem: str
    path: Path
    pages: int
    height: int
    width: int
    items: Mapping[int, ExportItem]
    slices: tuple[Path, ...] = ()

    @property
    def first(self) -> ExportItem:
        return next(iter(self.items.values()))


def volumes_of(items: Sequence[ExportItem]) -> list[Stack]:
    """As `stacks_of`, and the files of a DICOM series are one stack; it has the name of its first file.

    Raises:
        FormatError: there are DICOM files, and pydicom is not installed.
    """
    finder, others = SeriesFinder(), list[ExportItem]()
    series: dict[tuple[Path, ...], dict[int, ExportItem]] = defaultdict(dict)
    for item in items:
        path = item.source.path
        slices = finder.slices(path) if _is_dicom(path) else ()
        if slices:
            series[slices][slices.index(path)] = item
        else:
            others.append(item)
    stacks = stacks_of(others)
    for slices, placed in series.items():
        sizes = {(item.packed.height, item.packed.width) for item in placed.values()}
        if len(sizes) > 1:  # one of the files is another picture now
            stacks += stacks_of(list(placed.values()))
        else:
            pages = dict(sorted(placed.items()))
            first = next(iter(pages.values()))
            whole = _stack(first.stack, len(slices), pages)
            stacks.append(replace(whole, slices=slices))
    return stacks


def _is_dicom(path: Path) -> bool:
    try:
        return kinds.recognise(path) == kinds.DICOM
    except ImageError:
        return False


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
