"""How large an image may be, and whether a file can hold what its header claims; both before decoding."""

from __future__ import annotations

from pathlib import Path

from segdesk.core.errors import ImageError
from segdesk.core.images.failures import damaged
from segdesk.core.limits import raised
from segdesk.core.translation import tr

MAX_PIXELS = 1_000_000_000
"""Pixels of the largest image that is opened, as of the other two unless a person raises them."""

MAX_BYTES = 4 * 2**30
"""Bytes of the largest decoded image that is opened."""

MAX_PIECEWISE_PIXELS = 10_000_000_000
"""Pixels of the largest image that is opened where only parts of it need to be decoded."""

# Below this, trying costs less than a wrong refusal.
_HARMLESS_BYTES = 50_000_000


def check_size(path: Path, width: int, height: int, channels: int = 1, itemsize: int = 1) -> None:
    """Let pass what fits: an image of `width` x `height` pixels of `channels` values of `itemsize` bytes.

    Raises:
        ImageError: the image has no pixels, or is beyond MAX_PIXELS or MAX_BYTES.
    """
    if width <= 0 or height <= 0 or channels <= 0:
        raise damaged(path)
    if width * height > raised(MAX_PIXELS) or width * height * channels * itemsize > raised(MAX_BYTES):
        raise too_large(path)


def check_pieces(path: Path, width: int, height: int) -> None:
    """Let pass an image that is read in parts.

    Raises:
        ImageError: the image has no pixels, or is beyond MAX_PIECEWISE_PIXELS.
    """
    if width <= 0 or height <= 0:
        raise damaged(path)
    if width * height > raised(MAX_PIECEWISE_PIXELS):
        raise too_large(path, raised(MAX_PIECEWISE_PIXELS))


def too_large(path: Path, pixels: int | None = None) -> ImageError:
    """The image would take more memory and time than we are ready to spend on it.

    pixels: the most there may be, where the bytes do not matter.
    """
    if pixels is not None:
        return ImageError(
            tr(
                "'{name}' is too large: up to {megapixels} megapixels can be opened. "
                "Crop it, open a smaller copy, or raise the limit in the settings."
            ).format(name=path.name, megapixels=pixels // 1_000_000)
        )
    return ImageError(
        tr(
            "'{name}' is too large: up to {megapixels} megapixels and {gigabytes} GB can be opened. "
            "Crop it, open a smaller copy, or raise the limit in the settings."
        ).format(
            name=path.name,
            megapixels=raised(MAX_PIXELS) // 1_000_000,
            gigabytes=raised(MAX_BYTES) // 2**30,
        )
    )


def check_claim(path: Path, claimed: float, stored: int, best_ratio: float) -> None:
    """Let pass a header whose `claimed` bytes can come out of `stored` bytes.

    `best_ratio` is the most that the compression can gain. Small claims always pass.

    Raises:
        ImageError: the file holds far less than it claims.
    """
    if claimed > _HARMLESS_BYTES and claimed > stored * best_ratio:
        raise ImageError(
            tr(
                "'{name}' cannot be read: it claims far more pixels than it holds. "
                "Copy it again from its source."
            ).format(name=path.name)
        )
