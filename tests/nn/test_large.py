"""Learning from an image of which only the blocks around corrections are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from segdesk.core.errors import ImageError
from segdesk.core.geometry import Box
from segdesk.core.images import ImageSource
from segdesk.core.images.regions import PiecewiseTiff
from segdesk.core.jobs import TrainSample
from segdesk.core.mask import Mask, PackedMask
from segdesk.nn import large, material
from segdesk.nn.holdout import held_blocks, held_in
from segdesk.nn.material import LEARNED, Material, gather
from segdesk.nn.sampling import Sampler
from tests.nn.makers import discs, request

SIZE = 1400


def tiled(folder: Path, *, confirmed: bool = False, seen: bool = False, as_tiles: bool = True) -> TrainSample:
    """A sample whose corrections lie in two corners of a large image."""
    image, truth = discs(3, SIZE, 60)
    tiles: dict[str, Any] = {"tile": (256, 256)} if as_tiles else {}
    path = folder / "slide.tif"
    tifffile.imwrite(path, image, photometric="minisblack", **tiles)
    painted = np.zeros_like(truth)
    painted[20:300, 30:400] = painted[1250:1390, 1200:1400] = 1
    labels = np.where(painted == 1, truth, 0).astype(np.uint8)
    return TrainSample(3, ImageSource(path), PackedMask.pack(Mask(labels, painted)), confirmed, seen)


def gathered(folder: Path, sample: TrainSample) -> Material:
    job = gather(request(folder, (sample,)), 1, "range", np.random.default_rng(0))
    while True:
        try:
            next(job)
        except StopIteration as end:
            found: Material = end.value
            return found


def content(found: Material) -> set[tuple[bytes, bytes, bytes]]:
    return {
        (
            piece.labels.tobytes(),
            piece.roles.tobytes(),
            piece.image.read(Box(0, 0, piece.image.width, piece.image.height)).tobytes(),
        )
        for piece in found.pieces
    }


@pytest.mark.parametrize(("confirmed", "seen"), [(False, False), (False, True), (True, True)])
def test_blocks_from_the_file_are_those_of_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, confirmed: bool, seen: bool
) -> None:
    sample = tiled(tmp_path, confirmed=confirmed, seen=seen)
    monkeypatch.setattr(material, "_WHOLE", 1)
    whole = gathered(tmp_path, sample)
    monkeypatch.setattr(large, "PIXELS", 1)
    by_blocks = gathered(tmp_path, sample)
    assert content(by_blocks) == content(whole)
    assert len(by_blocks.pieces) == (9 if confirmed else 2)


def test_nothing_is_read_far_from_corrections_and_no_plane_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, "PIXELS", 1)
    sample = tiled(tmp_path)
    boxes: list[Box] = []
    read = PiecewiseTiff.read

    def watched(regions: PiecewiseTiff, box: Box, level: int = 0) -> Any:
        boxes.append(box)
        return read(regions, box, level)

    def never(*_: object) -> None:
        raise AssertionError("it was held whole")

    monkeypatch.setattr(PiecewiseTiff, "read", watched)
    monkeypatch.setattr(material, "read_image", never)
    monkeypatch.setattr(PackedMask, "unpack", never)
    found = gathered(tmp_path, sample)
    wide = [box for box in boxes if box.width > 96]
    assert max(box.width * box.height for box in boxes) <= 640 * 640
    assert len(wide) == len(found.pieces) == 2
    batch = Sampler(found.pieces, np.random.default_rng(0)).batch(4, 64)
    assert (batch.weights == 1).any()
    assert {int(label) for label in np.unique(batch.labels)} <= {0, 1}


def test_a_file_that_is_decoded_whole_is_learned_from_as_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, "PIXELS", 1)
    sample = tiled(tmp_path)
    image, _ = discs(3, SIZE, 60)
    path = tmp_path / "slide.png"
    Image.fromarray(image).save(path)
    found = gathered(tmp_path, TrainSample(3, ImageSource(path), sample.mask, False, False))
    assert sum(int((piece.roles == LEARNED).sum()) for piece in found.pieces) > 0


def test_an_image_that_has_changed_its_size_is_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, "PIXELS", 1)
    sample = tiled(tmp_path)
    tifffile.imwrite(sample.source.path, np.zeros((512, 512), np.uint8), tile=(256, 256))
    with pytest.raises(ImageError, match="not of the size of its mask"):
        gathered(tmp_path, sample)


def test_what_is_held_out_is_the_same_seen_through_any_box() -> None:
    whole = held_blocks(7, 300, 500)
    for box in (Box(0, 0, 500, 300), Box(100, 50, 333, 200), Box(47, 48, 2, 1)):
        assert (held_in(7, box) == whole[box.slices]).all()
