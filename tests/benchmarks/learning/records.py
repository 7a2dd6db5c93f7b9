"""Figures on disk, one JSON object a line, written as soon as they are known."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

Record = dict[str, Any]


class Records:
    """What was measured so far; kept in a file, if there is one, so that a table goes on where it stopped."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self.all: list[Record] = []
        if path is not None and path.is_file():
            self.all = [found for line in path.read_text("utf-8").splitlines() if (found := _parsed(line))]

    def add(self, record: Record) -> None:
        """Keep a record; figures that are no number become None."""
        clean = {
            name: None if isinstance(value, float) and not math.isfinite(value) else value
            for name, value in record.items()
        }
        self.all.append(clean)
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(clean) + "\n")

    def has(self, wanted: Record) -> bool:
        """Whether some record says all that `wanted` says."""
        return any(all(record.get(name) == value for name, value in wanted.items()) for record in self.all)


def _parsed(line: str) -> Record | None:
    """A line's record; None for the half line that a power cut left."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
