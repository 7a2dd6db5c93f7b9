"""A folder's images: by their endings, in the order people count."""

from __future__ import annotations

from pathlib import Path

import pytest

from segdesk.core.errors import ImageError
from segdesk.core.images import SUPPORTED_SUFFIXES, list_images


def test_images_are_listed_in_natural_order(tmp_path: Path) -> None:
    for name in ["img10.png", "img2.PNG", "img1.tiff", "a.jpg", "notes.txt", ".hidden.png", "noext", "x.npy"]:
        (tmp_path / name).touch()
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "folder.png" / "inner.png").touch()
    names = ["a.jpg", "img1.tiff", "img2.PNG", "img10.png"]
    assert list_images(tmp_path) == [tmp_path / name for name in names]


def test_an_empty_folder_has_none(tmp_path: Path) -> None:
    assert list_images(tmp_path) == []


def test_a_folder_that_is_gone_or_a_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="gone"):
        list_images(tmp_path / "nowhere")
    (tmp_path / "file.png").touch()
    with pytest.raises(ImageError, match="not a folder"):
        list_images(tmp_path / "file.png")


def test_the_common_formats_are_listed() -> None:
    assert {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp", ".gif"} <= set(SUPPORTED_SUFFIXES)
