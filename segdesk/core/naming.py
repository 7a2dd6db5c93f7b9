"""Names: in which order people expect them, and which one a sample gets in what is exported."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the room of images sorts its lists by the names in here
    from segdesk.core.images.source import ImageSource

NaturalKey = tuple[str, str]

# Room for what exporters append ("_vessel.png") below the 255 bytes that file systems allow.
_LONGEST_STEM = 200
_DIGITS = re.compile(r"\d+")
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f\ud800-\udfff]')
_TRAILING = re.compile(r"[. ]+$")
_DEVICES = frozenset(
    ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"]
    + [f"{port}{digit}" for port in ("COM", "LPT") for digit in "123456789¹²³"]
)


def natural_key(text: str) -> NaturalKey:
    """A key that sorts "img2" before "img10", ignoring case; equal only for equal texts."""
    return _DIGITS.sub(_sortable, text.casefold()), text


def _sortable(digits: re.Match[str]) -> str:
    """A number, so that comparing texts compares numbers: before any word, by its length, then its digits."""
    found = digits[0]
    number = (found if found.isascii() else _western(found)).lstrip("0")
    return f"\0{chr(len(number))}{number}"


def _western(digits: str) -> str:
    return "".join(str(unicodedata.decimal(digit)) for digit in digits)


def unique_stems(sources: Sequence[ImageSource]) -> list[str]:
    """The name, without suffix, that each of `sources` gets in exports; no two are alike.

    It is the file's name without its last suffix, made safe for Windows, macOS and Linux. A file whose name
    is another's already (upper or lower case alike) adds what tells them apart: its suffix ("cell-jpg"), a
    number ("cell-2"), or both. Where several pages of one file are given, each adds its number from 1 on
    ("stack-p001"). The same list always gives the same names.
    """
    pages = Counter(source.path for source in dict.fromkeys(sources))
    bases = _bases(list(pages))
    names = _Names()
    result: list[str] = []
    for source in sources:
        base = bases[source.path]
        result.append(names.take(base if pages[source.path] == 1 else f"{base}-p{source.page + 1:03d}"))
    return result


def stack_stems(sources: Sequence[ImageSource]) -> dict[Path, str]:
    """The name, without suffix, that each file gets where all of its pages go into one; no two are alike."""
    files = {source.path: source for source in sources}
    # "brain.nii.gz" is a brain, whatever it is packed in.
    plain = [replace(source, path=_unpacked(path), page=0) for path, source in files.items()]
    return dict(zip(files, unique_stems(plain), strict=True))


def _unpacked(path: Path) -> Path:
    return path.with_suffix("") if path.name.lower().endswith(".nii.gz") else path


class _Names:
    """The names given so far, compared as a file system that ignores case compares them."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._next: dict[str, int] = {}

    def is_free(self, name: str) -> bool:
        return _folded(name) not in self._taken

    def take(self, name: str) -> str:
        """Take `name`, or `name` with the first number from 2 on that makes it free."""
        free, number = name, self._next.get(_folded(name), 2)
        while not self.is_free(free):
            free = f"{name}-{number}"
            number += 1
        self._next[_folded(name)] = number
        self._taken.add(_folded(free))
        return free


def _bases(paths: list[Path]) -> dict[Path, str]:
    names = _Names()
    stems = {path: safe_name(path.stem) for path in paths}
    bases: dict[Path, str] = {}
    # The first of a name keeps it, before any other is renamed: a name changes only where it must.
    suffixes: dict[str, str] = {}
    for path, stem in stems.items():
        if names.is_free(stem):
            bases[path] = names.take(stem)
            suffixes[_folded(stem)] = path.suffix.lower()
    for path, stem in stems.items():
        if path not in bases:
            suffix = path.suffix.lower()
            alike = suffix in ("", suffixes[_folded(stem)])
            bases[path] = names.take(stem if alike else safe_name(f"{stem}-{suffix[1:]}"))
    return bases


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def is_text(path: Path) -> bool:
    """Whether a path is text in some encoding; the name of a file on Linux can be any bytes."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


def safe_name(stem: str) -> str:
    """`stem` with everything replaced by "_" that one of the systems does not take in a file's name."""
    stem = _FORBIDDEN.sub("_", stem)
    stem = stem.encode("utf-8")[:_LONGEST_STEM].decode("utf-8", errors="ignore")
    stem = _TRAILING.sub(lambda found: "_" * len(found[0]), stem)
    device, dot, rest = stem.partition(".")
    if device.rstrip(" ").upper() in _DEVICES:
        stem = f"{device}_{dot}{rest}"
    return stem or "_"
