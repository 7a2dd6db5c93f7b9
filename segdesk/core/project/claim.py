"""Who works on a project: one process at a time may write, and the others know who it is.

The right to write is a lock of the operating system on a file in the project's folder, so a process that
ends in any way lets it go. Beside the lock stands a record of who took it; it is wiped when the project is
closed in order, and one that is left tells that the last one to write was cut off.
"""

from __future__ import annotations

import atexit
import getpass
import json
import os
import platform
import sys
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from segdesk.core.translation import tr

LOCK = "project.lock"
_MOST_BYTES = 4096
_LOCKED_BYTE = 1 << 30  # far behind the record, which others must be able to read on Windows too


@dataclass(frozen=True)
class Holder:
    """Who has a project: a user's process on a computer, and since when (UTC, ISO 8601)."""

    user: str
    host: str
    pid: int
    since: str

    @property
    def is_elsewhere(self) -> bool:
        """Whether it is on another computer, whose locks may not reach as far as here."""
        return self.host != platform.node()

    def __str__(self) -> str:
        return tr("{user} on {host}, process {pid}, since {since}").format(
            user=self.user, host=self.host, pid=self.pid, since=_local(self.since)
        )


UNKNOWN = Holder("?", platform.node(), 0, "")


@dataclass(frozen=True)
class Claim:
    """What came of asking for a project.

    holder: another process that has it; None where this one has it now, or nobody can.
    read_only: the folder cannot be written.
    cut_off: the last one to write did not close it in order.
    """

    folder: Path
    holder: Holder | None = None
    read_only: bool = False
    cut_off: bool = False

    @property
    def is_ours(self) -> bool:
        return self.holder is None and not self.read_only

    def release(self) -> None:
        """Let it go, once for each time that it was taken; for nobody else's claim, nothing happens."""
        if self.is_ours:
            _release(self.folder)


@dataclass
class _Held:
    handle: int
    claim: Claim
    count: int


_held: dict[Path, _Held] = {}
_guard = threading.Lock()


def take(folder: Path, *, by_force: bool = False) -> Claim:
    """Ask for the right to write; all of this process's connections share it.

    by_force: take it over from a process on another computer that is known to have ended. What a living
    process on this computer holds cannot be taken.
    """
    key = folder.resolve()
    with _guard:
        if key in _held:
            _held[key].count += 1
            return _held[key].claim
        try:
            handle = os.open(key / LOCK, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        except OSError:
            return Claim(key, read_only=True)
        before = _read(handle)
        if not _lock(handle):
            os.close(handle)
            return Claim(key, before or UNKNOWN)
        if before is not None and before.is_elsewhere and not by_force:
            _unlock(handle)
            return Claim(key, before)
        with suppress(OSError):  # on a full disk, the lock holds without a record
            _write(handle, _ourselves())
        claim = Claim(key, cut_off=before is not None)
        _held[key] = _Held(handle, claim, 1)
        return claim


def is_free(folder: Path) -> bool:
    """Whether nobody on this computer holds the project any more, so that it can be taken over."""
    key = folder.resolve()
    with _guard:
        if key in _held:
            return False
        try:
            handle = os.open(key / LOCK, os.O_RDWR | getattr(os, "O_BINARY", 0))
        except OSError:
            return False
        if not _lock(handle):
            os.close(handle)
            return False
        _unlock(handle)
        return True


def _release(key: Path) -> None:
    with _guard:
        held = _held.get(key)
        if held is None:
            return
        held.count -= 1
        if held.count == 0:
            del _held[key]
            with suppress(OSError):  # else the next one looks the project over once more than it needs to
                os.ftruncate(held.handle, 0)
            _unlock(held.handle)


@atexit.register
def _release_all() -> None:
    """A program that ends without closing its projects has ended in order all the same."""
    for key, held in list(_held.items()):
        held.count = 1
        _release(key)


def _ourselves() -> Holder:
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):  # a user without a name, as in some containers
        user = "?"
    return Holder(user, platform.node(), os.getpid(), datetime.now(UTC).isoformat(timespec="seconds"))


def _read(handle: int) -> Holder | None:
    """The record, or None where there is none; one that cannot be understood is somebody's all the same."""
    try:
        os.lseek(handle, 0, os.SEEK_SET)
        data = os.read(handle, _MOST_BYTES)
    except OSError:
        return UNKNOWN
    if not data.strip(b"\0 \r\n"):
        return None
    try:
        found = json.loads(data)
        holder = Holder(
            str(found["user"])[:80], str(found["host"])[:80], int(found["pid"]), str(found["since"])[:40]
        )
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return UNKNOWN
    return holder


def _write(handle: int, holder: Holder) -> None:
    os.ftruncate(handle, 0)
    os.lseek(handle, 0, os.SEEK_SET)
    os.write(handle, json.dumps(asdict(holder)).encode())
    os.fsync(handle)


def _local(since: str) -> str:
    try:
        return datetime.fromisoformat(since).astimezone().strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError):
        return "?"


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> bool:
        os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(handle: int) -> None:
        os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)
        finally:
            os.close(handle)

else:
    import fcntl

    def _lock(handle: int) -> bool:
        # flock belongs to this opening of the file: closing another one of the same file, as any code of
        # this process may do, does not let go of it, as it would with fcntl's locks.
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            # This file system knows no locks: the record alone tells, and whether its process lives.
            before = _read(handle)
            return before is None or before.is_elsewhere or not _lives(before.pid)
        return True

    def _unlock(handle: int) -> None:
        os.close(handle)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return pid > 0 and pid != os.getpid()
