"""Which images belong together, so that no split tears them apart: those of a folder, a file, a patient."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from segdesk.core.errors import SegdeskError
from segdesk.core.project import Sample
from segdesk.core.translation import tr


class Grouping(StrEnum):
    """What makes a group. HAND: whatever the project says already."""

    HAND = "hand"
    NONE = "none"
    FOLDER = "folder"
    FILE = "file"
    PATTERN = "pattern"


def groups_by(grouping: Grouping, samples: Sequence[Sample], pattern: str = "") -> Mapping[int, str | None]:
    """The group of each sample by its id; None for one that belongs to no other.

    FOLDER: the way from what all of them have in common.   FILE: the pages of a file of several.
    PATTERN: what a regular expression finds in the file's name (its first group, where it has one), such as
        `^(P\\d+)_`; a name without it stays alone.

    Raises:
        SegdeskError: the pattern is none.
    """
    match grouping:
        case Grouping.HAND:
            return {s.id: s.group for s in samples}
        case Grouping.NONE:
            return {s.id: None for s in samples}
        case Grouping.FOLDER:
            return _by_folder(samples)
        case Grouping.FILE:
            pages = Counter(s.source.path for s in samples)
            names = Counter(path.name for path in pages)
            groups = {p: p.name if names[p.name] == 1 else p.as_posix() for p in pages if pages[p] > 1}
            return {s.id: groups.get(s.source.path) for s in samples}
        case Grouping.PATTERN:
            return _by_pattern(samples, pattern)


def _by_folder(samples: Sequence[Sample]) -> Mapping[int, str | None]:
    folders = {s.source.path.parent for s in samples}
    try:
        common = Path(os.path.commonpath(folders)) if folders else Path()
    except ValueError:  # on several drives of Windows
        return {s.id: s.source.path.parent.as_posix() for s in samples}
    if len(folders) == 1:
        common = common.parent
    return {s.id: s.source.path.parent.relative_to(common).as_posix() for s in samples}


def _by_pattern(samples: Sequence[Sample], pattern: str) -> Mapping[int, str | None]:
    try:
        wanted = re.compile(pattern)
    except re.error as error:
        raise SegdeskError(
            tr("{pattern} is no pattern ({reason}); try one like {example}.").format(
                pattern=pattern, reason=error, example=r"^(\w+?)_"
            )
        ) from error
    if not pattern:
        raise SegdeskError(tr("Say which part of the name makes the group, such as {example}.").format(
            example=r"^(\w+?)_"))  # fmt: skip
    groups: dict[int, str | None] = {}
    for sample in samples:
        found = wanted.search(sample.source.path.name)
        text = (found[1] if wanted.groups else found[0]) if found is not None else None
        groups[sample.id] = text or None
    return groups
