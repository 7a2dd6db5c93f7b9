"""Downloading published weights: only when a person asks, in pieces that can be resumed, and checked.

What arrives collects in a hidden file that ends in ".part". It gets the model's name only when its size and
its checksum are those of the catalogue, so a file of that name is always the whole one.
"""

from __future__ import annotations

import errno
import hashlib
import http.client
import os
import re
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from segdesk import __version__
from segdesk.core import catalogue
from segdesk.core.catalogue import Published, is_allowed, part_of
from segdesk.core.errors import ModelError, SegdeskError
from segdesk.core.files import write_text
from segdesk.core.jobs import Job, Progress
from segdesk.core.translation import tr

TIMEOUT = 15.0  # seconds without a byte; also the longest that a cancel waits
_PIECE = 256 * 1024
_HASHED = 8 * 1024 * 1024
_SPARE = 64 * 1024**2  # bytes of the disk that are left to others
_FULL = (errno.ENOSPC, errno.EDQUOT if hasattr(errno, "EDQUOT") else errno.ENOSPC)
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


@dataclass(frozen=True)
class Downloading(Progress):
    """Progress of a download; `done` of `total` bytes are here."""

    done: int = 0
    total: int = 0


def download(entry: Published, where: Path | None = None, timeout: float = TIMEOUT) -> Job[Path]:
    """Fetch an entry of the catalogue into `where` (`catalogue.folder()` if not given); gives its file.

    A part that is here already is gone on with, if the server still has the same file. Closing the job keeps
    what has arrived, to be resumed. A whole file that is here is checked and not fetched again.

    Raises:
        ModelError: the server cannot be reached, does not have the file, or sent another one.
        SegdeskError: the folder cannot be written, or the disk is full.
    """
    target = (where or catalogue.folder()) / entry.file_name
    part = part_of(target)
    try:
        if target.exists():
            if (yield from _is_right(entry, target)):
                return target
            target.unlink()
        target.parent.mkdir(parents=True, exist_ok=True)
        have = part.stat().st_size if part.exists() else 0
        if have > entry.size:
            _forget(part)
            have = 0
        _check_space(entry, target.parent, have)
        if have < entry.size:
            yield from _fetch(entry, part, have, timeout)
        right = yield from _is_right(entry, part)
        if not right:
            _forget(part)
            raise ModelError(
                tr(
                    "What arrived of {title} is not what was published, so it was thrown away; try again, "
                    "or get it from {home}."
                ).format(title=entry.title, home=entry.home or entry.url)
            )
        part.replace(target)
        _tag_of(part).unlink(missing_ok=True)
    except OSError as error:
        raise _cannot_keep(entry, target.parent, error) from error
    return target


def remove(entry: Published, where: Path | None = None) -> None:
    """Throw away what is here of an entry, whole or in part; raises SegdeskError where that fails."""
    target = (where or catalogue.folder()) / entry.file_name
    try:
        target.unlink(missing_ok=True)
        _forget(part_of(target))
    except OSError as error:
        raise SegdeskError(
            tr("Cannot remove {path} ({reason}); check the folder's permissions.").format(
                path=target, reason=error.strerror or error
            )
        ) from error


def _fetch(entry: Published, part: Path, have: int, timeout: float) -> Generator[Progress, None, None]:
    """Bring the part to the entry's size."""
    began = time.monotonic()
    yield _progress(entry, have, have, began)
    with closing(_open(entry, part, have, timeout)) as response:
        have = _begins_at(entry, response, have)
        tag = response.headers.get("ETag") or response.headers.get("Last-Modified") or ""
        start = have
        with part.open("ab" if have else "wb") as file:
            # A weak tag does not promise the same bytes, so nothing could be resumed by it.
            write_text(_tag_of(part), "" if tag.startswith("W/") else tag)
            try:
                while have < entry.size:
                    piece = _piece(entry, response, min(_PIECE, entry.size - have))
                    file.write(piece)
                    have += len(piece)
                    yield _progress(entry, have, start, began)
            finally:
                file.flush()
                os.fsync(file.fileno())


def _open(entry: Published, part: Path, have: int, timeout: float) -> Any:
    if not is_allowed(entry.url):
        raise _refused(entry)
    headers = {"User-Agent": f"SegDesk/{__version__}", "Accept-Encoding": "identity"}
    tag = ""
    with suppress(OSError, ValueError):
        tag = _tag_of(part).read_text(encoding="utf-8").strip()
    if have and tag:
        headers |= {"Range": f"bytes={have}-", "If-Range": tag}
    request = urllib.request.Request(entry.url, headers=headers)
    handlers: list[urllib.request.BaseHandler] = [_Redirects()]
    if urlsplit(entry.url).scheme == "http":
        handlers.append(urllib.request.ProxyHandler({}))  # this computer needs none
    try:
        return urllib.request.build_opener(*handlers).open(request, timeout=timeout)
    except _UnsafeError as error:
        raise _refused(entry) from error
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            _forget(part)
        raise ModelError(_of_status(error.code).format(title=entry.title, code=error.code)) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _offline(entry) from error


