"""Every family of checkpoints, loaded, says what its original network says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from torch import Tensor

from segdesk.nn import model_file
from segdesk.nn.foreign.convert import convert
from tests.nn.foreign import originals
from tests.nn.foreign.originals import FULL, SMALL, Original

CLASSES = ("background", "one", "two")


@dataclass(frozen=True)
class Case:
    """A family, and sizes that its original can take.

    bare: its output is smaller than the image.   bgr: it reads blue, green and red.
    """

    network: originals.Network
    classes: int
    normalisation: str
    sizes: tuple[tuple[int, int], ...] = ((32, 48), (64, 32))
    channels: int = 3
    bare: bool = False
    bgr: bool = False


ANY = ((64, 80), (77, 69))
ODD = ((32, 48), (45, 38), (65, 129))
CASES = {
    "milesial": Case(originals.milesial(4, 3, learned=True), 3, "range", ODD),
    "milesial, bilinear": Case(originals.milesial(4, 1, learned=False), 1, "range", ODD),
    "milesial, old names": Case(originals.milesial(4, 1, learned=True, old=True), 1, "range", ODD),
    "tutorial U-Net": Case(originals.numbered(4, 1, tutorial=True), 1, "range"),
    "UNET-ZOO": Case(originals.numbered(4, 1, tutorial=False), 1, "half", bgr=True),
    "UNET-ZOO, gray": Case(originals.numbered(4, 3, tutorial=False), 3, "half", channels=1, bgr=True),
    "width 8": Case(originals.width_8(1), 1, "range", channels=1),
    "nearest": Case(originals.nearest(4, 1), 1, "range"),
    "unpadded": Case(originals.unpadded(2, 3), 3, "range", ((188, 204),), bare=True),
    "mixed": Case(originals.mixed(2, 3), 3, "range", ((188, 204),), channels=1, bare=True),
    "U2-Net": Case(originals.u2net(8, 1, FULL), 1, "imagenet-max", ANY),
    "U2-Net, small": Case(originals.u2net(8, 3, SMALL), 3, "imagenet-max", ANY),
    "tutorial U2-Net": Case(originals.u2net(8, 1, FULL, tutorial=True), 1, "range", ANY),
    "FCN-32s": Case(originals.fcn(4, 16, 3, 32), 3, "imagenet", ANY),
    "FCN-16s": Case(originals.fcn(4, 16, 3, 16), 3, "imagenet", ANY),
    "FCN-8s": Case(originals.fcn(4, 16, 1, 8), 1, "imagenet", ANY),
    "ResNet34-U-Net": Case(originals.resnet34_unet(8, 1), 1, "half", ((64, 96),), bgr=True),
    "unet-pytorch, VGG16": Case(originals.bubbliiiing(4, 3, deep=False), 3, "range"),
    "unet-pytorch, ResNet50": Case(originals.bubbliiiing(4, 3, deep=True), 3, "range", ((64, 96),)),
}


def image(case: Case, size: tuple[int, int]) -> Tensor:
    return torch.randn(2, case.channels, *size, generator=torch.Generator().manual_seed(1))


def original(case: Case) -> Original:
    """The original with weights, made by running it once."""
    made = Original()
    case.network(made, image(case, case.sizes[0]))
    return made


@pytest.mark.parametrize("name", CASES)
def test_loaded_it_says_what_the_original_says(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    made = original(case)
    torch.save(made.state, tmp_path / "theirs.pth")
    written = convert(tmp_path / "theirs.pth", tmp_path / "ours.safetensors", CLASSES)
    spec, network = model_file.load(tmp_path / "ours.safetensors")
    network.eval()
    assert spec == written
    assert spec.classes == CLASSES[: max(2, case.classes)]
    assert spec.preparation.color == ("bgr" if case.bgr else "rgb")
    assert (spec.normalisation, spec.in_channels) == (case.normalisation, case.channels)
    for size in case.sizes:
        x = image(case, size)
        with torch.inference_mode():
            theirs = case.network(made, x)
            ours = network.logits(x) if case.bare else network.outputs(x)
        assert len(ours) == len(theirs)
        for a, b in zip(ours, theirs, strict=True):
            assert b.std() > 0.01
            if case.classes == 1:  # a sigmoid becomes two classes, exactly
                assert not a[:, 0].any()
                torch.testing.assert_close(a.softmax(1)[:, 1], a[:, 1].sigmoid(), rtol=0, atol=2e-7)
                a = a[:, 1:]
            assert (a - b).abs().max() <= 1e-6 * max(1.0, float(b.abs().max()))


def test_at_its_original_width_it_differs_by_rounding_alone(tmp_path: Path) -> None:
    case = Case(originals.resnet34_unet(64, 1), 1, "half", ((96, 128),))
    made = original(case)
    torch.save(made.state, tmp_path / "theirs.pth")
    convert(tmp_path / "theirs.pth", tmp_path / "ours.safetensors", CLASSES)
    _, network = model_file.load(tmp_path / "ours.safetensors")
    x = image(case, case.sizes[0])[:1]
    with torch.inference_mode():
        assert (network.eval()(x)[:, 1:] - case.network(made, x)[0]).abs().max() <= 1e-6
        made.state = {key: value.double() for key, value in made.state.items()}
        exact = case.network(made, x.double())[0]
        assert (network.double()(x.double())[:, 1:] - exact).abs().max() < 1e-12
