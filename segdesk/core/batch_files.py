"""Which files a batch is about: all images under some folders, with where their results go."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from segdesk.core.errors import ImageError
from segdesk.core.images import SUPPORTED_SUFFIXES
from segdesk.core.images.failures import unreachable
from segdesk.core.naming import natural_key, safe_name
from segdesk.core.project.store import is_project
from segdesk.core.translation import tr


@dataclass(frozen=True)
class BatchFile:
    """A file as it was when it was found.

    path: absolute.   name: what people and tables call it: its path below the folder that was asked for.
    folder: where its results go below the folder for results, as "a/b", or "" for that folder itself.
    size: bytes.   time: nanoseconds, when it was last written.
    """

    path: Path
    name: str
    folder: str
    size: int
    time: int


@dataclass(frozen=True)
class Search:
    """Where a batch looks.

    paths: files, taken whatever they are called, and folders.
    patterns: such as "*.tif", or "day1/*" with a folder below; case does not matter; none takes all images.
    recursive: look into folders within folders, too. Hidden ones, projects and links to folders are left out.
    without: folders that are never looked into, because results are written there.
    """

    paths: tuple[Path, ...]
    patterns: tuple[str, ...] = ()
    recursive: bool = True
    without: tuple[Path, ...] = ()


def find_files(search: Search) -> tuple[list[BatchFile], list[str]]:
    """The files in the order that a person expects, and a sentence for each path that cannot be read."""
    found: dict[Path, BatchFile] = {}
    problems: list[str] = []
    without = {_folded(path) for path in search.without}
    for path in search.paths:
        path = Path(os.path.abspath(path))  # noqa: PTH100 (a link stays what the person called it)
        try:
            if not path.is_dir():
                status = path.stat()
                found.setdefault(path, BatchFile(path, path.name, "", status.st_size, status.st_mtime_ns))
                continue
        except OSError as error:
            problems.append(str(unreachable(path, error)))
            continue
        for file in _walk(path, (), search, without, problems):
            found.setdefault(file.path, file)
    return list(found.values()), problems


def _walk(
    folder: Path, parts: tuple[str, ...], search: Search, without: set[str], problems: list[str]
) -> Iterator[BatchFile]:
    folders: list[str] = []
    files: list[tuple[str, os.stat_result]] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.name)
                elif _is_wanted((*parts, entry.name), search.patterns) and entry.is_file():
                    files.append((entry.name, entry.stat()))
    except OSError as error:
        problems.append(str(unreachable(folder, error)))
        return
    where = "/".join(safe_name(part) for part in parts)
    for name, status in sorted(files, key=lambda file: natural_key(file[0])):
        shown = "/".join((*parts, name))
        yield BatchFile(folder / name, shown, where, status.st_size, status.st_mtime_ns)
    if not search.recursive:
        return
    for name in sorted(folders, key=natural_key):
        below = folder / name
        if _folded(below) not in without and not is_project(below):
            yield from _walk(below, (*parts, name), search, without, problems)


def _is_wanted(parts: Sequence[str], patterns: Iterable[str]) -> bool:
    name = parts[-1].lower()
    if not name.endswith(SUPPORTED_SUFFIXES):
        return False
    tried = [pattern.lower().removeprefix("./") for pattern in patterns]
    whole = "/".join(parts).lower()
    return not tried or any(fnmatchcase(whole if "/" in pattern else name, pattern) for pattern in tried)


def _folded(path: Path) -> str:
    return os.path.normcase(os.path.realpath(path))


def none_found(paths: Sequence[Path]) -> ImageError:
    """What is said where there is nothing to do."""
    return ImageError(
        tr("There are no such images in {folder}; choose another folder or pattern.").format(
            folder=", ".join(map(str, paths))
        )
    )
