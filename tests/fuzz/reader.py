"""What a reader of files is to those who feed it broken ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from segdesk.core.errors import SegdeskError


@dataclass(frozen=True)
class Reader:
    """suffix: of the file. seed: makes the bytes of a whole one. read: takes the path of a file.

    `seed` raises SegdeskError where a library is missing that such files need.
    """

    suffix: str
    seed: Callable[[Path], bytes]
    read: Callable[[Path], object]


def tolerant(work: Callable[[], object]) -> None:
    """What cannot be read may be said, in a sentence."""
    try:
        work()
    except SegdeskError as error:
        assert str(error)
