"""What an image file is known by: where it went, and whether it is still the same picture.

Three things are noted of each, from cheap to dear. Its size and time of writing: while both stay, the picture
stays. A digest of the file's size and of three pieces of it, which takes a millisecond for a file of any
size: by it a moved or renamed file is found again. And a digest of the pixels, taken when they were on
screen: by it a file that was written anew, for the sake of its metadata only, is told from another picture.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.errors import ImageError
from segdesk.core.images import ImageSource, Picture, inspect_image, open_picture
from segdesk.core.translation import tr

if TYPE_CHECKING:  # the samples carry a fingerprint themselves
    from segdesk.core.project.samples import Sample

_PIECE = 32 * 1024  # bytes


@dataclass(frozen=True)
class Fingerprint:
    """What is known of an image's file; None for what is not known.

    digest: of the file, see `file_digest`.   size: bytes.   time: nanoseconds, when it was last written.
    pixels: digest of the page's pixels, see `pixel_digest`.
    """

    digest: str | None = None
    size: int | None = None
    time: int | None = None
    pixels: str | None = None


UNKNOWN = Fingerprint()


class Change(Enum):
    """What has become of an image file since it was added."""

    NONE = auto()
    GONE = auto()
    MAYBE = auto()  # the file was written anew; whether the pixels are the same, they alone tell
    OTHER = auto()  # it holds something else


def fingerprint(path: Path) -> Fingerprint:
    """Look at a file; nothing is known of one that cannot be read."""
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            digest = hashlib.blake2b(str(status.st_size).encode(), digest_size=16)
            for start in sorted({0, max(0, status.st_size // 2), max(0, status.st_size - _PIECE)}):
                file.seek(start)
                digest.update(file.read(_PIECE))
    except OSError:
        return UNKNOWN
    return Fingerprint(digest.hexdigest(), status.st_size, status.st_mtime_ns)


def pixel_digest(pixels: NDArray[Any]) -> str:
    """The digest of (height, width) or (height, width, channels) pixels of any type."""
    digest = hashlib.blake2b(f"{pixels.shape} {pixels.dtype.str}".encode(), digest_size=16)
    digest.update(np.ascontiguousarray(pixels).data)
    return digest.hexdigest()


def picture_digest(picture: Picture) -> str:
    """Of the pixels, or of the small copy of an image that is too large to be held."""
    if picture.pixels is not None:
        return pixel_digest(picture.pixels)
    return pixel_digest(picture.overview.sample) if picture.overview is not None else ""


def compare(sample: Sample) -> Change:
    """What has become of a sample's file, told without decoding it."""
    return _what_became_of(sample.source.path, sample.fingerprint)


def _what_became_of(path: Path, known: Fingerprint) -> Change:
    try:
        status = path.stat()
    except OSError:
        return Change.GONE
    if known.digest is None or (known.size, known.time) == (status.st_size, status.st_mtime_ns):
        return Change.NONE
    if known.size == status.st_size and fingerprint(path).digest == known.digest:
        return Change.NONE  # copied, or touched
    return Change.MAYBE if known.pixels is not None else Change.OTHER


def check_same(source: ImageSource, known: Fingerprint) -> None:
    """Let pass an image that still is the picture it is known as; decodes one that was written anew.

    Raises:
        ImageError: it holds another picture. One that is gone or cannot be read passes.
    """
    change = _what_became_of(source.path, known)
    if change is Change.MAYBE:
        try:
            picture = open_picture(source)
        except ImageError:
            return
        with picture.regions:
            change = Change.NONE if picture_digest(picture) == known.pixels else Change.OTHER
    if change is Change.OTHER:
        raise ImageError(other_picture(source.path))


def other_picture(path: Path) -> str:
    """What a person is told of an image that holds another picture than when its mask was drawn."""
    return tr("The image {path} has changed since it was added; open it to decide.").format(path=path)


def is_rewritten(sample: Sample) -> bool:
    """Whether something was written to the file since it was last known; a file that is gone was not."""
    known = sample.fingerprint
    try:
        status = sample.source.path.stat()
    except OSError:
        return False
    return known.digest is not None and (known.size, known.time) != (status.st_size, status.st_mtime_ns)


def has_another_size(sample: Sample) -> bool:
    """Whether the file can be read, and its picture has another size than the sample."""
    try:
        found = inspect_image(sample.source.path, sample.source.page)
    except ImageError:
        return False
    return (found.width, found.height) != (sample.width, sample.height)


def is_another_picture(sample: Sample) -> bool:
    """Whether the file holds something else than what the sample's mask was drawn on, or may do."""
    return compare(sample) in (Change.MAYBE, Change.OTHER)
