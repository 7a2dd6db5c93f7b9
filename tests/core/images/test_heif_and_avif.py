"""Pictures of phones: read where Pillow can, and said plainly where it cannot."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdesk.core.errors import ImageError
from segdesk.core.images import ImageSource, extras, inspect_image, kinds, list_images, read_image

HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200)


def smooth() -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    y, x = np.mgrid[:40, :60]
    return np.stack([x * 4, y * 6, 255 - x * 2], axis=2).astype(np.uint8)


@pytest.fixture
def avif(tmp_path: Path) -> Path:
    if not extras.reads_avif():
        pytest.skip("this Pillow has no AVIF")
    path = tmp_path / "Foto ä.avif"
    Image.fromarray(smooth()).save(path, quality=95)
    return path


def test_avif_is_listed_described_and_read(avif: Path) -> None:
    assert list_images(avif.parent) == [avif]
    info = inspect_image(avif)
    assert (info.width, info.height, info.channels, info.pages) == (60, 40, 3, 1)
    assert np.abs(read_image(ImageSource(avif)).astype(int) - smooth()).mean() < 4


def test_an_avif_lies_as_its_exif_says(avif: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(smooth()).save(avif, quality=95, exif=exif)
    pixels = read_image(ImageSource(avif))
    info = inspect_image(avif)
    assert pixels.shape[:2] == (info.height, info.width) == (60, 40)
    assert np.abs(pixels.astype(int) - np.rot90(smooth(), -1)).mean() < 4


def test_each_frame_of_an_avif_is_a_page(avif: Path) -> None:
    frames = [Image.fromarray(smooth()), Image.fromarray(255 - smooth())]
    frames[0].save(avif, quality=95, save_all=True, append_images=frames[1:])
    assert inspect_image(avif).pages == 2
    assert np.abs(read_image(ImageSource(avif, 1)).astype(int) - (255 - smooth())).mean() < 4


def test_where_pillow_has_no_avif_it_says_what_helps(avif: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "reads_avif", lambda: False)
    with pytest.raises(ImageError, match=r"needs a newer Pillow.*pip install -U pillow"):
        inspect_image(avif)


def test_where_there_is_no_plug_in_a_heic_says_what_helps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "reads_heif", lambda: False)
    path = tmp_path / "IMG_0001.HEIC"
    path.write_bytes(HEIC)
    with pytest.raises(ImageError, match=r"needs pillow-heif: run `pip install segdesk\[heif\]`"):
        inspect_image(path)


def test_a_heic_is_read_with_the_plug_in(tmp_path: Path) -> None:
    plug_in = pytest.importorskip("pillow_heif")
    assert extras.reads_heif()
    path = tmp_path / "IMG_0002.heic"
    plug_in.from_pillow(Image.fromarray(smooth())).save(path, quality=95)
    info = inspect_image(path)
    assert (info.width, info.height, info.channels) == (60, 40, 3)
    assert np.abs(read_image(ImageSource(path)).astype(int) - smooth()).mean() < 6


def test_a_broken_avif_is_said_to_be_broken(avif: Path) -> None:
    avif.write_bytes(avif.read_bytes()[:200])
    with pytest.raises(ImageError, match="cannot be read"):
        read_image(ImageSource(avif))
