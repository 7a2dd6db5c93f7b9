"""The families of U-Nets: all are one network with other options, and their names differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from segdesk.nn.foreign.family import Family, Mapped, Source, UnlikeError, having
from segdesk.nn.networks.registry import Option
from segdesk.nn.preparation import PLAIN, Preparation

_DEPTH = 4
_NAMES = {32: "unet-32", 64: "unet-64"}  # the registry's entries of these widths


@dataclass(frozen=True)
class _Double:
    """The names of two convolutions and of the normalisations after them."""

    convs: tuple[str, str]
    norms: tuple[str, str] | None = None


def _in_sequence(name: str) -> _Double:
    """A Sequential of convolution, normalisation, ReLU, twice."""
    return _Double((f"{name}.0", f"{name}.3"), (f"{name}.1", f"{name}.4"))


def _map(
    source: Source,
    down: Sequence[_Double],
    ups: Sequence[tuple[str, str | None] | None],
    joins: Sequence[_Double],
    head: str,
    *,
    normalisation: str = "range",
    swap: bool = False,
    options: Mapping[str, Option] | None = None,
    preparation: Preparation = PLAIN,
) -> Mapped:
    """Rename a U-Net.

    down: finest first.   joins, and ups (convolution, normalisation), None where nothing is learned: deepest
    first.   swap: theirs concatenates (up, skip).
    options: what differs from a padded U-Net with transposed convolutions.
    """
    options = options or {}
    first = f"{down[0].convs[0]}.weight"
    width, in_channels = source.shape(first)[:2]
    outputs, _, kernel, _ = source.shape(f"{head}.weight")
    bias = any(source.has(f"{conv}.bias") for block in (*down, *joins) for conv in block.convs)
    for level, block in enumerate(down):
        _take(source, block, f"down.{level}", bias=bias)
    for number, up in enumerate(ups):
        if up is None:
            continue
        conv, norm = up
        if options.get("up", "transpose") == "transpose":
            source.up(conv, f"up.{number}.conv")
        else:
            source.conv(conv, f"up.{number}.conv")
        if norm is not None:
            source.norm(norm, f"up.{number}.norm")
    for number, block in enumerate(joins):
        _take(source, block, f"join.{number}", bias=bias, swap=swap)
    source.conv(head, "head")
    return Mapped(
        _NAMES.get(width, "unet"),
        {
            "width": width,
            "norm": "batch" if down[0].norms else "none",
            "bias": bias,
            "up_slope": 1.0,
            "head": kernel,
            **options,
        },
        in_channels,
        outputs,
        normalisation,
        source.ours,
        preparation,
    )


def _take(source: Source, block: _Double, ours: str, *, bias: bool, swap: bool = False) -> None:
    source.conv(block.convs[0], f"{ours}.0", bias=bias, swap=swap)
    source.conv(block.convs[1], f"{ours}.3", bias=bias)
    if block.norms:
        source.norm(block.norms[0], f"{ours}.1")
        source.norm(block.norms[1], f"{ours}.4")


def _milesial(source: Source) -> Mapped:
    # The names changed once: (of a double convolution, of one below a pooling).
    double, below = "double_conv", "maxpool_conv.1.double_conv"
    if source.has("inc.conv.conv.0.weight"):
        double, below = "conv.conv", "mpconv.1.conv"
    inside = "double_conv" if double == "double_conv" else "conv"
    learned = source.has("up1.up.weight")
    options: dict[str, Option] = {"odd": "zeros"}
    if not learned:
        options |= {"up": "bilinear", "up_kernel": 0, "up_aligned": True}
    return _map(
        source,
        [
            _in_sequence(f"inc.{double}"),
            *(_in_sequence(f"down{n}.{below}") for n in range(1, _DEPTH + 1)),
        ],
        [(f"up{n}.up", None) if learned else None for n in range(1, _DEPTH + 1)],
        [_in_sequence(f"up{n}.conv.{inside}") for n in range(1, _DEPTH + 1)],
        "outc.conv",
        options=options,
        preparation=Preparation(size="scale", scale=0.5, filter="bicubic"),
    )


def _tutorial(source: Source) -> Mapped:
    return _map(
        source,
        [_in_sequence(f"conv{n}.layer") for n in range(1, 6)],
        [(f"up{n}.layer.0", None) for n in range(1, 5)],
        [_in_sequence(f"conv{n}.layer") for n in range(6, 10)],
        "predict.0",
        options={"up_slope": 0.01},
    )


def _zoo(source: Source) -> Mapped:
    return _map(
        source,
        [_in_sequence(f"conv{n}.conv") for n in range(1, 6)],
        [(f"up{n}", None) for n in range(6, 10)],
        [_in_sequence(f"conv{n}.conv") for n in range(6, 10)],
        "conv10",
        normalisation="half",
        swap=True,
        preparation=Preparation(color="bgr", size="stretch", height=576, width=576),
    )


def _width_8(source: Source) -> Mapped:
    def double(number: int) -> _Double:
        name = f"layer{number}_conv"
        return _Double((f"{name}.conv1", f"{name}.conv2"), (f"{name}.bn1", f"{name}.bn2"))

    return _map(
        source,
        [double(n) for n in range(1, 6)],
        [(f"deconv{n}.conv1", f"deconv{n}.bn1") for n in range(1, 5)],
        [double(n) for n in range(6, 10)],
        "layer10_conv",
        swap=True,
        options={"up_norm": "batch", "up_slope": 0.0},
    )


def _nearest(source: Source) -> Mapped:
    levels = range(5, 1, -1)
    return _map(
        source,
        [_in_sequence(f"Conv{n}.conv") for n in range(1, 6)],
        [(f"Up{n}.up.1", f"Up{n}.up.2") for n in levels],
        [_in_sequence(f"Up_conv{n}.conv") for n in levels],
        "Conv_1x1" if source.has("Conv_1x1.weight") else "Conv",
        options={"up": "nearest", "up_kernel": 3, "up_norm": "batch", "up_slope": 0.0},
    )


def _unpadded(source: Source) -> Mapped:
    return _by_shapes(source, swap=True, up_slope=0.0, encoder_padding="valid", decoder_padding="valid")


def _mixed(source: Source) -> Mapped:
    return _by_shapes(source, encoder_padding="valid")


def _by_shapes(source: Source, *, swap: bool = False, **options: Option) -> Mapped:
    """Rename a U-Net whose layers show in their shapes, each level's first ones in the order of the file."""
    bases = [key.removesuffix(".weight") for key, value in source.state.items() if value.ndim == 4]
    kernels = {base: source.shape(f"{base}.weight") for base in bases}
    left = {base: shape[:2] for base, shape in kernels.items() if shape[2:] == (3, 3)}
    ups = [base for base, shape in kernels.items() if shape[2:] == (2, 2)]
    heads = [base for base, shape in kernels.items() if shape[2:] == (1, 1)]
    if len(left) != 4 * _DEPTH + 2 or len(ups) != _DEPTH or len(heads) != 1:
        raise UnlikeError(f"{len(left)}, {len(ups)} and {len(heads)} convolutions")
    normed = [key.removesuffix(".running_mean") for key in source.state if key.endswith(".running_mean")]
    if normed and len(normed) != len(left):
        raise UnlikeError(f"{len(normed)} normalisations")
    norm_of = dict(zip(left, normed, strict=True)) if normed else {}

    def first(outside: int, inside: int) -> str:
        base = next((base for base, shape in left.items() if shape == (outside, inside)), None)
        if base is None:
            raise UnlikeError(f"{inside} to {outside}")
        del left[base]
        return base

    def double(inside: int, outside: int) -> _Double:
        a, b = first(outside, inside), first(outside, outside)
        return _Double((a, b), (norm_of[a], norm_of[b]) if norm_of else None)

    width, in_channels = next(iter(left.values()))
    widths = [width * 2**level for level in range(_DEPTH + 1)]
    down = [double(a, b) for a, b in zip([in_channels, *widths], widths, strict=False)]
    joins = [double(outside, outside // 2) for outside in widths[:0:-1]]
    ups.sort(key=lambda base: -kernels[base][0])
    return _map(source, down, [(up, None) for up in ups], joins, heads[0], swap=swap, options=options)


FAMILIES = (
    Family("Pytorch-UNet (milesial)", having("inc.double_conv.0.weight"), _milesial),
    Family("Pytorch-UNet (milesial)", having("inc.conv.conv.0.weight"), _milesial),
    Family("U-Net (HibikiJie)", having("conv1.layer.0.weight", "predict.0.weight"), _tutorial),
    Family("U-Net (UNET-ZOO)", having("conv1.conv.0.weight", "conv10.weight"), _zoo),
    Family("U-Net (width 8)", having("layer1_conv.conv1.weight", "layer10_conv.weight"), _width_8),
    Family("U-Net (bigmb)", having("Conv1.conv.0.weight", "Up_conv5.conv.0.weight"), _nearest),
    Family("U-Net (unpadded)", having("encode1.conv1.0.weight"), _unpadded),
    Family("U-Net (unpadded encoder)", having("decoder4.conv_relu.0.weight"), _mixed),
)
