"""Recipes: images go in and results come out as in the programs that the networks were published with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pytest
import torch
import torch.nn.functional as functional
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from segdesk.core.errors import ModelError
from segdesk.core.geometry import Box
from segdesk.core.images import ImageSource
from segdesk.core.jobs import Predicted, PredictItem, PredictRequest, View, run
from segdesk.nn import devices, engine, model_file, resized
from segdesk.nn.foreign.convert import convert
from segdesk.nn.preparation import Preparation, prepared, prepared_mask, restored
from segdesk.nn.spec import NetworkSpec
from tests.nn.foreign import originals
from tests.nn.foreign.originals import SMALL, Original
from tests.nn.foreign.test_onnx import folded, onnx
from tests.nn.makers import request, sample

Picture: TypeAlias = NDArray[Any]
Ask: TypeAlias = Callable[[Tensor], Tensor]  # a network: (1, 3, h, w) to logits

MEAN, DEVIATION = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])


@pytest.fixture(autouse=True)
def full_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other programs know no bfloat16, which would differ by more than what is examined here."""
    monkeypatch.setattr(devices, "cpu_has_bfloat16", lambda: False)


def picture(height: int = 150, width: int = 221, dtype: str = "uint8") -> Picture:
    """Soft blobs and an edge, in three colours that are not alike; its brightest pixel is not white."""
    y, x = np.mgrid[:height, :width] / 30.0
    waves = [np.sin(x + c) * np.cos(y * (1 + c / 3)) + (x > 3) * c / 4 for c in range(3)]
    image = np.stack(waves, axis=2)
    image = (image - image.min()) / np.ptp(image) * 0.9
    found: Picture = (image * np.iinfo(dtype).max).astype(dtype)
    return found


def tensor(values: Picture) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values.transpose(2, 0, 1)[None], np.float32))


def pillow(plane: Picture, size: tuple[int, int], how: Image.Resampling) -> Picture:
    return np.asarray(Image.fromarray(plane).resize(size, how))


def rembg(image: Picture, ask: Ask) -> Picture:
    height, width = image.shape[:2]
    small = pillow(image, (320, 320), Image.Resampling.LANCZOS) / 1.0
    said = ask(tensor((small / small.max() - MEAN) / DEVIATION)).sigmoid()[0, 0].numpy()
    mask = pillow(said, (width, height), Image.Resampling.LANCZOS)
    return np.stack([1 - mask, mask])


