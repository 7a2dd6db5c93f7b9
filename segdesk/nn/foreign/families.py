"""The table of all families: those that SegDesk loads, and those that it knows only by name."""

from __future__ import annotations

from collections.abc import Callable

from segdesk.core.errors import ModelError
from segdesk.core.translation import tr
from segdesk.nn.foreign import backbones, u2nets, unets
from segdesk.nn.foreign.family import Family, Shapes, having

FAMILIES: tuple[Family, ...] = (*u2nets.FAMILIES, *unets.FAMILIES, *backbones.FAMILIES)


def _starting(*prefixes: str) -> Callable[[Shapes], bool]:
    """A test for checkpoints that have keys beginning with each of these."""
    return lambda shapes: all(any(key.startswith(prefix) for key in shapes) for prefix in prefixes)


# Some of them have the keys of a family that we load, and more, so they are looked for first.
STRANGERS: tuple[tuple[str, Callable[[Shapes], bool]], ...] = (
    ("IS-Net", _starting("conv_in.", "stage1.rebnconvin.")),
    ("R2 Attention U-Net", _starting("RRCNN1.", "Att5.")),
    ("R2U-Net", _starting("RRCNN1.")),
    ("Attention U-Net", _starting("Att5.")),
    ("Attention U-Net", _starting("Attentiongate1.")),
    ("U-Net++", _starting("conv0_0.", "conv0_1.")),
    ("segmentation_models.pytorch", _starting("encoder.", "segmentation_head.0.")),
    ("FCN or DeepLab (torchvision)", _starting("backbone.", "classifier.")),
    ("Mask R-CNN", _starting("roi_heads.")),
    ("Segment Anything", _starting("image_encoder.", "mask_decoder.")),
    ("SegFormer", _starting("segformer.")),
    ("nnU-Net", _starting("encoder.stages.0.", "decoder.seg_layers.")),
    ("Cellpose", _starting("downsample.down.res_down_0.")),
    ("BiRefNet", _starting("bb.", "squeeze_module.")),
    ("CE-Net or D-LinkNet", _starting("firstconv.", "dblock.")),
    ("ResNet50 or deeper", having("layer1.0.conv3.weight", "fc.weight")),
)


def recognise(shapes: Shapes, file: str) -> Family:
    """The family of a checkpoint, from the names and shapes of its tensors alone.

    file: the name that a person knows it by.

    Raises:
        ModelError: it is of a network that SegDesk cannot load, which is named where it is known.
    """
    for name, tells in STRANGERS:
        if tells(shapes):
            raise ModelError(
                tr("{name} is {network}, which SegDesk does not support; choose another model.").format(
                    name=file, network=name
                )
            )
    for family in FAMILIES:
        if family.tells(shapes):
            return family
    raise ModelError(
        tr(
            "{name} is of a network that SegDesk does not know (it has '{key}'); choose another model."
        ).format(name=file, key=next(iter(shapes), ""))
    )
