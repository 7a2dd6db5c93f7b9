"""Files and folders become samples; what cannot be read is told and keeps nobody waiting."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from segdesk.core import intake
from segdesk.core.errors import ImageError
from segdesk.core.images import ImageInfo, inspect_image
from segdesk.core.intake import find_images


def test_folders_files_and_pages(tmp_path: Path) -> None:
    folder = tmp_path / "images"
    (folder / "deeper").mkdir(parents=True)
    Image.new("L", (30, 20)).save(folder / "img10.png")
    Image.new("RGB", (31, 21)).save(folder / "img2.png")
    Image.new("L", (9, 9)).save(folder / "deeper" / "not.png")
    with tifffile.TiffWriter(tmp_path / "stack.tif") as stack:
        for size in ((5, 6), (7, 8)):
            stack.write(np.ones(size, np.uint16), photometric="minisblack")
    intake = find_images([folder, tmp_path / "stack.tif"])
    assert [(s.source.path.name, s.source.page, s.width, s.height) for s in intake.samples] == [
        ("img2.png", 0, 31, 21),
        ("img10.png", 0, 30, 20),
        ("stack.tif", 0, 6, 5),
        ("stack.tif", 1, 8, 7),
    ]
    assert intake.problems == ()


def test_what_cannot_be_read_is_told_by_name(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.png").write_bytes(b"no picture")
    Image.new("L", (3, 3)).save(tmp_path / "good.png")
    paths = [tmp_path / name for name in ("gone.png", "broken.png", "empty", "good.png")]
    intake = find_images(paths)
    assert [s.source.path.name for s in intake.samples] == ["good.png"]
    assert len(intake.problems) == 3
    assert "gone.png" in intake.problems[0]
    assert "broken.png" in intake.problems[1]
    assert "no images" in intake.problems[2]


def test_a_page_that_cannot_be_read_does_not_keep_the_others_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "stack.tif"
    tifffile.imwrite(path, np.zeros((9, 6, 8), np.uint8), photometric="minisblack")

    def inspect(file: Path, page: int = 0) -> ImageInfo:
        if page in (2, 5):
            raise ImageError("It is damaged.")
        return inspect_image(file, page)

    monkeypatch.setattr(intake, "inspect_image", inspect)
    found = find_images([path])
    assert [sample.source.page for sample in found.samples] == [0, 1, 3, 4, 6, 7, 8]
    (problem,) = found.problems
    assert "stack.tif" in problem
    assert "3, 6." in problem
