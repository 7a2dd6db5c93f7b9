"""Which picture is meant: a file, and a page of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ImageSource:
    """One page of an image file; most files have just page 0."""

    path: Path
    page: int = 0
