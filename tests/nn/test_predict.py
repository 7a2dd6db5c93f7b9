"""Predicting images with a model file."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tifffile
import torch
from PIL import Image

from segdesk.core.errors import ModelError
from segdesk.core.geometry import Box
from segdesk.core.images import ImageSource
from segdesk.core.jobs import Predicted, PredictItem, PredictRequest, View
from segdesk.nn import devices, engine, model_file, picture
from tests.nn.makers import tiny_spec


@pytest.fixture
def asked(tmp_path: Path) -> PredictRequest:
    torch.manual_seed(0)
    model = tmp_path / "model.safetensors"
    model_file.save(model, tiny_spec(), tiny_spec().build().state_dict())
    rng = np.random.default_rng(0)
    items = []
    for number, shape in enumerate([(40, 60), (33, 21, 3), (50, 50, 4)]):
        path = tmp_path / f"{number}.png"
        Image.fromarray(rng.integers(0, 255, shape).astype(np.uint8)).save(path)
        items.append(PredictItem(number, ImageSource(path)))
    return PredictRequest(model, tuple(items), "cpu")


def results(asked: PredictRequest) -> list[Predicted]:
    return [progress for progress in engine.predict(asked) if isinstance(progress, Predicted)]


def test_each_image_comes_back_in_its_size_and_order(asked: PredictRequest) -> None:
    found = results(asked)
    assert [one.sample_id for one in found] == [0, 1, 2]
    shapes = [one.prediction.labels.shape for one in found if one.prediction is not None]
    assert shapes == [(40, 60), (33, 21), (50, 50)]
    assert all(one.prediction.labels.dtype == np.uint8 for one in found if one.prediction is not None)
    assert found[-1].fraction == 1.0


def test_the_same_twice(asked: PredictRequest) -> None:
    first, second = results(asked), results(asked)
    for a, b in zip(first, second, strict=True):
        assert a.prediction is not None
        assert b.prediction is not None
        assert np.array_equal(a.prediction.labels, b.prediction.labels)


def test_each_prediction_says_how_sure_it_is_and_where_if_asked(asked: PredictRequest) -> None:
    for one in results(asked):
        assert one.prediction is not None
        assert one.prediction.uncertainty is not None
        assert 0 < one.prediction.uncertainty < 1
        assert one.prediction.uncertainty_map is None
    for one in results(replace(asked, uncertainty=True)):
        assert one.prediction is not None
        assert one.prediction.uncertainty_map is not None
        assert one.prediction.uncertainty_map.shape == one.prediction.labels.shape
        assert one.prediction.uncertainty_map.dtype == np.uint8
        mean = one.prediction.uncertainty_map.mean() / 255
        assert mean == pytest.approx(one.prediction.uncertainty or 0, abs=0.01)


def test_an_unreadable_image_is_reported_and_the_others_go_on(asked: PredictRequest) -> None:
    asked.items[1].source.path.write_bytes(b"no image")
    found = results(asked)
    assert [one.error is None for one in found] == [True, False, True]
    assert found[1].sample_id == 1
    assert found[1].prediction is None
    assert "1.png" in (found[1].error or "")


def test_the_view_comes_first(asked: PredictRequest) -> None:
    view = View(2, asked.items[2].source, Box(10, 5, 30, 20))
    said = list(engine.predict(replace(asked, view=view)))
    first = next(number for number, one in enumerate(said) if isinstance(one, Predicted))
    shown = [one.preview for one in said[:first] if one.preview is not None]
    assert len(shown) == 1
    assert shown[0].box == Box(10, 5, 30, 20)
    assert shown[0].labels.shape == (20, 30)


@pytest.mark.parametrize("box", [Box(-10, -10, 500, 500), Box(900, 900, 10, 10), Box(0, 0, 0, 0)])
def test_a_view_beyond_the_image(asked: PredictRequest, box: Box) -> None:
    said = list(engine.predict(replace(asked, view=View(2, asked.items[2].source, box))))
    shown = next(one.preview for one in said if one.preview is not None)
    assert shown.labels.shape == (shown.box.height, shown.box.width)
    assert shown.box.intersect(Box(0, 0, 50, 50)) == shown.box or shown.box.is_empty


def test_an_unreadable_view_stops_nothing(asked: PredictRequest) -> None:
    gone = View(9, ImageSource(asked.model.with_name("gone.png")), Box(0, 0, 9, 9))
    found = [one for one in engine.predict(replace(asked, view=gone)) if isinstance(one, Predicted)]
    assert len(found) == 3


def test_no_model_is_said_at_once(asked: PredictRequest) -> None:
    with pytest.raises(ModelError, match="gone"):
        results(replace(asked, model=asked.model.with_name("gone.safetensors")))


def test_nothing_asked_is_nothing_done(asked: PredictRequest) -> None:
    assert results(replace(asked, items=())) == []


def test_devices_end_with_the_processor_and_absent_ones_are_refused() -> None:
    found = engine.devices()
    assert found[-1].name == "cpu"
    assert all(device.description for device in found)
    assert devices.choose("cpu").type == "cpu"
    assert str(devices.choose("auto")) == found[0].name
    with pytest.raises(ModelError, match="toaster"):
        devices.choose("toaster")
    if not torch.cuda.is_available():
        with pytest.raises(ModelError, match="cuda"):
            devices.choose("cuda")


def test_the_default_network_comes_first() -> None:
    names = [network.name for network in engine.networks()]
    assert names[0] == engine.DEFAULT_NETWORK
    assert {"unet", "unet-32", "u2net", "u2net-small"} <= set(names)


def test_probabilities_come_if_asked_for(asked: PredictRequest) -> None:
    assert all(one.prediction is None or one.prediction.probabilities is None for one in results(asked))
    for one in results(replace(asked, probabilities=True)):
        assert one.prediction is not None
        planes = one.prediction.probabilities
        assert planes is not None
        assert planes.shape == (2, *one.prediction.labels.shape)
        sure = np.abs(planes[0].astype(int) - planes[1]) > 2
        assert np.array_equal(planes.argmax(0)[sure], one.prediction.labels[sure])


def test_a_job_that_is_closed_leaves_no_thread(asked: PredictRequest) -> None:
    before = set(threading.enumerate())
    job = engine.predict(asked)
    while not isinstance(next(job), Predicted):
        pass
    job.close()
    assert set(threading.enumerate()) <= before


def test_an_image_that_stays_in_its_file_is_predicted_alike(
    asked: PredictRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(0)
    pixels = np.clip(rng.normal(120, 30, (700, 900, 3)) + rng.normal(0, 40, (1, 900, 1)), 0, 255)
    path = tmp_path / "tiled.tif"
    tifffile.imwrite(path, pixels.astype(np.uint8), tile=(64, 64), photometric="rgb")
    request = replace(asked, items=(PredictItem(0, ImageSource(path)),), probabilities=True)
    whole = results(request)[0].prediction
    monkeypatch.setattr(picture, "_WHOLE", 1000)
    monkeypatch.setattr(picture, "read_image", None)  # nobody may ask for all of it
    parts = results(request)[0].prediction
    assert whole is not None
    assert parts is not None
    assert whole.probabilities is not None
    assert parts.probabilities is not None
    assert np.abs(whole.probabilities.astype(int) - parts.probabilities).mean() < 3
