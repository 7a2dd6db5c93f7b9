"""What cannot be opened is refused in a sentence that names the file and says what to do."""

from __future__ import annotations

import contextlib
import itertools
import os
import struct
import sys
import threading
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from segdesk.core.errors import ImageError
from segdesk.core.images import (
    ImageSource,
    failures,
    inspect_image,
    limits,
    open_picture,
    read_image,
    to_display,
)
from tests.core.images.test_reading import write_png

PIXELS = np.random.default_rng(1).integers(0, 256, (60, 50, 3), dtype=np.uint8)


def refusal(path: Path) -> str:
    with pytest.raises(ImageError) as caught:
        read_image(ImageSource(path))
    message = str(caught.value)
    assert path.name in message
    assert len(message) < 250
    assert message.endswith(".")
    return message


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    assert "no longer" in refusal(tmp_path / "image.png")
    assert "no longer" in refusal(tmp_path / "gone" / "image.png")


class Vanishing:
    """Deletes a file before it is asked for by its name for the `moment`th time."""

    def __init__(self, path: Path, moment: int) -> None:
        self.path = path
        self.moment = moment
        self.asked = 0

    def before(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def ask(path: Path, *args: Any, **kwargs: Any) -> Any:
            if path == self.path:
                self.asked += 1
                if self.asked == self.moment:
                    path.unlink()
            return method(path, *args, **kwargs)

        return ask


@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be deleted there")
@pytest.mark.parametrize("look", [inspect_image, lambda path: read_image(ImageSource(path))])
@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tif"])
def test_a_file_that_vanishes_at_any_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, look: Callable[[Path], object]
) -> None:
    path = tmp_path / f"image{suffix}"
    for moment in itertools.count(1):
        Image.fromarray(PIXELS).save(path)
        vanishing = Vanishing(path, moment)
        with monkeypatch.context() as patch:
            for name in ("open", "stat"):
                patch.setattr(Path, name, vanishing.before(getattr(Path, name)))
            with contextlib.suppress(ImageError):  # and nothing else
                look(path)
        if vanishing.asked < moment:
            break
    assert moment > 2


def test_a_folder(tmp_path: Path) -> None:
    (tmp_path / "image.png").mkdir()
    assert "folder" in refusal(tmp_path / "image.png")


@pytest.mark.skipif(
    sys.platform == "win32" or getattr(os, "geteuid", lambda: 1)() == 0, reason="root may read all"
)
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "image.png"
    path.touch(mode=0)
    assert "permitted" in refusal(path)


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "image.png"
    path.touch()
    assert "empty" in refusal(path)


@pytest.mark.parametrize("suffix", ["png", "jpg", "tif", "bmp", "gif"])
def test_a_file_that_is_cut_short(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"image.{suffix}"
    Image.fromarray(PIXELS).save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "Copy it again" in refusal(path)


def test_of_a_stack_the_page_is_named_too(tmp_path: Path) -> None:
    path = tmp_path / "stack.tif"
    tifffile.imwrite(path, np.stack([PIXELS] * 3), photometric="rgb", compression="zlib")
    with tifffile.TiffFile(path) as tif:
        start, length = tif.pages[1].dataoffsets[0], tif.pages[1].databytecounts[0]
    content = bytearray(path.read_bytes())
    content[start : start + length] = b"?" * length
    path.write_bytes(content)
    for sound in (0, 2):
        assert read_image(ImageSource(path, sound)).shape == PIXELS.shape
    for read in (read_image, open_picture):
        with pytest.raises(
            ImageError, match=r"Page 2 of 'stack\.tif' cannot be read: .*\. Copy the file again\."
        ):
            read(ImageSource(path, 1))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<!DOCTYPE html><html>not found</html>", "web page"),
        (b"just some text, " * 20, "not an image"),
        (bytes(range(256)) * 4, "not an image"),
        (b"PK\x03\x04" + bytes(100), "archive"),
        (b"%PDF-1.7\n", "PDF"),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b"\x93NUMPY\x01\0", "NumPy"),
        (b"\x89PNG\r\n\x1a\n", "cut short"),
        (b"II*\0\x08\0\0\0", "cut short"),
        (b"\xff\xd8\xff\xe0", "not an image"),
    ],
)
def test_what_is_no_image_of_ours(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "image.png"
    path.write_bytes(content)
    assert words in refusal(path)
    with pytest.raises(ImageError):
        inspect_image(path)


def test_a_header_that_claims_too_much(tmp_path: Path) -> None:
    path = tmp_path / "image.png"
    write_png(path, 50, 60, 8, 2, PIXELS.tobytes())
    content = bytearray(path.read_bytes())
    content[16:24] = struct.pack(">II", 20_000, 20_000)
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    path.write_bytes(content)
    assert "far more pixels" in refusal(path)


def test_an_image_beyond_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_PIXELS", 50 * 60)
    for suffix in ("png", "tif"):
        path = tmp_path / f"image.{suffix}"
        Image.fromarray(PIXELS).save(path)
        assert read_image(ImageSource(path)).shape == PIXELS.shape
        monkeypatch.setattr(limits, "MAX_PIXELS", 50 * 60 - 1)
        assert "too large" in refusal(path)
        monkeypatch.setattr(limits, "MAX_PIXELS", 50 * 60)
    monkeypatch.setattr(limits, "MAX_BYTES", 50 * 60 * 3 * 8 - 1)
    tifffile.imwrite(tmp_path / "deep.tif", PIXELS.astype(np.float64), photometric="rgb")
    assert "too large" in refusal(tmp_path / "deep.tif")


@pytest.mark.parametrize(
    ("raised", "words"),
    [
        (MemoryError(), "memory"),
        (OSError(5, "Input/output error"), "Input/output error"),
        (PermissionError(13, "denied"), "permitted"),
        (OSError("image file is truncated"), "cut short"),
        (ZeroDivisionError("oops"), "damaged"),
    ],
)
def test_whatever_a_decoder_raises_is_told_in_plain_words(
    tmp_path: Path, raised: Exception, words: str
) -> None:
    with pytest.raises(ImageError, match=words) as caught, failures.foreign(tmp_path / "image.png"):
        raise raised
    assert "image.png" in str(caught.value)


def test_decoders_in_two_threads_leave_the_warnings_as_they_were(tmp_path: Path) -> None:
    before = list(warnings.filters)
    inside, leave = threading.Event(), threading.Event()

    def decode(first: Callable[[], object]) -> None:
        with failures.foreign(tmp_path):
            first()
            warnings.warn("of no interest", stacklevel=1)

    def wait() -> None:
        inside.set()
        assert leave.wait(10)

    thread = threading.Thread(target=decode, args=(wait,))
    thread.start()
    assert inside.wait(10)
    decode(lambda: None)
    leave.set()
    thread.join()
    assert list(warnings.filters) == before


@pytest.mark.parametrize("suffix", ["png", "jpg", "gif", "bmp", "webp", "tif"])
def test_flipped_bytes_never_raise_anything_else(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"image.{suffix}"
    Image.fromarray(PIXELS).quantize(16).save(path) if suffix == "tif" else Image.fromarray(PIXELS).save(path)
    content = path.read_bytes()
    rng = np.random.default_rng(2)
    for _ in range(100):
        spoilt = bytearray(content)
        for place in rng.integers(0, min(len(content), 400), 3):
            spoilt[place] = rng.integers(0, 256)
        path.write_bytes(spoilt)
        with contextlib.suppress(ImageError):
            to_display(read_image(ImageSource(path)))
