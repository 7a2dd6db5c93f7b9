"""The script for using an ONNX file without SegDesk."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from segdesk.core.geometry import Box
from segdesk.nn import model_file
from segdesk.nn.export import export_model
from segdesk.nn.normalise import NORMALISERS, Normalised
from segdesk.nn.onnx_usage import onnx_usage
from segdesk.nn.preparation import Preparation, prepared, restored
from segdesk.nn.spec import NetworkSpec
from tests.nn.makers import CLASSES, tiny_spec

RNG = np.random.default_rng(0)


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The functions of the script, by name."""
    monkeypatch.setitem(sys.modules, "onnxruntime", ModuleType("onnxruntime"))  # not needed for this
    names: dict[str, Any] = {"__name__": "script"}
    exec(onnx_usage(Path("m.onnx")), names)
    return names


@pytest.fixture
def prepare(script: dict[str, Any]) -> Callable[..., Any]:
    """What the script does to an image's values."""
    made: Callable[..., Any] = script["prepare"]
    return made


@pytest.mark.parametrize("recipe", list(NORMALISERS))
@pytest.mark.parametrize(("shape", "channels"), [((9, 8, 3), 3), ((9, 8), 3), ((9, 8), 1), ((9, 8, 3), 1)])
def test_images_are_prepared_as_here(
    recipe: str, shape: tuple[int, ...], channels: int, prepare: Callable[..., Any]
) -> None:
    image = RNG.integers(0, 240, shape).astype(np.uint8)
    ours = Normalised.of(image, channels, recipe).read(Box(0, 0, 8, 9))
    theirs = prepare(image, channels, recipe)
    assert (theirs.shape, theirs.dtype) == ((1, channels, 9, 8), np.float32)
    np.testing.assert_allclose(theirs[0], ours, atol=1e-4)


@pytest.mark.parametrize(
    "recipe",
    [
        Preparation(color="bgr"),
        Preparation(size="stretch", height=64, width=64, filter="lanczos"),
        Preparation(size="stretch", height=64, width=64, output="saliency"),
        Preparation(size="letterbox", height=64, width=64, filter="bicubic", color="bgr"),
        Preparation(size="scale", scale=0.5, filter="bicubic"),
    ],
)
def test_images_are_fitted_and_results_restored_as_here(recipe: Preparation, script: dict[str, Any]) -> None:
    y, x = np.mgrid[:40, :60]
    image = np.stack([4 * x, 6 * y, 2 * (x + y)], axis=2).astype(np.uint8)
    fitted, box = script["fit"](Image.fromarray(image), asdict(recipe))
    ours = prepared(image, recipe)
    assert np.abs(np.asarray(fitted).astype(int) - ours).max() <= 2
    said = np.stack([1 - ours[..., 0] / 255, ours[..., 0] / 255]).astype(np.float32)
    theirs = script["restore"](said, box, (60, 40), asdict(recipe))
    (_, back), *_ = restored(said, recipe, 40, 60)
    assert theirs.shape == back.shape == (2, 40, 60)
    assert np.abs(theirs - back).mean() < 0.02


def test_the_script_segments_an_image(tmp_path: Path) -> None:
    for name in ("onnx", "onnxruntime"):
        pytest.importorskip(name, reason=f"{name} is not installed (the optional extra 'onnx')")
    spec = NetworkSpec("unet", 3, CLASSES, tiny_spec().options)
    torch.manual_seed(0)
    model_file.save(tmp_path / "m.safetensors", spec, spec.build().state_dict())
    export_model(tmp_path / "m.safetensors", tmp_path / "m.onnx", "onnx")
    image = RNG.integers(0, 240, (50, 70, 3)).astype(np.uint8)
    Image.fromarray(image).save(tmp_path / "image.png")
    (tmp_path / "script.py").write_text(onnx_usage(tmp_path / "m.onnx"), encoding="utf-8")
    files = [str(tmp_path / name) for name in ("script.py", "image.png", "mask.png")]
    told = subprocess.run([sys.executable, *files], check=True, capture_output=True, text=True).stdout
    assert told.splitlines()[1].startswith("1 disc")
    _, network = model_file.load(tmp_path / "m.safetensors")
    with torch.inference_mode():
        x = torch.from_numpy(Normalised.of(image, 3, spec.normalisation).read(Box(0, 0, 70, 50)))
        ours = network.eval()(x[None])[0].argmax(0).numpy()
    assert (np.asarray(Image.open(tmp_path / "mask.png")) == ours).mean() > 0.999
