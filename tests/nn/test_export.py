"""A model written in other forms is the same model."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from segdesk.core.errors import ModelError
from segdesk.nn import model_file
from segdesk.nn.export import export_model
from segdesk.nn.foreign.convert import convert
from segdesk.nn.networks import registry
from segdesk.nn.networks.unet import UNet
from segdesk.nn.spec import NetworkSpec
from tests.nn.makers import CLASSES

SPECS = [
    NetworkSpec("unet", 3, CLASSES, {"width": 4}),
    NetworkSpec("unet", 1, CLASSES, {"width": 4, "norm": "batch", "odd": "zeros"}),
    NetworkSpec("u2net-small", 3, CLASSES, {"width": 8}),
    NetworkSpec("resnet34-unet", 3, CLASSES, {"width": 8}),
    NetworkSpec("unet-unpadded", 1, CLASSES, {"width": 2, "depth": 2}),
    NetworkSpec("fcn-8s", 3, CLASSES, {"width": 4, "hidden": 8}),
]


def model(spec: NetworkSpec, folder: Path) -> Path:
    torch.manual_seed(0)
    path = folder / "m.safetensors"
    model_file.save(path, spec, spec.build().state_dict())
    return path


@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.network)
def test_torchscript_says_the_same_at_any_size(spec: NetworkSpec, tmp_path: Path) -> None:
    file = model(spec, tmp_path)
    export_model(file, tmp_path / "m.pt", "torchscript")
    extra = {"segdesk": ""}
    program = torch.jit.load(tmp_path / "m.pt", _extra_files=extra)  # type: ignore[no-untyped-call]
    _, network = model_file.load(file)
    network.eval()
    for height, width in ((64, 64), (61, 130), (20, 90), (200, 75)):
        x = torch.randn(2, spec.in_channels, height, width)
        with torch.inference_mode():
            torch.testing.assert_close(program(x), network(x), rtol=1e-5, atol=1e-5)
    assert NetworkSpec.from_json(bytes(extra["segdesk"]).decode()) == spec  # type: ignore[arg-type]


class Whimsical(UNet):
    """Another network for wide images, which no recording of one run can know."""

    def logits(self, x: Tensor) -> list[Tensor]:
        return [y * (2.0 if x.shape[-1] > 150 else 1.0) for y in super().logits(x)]


def test_what_cannot_be_said_in_a_form_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.REGISTRY, "whimsical", registry.Entry(Whimsical, lambda: ""))
    file = model(NetworkSpec("whimsical", 1, CLASSES, {"width": 2, "depth": 2}), tmp_path)
    with pytest.raises(ModelError, match=r"whimsical.*torchscript"):
        export_model(file, tmp_path / "m.pt", "torchscript")
    assert not (tmp_path / "m.pt").exists()


def test_pth_holds_weights_and_the_description_and_comes_back(tmp_path: Path) -> None:
    file = model(SPECS[0], tmp_path)
    export_model(file, tmp_path / "m.pth", "pth")
    found = torch.load(tmp_path / "m.pth", weights_only=True)
    assert NetworkSpec.from_json(found["segdesk"]) == SPECS[0]
    _, network = model_file.load(file)
    assert found["state_dict"].keys() == network.state_dict().keys()
    assert convert(tmp_path / "m.pth", tmp_path / "again.safetensors", ("any",)) == SPECS[0]
    _, again = model_file.load(tmp_path / "again.safetensors")
    assert all(torch.equal(value, again.state_dict()[key]) for key, value in network.state_dict().items())
    found["state_dict"].popitem()
    torch.save(found, tmp_path / "m.pth")
    with pytest.raises(ModelError, match="other weights"):
        convert(tmp_path / "m.pth", tmp_path / "again.safetensors", ("any",))


def onnx_or_skip() -> None:
    for name in ("onnx", "onnxruntime"):
        pytest.importorskip(name, reason=f"{name} is not installed (the optional extra 'onnx')")


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.network)
def test_onnx_gives_the_same_probabilities_at_any_size(spec: NetworkSpec, tmp_path: Path) -> None:
    onnx_or_skip()
    import onnxruntime

    spec = replace(spec, options={**spec.options, "norm": "none"})  # untrained groups magnify rounding
    file = model(spec, tmp_path)
    export_model(file, tmp_path / "m.onnx", "onnx")
    session = onnxruntime.InferenceSession(tmp_path / "m.onnx", providers=["CPUExecutionProvider"])
    told = session.get_modelmeta().custom_metadata_map
    assert NetworkSpec.from_json(told["segdesk"]) == spec
    assert (json.loads(told["classes"]), told["normalisation"]) == ([*CLASSES], "channel")
    _, network = model_file.load(file)
    network.eval()
    for height, width in ((64, 64), (61, 130), (20, 90), (200, 75)):
        x = torch.randn(2, spec.in_channels, height, width)
        with torch.inference_mode():
            ours = network(x).softmax(1)
        theirs = torch.from_numpy(session.run(["probabilities"], {"image": x.numpy()})[0])
        torch.testing.assert_close(theirs, ours, rtol=0, atol=1e-4)


def test_without_its_package_onnx_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ModelError, match="pip install onnx"):
        export_model(model(SPECS[0], tmp_path), tmp_path / "m.onnx", "onnx")
    assert not (tmp_path / "m.onnx").exists()
