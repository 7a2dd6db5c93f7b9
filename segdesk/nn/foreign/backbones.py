"""The families that have VGG16 or a ResNet inside, and these two alone, as torchvision has them."""

from __future__ import annotations

from segdesk.nn.foreign.family import Family, Mapped, Shapes, Source, UnlikeError, having
from segdesk.nn.networks.registry import Option
from segdesk.nn.preparation import Preparation

_VGG16 = (2, 2, 3, 3, 3)  # convolutions of each level
_BLOCKS = (3, 4, 6, 3)  # of each level of ResNet34 and ResNet50


def _vgg16(source: Source, theirs: str) -> tuple[int, int, str]:
    """Take VGG16's convolutions, with batch normalisation or without; gives in_channels, width and norm.

    They are numbered through together with their ReLUs and the poolings between the levels.
    """
    normed = source.has(f"{theirs}.1.running_mean")
    width, in_channels = source.shape(f"{theirs}.0.weight")[:2]
    number = 0
    for level, count in enumerate(_VGG16):
        for position in range(count):
            source.conv(f"{theirs}.{number}", f"body.{level}.{3 * position}")
            if normed:
                source.norm(f"{theirs}.{number + 1}", f"body.{level}.{3 * position + 1}")
            number += 3 if normed else 2
        number += 1
    return in_channels, width, "batch" if normed else "none"


def _resnet(source: Source, stem: tuple[str, str], levels: str, first: int, convs: int) -> tuple[int, int]:
    """Take a ResNet of 3, 4, 6 and 3 blocks of `convs` convolutions; gives in_channels and width.

    stem: the first convolution and its normalisation.   levels: their pattern, which counts from `first`.
    """
    width, in_channels = source.shape(f"{stem[0]}.weight")[:2]
    source.conv(stem[0], "body.stem.0", bias=False)
    source.norm(stem[1], "body.stem.1")
    for level, count in enumerate(_BLOCKS):
        for block in range(count):
            theirs, ours = f"{levels.format(level + first)}.{block}", f"body.levels.{level}.{block}"
            for number in range(1, convs + 1):
                source.conv(f"{theirs}.conv{number}", f"{ours}.conv{number}", bias=False)
                source.norm(f"{theirs}.bn{number}", f"{ours}.norm{number}")
            if source.has(f"{theirs}.downsample.0.weight"):
                source.conv(f"{theirs}.downsample.0", f"{ours}.shortcut.0", bias=False)
                source.norm(f"{theirs}.downsample.1", f"{ours}.shortcut.1")
    return in_channels, width


def _fcn(source: Source) -> Mapped:
    source.drop("vgg16.classifier.")  # fc6 and fc7 took its place
    in_channels, width, norm = _vgg16(source, "vgg16.features")
    if norm != "none":
        raise UnlikeError("vgg16.features.1.running_mean")
    bases = [key.removesuffix(".weight") for key, value in source.state.items() if value.ndim == 4]
    kernels = {base: source.shape(f"{base}.weight") for base in bases}
    finer = {name: base for name in ("score4", "score3") for base in bases if base.startswith(name)}
    fc6 = [base for base in bases if kernels[base][2:] == (7, 7)]
    rest = [base for base in bases if base not in (*fc6, *finer.values())]
    if len(fc6) != 1 or len(rest) != 2:
        raise UnlikeError(", ".join(bases))
    hidden, outputs = kernels[fc6[0]][0], kernels[rest[1]][0]
    source.conv(fc6[0], "fc6.0")
    source.conv(rest[0], "fc7.0")
    source.conv(rest[1], "score")
    for name, base in finer.items():
        source.conv(base, name)
    stride = 32 >> len(finer)
    options: dict[str, Option] = {"norm": norm, "width": width, "hidden": hidden}
    return Mapped(f"fcn-{stride}s", options, in_channels, outputs, "imagenet", source.ours)