def _begins_at(entry: Published, response: Any, have: int) -> int:
    """Where in the file the answer begins: behind the part, or at 0 where the server sends all of it.

    Raises:
        ModelError: the server has a file of another size.
    """
    length = response.headers.get("Content-Length")
    if response.status == http.HTTPStatus.PARTIAL_CONTENT:
        found = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
        start = int(found[1]) if found else -1
        if start == have and found and found[2] in (str(entry.size), "*"):
            return have
        raise _another(entry)
    if length is not None and length != str(entry.size):
        raise _another(entry)
    return 0


def _piece(entry: Published, response: Any, most: int) -> bytes:
    try:
        piece: bytes = response.read1(most)
    except (OSError, http.client.HTTPException) as error:
        raise _broken(entry) from error
    if not piece:
        raise _broken(entry)
    return piece


def _is_right(entry: Published, path: Path) -> Generator[Progress, None, bool]:
    """Whether a file is what the catalogue says."""
    if path.stat().st_size != entry.size:
        return False
    algorithm, expected = entry.digest
    digest, done = hashlib.new(algorithm, usedforsecurity=False), 0
    text = tr("Checking {title}").format(title=entry.title)
    with path.open("rb") as file:
        while piece := file.read(_HASHED):
            digest.update(piece)
            done += len(piece)
            yield Downloading(done / entry.size, text, done=entry.size, total=entry.size)
    return digest.hexdigest() == expected


def _progress(entry: Published, done: int, start: int, began: float) -> Downloading:
    spent, arrived = time.monotonic() - began, done - start
    left = spent * (entry.size - done) / arrived if arrived and spent > 0.5 else None
    text = tr("Downloading {title}, {done} of {total} MB").format(
        title=entry.title, done=megabytes(done), total=megabytes(entry.size)
    )
    return Downloading(done / entry.size, text, left, done=done, total=entry.size)


def megabytes(count: int) -> str:
    """Bytes as megabytes (of a million bytes), with a decimal below ten."""
    return f"{count / 1e6:.1f}" if count < 1e7 else f"{count / 1e6:.0f}"


class _UnsafeError(urllib.error.URLError):
    """The server pointed to where SegDesk does not fetch from."""


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Goes where the server points to, by the same rule as for the first address."""

    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        left_https = urlsplit(req.full_url).scheme == "https" != urlsplit(newurl).scheme
        if left_https or not is_allowed(newurl):
            fp.close()
            raise _UnsafeError(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _tag_of(part: Path) -> Path:
    """Which version of the file the part is of, in the server's words."""
    return part.with_name(f"{part.name}-tag")


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    _tag_of(part).unlink(missing_ok=True)


def _check_space(entry: Published, where: Path, have: int) -> None:
    if shutil.disk_usage(where).free < entry.size - have + _SPARE:
        raise _full(entry, where)


def _cannot_keep(entry: Published, where: Path, error: OSError) -> SegdeskError:
    if error.errno in _FULL:
        return _full(entry, where)
    return SegdeskError(
        tr("Cannot write to {folder} ({reason}); check the folder's permissions.").format(
            folder=where, reason=error.strerror or error
        )
    )


def _full(entry: Published, where: Path) -> SegdeskError:
    return SegdeskError(
        tr(
            "There is no room for the {size} MB of {title} in {folder}; free some space and try again."
        ).format(size=megabytes(entry.size), title=entry.title, folder=where)
    )


def _of_status(code: int) -> str:
    if code in (404, 410):
        return tr("{title} is no longer where it was published; look for it on its home page.")
    if code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        return tr("The server cannot go on with {title} where it stopped; try again to begin anew.")
    return tr("The server does not give {title} (it answers {code}); try again later.")


def _offline(entry: Published) -> ModelError:
    host = urlsplit(entry.url).hostname
    return ModelError(
        tr("Cannot reach {host} for {title}; check the connection to the internet and try again.").format(
            host=host, title=entry.title
        )
    )


def _broken(entry: Published) -> ModelError:
    return ModelError(
        tr("The connection broke while {title} arrived; try again to go on where it stopped.").format(
            title=entry.title
        )
    )


def _another(entry: Published) -> ModelError:
    return ModelError(
        tr("The server has another file than the catalogue says for {title}, so it was not fetched.").format(
            title=entry.title
        )
    )


def _refused(entry: Published) -> ModelError:
    return ModelError(
        tr("The address of {title} is not safe (it is not https), so nothing was fetched.").format(
            title=entry.title
        )
    )
