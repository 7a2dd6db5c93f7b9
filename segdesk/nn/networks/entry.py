"""What the registry holds of a network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from segdesk.nn.networks.blocks import Network

Option = int | float | str | bool


@dataclass(frozen=True)
class Entry:
    """A network: what builds it from (in_channels, classes, **options), its options, and plain words.

    fresh: options with which it begins where there are no weights yet. A model file names them, as one that
        does not means those of `options`, and of what builds it.
    """

    build: Callable[..., Network]
    description: Callable[[], str]
    options: Mapping[str, Option] = field(default_factory=dict)
    fresh: Mapping[str, Option] = field(default_factory=dict)
