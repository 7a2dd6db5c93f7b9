"""What the model thinks of every class, for the last few samples that somebody wanted to know it of."""

from __future__ import annotations

from segdesk.core.project import Sample
from segdesk.gui.uncertainty_maps import UncertaintyMaps

_BYTES = 512 * 2**20
_LARGEST = 1024 * 2**20


class ProbabilityMaps(UncertaintyMaps):
    """(classes, height, width) uint8 planes by sample, within a budget; see there for the rest."""

    def __init__(self, budget: int = _BYTES) -> None:
        """budget: bytes."""
        super().__init__(budget)

    @staticmethod
    def can_hold(sample: Sample, classes: int) -> bool:
        """Whether the planes of a sample are small enough to be asked for at all."""
        return sample.width * sample.height * classes <= _LARGEST
