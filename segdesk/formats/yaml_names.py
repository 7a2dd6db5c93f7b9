"""The few lines of YAML that lists of classes are kept in; other YAML is none of ours."""

from __future__ import annotations

import json
import re
from pathlib import Path

from segdesk.formats.numbers import number_of

_MOST_TEXT = 1_000_000  # characters
_ENTRY = re.compile(r"^\s+(\d+)\s*:\s*(.+?)\s*$")
_ITEM = re.compile(r"^\s*-\s+(?:name\s*:\s*)?(.+?)\s*$")


def quoted(text: str) -> str:
    """A text as YAML takes it, whatever is in it."""
    return json.dumps(text, ensure_ascii=False)


def names_of(path: Path, key: str) -> list[str]:
    """The names under a key: in brackets, a line each with a dash, or "NUMBER: NAME"; [] for none."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            lines = file.read(_MOST_TEXT).splitlines()[:10_000]
    except (OSError, UnicodeDecodeError):
        return []
    for number, line in enumerate(lines):
        if line.startswith(f"{key}:"):
            rest = line.partition(":")[2].strip()
            if rest.startswith(("[", "{")):
                return _in_brackets("".join([rest, *lines[number + 1 :]]))
            return _listed(lines[number + 1 :])
    return []


def _listed(lines: list[str]) -> list[str]:
    names: dict[int, str] = {}
    for line in lines:
        entry, item = _ENTRY.match(line), _ITEM.match(line)
        number = number_of(entry[1]) if entry is not None else None
        if entry is not None and number is not None:
            names[number] = _plain(entry[2])
        elif item is not None:
            names[len(names)] = _plain(item[1])
        elif line.strip() and not line[0].isspace() and not line.startswith("#"):
            break
    highest = max(names, default=-1)
    return [names.get(n, "") for n in range(highest + 1)] if highest < 10_000 else []


def _in_brackets(text: str) -> list[str]:
    inside = re.match(r"[\[{](.*?)[\]}]", text)
    if inside is None:
        return []
    parts = re.findall(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'|[^,]+", inside[1])
    return [_plain(re.sub(r"^\d+\s*:\s*", "", part.strip())) for part in parts if part.strip()]


def _plain(text: str) -> str:
    if text[:1] == '"' and text[-1:] == '"' and len(text) > 1:
        try:
            return str(json.loads(text))
        except ValueError:
            return text[1:-1]
    if text[:1] == "'" and text[-1:] == "'" and len(text) > 1:
        return text[1:-1].replace("''", "'")
    return text.partition(" #")[0].strip()
