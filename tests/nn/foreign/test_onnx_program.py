"""ONNX files of any network that segments: they predict through ONNX Runtime, and cannot learn."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from segdesk.core.errors import LearningError, ModelError
from segdesk.core.jobs import Predicted, PredictItem, PredictRequest, run
from segdesk.nn import engine, model_file
from segdesk.nn.foreign.convert import convert
from segdesk.nn.foreign.onnx_program import program
from segdesk.nn.networks.opaque import OnnxProgram
from tests.nn.foreign.test_onnx import folded, onnx
from tests.nn.makers import request, sample, tiny_spec

CLASSES = ("background", "one", "two")
here = pytest.mark.skipif(
    importlib.util.find_spec("onnx") is None or importlib.util.find_spec("onnxruntime") is None,
    reason="needs the packages onnx and onnxruntime",
)


class Plain(nn.Module):
    """Two convolutions, the second with a stride where `coarse`; what comes last is `end`."""

    def __init__(self, channels: int, outputs: int, end: nn.Module, coarse: bool = False) -> None:
        super().__init__()
        stride = 2 if coarse else 1
        self.body = nn.Sequential(
            nn.Conv2d(channels, 4, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(4, outputs, 3, stride, padding=1),
            end,
        )

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.body(4 * x)
        return y


def written(folder: Path, network: nn.Module, shape: tuple[int, ...], *, free: bool = True) -> Path:
    path = folder / "net.onnx"
    sides = {0: "n", 2: "h", 3: "w"}
    torch.onnx.export(
        network.eval(),
        (torch.zeros(shape),),
        str(path),
        dynamo=False,
        input_names=["x"],
        output_names=["y"],
        dynamic_axes={"x": sides, "y": sides} if free else None,
    )
    return path


def made(channels: int, outputs: int, end: nn.Module, **options: Any) -> nn.Module:
    torch.manual_seed(3)
    return Plain(channels, outputs, end, **options)


@here
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("channels", "outputs", "end", "values"),
    [
        (3, 3, nn.Identity(), "logits"),
        (1, 3, nn.Softmax(1), "softmax"),
        (3, 1, nn.Sigmoid(), "sigmoid"),
        (1, 1, nn.Identity(), "logits"),
    ],
)
def test_it_says_what_the_network_says(
    channels: int, outputs: int, end: nn.Module, values: str, tmp_path: Path
) -> None:
    network = made(channels, outputs, end)
    path = written(tmp_path, network, (1, channels, 64, 64))
    spec = convert(path, tmp_path / "ours.safetensors", CLASSES)
    assert spec.classes == CLASSES[: max(2, outputs)]
    assert spec.options["values"] == values
    _, ours = model_file.load(tmp_path / "ours.safetensors")
    x = torch.rand(2, channels, 64, 96)
    with torch.inference_mode():
        theirs = network(x)
        said = ours(x).softmax(1)
    if outputs == 1:
        theirs = theirs if values == "sigmoid" else theirs.sigmoid()
        torch.testing.assert_close(said[:, 1:], theirs, atol=1e-5, rtol=1e-4)
    else:
        theirs = theirs if values == "softmax" else theirs.softmax(1)
        torch.testing.assert_close(said, theirs, atol=1e-5, rtol=1e-4)


@here
@pytest.mark.filterwarnings("ignore")
def test_a_fixed_size_and_a_coarse_output_give_labels_of_the_image_s_size(tmp_path: Path) -> None:
    path = written(tmp_path, made(3, 3, nn.Identity(), coarse=True), (1, 3, 160, 192), free=False)
    report = engine.inspect_model(path)
    assert (report.family, report.trainable, report.outputs, report.channels) == ("ONNX", False, 3, 3)
    out = tmp_path / "ours.safetensors"
    engine.convert_model(path, out, CLASSES)
    recipe = engine.model_recipe(out)
    assert (recipe["size"], recipe["height"], recipe["width"]) == ("stretch", 160, 192)
    source = sample(tmp_path, 1).source
    (found,) = [
        p
        for p in engine.predict(PredictRequest(out, (PredictItem(1, source),), "cpu"))
        if isinstance(p, Predicted)
    ]
    assert found.prediction is not None and found.prediction.labels.shape == (96, 96)
    engine.change_recipe(out, out, {"size": "any"})
    with pytest.raises(ModelError, match=r"cannot predict an image of .*; give its recipe the size"):
        list(engine.predict(PredictRequest(out, (PredictItem(1, source),), "cpu")))


@here
@pytest.mark.filterwarnings("ignore")
def test_it_cannot_learn_and_is_exported_as_it_came(tmp_path: Path) -> None:
    path = written(tmp_path, made(3, 2, nn.Identity()), (1, 3, 64, 64))
    out = tmp_path / "ours.safetensors"
    engine.convert_model(path, out, ("background", "disc"))
    asked = request(tmp_path, (sample(tmp_path, 1),), baseline=out)
    with pytest.raises(LearningError, match="predicts but cannot learn; choose another network"):
        run(engine.train(asked))
    with pytest.raises(LearningError):
        run(engine.train(replace(asked, baseline=None)))
    engine.export_model(out, tmp_path / "again.onnx", "onnx")
    assert (tmp_path / "again.onnx").read_bytes() == path.read_bytes()
    with pytest.raises(ModelError, match="as ONNX only"):
        engine.export_model(out, tmp_path / "x.pth", "pth")


@here
@pytest.mark.filterwarnings("ignore")
def test_what_segdesk_exported_brings_its_classes_and_its_recipe(tmp_path: Path) -> None:
    spec = replace(tiny_spec(), normalisation="half")
    torch.manual_seed(0)
    network = spec.build()
    model_file.save(tmp_path / "m.safetensors", spec, network.state_dict())
    engine.export_model(tmp_path / "m.safetensors", tmp_path / "m.onnx", "onnx")
    again = convert(tmp_path / "m.onnx", tmp_path / "again.safetensors", ("background",))
    assert (again.classes, again.normalisation, again.in_channels) == (
        spec.classes,
        "half",
        spec.in_channels,
    )
    x = torch.rand(1, spec.in_channels, 64, 64)
    _, loaded = model_file.load(tmp_path / "again.safetensors")
    with torch.inference_mode():
        ours, theirs = loaded(x).softmax(1), network.eval()(x).softmax(1)
    torch.testing.assert_close(ours, theirs, atol=1e-4, rtol=1e-3)


@here
@pytest.mark.filterwarnings("ignore")
def test_several_classes_may_overlap(tmp_path: Path) -> None:
    path = written(tmp_path, made(3, 2, nn.Sigmoid()), (1, 3, 64, 64))
    spec = convert(path, tmp_path / "ours.safetensors", CLASSES, output="sigmoid")
    _, network = model_file.load(tmp_path / "ours.safetensors")
    x = torch.rand(1, 3, 64, 64)
    with torch.inference_mode():
        said, theirs = network.probabilities(network(x)), made(3, 2, nn.Sigmoid()).eval()(x)
    assert spec.classes == CLASSES
    torch.testing.assert_close(said[:, 1:], theirs, atol=1e-5, rtol=1e-4)


@here
@pytest.mark.filterwarnings("ignore")
def test_what_does_not_segment_is_refused(tmp_path: Path) -> None:
    flat = nn.Sequential(nn.Flatten(), nn.Linear(12, 3))
    with pytest.raises(ModelError, match="does not read one image"):
        program(written(tmp_path, nn.Linear(12, 3), (1, 12), free=False), CLASSES)
    with pytest.raises(ModelError, match="cannot predict"):
        program(written(tmp_path, flat, (1, 3, 2, 2), free=False), CLASSES)
    with pytest.raises(ModelError, match="tells 1 classes apart"):
        program(written(tmp_path, made(3, 2, nn.Identity()), (1, 3, 64, 64)), CLASSES)


def test_without_onnx_runtime_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None)
    (tmp_path / "x.onnx").write_bytes(onnx(dict(list(folded()[0].state.items())[:20])))
    for ask in (
        lambda: engine.convert_model(tmp_path / "x.onnx", tmp_path / "y.safetensors", CLASSES),
        lambda: engine.inspect_model(tmp_path / "x.onnx"),
    ):
        with pytest.raises(ModelError, match=r'is no U2-Net; .* pip install "segdesk\[onnx\]"'):
            ask()
    network = OnnxProgram(3, 2, size=4, outputs=2)
    with pytest.raises(ModelError, match="needs ONNX Runtime to predict"):
        network.said(np.zeros((3, 32, 32), np.float32))
