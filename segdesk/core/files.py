"""Writing files so that a crash leaves the old one or the new one, never something between."""

from __future__ import annotations

import ctypes
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from segdesk.core.errors import SegdeskError
from segdesk.core.translation import tr

_DRIVE_REMOTE = 4  # of GetDriveType
_LITTLE = 256 * 2**10  # bytes
_NETWORK = (
    "nfs",
    "cifs",
    "smb",
    "afs",
    "ncp",
    "9p",
    "fuse.sshfs",
    "fuse.davfs",
    "fuse.rclone",
    "davfs",
    "lustre",
)


def is_there(path: Path) -> bool:
    """Whether a file or folder exists; no as well where its name is impossible or its folder is closed to us.

    `Path.exists` raises an OSError there, and such a path may come out of a damaged project.
    """
    return os.path.exists(path)  # noqa: PTH110  (what it differs in is wanted)


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path` to write to; move it into place when the block ends well.

    The parent folder is made where it is missing. On an error nothing is left behind.

    Raises:
        SegdeskError: the folder or the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".", suffix=path.suffix, dir=path.parent)
        os.close(handle)
    except OSError as error:
        raise _cannot_write(path, error) from error
    temporary = Path(name)
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
        _flush_folder(path.parent)
    except OSError as error:
        raise _cannot_write(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8 with plain newlines, all or nothing."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, data: bytes, *, named: bool = True) -> None:
    """Write `data`, all or nothing; a small file takes half of the time that it does by `atomic_write`.

    named: a power cut that comes later leaves the name, too. Without, there may then be no file of that name,
        or the old one: for many files whose writer looks for them, and writes what is missing once more.
    """
    temporary = path.with_name(f".{secrets.token_hex(8)}{path.suffix}")
    try:
        try:
            file = temporary.open("xb")
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = temporary.open("xb")
        try:
            with file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        if named:
            _flush_folder(path.parent)
    except OSError as error:
        raise _cannot_write(path, error) from error


def _flush_folder(folder: Path) -> None:
    """Let a power cut find the new name on disk, not only the new file; where the system can."""
    if sys.platform == "win32":
        return
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def check_links(folder: Path) -> None:
    """Let pass a folder to write into that no link within it leads out of; files are replaced, not followed.

    Raises:
        SegdeskError: a folder within it is a link to somewhere else.
    """
    root = os.path.realpath(folder)
    for place, folders, _ in os.walk(root):
        for name in folders:
            path = Path(place, name)
            if path.is_symlink() and not _is_below(os.path.realpath(path), root):
                raise SegdeskError(
                    tr("{link} leads out of {folder}; remove this link, or choose another folder.").format(
                        link=path, folder=folder
                    )
                )


def _is_below(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)


def is_full(folder: Path) -> bool:
    """Whether the disk that a folder lies on has no room for even a small file."""
    try:
        return shutil.disk_usage(folder).free < _LITTLE
    except OSError:
        return False


def is_on_network(path: Path) -> bool:
    """Whether a path lies on another computer's disk, as far as the system tells."""
    if sys.platform == "win32":
        text = str(path.absolute())
        drive = text[:3]
        return text.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(drive) == _DRIVE_REMOTE
    try:
        mounts = Path("/proc/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False  # not Linux
    where = str(path.resolve())
    best, kind = "", ""
    for line in mounts:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = fields[1].replace("\\040", " ")
        if (where == point or where.startswith(point.rstrip("/") + "/")) and len(point) >= len(best):
            best, kind = point, fields[2]
    return kind.startswith(_NETWORK)


def _umask() -> int:
    # mkstemp makes a private file; the moved one gets what an ordinary new file would have.
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _cannot_write(path: Path, error: OSError) -> SegdeskError:
    return SegdeskError(
        tr("Cannot write {path} ({reason}); free some space or choose another folder.").format(
            path=path, reason=error.strerror or error
        )
    )
