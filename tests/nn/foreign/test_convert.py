"""What becomes of a checkpoint besides its outputs: its classes, its recipe, and what cannot be loaded."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from segdesk.core.errors import ModelError
from segdesk.nn import model_file
from segdesk.nn.foreign.convert import convert
from segdesk.nn.foreign.families import FAMILIES, recognise
from segdesk.nn.networks.blocks import Network
from segdesk.nn.spec import NetworkSpec
from tests.nn.foreign import originals
from tests.nn.foreign.originals import Original

TWO = ("background", "vessel")


def state_of(network: originals.Network, channels: int = 3) -> dict[str, Tensor]:
    made = Original()
    network(made, torch.randn(1, channels, 64, 64))
    return made.state


def loaded(
    state: dict[str, Tensor], folder: Path, classes: tuple[str, ...] = TWO, *, inverted: bool = False
) -> tuple[NetworkSpec, Network]:
    torch.save(state, folder / "theirs.pth")
    convert(folder / "theirs.pth", folder / "ours.safetensors", classes, inverted=inverted)
    spec, network = model_file.load(folder / "ours.safetensors")
    return spec, network.eval()


def outputs(network: Network) -> Tensor:
    x = torch.randn(1, network.in_channels, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        return network.outputs(x)[0]


MILESIAL = originals.milesial(4, 1, learned=True)


def test_one_output_is_the_background_and_the_first_class(tmp_path: Path) -> None:
    spec, _ = loaded(state_of(MILESIAL), tmp_path, ("background", "vessel", "nerve"))
    assert spec.classes == ("background", "vessel")
    spec, _ = loaded(state_of(MILESIAL), tmp_path, ("background",))
    assert spec.classes == ("background", "foreground")


def test_several_outputs_must_be_the_projects_classes(tmp_path: Path) -> None:
    state = state_of(originals.milesial(4, 3, learned=True))
    classes = ("background", "vessel", "nerve")
    assert loaded(state, tmp_path, classes)[0].classes == classes
    for wrong in (TWO, (*classes, "more")):
        with pytest.raises(ModelError, match="tells 2 classes apart"):
            loaded(state, tmp_path, wrong)


def test_an_inverted_output_is_the_background(tmp_path: Path) -> None:
    for network in (MILESIAL, originals.u2net(8, 1, originals.SMALL)):
        state = state_of(network)
        plain, inverted = (outputs(loaded(state, tmp_path, inverted=flag)[1]) for flag in (False, True))
        torch.testing.assert_close(plain, inverted.flip(1))


def test_the_model_can_be_given_more_classes_and_learn(tmp_path: Path) -> None:
    _, before = loaded(state_of(originals.u2net(8, 1, originals.SMALL)), tmp_path)
    _, after = model_file.load(tmp_path / "ours.safetensors", (*TWO, "nerve"))
    torch.testing.assert_close(outputs(after.eval())[:, :2], outputs(before), rtol=1e-4, atol=1e-4)
    loss = after.train()(torch.randn(2, 3, 64, 64)).square().mean()
    torch.autograd.backward(loss)
    assert all(p.grad is not None for p in after.parameters())


def test_missing_biases_are_zero_and_missing_counts_nothing(tmp_path: Path) -> None:
    state = state_of(originals.u2net(8, 1, originals.SMALL))
    for key in state:
        if key.endswith("conv_s1.bias"):
            state[key] = torch.zeros_like(state[key])
    whole = outputs(loaded(state, tmp_path)[1])
    bare = {k: v for k, v in state.items() if not k.endswith(("conv_s1.bias", "num_batches_tracked"))}
    assert torch.equal(outputs(loaded(bare, tmp_path)[1]), whole)


def test_wrapped_and_half_precision(tmp_path: Path) -> None:
    state = state_of(MILESIAL)
    whole = outputs(loaded(state, tmp_path)[1])
    wrapped = {"model_state_dict": {f"module.{k}": v for k, v in state.items()}, "epoch": 5}
    assert torch.equal(outputs(loaded(wrapped, tmp_path)[1]), whole)  # type: ignore[arg-type]
    with_values = {**state, "mask_values": [0, 255]}
    assert torch.equal(outputs(loaded(with_values, tmp_path)[1]), whole)  # type: ignore[arg-type]
    half = {k: v.half() if v.is_floating_point() else v for k, v in state.items()}
    torch.testing.assert_close(outputs(loaded(half, tmp_path)[1]), whole, rtol=0.05, atol=0.05)


def test_weights_that_are_missing_more_or_of_other_shapes(tmp_path: Path) -> None:
    state = state_of(MILESIAL)
    wrong = [
        {k: v for k, v in state.items() if k != "down2.maxpool_conv.1.double_conv.3.weight"},
        {k: v for k, v in state.items() if k != "up3.conv.double_conv.1.running_var"},
        {**state, "attention.weight": torch.zeros(3)},
        {**state, "outc.conv.weight": torch.zeros(1, 5, 1, 1)},
        {**state, "inc.double_conv.0.weight": torch.zeros(7)},
        {**state, "down4.maxpool_conv.1.double_conv.0.weight": torch.zeros(64, 3, 3, 3)},
    ]
    for each in wrong:
        with pytest.raises(ModelError, match=r"theirs\.pth has the names of .*milesial"):
            loaded(each, tmp_path)


@pytest.mark.parametrize(
    ("keys", "name"),
    [
        (["conv_in.weight", "stage1.rebnconvin.conv_s1.weight", "outconv.weight"], "IS-Net"),
        (["Conv1.conv.0.weight", "Up_conv5.conv.0.weight", "Att5.W_g.0.weight"], "Attention U-Net"),
        (["RRCNN1.Conv.weight", "Up5.up.1.weight"], "R2U-Net"),
        (["RRCNN1.Conv.weight", "Att5.W_g.0.weight"], "R2 Attention U-Net"),
        (["conv0_0.conv1.weight", "conv0_1.conv1.weight", "final.weight"], r"U-Net\+\+"),
        (["encoder.conv1.weight", "segmentation_head.0.weight"], "segmentation_models"),
        (["backbone.conv1.weight", "classifier.4.weight"], "DeepLab"),
        (["layer1.0.conv1.weight", "layer1.0.conv3.weight", "fc.weight"], "ResNet50"),
        (["what.weight"], "does not know"),
    ],
)
def test_what_is_not_supported_is_named(keys: list[str], name: str) -> None:
    with pytest.raises(ModelError, match=rf"x\.pth .*{name}"):
        recognise(dict.fromkeys(keys, (1, 1, 3, 3)), "x.pth")


def test_no_family_takes_anothers_checkpoint() -> None:
    networks = {
        "U2-Net": originals.u2net(8, 1, originals.SMALL),
        "U-Net (HibikiJie)": originals.numbered(4, 1, tutorial=True),
        "U-Net (UNET-ZOO)": originals.numbered(4, 1, tutorial=False),
        "U-Net (bigmb)": originals.nearest(4, 1),
        "FCN (VGG16)": originals.fcn(4, 8, 1, 8),
        "ResNet34-U-Net": originals.resnet34_unet(8, 1),
        "unet-pytorch (bubbliiiing)": originals.bubbliiiing(4, 1, deep=True),
    }
    for name, network in networks.items():
        shapes = {key: tuple(value.shape) for key, value in state_of(network).items()}
        assert [family.name for family in FAMILIES if family.tells(shapes)] == [name]
        assert recognise(shapes, "x.pth").name == name


def classifier(deep: bool) -> dict[str, Tensor]:
    made = Original()
    x = torch.randn(1, 3, 64, 64)
    if deep:
        originals.resnet(made, ("conv1", "bn1", "layer"), x, 8, deep=False)
        return {**made.state, "fc.weight": torch.randn(10, 64), "fc.bias": torch.randn(10)}
    originals.vgg16(made, "features", x, 4)
    for number, (inside, outside) in {0: (32 * 49, 16), 3: (16, 16), 6: (16, 10)}.items():
        made.state[f"classifier.{number}.weight"] = torch.randn(outside, inside) / inside**0.5
        made.state[f"classifier.{number}.bias"] = torch.randn(outside)
    return made.state


def test_a_classifier_is_what_to_learn_from(tmp_path: Path) -> None:
    for deep, network, last in ((True, "resnet34-unet", "body.levels.3.2.conv2"), (False, "fcn-8s", "fc7.0")):
        state = classifier(deep)
        spec, first = loaded(state, tmp_path)
        assert (spec.network, spec.starter, spec.normalisation) == (network, True, "imagenet")
        theirs = state["layer4.2.conv2.weight" if deep else "classifier.3.weight"]
        assert torch.equal(first.state_dict()[f"{last}.weight"].flatten(), theirs.flatten())
        assert torch.equal(
            outputs(first), outputs(loaded(state, tmp_path)[1])
        )  # the rest is made the same way


def test_vgg16_s_large_layer_is_the_same_as_a_convolution(tmp_path: Path) -> None:
    state = classifier(deep=False)
    _, network = loaded(state, tmp_path)
    pooled = torch.randn(1, 32, 7, 7)
    dense = pooled.flatten(1) @ state["classifier.0.weight"].T + state["classifier.0.bias"]
    with torch.inference_mode():
        middle = network.get_submodule("fc6.0")(pooled)[0, :, 3, 3]
    torch.testing.assert_close(middle, dense[0], rtol=1e-5, atol=1e-5)