def _resnet34_unet(source: Source) -> Mapped:
    in_channels, width = _resnet(source, ("firstconv", "firstbn"), "encoder{}", 1, 2)
    for number, level in enumerate(range(4, 0, -1)):
        theirs, ours = f"decoder{level}", f"decoder.{number}"
        source.conv(f"{theirs}.conv1", f"{ours}.0")
        source.norm(f"{theirs}.norm1", f"{ours}.1")
        source.up(f"{theirs}.deconv2", f"{ours}.3")
        source.norm(f"{theirs}.norm2", f"{ours}.4")
        source.conv(f"{theirs}.conv3", f"{ours}.6")
        source.norm(f"{theirs}.norm3", f"{ours}.7")
    source.up("finaldeconv1", "last.0")
    source.conv("finalconv2", "last.2")
    outputs = source.shape("finalconv3.weight")[0]
    source.conv("finalconv3", "head")
    options: dict[str, Option] = {"norm": "batch", "width": width}
    blue_first = Preparation(color="bgr")
    return Mapped("resnet34-unet", options, in_channels, outputs, "half", source.ours, blue_first)


def _bubbliiiing(source: Source) -> Mapped:
    options: dict[str, Option] = {"join_norm": "none"}
    if source.has("vgg.features.0.weight"):
        network = "unet-vgg16"
        source.drop("vgg.classifier.")
        in_channels, width, norm = _vgg16(source, "vgg.features")
    else:
        network, norm = "unet-resnet50", "batch"
        source.drop("resnet.fc.")
        in_channels, width = _resnet(source, ("resnet.conv1", "resnet.bn1"), "resnet.layer{}", 1, 3)
        source.conv("up_conv.1", "last.0")
        source.conv("up_conv.3", "last.2")
    for number, level in enumerate(range(4, 0, -1)):
        source.conv(f"up_concat{level}.conv1", f"join.{number}.0")
        source.conv(f"up_concat{level}.conv2", f"join.{number}.3")
    outputs = source.shape("final.weight")[0]
    source.conv("final", "head")
    options |= {"norm": norm, "width": width}
    boxed = Preparation(size="letterbox", height=512, width=512, filter="bicubic")
    return Mapped(network, options, in_channels, outputs, "range", source.ours, boxed)


def _torchvision_vgg16(source: Source) -> Mapped:
    in_channels, width, norm = _vgg16(source, "features")
    if norm != "none":
        raise UnlikeError("features.1.running_mean")
    # The two large layers become convolutions, as in the paper on FCN; the thousand classes have no use.
    for theirs, size in (("classifier.0", 7), ("classifier.3", 1)):
        weight = source.state.get(f"{theirs}.weight")
        if weight is None or weight.ndim != 2 or weight.shape[1] % (size * size):
            raise UnlikeError(theirs)
        outside = weight.shape[0]
        source.state[f"{theirs}.weight"] = weight.reshape(outside, -1, size, size)
    hidden = source.shape("classifier.0.weight")[0]
    source.conv("classifier.0", "fc6.0")
    source.conv("classifier.3", "fc7.0")
    source.drop("classifier.6.")
    options: dict[str, Option] = {"norm": norm, "width": width, "hidden": hidden}
    return Mapped("fcn-8s", options, in_channels, None, "imagenet", source.ours)


def _torchvision_resnet34(source: Source) -> Mapped:
    source.drop("fc.")
    in_channels, width = _resnet(source, ("conv1", "bn1"), "layer{}", 1, 2)
    options: dict[str, Option] = {"norm": "batch", "width": width}
    return Mapped("resnet34-unet", options, in_channels, None, "imagenet", source.ours)


def _is_bubbliiiing(shapes: Shapes) -> bool:
    inside = "vgg.features.0.weight" in shapes or "resnet.conv1.weight" in shapes
    return inside and "up_concat1.conv1.weight" in shapes


FAMILIES = (
    Family("FCN (VGG16)", having("vgg16.features.0.weight"), _fcn),
    Family("ResNet34-U-Net", having("firstconv.weight", "finaldeconv1.weight"), _resnet34_unet),
    Family("unet-pytorch (bubbliiiing)", _is_bubbliiiing, _bubbliiiing),
    Family("VGG16 (torchvision)", having("features.0.weight", "classifier.6.weight"), _torchvision_vgg16),
    Family("ResNet34 (torchvision)", having("layer1.0.conv1.weight", "fc.weight"), _torchvision_resnet34),
)
