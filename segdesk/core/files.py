"""Writing files so that a crash leaves the old one or the new one, never something between."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from segdesk.core.errors import SegdeskError
from segdesk.core.translation import tr


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
    except OSError as error:
        raise _cannot_write(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8 with plain newlines, all or nothing."""
    with atomic_write(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def write_bytes(path: Path, data: bytes) -> None:
    """Write `data`, all or nothing."""
    with atomic_write(path) as temporary:
        temporary.write_bytes(data)


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
