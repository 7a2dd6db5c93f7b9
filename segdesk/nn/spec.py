"""What rebuilds a model: the network, its options, its classes, and how images are prepared for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from segdesk.core.errors import ModelError
from segdesk.core.mask import MAX_CLASSES
from segdesk.core.translation import tr
from segdesk.nn.networks import registry
from segdesk.nn.networks.blocks import Network
from segdesk.nn.normalise import NORMALISERS
from segdesk.nn.preparation import PLAIN, Preparation

_FORMAT = 2
# Until format 2 these normalised in groups where nothing was said.
_GROUPED = ("unet", "unet-32", "unet-64", "unet-unpadded")
_MOST_CHANNELS = 1024


@dataclass(frozen=True)
class NetworkSpec:
    """A model without its weights.

    network: a name of the registry.   options: what differs from the registry's entry.
    classes: names by class index, the background first.   normalisation: a name of NORMALISERS.
    preparation: what else is done to images, and what the outputs mean.
    starter: its classes mean nothing to a project, which keeps only what lies below the last convolution.
    """

    network: str
    in_channels: int
    classes: tuple[str, ...]
    options: Mapping[str, registry.Option] = field(default_factory=dict)
    normalisation: str = "channel"
    starter: bool = False
    preparation: Preparation = PLAIN

    def build(self) -> Network:
        """The network with fresh weights; raises ModelError where it cannot be built."""
        network = registry.build(self.network, self.in_channels, len(self.classes), self.options)
        network.output = "sigmoid" if self.preparation.output == "sigmoid" else "softmax"
        return network

    def to_json(self) -> str:
        return json.dumps({"format": _FORMAT, **asdict(self)}, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> NetworkSpec:
        """Read what `to_json` wrote.

        Raises:
            ModelError: the text is no such thing, or is of a newer format.
        """
        try:
            data = json.loads(text)
            if data["format"] > _FORMAT:
                raise ModelError(tr("The model comes from a newer SegDesk; update SegDesk to use it."))
            options = data["options"]
            if data["format"] < 2 and data["network"] in _GROUPED:
                options = {"norm": "group", **options}
            spec = cls(
                network=str(data["network"]),
                in_channels=int(data["in_channels"]),
                classes=tuple(str(name) for name in data["classes"]),
                options={str(k): v for k, v in options.items() if isinstance(v, int | float | str)},
                normalisation=str(data["normalisation"]),
                starter=bool(data.get("starter", False)),
                preparation=Preparation.of(data.get("preparation", {})),
            )
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            raise ModelError(tr("The model's description is damaged; choose another model.")) from error
        if (
            not 1 <= spec.in_channels <= _MOST_CHANNELS
            or not 1 <= len(spec.classes) <= MAX_CLASSES
            or spec.normalisation not in NORMALISERS
        ):
            raise ModelError(tr("The model's description is damaged; choose another model."))
        return spec
