"""Reading JSON that may be anything, and writing it so that people can read it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.errors import FormatError
from segdesk.core.files import write_text
from segdesk.core.limits import raised
from segdesk.core.translation import tr

MAX_BYTES = 1 << 30
_FEW = 3
_WORDS = tuple(word[:size] for word in ("true", "false", "null") for size in range(1, len(word)))
_FARTHEST = 1e9  # pixels; what lies farther off is no coordinate


def read_json(path: Path) -> Any:
    """The content of a file.

    Raises:
        FormatError: it cannot be read, is no JSON, is nested too deep, or too large.
    """
    try:
        if path.stat().st_size > raised(MAX_BYTES):
            raise FormatError(
                tr("{name} is too large to be read; split it, or raise the limit in the settings.").format(
                    name=path.name
                )
            )
        state = path.stat()
        return _parsed(path, state.st_size, state.st_mtime_ns)
    except OSError as error:
        raise FormatError(
            tr("Cannot read {name} ({reason}).").format(name=path.name, reason=error.strerror or error)
        ) from error
    except UnicodeDecodeError as error:
        raise FormatError(
            tr("{name}, line {line}: this is not in UTF-8; save the file in that encoding.").format(
                name=path.name, line=bytes(error.object[: error.start]).count(b"\n") + 1
            )
        ) from error
    except json.JSONDecodeError as error:
        if not error.doc.strip():
            raise FormatError(
                tr("{name} is empty; copy it again from its source.").format(name=path.name)
            ) from error
        if _is_cut_short(error):
            raise FormatError(
                tr("{name}, line {line}: it ends in the middle; copy it again from its source.").format(
                    name=path.name, line=error.doc.count("\n") + 1
                )
            ) from error
        raise FormatError(
            tr("{name}, line {line}: this is no JSON ({reason}).").format(
                name=path.name, line=error.lineno, reason=error.msg
            )
        ) from error
    except (RecursionError, ValueError) as error:
        raise FormatError(tr("{name} is no JSON that can be read.").format(name=path.name)) from error


def _is_cut_short(error: json.JSONDecodeError) -> bool:
    """Whether reading stumbled over the end of the text, or over what the end has left open."""
    beyond = error.doc[error.pos :].strip()
    return error.doc.lstrip()[0] in "{[" and (
        not beyond or error.msg.startswith("Unterminated") or beyond in ("-", *_WORDS)
    )


def first_contents(files: Sequence[Path]) -> Iterator[Any]:
    """What the first few files hold, to recognise a format by; those that cannot be read say nothing."""
    for file in files[:_FEW]:
        with suppress(FormatError):
            yield read_json(file)


@lru_cache(maxsize=1)
def _parsed(path: Path, size: int, time: int) -> Any:
    return json.loads(path.read_bytes().decode("utf-8-sig"))


def forget() -> None:
    """Let go of the last file, which is kept while several readers look whether it is theirs."""
    _parsed.cache_clear()


def read_object(path: Path) -> dict[str, Any]:
    """A JSON file that holds an object; raises FormatError where it does not."""
    content = read_json(path)
    if not isinstance(content, dict):
        raise FormatError(tr("{name} holds no JSON object.").format(name=path.name))
    return content


def write_json(path: Path, content: object) -> None:
    """UTF-8, letters of all languages as they are."""
    write_text(path, json.dumps(content, ensure_ascii=False))


def entries(content: dict[str, Any], key: str) -> list[Any]:
    """A list of an object.

    Raises:
        FormatError: it is missing, or no list.
    """
    found = content.get(key)
    if not isinstance(found, list):
        raise FormatError(tr('it has no list "{key}"').format(key=key))
    return found


def text_of(entry: Any, key: str) -> str:
    """A text of an object; raises FormatError where there is none."""
    found = entry.get(key) if isinstance(entry, dict) else None
    if not isinstance(found, str):
        raise FormatError(tr('it has no text "{key}"').format(key=key))
    return found


def points_of(value: Any) -> NDArray[np.float64]:
    """(n, 2) points from [[x, y], ...].

    Raises:
        FormatError: they are no such list, or not numbers that can be places.
    """
    try:
        points = np.array(value, np.float64)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise FormatError(tr("its points are not pairs of numbers")) from error
    if points.ndim != 2 or points.shape[1] not in (2, 3) or not len(points):
        raise FormatError(tr("its points are not pairs of numbers"))
    points = points[:, :2]
    if not np.isfinite(points).all() or np.abs(points).max() > _FARTHEST:
        raise FormatError(tr("its points are not places in an image"))
    return points


def whole(value: Any) -> int:
    """A whole number; raises FormatError where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise FormatError(tr("a number is missing"))
    if value != int(value):
        raise FormatError(tr("a number is not whole"))
    return int(value)
