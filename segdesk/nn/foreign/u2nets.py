"""The families of U2-Nets: the official one, and a tutorial's, whose layers have other names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from segdesk.nn.foreign.family import Family, Mapped, Source, having
from segdesk.nn.networks.registry import Option
from segdesk.nn.preparation import Preparation

_HEIGHTS = (7, 6, 5, 4, 4, 4)
_SMALL = 4  # times as many channels at the end of the first stage as in its middle; twice in the large one

_SQUARE = Preparation(size="stretch", height=320, width=320, filter="gaussian")

Names = Callable[[str], tuple[str, str]]
Layer = Callable[[int, int], str]


def _map(
    source: Source,
    stages: tuple[str, str],
    layer: Layer,
    names: Names,
    fusion: str,
    *,
    normalisation: str,
    **options: Option,
) -> Mapped:
    """Rename a U2-Net.

    stages: patterns of the stages' names, down and up.   layer: the name of a layer of a stage, from the
    stage's height and the layer's number in the order of the forward pass, 0 being the first convolution.
    names: of a layer, those of its convolution and its normalisation.
    """
    lower, upper = stages
    first = f"{names(f'{lower.format(1)}.{layer(_HEIGHTS[0], 0)}')[0]}.weight"
    width, in_channels = source.shape(first)[:2]
    middle = source.shape(f"{names(f'{lower.format(1)}.{layer(_HEIGHTS[0], 1)}')[0]}.weight")[0]
    entry = "u2net-small" if middle * _SMALL == width else "u2net"
    more: dict[str, Option] = {} if width == 64 else {"width": width}

    def take(theirs: str, ours: str) -> None:
        conv, norm = names(theirs)
        source.conv(conv, f"{ours}.0")
        source.norm(norm, f"{ours}.1")

    def stage(theirs: str, ours: str, height: int) -> None:
        take(f"{theirs}.{layer(height, 0)}", f"{ours}.enter")
        for level in range(height):
            take(f"{theirs}.{layer(height, level + 1)}", f"{ours}.down.{level}")
        for level in range(height - 1):
            take(f"{theirs}.{layer(height, height + level + 1)}", f"{ours}.up.{level}")

    for number, height in enumerate(_HEIGHTS):
        stage(lower.format(number + 1), f"down.{number}", height)
    for number, height in enumerate(_HEIGHTS[-2::-1]):
        stage(upper.format(5 - number), f"up.{number}", height)
    outputs = source.shape(f"{fusion}.weight")[0]
    for number in range(6):
        source.conv(f"side{number + 1}", f"sides.{number}")
    source.conv(fusion, "fusion")
    return Mapped(
        entry, {"norm": "batch", **more, **options}, in_channels, outputs, normalisation, source.ours
    )


def _official(source: Source) -> Mapped:
    def layer(height: int, number: int) -> str:
        if number == 0:
            return "rebnconvin"
        return f"rebnconv{number}" if number <= height else f"rebnconv{2 * height - number}d"

    mapped = _map(
        source,
        ("stage{}", "stage{}d"),
        layer,
        lambda name: (f"{name}.conv_s1", f"{name}.bn_s1"),
        "outconv",
        normalisation="imagenet-max",
    )
    return replace(mapped, preparation=_SQUARE)


def _tutorial(source: Source) -> Mapped:
    # Each layer carries a second convolution and normalisation that its forward pass never calls.
    for key in [key for key in source.state if ".conv_s1." in key or ".bn_s1." in key]:
        del source.state[key]
    return _map(
        source,
        ("en_{}", "de_{}"),
        lambda height, number: f"conv{number}",
        lambda name: (f"{name}.layer.0", f"{name}.layer.1"),
        "out_conv",
        normalisation="range",
        ceil=False,
    )


FAMILIES = (
    Family("U2-Net", having("stage1.rebnconvin.conv_s1.weight", "outconv.weight"), _official),
    Family("U2-Net (HibikiJie)", having("en_1.conv0.layer.0.weight", "out_conv.weight"), _tutorial),
)
