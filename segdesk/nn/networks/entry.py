"""What the registry holds of a network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from segdesk.nn.networks.blocks import Network

Option = int | float | str | bool


@dataclass(frozen=True)
class Entry:
    """A network: what builds it from (in_channels, classes, **options), its options, and plain words."""

    build: Callable[..., Network]
    description: Callable[[], str]
    options: Mapping[str, Option] = field(default_factory=dict)
