"""One setup at a time: two that fill the same environment would spoil it for each other."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_PAUSE_S = 0.5


@contextmanager
def setup_lock(root: Path) -> Iterator[None]:
    """Hold the lock of the copy of SegDesk in `root`; the system lets go of it if this process dies."""
    # Outside of the environment, which may be deleted meanwhile; and one for each person of a shared machine.
    name = hashlib.sha256(f"{_person()}\n{root}".encode()).hexdigest()[:16]
    with Path(tempfile.gettempdir(), f"segdesk-setup-{name}.lock").open("a", encoding="utf-8") as file:
        if not _try_to_lock(file):
            print("Another setup of SegDesk is at work; waiting for it to finish.", flush=True)
            while not _try_to_lock(file):
                time.sleep(_PAUSE_S)
        yield


if sys.platform == "win32":
    import msvcrt

    def _person() -> str:
        return os.environ.get("USERNAME", "")

    def _try_to_lock(file: IO[str]) -> bool:
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _person() -> str:
        return str(os.getuid())

    def _try_to_lock(file: IO[str]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
