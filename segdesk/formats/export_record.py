"""What an export has written so far, kept beside its files so that an interrupted one goes on.

The record is a line of JSON a sample. A line counts only where the sample, its image and the files that were
written are still as they were then. It is a help and no more: where it cannot be kept, all is written anew.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from segdesk import __version__
from segdesk.formats.items import ExportItem, ExportRequest

NAME = ".segdesk-export"
_MOST_BYTES = 256 * 2**20


class ExportRecord:
    """The samples that an export of this kind has finished."""

    def __init__(self, request: ExportRequest, kind: str) -> None:
        """kind: what is written of each sample; another kind in the same folder begins anew."""
        self._out = request.out
        about = repr((__version__, kind, request.classes, request.soft_edge))
        self._about = hashlib.blake2b(about.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
        self._handle: int | None = None
        self._done = self._read()

    def files(self, item: ExportItem) -> list[Path] | None:
        """What was written of a sample before the interruption; None where that has to be done (again)."""
        key = self._key(item)
        sizes = self._done.get(key) if key is not None else None
        if not sizes:
            return None
        paths = [self._out / name for name in sizes]
        try:
            whole = all(os.lstat(p).st_size == size for p, size in zip(paths, sizes.values(), strict=True))
        except (OSError, ValueError):  # gone, or no name that a file can have
            return None
        return paths if whole else None

    def note(self, item: ExportItem, paths: Sequence[Path]) -> None:
        """All files of a sample stand."""
        key = self._key(item)
        if key is None:
            return
        with suppress(OSError, ValueError):
            sizes = {path.relative_to(self._out).as_posix(): path.stat().st_size for path in paths}
            self._write([self._about, key, sizes])

    def finish(self) -> None:
        """Nothing is left to go on with."""
        self.close()
        with suppress(OSError):
            (self._out / NAME).unlink(missing_ok=True)

    def close(self) -> None:
        """Keep it for the next time."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _key(self, item: ExportItem) -> str | None:
        try:
            status = item.source.path.stat()
        except OSError:
            return None  # it is to be told that the image is gone
        numbers = item.anchors.to_text() if item.anchors is not None else None
        about = (
            *(item.stem, item.source.page, status.st_size, status.st_mtime_ns, item.state, item.predicted),
            *(item.split, numbers),
        )
        digest = hashlib.blake2b(repr(about).encode("utf-8", "surrogatepass"), digest_size=16)
        for plane in (item.packed, item.corrected, item.borders):
            for place, data in sorted(plane.tiles.items()) if plane is not None else ():
                digest.update(repr((place, len(data))).encode() + data)
            digest.update(b"/")
        return digest.hexdigest()

    def _read(self) -> dict[str, dict[str, int]]:
        path = self._out / NAME
        done: dict[str, dict[str, int]] = {}
        try:
            if path.is_symlink() or path.stat().st_size > _MOST_BYTES:
                path.unlink()
                return {}
            lines = path.read_bytes().splitlines()
        except OSError:
            return {}
        for line in lines:
            try:
                about, key, sizes = json.loads(line)
            except (ValueError, TypeError, RecursionError):
                continue  # cut off, or not ours
            if about == self._about and isinstance(key, str) and _is_sound(sizes):
                done[key] = sizes
        return done

    def _write(self, entry: list[object]) -> None:
        if self._handle is None:
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
            self._handle = os.open(self._out / NAME, flags, 0o666)
        # A line that was cut off ends here, so that it spoils no other.
        os.write(self._handle, b"\n" + json.dumps(entry).encode())


def _is_sound(sizes: object) -> bool:
    return isinstance(sizes, dict) and all(
        isinstance(size, int) and not Path(name).is_absolute() and ".." not in Path(name).parts
        for name, size in sizes.items()
    )
