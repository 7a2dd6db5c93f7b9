"""Which classes a person has hidden and locked, project by project, from one day to the next."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSettings

from segdesk.core.paths import user_config

_KEY = "classes"
_PROJECTS = 100  # that are remembered, the last one changed first


@dataclass(frozen=True)
class KeptClasses:
    """Indices of classes."""

    hidden: frozenset[int] = frozenset()
    locked: frozenset[int] = frozenset()


class ClassMemory:
    """Kept beside the arrangement of the window: it is how one person looks at a project, not part of it."""

    def __init__(self) -> None:
        self._file = QSettings(str(user_config() / "window.ini"), QSettings.Format.IniFormat)

    def of(self, folder: Path) -> KeptClasses:
        """What was kept of the project in this folder; nothing where that cannot be read."""
        return self._read().get(str(folder), KeptClasses())

    def keep(self, folder: Path, hidden: frozenset[int], locked: frozenset[int]) -> None:
        """Remember this of the project in this folder."""
        before, now = self._read(), KeptClasses(hidden, locked)
        if before.get(str(folder), KeptClasses()) == now:
            return
        kept = {str(folder): now, **{name: old for name, old in before.items() if name != str(folder)}}
        rows = [
            [name, sorted(each.hidden), sorted(each.locked)]
            for name, each in list(kept.items())[:_PROJECTS]
            if each != KeptClasses()
        ]
        self._file.setValue(_KEY, json.dumps(rows))

    def _read(self) -> dict[str, KeptClasses]:
        try:
            rows: Any = json.loads(str(self._file.value(_KEY, "[]")))
            return {
                str(name): KeptClasses(frozenset(map(int, hidden)), frozenset(map(int, locked)))
                for name, hidden, locked in rows
            }
        except (ValueError, TypeError):
            return {}
