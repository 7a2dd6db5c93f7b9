"""Normalisation by figures that are measured once and then stay."""

from __future__ import annotations

from torch import nn


class FixedNorm(nn.BatchNorm2d):
    """Normalisation in batches whose statistics are those of a fresh network, while it learns as well.

    Fresh weights get the start that normalisation gives them, and from then on each channel has a factor and
    a summand that are learned: data-dependent initialisation (Salimans and Kingma 2016, "Weight
    normalization", section 3; "actnorm" in Kingma and Dhariwal 2018, "Glow"). What a pixel becomes depends
    neither on the rest of its tile nor on other crops, so that bright things on one side of an image do not
    darken the other. Statistics that nobody has measured are 0 and 1.
    """

    def __init__(self, channels: int) -> None:
        super().__init__(channels)
        self.train()

    def train(self, mode: bool = True) -> FixedNorm:
        """Other than its weights, nothing of it learns."""
        super().train(False)
        return self

    @property
    def is_measured(self) -> bool:
        return self.num_batches_tracked is not None and int(self.num_batches_tracked) > 0
