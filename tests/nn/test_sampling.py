"""What a round is made of: the part of each pixel, what is held out, and the crops of a batch."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from segdesk.core.errors import ImageError, LearningError
from segdesk.core.geometry import Box
from segdesk.core.jobs import TrainSample, run
from segdesk.nn import holdout, material
from segdesk.nn.anchors import renew
from segdesk.nn.augment import shade, turn
from segdesk.nn.holdout import BLOCK, ENOUGH, SHARE, held_blocks
from segdesk.nn.material import ANCHOR, BLANK, HELD, IGNORED, LEARNED, Material, gather
from segdesk.nn.sampling import Sampler
from tests.nn.makers import NOTHING, discs, request, sample, strokes, tiny_unet


def gathered(folder: Path, *samples: TrainSample) -> Material:
    return run(gather(request(folder, samples), None, "channel", np.random.default_rng(0)))


def test_the_part_of_each_pixel(tmp_path: Path) -> None:
    _, truth = discs(1)
    painted = strokes(truth, 1)
    plain, seen = sample(tmp_path, 1), sample(tmp_path, 2, seen=np.zeros_like(truth))
    first, second = gathered(tmp_path, plain, seen).pieces
    assert np.array_equal(first.roles >= LEARNED, painted == 1)
    assert set(np.unique(first.roles)) <= {IGNORED, BLANK, LEARNED, HELD}
    assert set(np.unique(second.roles)) <= {ANCHOR, LEARNED, HELD}


def test_nothing_beside_an_object_is_background_only_because_it_is_not_painted(tmp_path: Path) -> None:
    _, truth = discs(1)
    painted = strokes(truth, 1)
    objects = (painted == 1) & (truth == 1)
    background = (painted == 1) & (truth == 0)
    (piece,) = gathered(tmp_path, sample(tmp_path, 1)).pieces
    beside = cv2.dilate(objects.astype(np.uint8), np.ones((3, 3), np.uint8)) == 1
    assert (piece.roles[beside & (painted == 0)] == IGNORED).all()
    far = cv2.distanceTransform(1 - objects.astype(np.uint8), cv2.DIST_L2, 3) > 30
    assert (piece.roles[far & (painted == 0)] == BLANK).all()
    assert (piece.roles[background] >= LEARNED).all()


def test_a_confirmed_sample_is_learned_everywhere_but_where_it_is_held_out(tmp_path: Path) -> None:
    (piece,) = gathered(tmp_path, sample(tmp_path, 3, confirmed=True, size=400)).pieces
    assert piece.confirmed
    assert set(np.unique(piece.roles)) == {LEARNED, HELD}
    assert 0 < (piece.roles == HELD).mean() < 3 * SHARE


def test_what_is_held_out_stays_held_out_when_more_is_painted(tmp_path: Path) -> None:
    _, truth = discs(4, 300, 30)
    some = np.zeros_like(truth)
    some[:200] = 1
    (before,) = gathered(tmp_path, sample(tmp_path, 4, corrected=some, size=300, count=30)).pieces
    (after,) = gathered(
        tmp_path, sample(tmp_path, 4, corrected=np.ones_like(truth), size=300, count=30)
    ).pieces
    held = before.roles == HELD
    assert held.any()
    assert (after.roles[held] == HELD).all()
    assert not np.array_equal(held_blocks(4, 300, 300), held_blocks(5, 300, 300))


def test_about_the_right_share_is_held_out_in_whole_squares() -> None:
    held = held_blocks(7, 40 * BLOCK, 40 * BLOCK)
    assert held.mean() == pytest.approx(SHARE, abs=0.03)
    squares = held.reshape(40, BLOCK, 40, BLOCK).mean((1, 3))
    assert set(np.unique(squares)) == {0.0, 1.0}


def test_a_class_with_little_is_never_starved(tmp_path: Path) -> None:
    for number in range(12):
        _, truth = discs(number, 200, 12)
        rare = np.argwhere(truth == 1)[: ENOUGH // 4]
        painted = (truth == 0).astype(np.uint8)
        painted[rare[:, 0], rare[:, 1]] = 1
        (piece,) = gathered(tmp_path, sample(tmp_path, number, corrected=painted, size=200, count=12)).pieces
        assert not ((piece.roles == HELD) & (piece.labels == 1)).any()
        assert ((piece.roles == LEARNED) & (piece.labels == 1)).sum() == len(rare)


def test_nothing_or_one_class_alone_is_nothing_to_learn_from(tmp_path: Path) -> None:
    _, truth = discs(1)
    for painted, missing in (
        (np.zeros_like(truth), "paint a little of each class"),
        (truth, "Only disc is painted yet: mark a little background"),
        (1 - truth, "Only background is marked yet: paint a little of another class"),
    ):
        with pytest.raises(LearningError, match=missing):
            gathered(tmp_path, sample(tmp_path, 1, corrected=painted))
    with pytest.raises(LearningError, match="each class"):
        gathered(tmp_path)
    # Beside a prediction that the person saw, corrections of one class do teach something.
    assert gathered(tmp_path, sample(tmp_path, 1, corrected=truth, seen=np.zeros_like(truth))).pieces


def test_one_bad_image_is_left_out_with_a_note(tmp_path: Path) -> None:
    good, gone = sample(tmp_path, 1), sample(tmp_path, 2)
    gone.source.path.unlink()
    found = gathered(tmp_path, good, gone)
    assert [piece.sample_id for piece in found.pieces] == [1]
    assert "2.png" in found.note
    with pytest.raises(ImageError, match=r"2\.png"):
        gathered(tmp_path, gone)
    other_size = replace(sample(tmp_path, 3), source=sample(tmp_path, 5, size=64).source)
    with pytest.raises(ImageError, match="size"):
        gathered(tmp_path, other_size)


def test_of_a_large_image_only_taught_blocks_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(material, "_WHOLE", 100)
    monkeypatch.setattr(material, "BLOCK", 64)
    monkeypatch.setattr(material, "_MARGIN", 8)
    _, truth = discs(1, 300, 40)
    painted = np.zeros_like(truth)
    painted[:60, :60] = painted[200:250, 130:180] = 1
    pieces = gathered(tmp_path, sample(tmp_path, 1, corrected=painted, size=300, count=40)).pieces
    assert sum(piece.labels.size for piece in pieces) < 0.5 * truth.size
    assert sum(int((piece.roles >= LEARNED).sum()) for piece in pieces) >= int(painted.sum())
    monkeypatch.setattr(material, "_MEMORY", 1)
    assert len(gathered(tmp_path, sample(tmp_path, 1, corrected=painted, size=300, count=40)).pieces) == 1


def test_confirmed_samples_wait_where_there_is_no_time_or_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples = (*(sample(tmp_path, seed, confirmed=True) for seed in (2, 3, 4)), sample(tmp_path, 1))
    asked = request(tmp_path, samples)
    hurried = run(gather(asked, None, "channel", np.random.default_rng(0), seconds=0.0))
    assert [piece.sample_id for piece in hurried.pieces] == [1]
    assert len(gathered(tmp_path, *samples).pieces) == 4
    monkeypatch.setattr(material, "_MEMORY", hurried.pieces[0].nbytes + 1)
    assert len(gathered(tmp_path, *samples).pieces) == 2


def test_weights_of_a_batch(tmp_path: Path) -> None:
    _, truth = discs(2)
    found = gathered(tmp_path, sample(tmp_path, 1), sample(tmp_path, 2, seen=np.zeros_like(truth)))
    sampler = Sampler(found.pieces, np.random.default_rng(0), anchor=0.1, blank=0.05)
    batch = sampler.batch(8, 48)
    assert batch.images.shape == (8, 3, 48, 48)
    assert batch.labels.shape == batch.weights.shape == (8, 48, 48)
    assert set(np.unique(batch.weights)) - {np.float32(0)} == {
        np.float32(0.05),
        np.float32(0.1),
        np.float32(1),
    }
    assert batch.labels.max() == 1


def test_the_anchor_is_renewed_and_corrections_are_not(tmp_path: Path) -> None:
    found = gathered(tmp_path, sample(tmp_path, 1), sample(tmp_path, 3, confirmed=True))
    labels = [piece.labels.copy() for piece in found.pieces]
    roles = [piece.roles.copy() for piece in found.pieces]
    network = tiny_unet()
    with torch.no_grad():
        network.head.bias.copy_(torch.tensor([-50.0, 50.0]))  # type: ignore[union-attr]
    network.train()
    run(renew(found.pieces, network, np.random.default_rng(0), NOTHING, most=0))
    assert np.array_equal(found.pieces[0].labels, labels[0])
    run(renew(found.pieces, network, np.random.default_rng(0), NOTHING, most=9))
    painted = roles[0] >= LEARNED
    guessed = roles[0] == BLANK
    assert (found.pieces[0].labels[guessed] == 1).all()
    assert (found.pieces[0].roles[guessed] == ANCHOR).all()
    assert np.array_equal(found.pieces[0].labels[painted], labels[0][painted])
    assert np.array_equal(found.pieces[1].labels, labels[1])
    assert network.training


def test_held_out_pixels_have_no_weight(tmp_path: Path) -> None:
    found = gathered(tmp_path, sample(tmp_path, 3, confirmed=True, size=200))
    (piece,) = found.pieces
    marked = replace(piece, labels=np.where(piece.roles == HELD, 2, piece.labels).astype(np.uint8))
    sampler = Sampler([marked], np.random.default_rng(0))
    for _ in range(10):
        batch = sampler.batch(4, 64)
        assert not (batch.labels == 2).any()


def test_half_of_a_batch_replays_confirmed_samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holdout, "SHARE", 0.0)
    pieces = gathered(tmp_path, sample(tmp_path, 1), sample(tmp_path, 2, confirmed=True)).pieces
    batch = Sampler(pieces, np.random.default_rng(0)).batch(20, 40)
    full = (batch.weights == 1).all((1, 2))
    assert full.sum() == 10


def test_a_rare_class_is_shown_often(tmp_path: Path) -> None:
    _, truth = discs(1, 300)
    painted = np.ones_like(truth)
    truth[:] = 0
    truth[150:156, 150:156] = 1
    found = gathered(tmp_path, sample(tmp_path, 1, corrected=painted, size=300))
    piece = replace(found.pieces[0], labels=truth, roles=np.full_like(truth, LEARNED))
    batch = Sampler([piece], np.random.default_rng(0)).batch(40, 64)
    assert (batch.labels == 1).any((1, 2)).sum() >= 8  # a fiftieth of the area would give none or one


def test_crops_larger_than_the_image(tmp_path: Path) -> None:
    pieces = gathered(tmp_path, sample(tmp_path, 1, size=40)).pieces
    batch = Sampler(pieces, np.random.default_rng(0)).batch(4, 128)
    assert batch.images.shape == (4, 3, 128, 128)
    assert (batch.weights > 0).mean() < 0.4  # nothing is learned from what was mirrored


def test_plain_crops_are_windows_of_the_image_as_it_is(tmp_path: Path) -> None:
    (piece,) = gathered(tmp_path, sample(tmp_path, 3, confirmed=True, size=70)).pieces
    whole = piece.image.read(Box(0, 0, 70, 70))
    sampler = Sampler([piece], np.random.default_rng(0), shading=0.0, focus=False, zoom=0.0, turns=False)
    windows = np.lib.stride_tricks.sliding_window_view(whole[0], (64, 64))
    corners = set()
    for image in sampler.batch(30, 64).images:
        found = np.argwhere((windows == image[0]).all((2, 3)))
        assert len(found) == 1
        corners.add(tuple(found[0]))
    assert len(corners) > 15  # of 49: any place is as likely as another


def test_turning_keeps_image_and_labels_together() -> None:
    rng = np.random.default_rng(0)
    plane = np.arange(36, dtype=np.uint8).reshape(6, 6)
    seen = set()
    for _ in range(60):
        image, (turned,) = turn(plane[None].astype(np.float32), (plane,), rng)
        assert np.array_equal(image[0], turned)
        seen.add(turned.tobytes())
    assert len(seen) == 8
    bright = shade(np.zeros((1, 4, 4), np.float32), rng, 0.2)
    assert np.abs(bright).max() <= 0.2
