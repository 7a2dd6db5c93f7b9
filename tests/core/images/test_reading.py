"""What is read is what was written: every depth, every kind of colour, in the common formats."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from segdesk.core.errors import ImageError
from segdesk.core.images import ImageInfo, ImageSource, inspect_image, read_image

RNG = np.random.default_rng(7)
GRAY = RNG.integers(0, 256, (13, 17), dtype=np.uint8)
RGB = RNG.integers(0, 256, (13, 17, 3), dtype=np.uint8)
GRAY16 = RNG.integers(0, 65536, (13, 17), dtype=np.uint16)


def read(path: Path, page: int = 0) -> NDArray[Any]:
    """The pixels of a page, which must be what inspecting it promised."""
    pixels = read_image(ImageSource(path, page))
    info = inspect_image(path, page)
    assert (info.height, info.width) == pixels.shape[:2]
    assert info.channels == (1 if pixels.ndim == 2 else pixels.shape[2])
    assert info.dtype == str(pixels.dtype)
    assert pixels.flags.c_contiguous
    assert pixels.dtype.isnative
    return pixels


def write_png(path: Path, width: int, height: int, depth: int, color_type: int, rows: bytes) -> None:
    """A PNG of any depth from packed rows without filters, as no library writes them all."""
    stride = len(rows) // height
    data = b"".join(b"\0" + rows[at : at + stride] for at in range(0, len(rows), stride))
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, 0)),
        (b"IDAT", zlib.compress(data)),
        (b"IEND", b""),
    ]
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + b"".join(
            struct.pack(">I", len(b)) + n + b + struct.pack(">I", zlib.crc32(n + b)) for n, b in chunks
        )
    )


@pytest.mark.parametrize("suffix", ["png", "bmp", "tif", "webp", "ppm", "jp2"])
def test_rgb_is_read_exactly(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"image.{suffix}"
    Image.fromarray(RGB).save(path, lossless=True)
    assert np.array_equal(read(path), RGB)


@pytest.mark.parametrize("suffix", ["png", "bmp", "tif", "gif", "pgm", "jp2"])
def test_gray_is_read_exactly(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"image.{suffix}"
    Image.fromarray(GRAY).save(path)
    assert np.array_equal(read(path), GRAY)


@pytest.mark.parametrize("suffix", ["jpg", "webp", "avif"])
def test_lossy_formats_are_read_nearly(tmp_path: Path, suffix: str) -> None:
    y, x = np.mgrid[:40, :60]
    smooth = np.stack([x * 4, y * 6, 255 - x * 2], axis=2).astype(np.uint8)
    path = tmp_path / f"image.{suffix}"
    Image.fromarray(smooth).save(path, quality=95)
    assert np.abs(read(path).astype(int) - smooth).mean() < 4


@pytest.mark.parametrize("suffix", ["png", "tif", "pgm"])
def test_16_bit_gray_keeps_its_values(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"image.{suffix}"
    Image.fromarray(GRAY16).save(path)
    pixels = read(path)
    assert pixels.dtype == np.uint16
    assert np.array_equal(pixels, GRAY16)


@pytest.mark.parametrize(("color_type", "samples", "kept"), [(2, 3, 3), (4, 2, 1), (6, 4, 3)])
def test_16_bit_colour_png_keeps_its_values(tmp_path: Path, color_type: int, samples: int, kept: int) -> None:
    stored = RNG.integers(0, 65536, (13, 17, samples), dtype=np.uint16)
    path = tmp_path / "image.png"
    write_png(path, 17, 13, 16, color_type, stored.astype(">u2").tobytes())
    pixels = read(path)
    assert pixels.dtype == np.uint16
    assert np.array_equal(pixels.reshape(13, 17, -1), stored[..., :kept])


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_few_bits_of_gray_span_black_to_white(tmp_path: Path, depth: int) -> None:
    values = RNG.integers(0, 2**depth, (5, 16), dtype=np.uint8)
    bits = np.unpackbits(values[..., None], axis=2)[..., -depth:].reshape(5, -1)
    path = tmp_path / "image.png"
    write_png(path, 16, 5, depth, 0, np.packbits(bits, axis=1).tobytes())
    pixels = read(path)
    assert pixels.dtype == np.uint8
    assert np.array_equal(pixels, values * (255 // (2**depth - 1)))


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_alpha_is_dropped_and_the_colour_under_it_stays(tmp_path: Path, mode: str) -> None:
    alpha = np.zeros((13, 17, 1), np.uint8)
    colors = RGB if mode == "RGBA" else GRAY[..., None]
    path = tmp_path / "image.png"
    Image.fromarray(np.concatenate([colors, alpha], axis=2), mode).save(path)
    assert np.array_equal(read(path), RGB if mode == "RGBA" else GRAY)


@pytest.mark.parametrize("suffix", ["png", "bmp", "tif", "gif"])
def test_palettes_become_their_colours(tmp_path: Path, suffix: str) -> None:
    indices = RNG.integers(0, 5, (13, 17), dtype=np.uint8)
    colors = np.array([[9, 8, 7], [200, 0, 0], [0, 200, 0], [0, 0, 200], [255, 255, 255]], np.uint8)
    image = Image.fromarray(indices, "P")
    image.putpalette(colors.tobytes())
    path = tmp_path / f"image.{suffix}"
    image.save(path)
    assert np.array_equal(read(path), colors[indices])


def test_a_transparent_palette_keeps_its_colours(tmp_path: Path) -> None:
    indices = RNG.integers(0, 2, (13, 17), dtype=np.uint8)
    image = Image.fromarray(indices, "P")
    image.putpalette(bytes([10, 20, 30, 40, 50, 60]))
    path = tmp_path / "image.png"
    image.save(path, transparency=0)
    assert np.array_equal(read(path), np.array([[10, 20, 30], [40, 50, 60]])[indices])


def test_a_palette_of_grays_gives_gray(tmp_path: Path) -> None:
    indices = RNG.integers(0, 3, (13, 17), dtype=np.uint8)
    image = Image.fromarray(indices, "P")
    image.putpalette(bytes([50] * 3 + [5] * 3 + [250] * 3))
    path = tmp_path / "image.png"
    image.save(path)
    assert np.array_equal(read(path), np.array([50, 5, 250])[indices])


def test_cmyk_jpeg_is_not_inverted(tmp_path: Path) -> None:
    path = tmp_path / "image.jpg"
    Image.new("CMYK", (16, 16), (0, 255, 255, 0)).save(path, quality=95)
    red, green, blue = read(path)[8, 8]
    assert red > 240
    assert max(green, blue) < 15


@pytest.mark.parametrize("suffix", ["gif", "png", "webp"])
def test_the_frames_of_an_animation_are_pages(tmp_path: Path, suffix: str) -> None:
    frames = [Image.new("RGB", (8, 6), color) for color in ("#ff0000", "#00ff00", "#0000ff")]
    path = tmp_path / f"image.{suffix}"
    frames[0].save(path, save_all=True, append_images=frames[1:], lossless=True)
    assert inspect_image(path).pages == 3
    for page, color in enumerate([(255, 0, 0), (0, 255, 0), (0, 0, 255)]):
        assert (read(path, page) == color).all()


def test_a_page_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "image.png"
    Image.fromarray(GRAY).save(path)
    for page in (1, -1):
        with pytest.raises(ImageError, match="no page"):
            read_image(ImageSource(path, page))


def test_what_inspecting_tells(tmp_path: Path) -> None:
    path = tmp_path / "image.jpeg"
    Image.fromarray(RGB).save(path)
    assert inspect_image(path) == ImageInfo(path, "JPEG", 17, 13, 3, "uint8", 1)


@pytest.mark.parametrize(
    "name",
    ["-rf.png", "100% #1 & [x].png", "中文.png", "a.b.c.png", "noext", "wrong.tif", "wrong.jpg", "x.npy"],
)
def test_the_name_does_not_matter(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    Image.fromarray(RGB).save(path, "PNG")
    assert np.array_equal(read(path), RGB)


def test_a_relative_path_with_a_leading_dash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for suffix in ("png", "tif"):
        Image.fromarray(RGB).save(f"-image.{suffix}")
        assert np.array_equal(read(Path(f"-image.{suffix}")), RGB)
