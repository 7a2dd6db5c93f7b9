"""A stroke that is packed while it goes on is the same as one packed at its end, on disk and in memory."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segdesk.core import touched
from segdesk.core.edit import Edit
from segdesk.core.geometry import Box
from segdesk.core.mask import Mask, Plane
from segdesk.core.painting import round_stroke
from segdesk.core.patch import Patch, Status
from segdesk.core.project.recent import RecentPatches
from segdesk.core.tile_codec import pack_pixels

WIDTH, HEIGHT = 1030, 790  # the last tiles are a few pixels wide


@pytest.fixture(autouse=True)
def always_packing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(touched, "_NEAR", 1)


def made_up(seed: int, *, parted: bool) -> Mask:
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.repeat(rng.integers(0, 3, (20, 20), np.uint8), 40, 0), 52, 1)
    mask = Mask.empty(HEIGHT, WIDTH)
    mask.labels[:] = labels[:HEIGHT, :WIDTH]
    mask.corrected[100:400, 200:900] = 1
    if parted:
        edit = Edit(mask)
        edit.divide(mask.box, rng.integers(1, 3, (HEIGHT, WIDTH)).astype(np.int32))
        edit.finish("Split", Status(), Status())
    return mask


def scribble(edit: Edit, mask: Mask, seed: int, moves: int = 60) -> None:
    """A stroke that comes back to tiles it had left."""
    rng = np.random.default_rng(seed)
    at = rng.random(2) * (WIDTH, HEIGHT)
    for move in range(moves):
        to = at + rng.normal(0, 80, 2)
        edit.assert_class(*round_stroke(tuple(at), tuple(to), float(rng.uniform(1, 70)), mask.box), 1)
        for _ in range(rng.integers(0, 4)):
            edit.pack_left()
        at = to if move % 20 else rng.random(2) * (WIDTH, HEIGHT)


def planes(mask: Mask) -> list[np.ndarray[tuple[int, int], np.dtype[np.uint8]]]:
    borders = np.zeros_like(mask.labels) if mask.borders is None else mask.borders
    return [mask.labels.copy(), mask.corrected.copy(), borders.copy()]


@settings(max_examples=12, deadline=None, derandomize=True, database=None)
@given(seed=st.integers(0, 10**6), parted=st.booleans())
def test_both_forms_of_a_patch_do_and_undo_the_stroke(seed: int, parted: bool) -> None:
    mask = made_up(seed, parted=parted)
    before = planes(mask)
    edit = Edit(mask)
    scribble(edit, mask, seed)
    patch = edit.finish("Brush", Status(), Status())
    after = planes(mask)
    assert patch is not None
    assert patch.pieces is not None
    changed = np.any([a != b for a, b in zip(before, after, strict=True)], axis=0)
    inside = changed[patch.box.slices]
    assert np.count_nonzero(inside) == np.count_nonzero(changed) > 0
    packed = replace(patch, pieces=None)
    for form, other in ((patch, packed), (packed, patch)):
        for way, wanted in ((form, before), (other, after)):
            way.toggle(mask)
            assert all(np.array_equal(a, b) for a, b in zip(planes(mask), wanted, strict=True))


@settings(max_examples=6, deadline=None, derandomize=True, database=None)
@given(seed=st.integers(0, 10**6), parted=st.booleans())
def test_a_stroke_taken_back_halfway_leaves_nothing(seed: int, parted: bool) -> None:
    mask = made_up(seed, parted=parted)
    before = planes(mask)
    edit = Edit(mask)
    scribble(edit, mask, seed)
    edit.divide(Box(100, 100, 300, 200), np.arange(60_000, dtype=np.int32).reshape(200, 300) // 300 % 7 + 1)
    edit.cancel()
    assert all(np.array_equal(a, b) for a, b in zip(planes(mask), before, strict=True))


def test_a_change_too_large_for_memory_is_kept_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(touched, "_MOST_PIECES", 50_000)
    mask = made_up(1, parted=False)
    before = planes(mask)
    edit = Edit(mask)
    scribble(edit, mask, 1)
    patch = edit.finish("Brush", Status(), Status())
    assert patch is not None
    assert patch.pieces is None
    patch.toggle(mask)
    assert all(np.array_equal(a, b) for a, b in zip(planes(mask), before, strict=True))


def test_a_change_too_large_for_a_while_is_undone_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was put back makes room again, but not for what was left out meanwhile."""
    monkeypatch.setattr(touched, "_MOST_PIECES", 100_000)  # one tile and a half
    mask = Mask.empty(256, 1024)
    mask.labels[:] = np.random.default_rng(0).integers(0, 9, mask.labels.shape)
    before = planes(mask)
    edit = Edit(mask)
    tiles = [Box(x, 0, 256, 256) for x in range(0, 1024, 256)]
    everything = np.ones((256, 256), np.bool_)
    for tile in tiles:
        edit.assert_class(tile, everything, 1)
    for tile in tiles[:2]:
        edit.put_back(tile, everything, *(plane[tile.slices] for plane in before[:2]))
    patch = edit.finish("Brush", Status(), Status())
    assert patch is not None
    patch.toggle(mask)
    assert all(np.array_equal(a, b) for a, b in zip(planes(mask), before, strict=True))


def test_the_newest_patches_are_at_hand_within_a_budget() -> None:
    patches: list[Patch] = []
    mask = made_up(2, parted=False)
    for seed in range(6):
        edit = Edit(mask)
        scribble(edit, mask, seed, moves=5)
        patch = edit.finish("Brush", Status(), Status())
        assert patch is not None
        patches.append(patch)
    sizes = [patch.size + patch.pieces.size for patch in patches if patch.pieces is not None]
    recent = RecentPatches(budget=sum(sizes[3:]))
    for number, patch in enumerate(patches):
        recent.add(number, patch)
    assert [recent.get(number) is patch for number, patch in enumerate(patches)] == [False] * 3 + [True] * 3
    recent.add(4, replace(patches[4], pieces=None))  # a later one of that id, which is not in memory
    assert recent.get(4) is None
    assert RecentPatches(budget=10).get(0) is None


def test_what_was_packed_on_the_way_is_not_packed_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    packed: list[int] = []

    def counted(pixels: Plane) -> bytes:
        packed.append(1)
        return pack_pixels(pixels)

    monkeypatch.setattr(touched, "pack_pixels", counted)
    mask = Mask.empty(HEIGHT, WIDTH)
    edit = Edit(mask)
    scribble(edit, mask, 3)
    while edit.pack_left():
        pass
    before = len(packed)
    assert edit.finish("Brush", Status(), Status()) is not None
    assert before > 10
    assert len(packed) - before <= 2
