"""What a person reads when an image cannot be opened, and the one place that foreign decoders may fail in."""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from segdesk.core.errors import ImageError
from segdesk.core.translation import tr


class DecoderError(ImageError):
    """A decoder gave up on a file; another one may still manage it.

    is_cut: there is less of the file than it should have.
    """

    def __init__(self, message: str, *, is_cut: bool = False) -> None:
        super().__init__(message)
        self.is_cut = is_cut


@contextmanager
def page_named(path: Path, page: int) -> Iterator[None]:
    """Let what cannot be decoded name the page, too, where it is a later one: the others may be sound.

    page: from 0 on; the first one is all that most files have.
    """
    try:
        yield
    except DecoderError as error:
        if not page:
            raise
        if error.is_cut:
            text = tr("Page {page} of '{name}' cannot be read: it is cut short. Copy the file again.")
        else:
            text = tr("Page {page} of '{name}' cannot be read: it is damaged. Copy the file again.")
        raise DecoderError(text.format(page=page + 1, name=path.name), is_cut=error.is_cut) from error


@contextmanager
def foreign(path: Path) -> Iterator[None]:
    """Run a call into a decoder: whatever it raises on `path` becomes an ImageError that names the file.

    Raises:
        DecoderError: the decoder does not get along with the content.
        ImageError: the file cannot be reached, or the memory does not suffice.
    """
    try:
        with _warnings_off:
            yield
    except ImageError:
        raise
    except MemoryError as error:
        raise needs_more_memory(path) from error
    except OSError as error:
        # Decoders raise OSError for bad content too, but only the system gives it a number.
        raise (unreachable(path, error) if error.errno is not None else undecodable(path, error)) from error
    except Exception as error:  # a decoder may raise anything on a hostile file
        raise undecodable(path, error) from error


def needs_more_memory(path: Path) -> ImageError:
    return ImageError(
        tr("'{name}' needs more memory than is free. Close other programs or open a smaller copy.").format(
            name=path.name
        )
    )


def unreachable(path: Path, error: OSError) -> ImageError:
    """The system does not give us the file."""
    if os.path.isdir(path):  # noqa: PTH112  (Path.is_dir may raise what is being told of here)
        return ImageError(
            tr("'{name}' is a folder, not an image. Open the images in it instead.").format(name=path.name)
        )
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return ImageError(
            tr("'{name}' is no longer in '{folder}'. Put it back, or take it off the list.").format(
                name=path.name, folder=path.parent
            )
        )
    if isinstance(error, PermissionError):
        return ImageError(
            tr(
                "'{name}' cannot be read: you are not permitted to. Change its permissions or copy it."
            ).format(name=path.name)
        )
    return ImageError(
        tr("'{name}' cannot be read ({reason}). Check the disk or the connection, then try again.").format(
            name=path.name, reason=error.strerror or error
        )
    )


def undecodable(path: Path, error: Exception) -> DecoderError:
    """A decoder's own complaint, in plain words."""
    told = str(error).lower()
    if isinstance(error, EOFError) or any(word in told for word in ("truncat", "eof", "end of file")):
        return cut_short(path)
    return damaged(path)


def cut_short(path: Path) -> DecoderError:
    return DecoderError(
        tr("'{name}' cannot be read: it is cut short. Copy it again from its source.").format(name=path.name),
        is_cut=True,
    )


def damaged(path: Path) -> DecoderError:
    return DecoderError(
        tr("'{name}' cannot be read: it is damaged. Copy it again from its source.").format(name=path.name)
    )


def not_supported(path: Path, kind: str) -> ImageError:
    """`kind` says what the file is, such as "a DICOM file"."""
    return ImageError(
        tr("'{name}' is {kind}, which is not supported. Convert it to PNG or TIFF first.").format(
            name=path.name, kind=kind
        )
    )


def no_such_page(path: Path, page: int, pages: int) -> ImageError:
    """`page` counts from 0 here and from 1 in the sentence."""
    return ImageError(
        tr("'{name}' has no page {page}, only {pages}. The file has changed: open it again.").format(
            name=path.name, page=page + 1, pages=pages
        )
    )


class _WarningsOff:
    """Silences warnings while at least one thread decodes.

    Decoders warn of much that a person cannot act on. `warnings.catch_warnings` alone is not safe here:
    two threads that overlap would put back each other's filters.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._threads = 0
        self._caught = warnings.catch_warnings()

    def __enter__(self) -> None:
        with self._lock:
            if self._threads == 0:
                self._caught = warnings.catch_warnings()
                self._caught.__enter__()
                warnings.simplefilter("ignore")
            self._threads += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._threads -= 1
            if self._threads == 0:
                self._caught.__exit__(None, None, None)


_warnings_off = _WarningsOff()
