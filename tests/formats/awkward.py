"""A mask that is hard to keep whole."""

from __future__ import annotations

import numpy as np

from segdesk.core.mask import Plane

HEIGHT, WIDTH = 60, 90


def awkward_labels() -> Plane:
    """A ring with a hole, something inside the hole, one pixel, a region at the border, touching classes."""
    labels = np.zeros((HEIGHT, WIDTH), np.uint8)
    labels[10:40, 10:40] = 1
    labels[18:32, 18:32] = 0
    labels[24:26, 24:26] = 1
    labels[5, 60] = 1
    labels[50:60, 70:90] = 2
    labels[40:50, 70:90] = 1
    labels[0:3, 0:90] = 2
    return labels
