"""What a family of checkpoints is, and how its tensors become ours one after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from segdesk.nn.foreign.reading import State
from segdesk.nn.networks.registry import Option
from segdesk.nn.preparation import PLAIN, Preparation

Shapes = Mapping[str, tuple[int, ...]]


class UnlikeError(ValueError):
    """The weights are not what their family has."""


@dataclass(frozen=True)
class Mapped:
    """What a checkpoint is in our terms: what rebuilds its network, and its weights under our names.

    normalisation: a name of NORMALISERS, as the family's own programs prepare images; so is `preparation`.
    outputs: channels of the last convolution; None where the file is a backbone alone, without an output.
    """

    network: str
    options: Mapping[str, Option]
    in_channels: int
    outputs: int | None
    normalisation: str
    state: State
    preparation: Preparation = PLAIN


@dataclass(frozen=True)
class Family:
    """Checkpoints that one program writes.

    name: what people call it.   tells: whether keys and shapes are of this family.
    map: renames the tensors; raises UnlikeError where they are not what the family has.
    """

    name: str
    tells: Callable[[Shapes], bool]
    map: Callable[[Source], Mapped]


@dataclass
class Source:
    """The tensors of a checkpoint, of which each is taken once, and those that were taken by our names.

    Whatever is left at the end was not understood, so that nothing is lost in silence.
    """

    state: State
    ours: State = field(default_factory=dict)

    def has(self, key: str) -> bool:
        return key in self.state

    def shape(self, key: str) -> tuple[int, int, int, int]:
        """The shape of a convolution's weights; raises UnlikeError where there are none."""
        if key not in self.state or self.state[key].ndim != 4:
            raise UnlikeError(key)
        a, b, c, d = self.state[key].shape
        return a, b, c, d

    def conv(self, theirs: str, ours: str, *, bias: bool = True, swap: bool = False) -> None:
        """Take a convolution. A missing bias becomes zeros; without `bias`, it must be missing.

        swap: change the places of the two halves of its input channels, for another order of concatenation.
        """
        outside, inside = self.shape(f"{theirs}.weight")[:2]
        weight = self.state.pop(f"{theirs}.weight")
        if swap:
            half = inside // 2
            weight = torch.cat([weight[:, half:], weight[:, :half]], dim=1)
        self.ours[f"{ours}.weight"] = weight
        if bias:
            self.ours[f"{ours}.bias"] = self.state.pop(f"{theirs}.bias", torch.zeros(outside))

    def up(self, theirs: str, ours: str) -> None:
        """Take a transposed convolution, whose weights are stored (in, out, height, width)."""
        outside = self.shape(f"{theirs}.weight")[1]
        self.ours[f"{ours}.weight"] = self.state.pop(f"{theirs}.weight")
        self.ours[f"{ours}.bias"] = self.state.pop(f"{theirs}.bias", torch.zeros(outside))

    def norm(self, theirs: str, ours: str) -> None:
        """Take a batch normalisation; old files have not counted its batches."""
        for part in ("weight", "bias", "running_mean", "running_var"):
            if f"{theirs}.{part}" not in self.state:
                raise UnlikeError(f"{theirs}.{part}")
            self.ours[f"{ours}.{part}"] = self.state.pop(f"{theirs}.{part}")
        counted = self.state.pop(f"{theirs}.num_batches_tracked", torch.zeros((), dtype=torch.int64))
        self.ours[f"{ours}.num_batches_tracked"] = counted

    def drop(self, *prefixes: str) -> None:
        """Leave out what the family's network never uses."""
        for key in [key for key in self.state if key.startswith(prefixes)]:
            del self.state[key]

    def end(self) -> None:
        """Raises UnlikeError where something was not taken."""
        if self.state:
            raise UnlikeError(next(iter(self.state)))


def shapes_of(state: Mapping[str, Tensor]) -> dict[str, tuple[int, ...]]:
    """The shapes of tensors, by name."""
    return {key: tuple(value.shape) for key, value in state.items()}


def having(*keys: str) -> Callable[[Shapes], bool]:
    """A test for checkpoints that have all of these keys."""
    return lambda shapes: all(key in shapes for key in keys)
