"""The networks a person can choose: a dict is the registry, and a new one is one entry more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from segdesk.core.errors import ModelError
from segdesk.core.translation import tr
from segdesk.nn.networks.blocks import Network
from segdesk.nn.networks.u2net import FULL, SMALL, U2Net
from segdesk.nn.networks.unet import UNet

Option = int | float | str | bool
DEFAULT = "unet"


@dataclass(frozen=True)
class Entry:
    """A network: what builds it from (in_channels, classes, **options), its options, and plain words."""

    build: Callable[..., Network]
    description: Callable[[], str]
    options: Mapping[str, Option] = field(default_factory=dict)


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
    "u2net-small": Entry(
        U2Net, lambda: tr("U2-Net, small: sees far around each pixel, for whole objects"), {"table": SMALL}
    ),
    "u2net": Entry(
        U2Net,
        lambda: tr("U2-Net in its original size: for whole objects, needs a graphics card"),
        {"table": FULL},
    ),
}


def build(name: str, in_channels: int, classes: int, options: Mapping[str, Option]) -> Network:
    """Make a network of the registry with fresh weights; `options` go before the entry's own.

    Raises:
        ModelError: there is no such network, or it does not take these options.
    """
    entry = REGISTRY.get(name)
    if entry is None:
        raise ModelError(
            tr("There is no network called '{name}'; choose one of {names}.").format(
                name=name, names=", ".join(REGISTRY)
            )
        )
    try:
        return entry.build(in_channels, classes, **{**entry.options, **options})
    except (TypeError, ValueError, RuntimeError) as error:
        raise ModelError(
            tr("The network '{name}' cannot be built with these options; choose another model.").format(
                name=name
            )
        ) from error
