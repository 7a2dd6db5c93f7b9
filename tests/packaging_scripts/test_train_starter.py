"""The pictures that a starter model learns from, and the script that trains it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import starter_scenes
import train_starter
from starter_scenes import CLASSES, Layer, draw

from segdesk.nn import model_file
from segdesk.nn.networks.fixed_norm import FixedNorm


def test_the_same_numbers_draw_the_same_scene() -> None:
    one, again, other = (draw(96, np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert (one.pixels == again.pixels).all() and (one.labels == again.labels).all()
    assert (one.pixels != other.pixels).any()


def test_scenes_hold_every_class_and_what_is_labelled_can_be_seen() -> None:
    scenes = [draw(128, np.random.default_rng(seed)) for seed in range(60)]
    found = np.unique(np.concatenate([scene.labels.ravel() for scene in scenes]))
    assert list(found) == list(range(len(CLASSES)))
    assert all(scene.pixels.shape == (128, 128, 3) and scene.pixels.dtype == np.uint8 for scene in scenes)


@pytest.mark.parametrize("layer", [starter_scenes._objects, starter_scenes._lines])
def test_bright_things_are_brighter_than_what_is_around_them(layer: Layer) -> None:
    differences: dict[int, list[float]] = {}
    for seed in range(30):
        light = np.full((128, 128, 3), 0.5, np.float32)
        labels = np.zeros((128, 128), np.uint8)
        layer(light, labels, np.random.default_rng(seed))
        for index in set(np.unique(labels)) - {0}:
            inside, outside = light[labels == index].mean(), light[labels == 0].mean()
            differences.setdefault(int(index), []).append(float(inside - outside))
    bright, dark = sorted(differences)
    assert CLASSES[bright].startswith("bright") and np.mean(differences[bright]) > 0.03
    assert CLASSES[dark].startswith("dark") and np.mean(differences[dark]) < -0.03


def test_the_script_leaves_a_starter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "unet.safetensors"
    monkeypatch.setattr("sys.argv", ["train_starter.py", str(out), "--seconds", "0.2", "--device", "cpu"])
    train_starter.main()
    assert model_file.read_spec(out).starter
    assert model_file.is_starter(out)
    spec, network = model_file.load(out, ("background", "cell"))
    assert not spec.starter and network.classes == 2
    layers = [part for part in network.modules() if isinstance(part, FixedNorm)]
    assert layers and not any(layer.is_measured for layer in layers)  # each project does so, for its images
