"""Where the images of a project are now, for a hundred thousand of them at once."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

from segdesk.core.files import is_there

_MANY = 256  # files of one folder, from which on it is listed instead of being asked for each


class Places:
    """Finds files; what it has learned of folders holds for as long as the object is kept."""

    def __init__(self, folder: Path) -> None:
        """folder: the project's."""
        self._folder = folder
        self._asked: Counter[str] = Counter()
        self._listed: dict[str, dict[str, Path]] = {}

    def find(self, path: str, relative: str | None) -> Path:
        """A file that was at `path`, or where the way from the project's folder leads; `path` if nowhere."""
        found = self._there(path)
        if found is None and relative is not None:
            # A project that was moved together with its images finds them by the way from its folder.
            found = self._there(os.path.normpath(self._folder / relative))
        return found or Path(path)

    def _there(self, path: str) -> Path | None:
        """The file of this absolute name, if it exists."""
        parent, _, name = path.rpartition(os.sep)
        listed = self._listed.get(parent)
        if listed is None:
            self._asked[parent] += 1
            if self._asked[parent] == _MANY:
                listed = self._listed[parent] = _children(parent)
        # A name that is not listed may still be there: in another case, on some systems.
        found = listed.get(name) if listed is not None else None
        if found is None:
            found = Path(path)
            return found if is_there(found) else None
        return found


def _children(folder: str) -> dict[str, Path]:
    try:
        # A path that comes out of a folder is made much faster than one that is parsed.
        return {path.name: path for path in Path(folder).iterdir()}
    except OSError:
        return {}
