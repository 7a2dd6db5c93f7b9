"""The networks a person can choose: a dict is the registry, and a new one is one entry more."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import Parameter, signature

from segdesk.core.errors import ModelError
from segdesk.core.translation import tr
from segdesk.nn.networks import extensions
from segdesk.nn.networks.backbone_unet import BackboneUNet
from segdesk.nn.networks.blocks import Network
from segdesk.nn.networks.entry import Entry, Option
from segdesk.nn.networks.fcn import FCN
from segdesk.nn.networks.opaque import OnnxProgram
from segdesk.nn.networks.resnet import ResNet34UNet
from segdesk.nn.networks.u2net import FULL, SMALL, U2Net
from segdesk.nn.networks.unet import UNet

DEFAULT = "unet"
OPAQUE = "onnx"  # a program that predicts and cannot learn; it comes from a file, so nobody chooses it
EXPERT = ("width", "depth", "norm", "up")  # the options that the window lets an expert change

# What differs only by an option is an option, so that there is not more to choose from than people can tell
# apart. U-Nets normalise by fixed figures, the others in groups. From fresh weights (medians of three seeds,
# about 260 steps a round) that was Dice 0.86 instead of 0.84 of nuclei after four rounds, and 0.70 instead of
# 0.62 of vessels after two; of membranes 0.77 instead of 0.80, and 0.78 with a quarter more steps, which take
# as long as those with groups. What it says of a pixel does not depend on the tile.
REGISTRY: dict[str, Entry] = {
    "unet": Entry(UNet, lambda: tr("U-Net: small and fast, learns within seconds")),
    "unet-32": Entry(
        UNet, lambda: tr("U-Net, twice as wide: for longer rounds or a graphics card"), {"width": 32}
    ),
    "unet-64": Entry(
        UNet,
        lambda: tr("U-Net in its original size: accurate, slow without a graphics card"),
        {"width": 64, "up_slope": 0.01, "head": 3},
    ),
    "unet-unpadded": Entry(
        UNet,
        lambda: tr("U-Net as first published, without padding: for comparison, slow"),
        {
            "width": 64,
            "bias": True,
            "up_slope": 0.0,
            "encoder_padding": "valid",
            "decoder_padding": "valid",
        },
    ),
    "u2net-small": Entry(
        U2Net, lambda: tr("U2-Net, small: sees far around each pixel, for whole objects"), {"table": SMALL}
    ),
    "u2net": Entry(
        U2Net,
        lambda: tr("U2-Net in its original size: for whole objects, needs a graphics card"),
        {"table": FULL},
    ),
    "resnet34-unet": Entry(
        ResNet34UNet, lambda: tr("ResNet34-U-Net: deep, yet quick to predict; for longer training")
    ),
    "unet-vgg16": Entry(
        BackboneUNet,
        lambda: tr("U-Net on VGG16: continues from weights trained on photographs"),
        {"backbone": "vgg16"},
    ),
    "unet-resnet50": Entry(
        BackboneUNet,
        lambda: tr("U-Net on ResNet50: the same, deeper; needs a graphics card"),
        {"backbone": "resnet50"},
    ),
    "fcn-8s": Entry(
        FCN, lambda: tr("FCN-8s on VGG16: coarse outlines, large; for comparison"), {"stride": 8}
    ),
    "fcn-16s": Entry(FCN, lambda: tr("FCN-16s on VGG16: coarser still"), {"stride": 16}),
    "fcn-32s": Entry(FCN, lambda: tr("FCN-32s on VGG16: the coarsest of the three"), {"stride": 32}),
}


def entries() -> dict[str, Entry]:
    """All networks, the default first and those of other packages last; those that fail are left out."""
    return {**REGISTRY, **{name: extensions.load(name) for name in _foreign() if _problem(name) is None}}


def expert_options(entry: Entry) -> dict[str, Option]:
    """Which of EXPERT's options a network takes, each with what it is where nobody says otherwise."""
    taken = signature(entry.build).parameters
    return {
        name: entry.options.get(name, taken[name].default)
        for name in EXPERT
        if name in taken and taken[name].default is not Parameter.empty
    }


def problems() -> list[str]:
    """One sentence for each network of another package that cannot be offered."""
    return [text for name in extensions.found() if (text := _problem(name)) is not None]


def build(name: str, in_channels: int, classes: int, options: Mapping[str, Option]) -> Network:
    """Make a network of the registry with fresh weights; `options` go before the entry's own.

    Raises:
        ModelError: there is no such network, it cannot be loaded, or it does not take these options.
    """
    entry = _entry(name)
    try:
        network = entry.build(in_channels, classes, **{**entry.options, **options})
    except extensions.FAILURES as error:
        raise ModelError(
            tr("The network '{name}' cannot be built with these options; choose another model.").format(
                name=name
            )
        ) from error
    if not isinstance(network, Network):
        raise ModelError(
            tr("What another package calls the network '{name}' is none; update that package.").format(
                name=name
            )
        )
    return network


def _entry(name: str) -> Entry:
    """Of this name; a network of ours is found without importing anybody else's."""
    if name in REGISTRY:
        return REGISTRY[name]
    if name == OPAQUE:
        return Entry(OnnxProgram, lambda: tr("ONNX model: predicts, but cannot learn"))
    if name in extensions.found():
        return extensions.load(name)
    raise ModelError(
        tr("There is no network called '{name}'; choose one of {names}.").format(
            name=name, names=", ".join(entries())
        )
    )


def _foreign() -> list[str]:
    return [name for name in extensions.found() if name not in REGISTRY]


def _problem(name: str) -> str | None:
    if name in REGISTRY:
        return tr(
            "Another package brings a network called '{name}', which SegDesk has already; that one is used."
        ).format(name=name)
    try:
        extensions.load(name)
    except ModelError as error:
        return str(error)
    return None


__all__ = [
    "DEFAULT",
    "EXPERT",
    "OPAQUE",
    "REGISTRY",
    "Entry",
    "Option",
    "build",
    "entries",
    "expert_options",
    "problems",
]
