"""The catalogue of freely published weights: what there is, what it is good for, and what is here already.

The table is `models.json` in the resources. A file of the same name in the folder of the user's settings may
add entries, and one of a name that there is already takes its place.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from segdesk.core.errors import ModelError
from segdesk.core.paths import resources, user_config, user_data
from segdesk.core.translation import language_in_use, tr

FILE = "models.json"
PART = ".part"  # of the name of a file that has not arrived yet; no model ends so
SUFFIXES = (".onnx", ".pth", ".pt", ".safetensors")
LARGEST = 20 * 1024**3  # bytes

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_DIGESTS = {"sha256": re.compile(r"[0-9a-f]{64}"), "md5": re.compile(r"[0-9a-f]{32}")}
_LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Published:
    """Weights that somebody published.

    name: for the command line, and of the file here.   title, good_for: for a person.
    url: https (http on this computer alone).   size: bytes.   sha256, md5: hexadecimal; one may be empty.
    licence, home: as published, or empty.
    """

    name: str
    title: str
    good_for: str
    url: str
    size: int
    sha256: str = ""
    md5: str = ""
    licence: str = ""
    home: str = ""

    @property
    def file_name(self) -> str:
        """What the file is called when it is here."""
        return self.name + PurePosixPath(urlsplit(self.url).path).suffix.lower()

    @property
    def digest(self) -> tuple[str, str]:
        """The stronger checksum that is known: its algorithm, and its hexadecimal digits."""
        return ("sha256", self.sha256) if self.sha256 else ("md5", self.md5)


@dataclass(frozen=True)
class State:
    """How much of something published is here: `file` when it is whole, and the bytes that arrived."""

    file: Path | None
    here: int


def folder() -> Path:
    """Where downloaded weights are kept; it may not exist yet."""
    return user_data() / "models"


def published() -> tuple[Published, ...]:
    """All entries, SegDesk's own first."""
    return tuple(_read()[0].values())


def problems() -> list[str]:
    """One sentence for each entry of the user's own catalogue that cannot be offered."""
    return _read()[1]


def find(name: str) -> Published:
    """The entry of a name; raises ModelError where there is none."""
    entries = _read()[0]
    if name not in entries:
        raise ModelError(
            tr("There are no published weights called '{name}'; there are {names}.").format(
                name=name, names=", ".join(entries)
            )
        )
    return entries[name]


def state(entry: Published, where: Path | None = None) -> State:
    """What is here of an entry, by the sizes of the files; `where` is `folder()` if it is not given."""
    target = (where or folder()) / entry.file_name
    size = _size(target)
    if size == entry.size:
        return State(target, size)
    return State(None, min(_size(part_of(target)), entry.size))


def part_of(target: Path) -> Path:
    """The file that collects what has arrived of `target`."""
    return target.with_name(f".{target.name}{PART}")


def is_allowed(url: str) -> bool:
    """Whether SegDesk fetches from there: https, and http from this computer itself."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in _LOCAL))


def _read() -> tuple[dict[str, Published], list[str]]:
    entries: dict[str, Published] = {}
    wrong: list[str] = []
    for path in (resources() / FILE, user_config() / FILE):
        try:
            table = json.loads(path.read_text(encoding="utf-8"))["models"]
            rows = list(table) if isinstance(table, list) else [None]
        except FileNotFoundError:
            continue
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            wrong.append(tr("{path} is no catalogue of weights; correct or remove it.").format(path=path))
            continue
        for number, row in enumerate(rows, 1):
            try:
                entry = _entry(row)
            except (ValueError, KeyError, TypeError, OverflowError) as error:
                wrong.append(
                    tr("Entry {number} of {path} cannot be used: {reason} is missing or wrong.").format(
                        number=number, path=path, reason=error.args[0]
                    )
                )
            else:
                entries[entry.name] = entry
    return entries, wrong


def _entry(row: Any) -> Published:
    """One row of the table; raises ValueError, KeyError or TypeError naming a field that is wrong."""
    if not isinstance(row, dict):
        raise TypeError("name")
    entry = Published(
        name=_text(row, "name"),
        title=_text(row, "title"),
        good_for=_text(row, "good_for"),
        url=_text(row, "url"),
        size=row["size"],
        sha256=_text(row, "sha256", "").lower(),
        md5=_text(row, "md5", "").lower(),
        licence=_text(row, "licence", ""),
        home=_text(row, "home", ""),
    )
    known = [name for name in _DIGESTS if getattr(entry, name)]
    checks = {
        "name": _NAME.fullmatch(entry.name),
        "url": is_allowed(entry.url) and entry.file_name.endswith(SUFFIXES),
        "size": type(entry.size) is int and 0 < entry.size <= LARGEST,
        "sha256": known,
        **{name: _DIGESTS[name].fullmatch(getattr(entry, name)) for name in known},
    }
    for field, good in checks.items():
        if not good:
            raise ValueError(field)
    return entry


def _text(row: dict[str, Any], field: str, default: str | None = None) -> str:
    """A field that is a text, or texts by language ("en", "de", ...)."""
    value = row[field] if default is None else row.get(field, default)
    if isinstance(value, dict):
        language = language_in_use()
        value = value.get(language) or value.get(language.split("_")[0]) or value.get("en")
    if not isinstance(value, str) or (default is None and not value.strip()):
        raise ValueError(field)
    return value


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
