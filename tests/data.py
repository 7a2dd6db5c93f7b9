"""Where tests and benchmarks find real images, which are never part of the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[1]


def find_data(name: str) -> Path | None:
    """The folder of the data set `name`, or None where it is not on this machine."""
    base = os.environ.get("SEGDESK_DATA")
    folder = (Path(base) if base else _ROOT.parent / "shared" / "data") / name
    return folder if folder.is_dir() else None


def data_dir(name: str) -> Path:
    """The folder of the data set `name`; skips the test where it is absent."""
    folder = find_data(name)
    if folder is None:
        pytest.skip(f"the data set '{name}' is not here: set SEGDESK_DATA to the folder that holds it")
    return folder