def official_u2net(image: Picture, ask: Ask) -> Picture:
    """scikit-image's resize: a Gaussian of half of what the factor is above one, then linearly in between."""
    height, width = image.shape[:2]
    soft = image / 255.0
    for axis, length in ((0, height), (1, width)):
        sigma = max(0.0, (length / 320 - 1) / 2)
        if sigma:
            at = np.arange(-int(4 * sigma + 0.5), int(4 * sigma + 0.5) + 1)
            kernel = np.exp(-(at**2) / (2 * sigma**2))
            widths = [(0, 0)] * 3
            widths[axis] = (len(at) // 2, len(at) // 2)
            padded = np.pad(soft, widths, mode="reflect")
            parts = [padded.take(range(k, k + length), axis) for k in range(len(at))]
            soft = sum(w * part for w, part in zip(kernel / kernel.sum(), parts, strict=True))
    small = functional.interpolate(tensor(soft), (320, 320), mode="bilinear")[0].numpy().transpose(1, 2, 0)
    said = ask(tensor((small / small.max() - MEAN) / DEVIATION)).sigmoid()
    mask = functional.interpolate(said, (height, width), mode="bilinear")[0, 0].numpy()
    return np.stack([1 - mask, mask])


def bubbliiiing(image: Picture, ask: Ask) -> Picture:
    height, width = image.shape[:2]
    scale = min(512 / width, 512 / height)
    wide, tall = int(width * scale), int(height * scale)
    box = np.full((512, 512, 3), 128, np.uint8)
    top, left = (512 - tall) // 2, (512 - wide) // 2
    box[top : top + tall, left : left + wide] = pillow(image, (wide, tall), Image.Resampling.BICUBIC)
    said = ask(tensor(box / 255.0)).softmax(1)[:, :, top : top + tall, left : left + wide]
    return functional.interpolate(said, (height, width), mode="bilinear")[0].numpy()


def milesial(image: Picture, ask: Ask) -> Picture:
    height, width = image.shape[:2]
    small = pillow(image, (int(width * 0.5), int(height * 0.5)), Image.Resampling.BICUBIC)
    logits = functional.interpolate(ask(tensor(small / 255.0)), (height, width), mode="bilinear")
    if logits.shape[1] == 1:
        mask = logits.sigmoid()[0, 0].numpy()
        return np.stack([1 - mask, mask])
    return logits.softmax(1)[0].numpy()


def zoo(image: Picture, ask: Ask) -> Picture:
    height, width = image.shape[:2]
    blue_first = tensor(image[..., ::-1] / 255.0)
    large = functional.interpolate(blue_first, (576, 576), mode="bilinear")
    said = functional.interpolate(ask((large - 0.5) / 0.5).sigmoid(), (height, width), mode="bilinear")
    mask = said[0, 0].numpy()
    return np.stack([1 - mask, mask])


# What runs a network in its own program, the network, its channels out, the image, and how far a probability
# may differ: where an image is stored as whole numbers between the steps, by about one of 255.
PROGRAMS: dict[str, tuple[Any, originals.Network, int, Picture, float]] = {
    "U2-Net": (official_u2net, originals.u2net(8, 1, SMALL), 1, picture(400, 521), 0.02),
    "bubbliiiing": (bubbliiiing, originals.bubbliiiing(4, 3, deep=False), 3, picture(), 1e-4),
    "bubbliiiing, large": (bubbliiiing, originals.bubbliiiing(4, 3, deep=False), 3, picture(700, 401), 1e-4),
    "milesial": (milesial, originals.milesial(4, 3, learned=True), 3, picture(), 1e-4),
    "milesial, one class": (milesial, originals.milesial(4, 1, learned=False), 1, picture(151, 220), 1e-4),
    "UNET-ZOO": (zoo, originals.numbered(4, 1, tutorial=False), 1, picture(), 0.01),
}


def probabilities(model: Path, image: Picture) -> Picture:
    """As SegDesk's prediction has them, (classes, H, W) from 0 to 1 in steps of 1 / 255."""
    spec, network = model_file.load(model)
    network.eval()
    jobs = resized.predict_image(network, resized.normalised(image, spec), with_probabilities=True)
    while True:
        try:
            next(jobs)
        except StopIteration as stop:
            said = stop.value
            break
    assert said.labels.shape == image.shape[:2]
    chosen = np.take_along_axis(said.probabilities, said.labels[None], 0)[0]
    assert (said.probabilities.max(0).astype(int) - chosen <= 1).all()
    found: Picture = said.probabilities / 255.0
    return found


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_says_what_the_network_s_own_program_says(name: str, tmp_path: Path) -> None:
    program, network, outputs, image, close = PROGRAMS[name]
    made = Original()
    network(made, torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(1)))
    made.state[list(made.state)[-2]] *= 8  # its last weights, so that it is of some opinion
    torch.save(made.state, tmp_path / "theirs.pth")
    classes = ("background", "one", "two")[: max(2, outputs)]
    convert(tmp_path / "theirs.pth", tmp_path / "ours.safetensors", classes)
    with torch.inference_mode():
        theirs = program(image, lambda x: network(made, x)[0])
    ours = probabilities(tmp_path / "ours.safetensors", image)
    assert theirs.shape == ours.shape
    assert theirs.std() > 0.02
    assert np.abs(ours - theirs).max() <= close + 0.5 / 255


def test_an_onnx_file_of_u2net_is_scaled_as_by_the_program_that_it_is_published_for(tmp_path: Path) -> None:
    made, _ = folded()
    (tmp_path / "u2net.onnx").write_bytes(onnx(made.state))
    convert(tmp_path / "u2net.onnx", tmp_path / "ours.safetensors", ("background", "object"))
    with torch.inference_mode():
        theirs = rembg(picture(), lambda x: originals.u2net(8, 1, SMALL)(made, x)[0])
    ours = probabilities(tmp_path / "ours.safetensors", picture())
    assert np.abs(ours - theirs.clip(0, 1)).max() < 0.5 / 255 + 1e-4


def saved(folder: Path, **preparation: Any) -> Path:
    torch.manual_seed(0)
    spec = NetworkSpec(
        "unet", 3, ("background", "disc"), {"width": 8}, "range", preparation=Preparation(**preparation)
    )
    model_file.save(folder / "model.safetensors", spec, spec.build().state_dict())
    return folder / "model.safetensors"


def test_the_window_and_the_command_line_get_labels_of_the_image_s_size(tmp_path: Path) -> None:
    model = saved(tmp_path, size="stretch", height=96, width=64)
    Image.fromarray(picture()).save(tmp_path / "x.png")
    source = ImageSource(tmp_path / "x.png")
    view = View(1, source, Box(100, 20, 80, 60))
    asked = PredictRequest(model, (PredictItem(1, source),), "cpu", view, True, True)
    shown, *rest = [p for p in engine.predict(asked) if p.preview or isinstance(p, Predicted)]
    assert shown.preview is not None and isinstance(rest[0], Predicted)
    said = rest[0].prediction
    assert said is not None and said.uncertainty_map is not None and said.probabilities is not None
    assert said.labels.shape == said.uncertainty_map.shape == (150, 221)
    assert said.probabilities.shape == (2, 150, 221)
    assert shown.preview.box == view.box
    assert np.array_equal(shown.preview.labels, said.labels[view.box.slices])


