"""From the files of a batch to what there is to do: every page, the name of its mask, and what is missing."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from segdesk.core.batch_files import BatchFile
from segdesk.core.batch_record import Entry, Record, key_of
from segdesk.core.errors import ImageError, SegdeskError
from segdesk.core.images import ImageInfo, ImageSource, inspect_image
from segdesk.core.jobs import Job, Progress
from segdesk.core.naming import unique_stems
from segdesk.core.translation import tr

_THREADS = 4
_ENDING = ".png"


@dataclass(frozen=True)
class BatchItem:
    """One page to predict.

    key: of its file in the record.   name: what people call the file.   mask: where its mask goes.
    done: the mask stands.   measured: and so do its measurements.
    """

    source: ImageSource
    key: bytes
    name: str
    width: int
    height: int
    mask: Path
    target: str
    done: bool
    measured: bool

    @property
    def pixels(self) -> int:
        """How large the page is."""
        return self.width * self.height


@dataclass(frozen=True)
class Plan:
    """What there is to do, in order, and a sentence by name for each file that cannot be read."""

    items: tuple[BatchItem, ...]
    problems: dict[str, str]


def make_plan(files: Sequence[BatchFile], record: Record, out: Path, *, overwrite: bool) -> Job[Plan]:
    """Look into files that are new or have changed, name their results, and put that into the record.

    overwrite: results may take the place of files that no batch has written, but never of an image.

    Raises:
        SegdeskError: such a file is in the way.
    """
    known = record.entries()
    keys = {file.path: key_of(file.path, out) for file in files}
    fresh = [file for file in files if not _is_known(known.get(keys[file.path]), file)]
    problems: dict[str, str] = {}
    looked: dict[BatchFile, list[ImageInfo]] = {}
    text = tr("Looking at the images")
    with closing(_all_pages(fresh)) as pages:
        for done, (file, found) in enumerate(pages):
            if isinstance(found, ImageError):
                problems[file.name] = str(found)
            else:
                looked[file] = found
            if done % 50 == 0:
                yield Progress(done / len(fresh), text)
    here = set(keys.values())
    gone = [key for key in known if key not in here and not (out / os.fsdecode(key)).exists()]
    named = _named(looked, keys, {key: pages for key, pages in known.items() if key not in gone})
    written = {e.target for pages in known.values() for e in pages}
    known |= named
    items = [
        _item(file, keys[file.path], entry, out)
        for file in files
        if file.name not in problems
        for entry in known[keys[file.path]]
    ]
    images = {os.path.normcase(file.path) for file in files}
    _check_targets(items, written, images, overwrite)
    record.plan(named, gone)
    return Plan(tuple(items), problems)


def _is_known(pages: list[Entry] | None, file: BatchFile) -> bool:
    return pages is not None and (pages[0].size, pages[0].time) == (file.size, file.time)


def _item(file: BatchFile, key: bytes, entry: Entry, out: Path) -> BatchItem:
    mask = out / entry.target
    done = entry.done and mask.exists()
    return BatchItem(
        ImageSource(file.path, entry.page), key, file.name, entry.width, entry.height, mask, entry.target,
        done, done and entry.measured,
    )  # fmt: skip


def _all_pages(
    files: Sequence[BatchFile],
) -> Generator[tuple[BatchFile, list[ImageInfo] | ImageError], None, None]:
    threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="looking")
    try:
        yield from zip(files, threads.map(_pages, files), strict=True)
    finally:
        threads.shutdown(cancel_futures=True)


def _pages(file: BatchFile) -> list[ImageInfo] | ImageError:
    try:
        first = inspect_image(file.path)
        return [first, *(inspect_image(file.path, page) for page in range(1, first.pages))]
    except ImageError as error:
        return error


def _named(
    looked: dict[BatchFile, list[ImageInfo]], keys: dict[Path, bytes], known: dict[bytes, list[Entry]]
) -> dict[bytes, list[Entry]]:
    """Give each page a name that nobody has; a file with as many pages as before keeps its names."""
    named: dict[bytes, list[Entry]] = {}
    groups: defaultdict[str, list[BatchFile]] = defaultdict(list)
    for file, infos in looked.items():
        before = known.get(keys[file.path], [])
        if len(before) == len(infos):
            named[keys[file.path]] = _entries(file, infos, [entry.target for entry in before])
        else:
            known.pop(keys[file.path], None)
            groups[file.folder.casefold()].append(file)
    taken = {entry.target.casefold() for pages in known.values() for entry in pages}
    # A folder for results may be called like a mask, too.
    taken |= {file.folder.casefold() for file in looked}
    for group in groups.values():
        sources = [ImageSource(file.path, page) for file in group for page in range(len(looked[file]))]
        stems = dict(zip(sources, unique_stems(sources), strict=True))
        for file in group:
            wanted = [stems[ImageSource(file.path, page)] for page in range(len(looked[file]))]
            targets = _free(file.folder, wanted, taken)
            taken |= {target.casefold() for target in targets}
            named[keys[file.path]] = _entries(file, looked[file], targets)
    return named


def _entries(file: BatchFile, infos: Sequence[ImageInfo], targets: Sequence[str]) -> list[Entry]:
    return [
        Entry(page, len(infos), info.width, info.height, file.size, file.time, target)
        for page, (info, target) in enumerate(zip(infos, targets, strict=True))
    ]


def _free(folder: str, stems: Sequence[str], taken: set[str]) -> list[str]:
    """The names of a file's masks, with the first number that makes them free where they are taken."""
    number = 1
    while True:
        mark = "" if number == 1 else f"-{number}"
        targets = [f"{folder}/{stem}{mark}{_ENDING}".removeprefix("/") for stem in stems]
        if taken.isdisjoint(target.casefold() for target in targets):
            return targets
        number += 1


def _check_targets(items: Iterable[BatchItem], written: set[str], images: set[str], overwrite: bool) -> None:
    for item in items:
        if os.path.normcase(item.mask) in images:
            raise SegdeskError(
                tr("The mask of {name} would take the place of an image; choose another folder.").format(
                    name=item.name
                )
            )
        if item.target not in written and not overwrite and item.mask.exists():
            raise SegdeskError(
                tr(
                    "{path} is there already and no batch wrote it; choose another folder, or predict"
                    " everything anew (--again)."
                ).format(path=item.mask)
            )
