"""Masks and pictures as PNG files that others read."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import imagecodecs
import numpy as np
import pytest
from PIL import Image

from segdesk.core import files
from segdesk.formats.images import write_png


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (300, 200), (2, 70_000), (70_000, 2)])
def test_a_mask_is_read_back_by_every_reader(shape: tuple[int, int], tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, shape).astype(np.uint8)
    runs = np.repeat(noise[:, ::7], 7, axis=1)[:, : shape[1]]
    for labels in (noise, runs, runs[:, ::-1], np.zeros(shape, np.uint8)):
        path = tmp_path / "mask.png"
        write_png(path, labels)
        with Image.open(path) as found:
            found.load()
            assert found.mode == "L"
            assert np.array_equal(np.asarray(found), labels)
        seen = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        assert seen is not None
        assert np.array_equal(seen, labels)
        assert np.array_equal(imagecodecs.png_decode(path.read_bytes()), labels)


def test_a_mask_takes_little_room(tmp_path: Path) -> None:
    labels = np.zeros((512, 512), np.uint8)
    cv2.circle(labels, (250, 250), 180, 3, -1)
    write_png(tmp_path / "mask.png", labels)
    Image.fromarray(labels).save(tmp_path / "other.png")
    assert (tmp_path / "mask.png").stat().st_size < 1.1 * (tmp_path / "other.png").stat().st_size


def test_a_folder_is_flushed_for_a_name_that_has_to_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[Path] = []
    monkeypatch.setattr(files, "_flush_folder", flushed.append)
    path, labels = tmp_path / "mask.png", np.zeros((4, 4), np.uint8)
    write_png(path, labels, named=False)
    assert flushed == []
    write_png(path, labels)
    assert flushed == [tmp_path]
    assert os.listdir(tmp_path) == ["mask.png"]  # noqa: PTH208  (nothing beside it, whatever it is called)
