"""What the baselines with a network share: our default network, its images, and its predictions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from segdesk.core.geometry import Box
from segdesk.core.images import ImageSource, read_image
from segdesk.core.mask import UNLABELLED
from segdesk.nn import devices
from segdesk.nn.augment import turn
from segdesk.nn.clock import Clock
from segdesk.nn.networks import registry
from segdesk.nn.networks.blocks import Network, place
from segdesk.nn.normalise import Normalised, channels_for
from segdesk.nn.tiling import predict_image
from tests.benchmarks.learning.annotation import Corrected
from tests.benchmarks.learning.methods.method import Budget, Learned
from tests.benchmarks.learning.sets import Plane, Task


@dataclass(frozen=True)
class Labelled:
    """An image ready for a network, beside its corrections (class indices, UNLABELLED elsewhere)."""

    image: Normalised
    corrections: Plane


class NetworkMethod(ABC):
    """A network of our default kind, from fresh weights; each round goes on from the weights kept."""

    sees_uncorrected = False
    tile = 256  # side of the tiles that images are predicted in

    def __init__(self, task: Task, *, device: str = "auto") -> None:
        self._task = task
        self._device = devices.choose(device)
        self._network: Network | None = None
        self._channels = 3

    @abstractmethod
    def train(
        self, network: Network, labelled: list[Labelled], clock: Clock, rng: np.random.Generator
    ) -> Learned:
        """Change the network until `clock.fraction` is 1, counting steps in `clock.done`."""

    def learn(self, samples: Sequence[Corrected], budget: Budget, seed: int) -> Learned:
        clock = Clock(budget.seconds, budget.steps)
        torch.manual_seed(seed)
        labelled = [Labelled(self._read(sample.index), sample.mask.corrections()) for sample in samples]
        if self._network is None:
            self._network = registry.build(registry.DEFAULT, self._channels, len(self._task.classes), {})
            place(self._network, self._device)
        return self.train(self._network, labelled, clock, np.random.default_rng(seed))

    def predict(self, indices: Sequence[int]) -> dict[int, Plane]:
        return {index: self.predict_image(self._read(index)) for index in indices} if self._network else {}

    def predict_image(self, image: Normalised) -> Plane:
        """(H, W) class indices."""
        assert self._network is not None
        self._network.eval()
        tiles = predict_image(self._network, image, self.tile, self.tile // 5)
        while True:
            try:
                next(tiles)
            except StopIteration as stop:
                labels: Plane = stop.value.labels
                return labels

    def logits(self, network: Network, images: NDArray[np.float32]) -> Tensor:
        """The network's float32 output on the device, in the arithmetic that SegDesk's rounds use as well."""
        x = torch.from_numpy(images).to(self._device, memory_format=torch.channels_last)
        with devices.fast_arithmetic(self._device):
            out: Tensor = network(x)
        return out.float()

    def labels(self, planes: Plane) -> Tensor:
        """Class indices (B, H, W) int64 on the device, UNLABELLED as it is."""
        return torch.from_numpy(planes.astype(np.int64)).to(self._device)

    def _read(self, index: int) -> Normalised:
        pixels = read_image(ImageSource(self._task.images[index]))
        if self._network is None:
            self._channels = channels_for(pixels)
        return Normalised.of(pixels, self._channels, "channel")


def window(
    piece: Labelled, y: int, x: int, side: int, rng: np.random.Generator
) -> tuple[NDArray[np.float32], Plane]:
    """A square of `side` about (y, x), moved into the image, flipped and turned by chance.

    Gives the image (C, H, W) and its corrections (H, W); smaller where the image is.
    """
    height, width = piece.corrections.shape
    tall, wide = min(side, height), min(side, width)
    box = Box(
        int(np.clip(x - wide // 2, 0, width - wide)),
        int(np.clip(y - tall // 2, 0, height - tall)),
        wide,
        tall,
    )
    image, planes = turn(piece.image.read(box), (piece.corrections[box.slices],), rng)
    return np.ascontiguousarray(image), np.ascontiguousarray(planes[0])


def places(piece: Labelled) -> NDArray[np.int64]:
    """(n, 2) row and column of each pixel that was corrected."""
    return np.argwhere(piece.corrections != UNLABELLED)