def test_a_recipe_is_changed_in_a_new_file(tmp_path: Path) -> None:
    model, out = saved(tmp_path), tmp_path / "other.safetensors"
    assert engine.model_recipe(model) == {
        "normalisation": "range", "color": "rgb", "size": "any", "height": 0, "width": 0, "scale": 1.0,
        "filter": "plain", "output": "softmax",
    }  # fmt: skip
    engine.change_recipe(model, out, {"color": "bgr", "normalisation": "half"})
    assert engine.model_recipe(out) == {**engine.model_recipe(model), "color": "bgr", "normalisation": "half"}
    engine.change_recipe(out, out, {"normalisation": "range"})
    ours = probabilities(out, picture()[..., ::-1])
    assert np.array_equal(ours, probabilities(model, picture()))
    assert not np.array_equal(ours, probabilities(out, picture()))


@pytest.mark.parametrize(
    "changes",
    [
        {"color": "hsv"},
        {"size": "stretch"},
        {"size": "stretch", "height": 10**9, "width": 10},
        {"size": "scale", "scale": 0},
        {"filter": "best"},
        {"output": "saliency"},
        {"normalisation": "nothing"},
        {"flavour": "sweet"},
        {"height": "tall"},
    ],
)
def test_an_impossible_recipe_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(ModelError, match=r"cannot have this|no normalisation"):
        engine.change_recipe(saved(tmp_path), tmp_path / "other.safetensors", changes)
    assert not (tmp_path / "other.safetensors").exists()


def test_a_damaged_recipe_is_a_damaged_description() -> None:
    text = NetworkSpec("unet", 3, ("a", "b")).to_json()
    assert NetworkSpec.from_json(text.replace("rgb", "bgr")).preparation.color == "bgr"
    for wrong in (text.replace("rgb", "xyz"), text.replace('"scale": 1.0', '"scale": "x"')):
        with pytest.raises(ModelError, match="damaged"):
            NetworkSpec.from_json(wrong)


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize("how", ["plain", "gaussian", "bicubic", "lanczos"])
def test_every_filter_keeps_type_and_brightness(dtype: str, how: str) -> None:
    image = picture(dtype=dtype)
    for wanted in (Preparation(size="stretch", height=50, width=300, filter=how),
                   Preparation(size="scale", scale=0.5, filter=how)):  # fmt: skip
        found = prepared(image, wanted)
        assert found.dtype == image.dtype
        assert found.shape[:2] == ((50, 300) if wanted.whole else (75, 110))
        assert abs(found.mean() / image.mean() - 1) < 0.02
        assert prepared(image[..., 0], wanted).shape == found.shape[:2]


def test_bars_are_gray_in_the_image_and_unlabelled_in_the_mask() -> None:
    wanted = Preparation(size="letterbox", height=64, width=64, filter="bicubic")
    found = prepared(picture(100, 200), wanted)
    assert (found[:16] == 128).all() and (found[48:] == 128).all() and (found[16:48] != 128).any()
    assert (prepared(picture(100, 200, "uint16"), wanted)[:16] == round(128 / 255 * 65535)).all()
    mask = prepared_mask(np.ones((100, 200), np.uint8), wanted, 7)
    assert (mask[:16] == 7).all() and (mask[16:48] == 1).all() and (mask[48:] == 7).all()


def test_bands_fit_together(monkeypatch: pytest.MonkeyPatch) -> None:
    said = np.random.default_rng(0).dirichlet([1, 1, 1], (40, 60)).transpose(2, 0, 1).astype(np.float32)
    for how in ("plain", "lanczos"):
        wanted = Preparation(size="stretch", height=40, width=60, filter=how)
        monkeypatch.setattr("segdesk.nn.preparation._BAND", 1 << 22)
        ((_, whole),) = restored(said, wanted, 93, 71)
        monkeypatch.setattr("segdesk.nn.preparation._BAND", 3 * 71 * 10)
        bands = list(restored(said, wanted, 93, 71))
        assert [first for first, _ in bands] == list(range(0, 93, 10))
        np.testing.assert_allclose(np.concatenate([band for _, band in bands], axis=1), whole, atol=1e-5)


def test_saliency_stretches_what_stands_out() -> None:
    said = np.full((2, 8, 8), 0.5, np.float32)
    said[1, 2:4] = 0.1
    said[1, 5:] = 0.2
    wanted = Preparation(size="stretch", height=8, width=8, output="saliency")
    ((_, found),) = restored(said, wanted, 8, 8)
    assert (found[1, :2] == 1).all() and (found[1, 2:4] == 0).all() and found[1, 5, 0] == pytest.approx(0.25)


def test_a_model_that_learns_on_keeps_its_recipe(tmp_path: Path) -> None:
    start = saved(tmp_path, size="stretch", height=64, width=64, filter="bicubic")
    asked = replace(request(tmp_path, (sample(tmp_path, 1),), steps=2, baseline=start), baseline=None)
    result = run(engine.train(asked))
    assert result.accepted
    assert engine.model_recipe(asked.out) == engine.model_recipe(start)
