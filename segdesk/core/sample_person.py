"""A stand-in for a person on the sample project, for the demonstration that runs without one.

It goes for the largest error it sees, dabs a round brush as wide as fits into the true class, and turns
to the next one, as someone does who corrects a mask in a hurry.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from segdesk.core.document import Document
from segdesk.core.edit import Edit
from segdesk.core.mask import Plane
from segdesk.core.painting import round_stroke
from segdesk.core.patch import State
from segdesk.core.translation import tr

_BESIDE = 41  # pixels; side of the square around an object's pixel that counts as beside it
_SMALLEST_ERROR = 12  # pixels; smaller ones are left alone


def correct_by_hand(document: Document, truth: Plane, strokes: int) -> int:
    """Paint up to `strokes` corrections into the document; gives how many there were.

    truth: (height, width) uint8, class indices.
    Where nothing was predicted yet, examples of each class are painted in turn.
    """
    wrong = (document.mask.labels != truth) & (document.mask.corrected == 0)
    if document.status.state is State.NEW:
        # Nothing to correct yet: the objects, and what is just beside them, tell most.
        wrong = cv2.dilate((truth != 0).astype(np.uint8), np.ones((_BESIDE, _BESIDE), np.uint8)) == 1
    painted = 0
    while painted < strokes:
        turn = painted % 2 if document.status.predicted_by is None else None
        spot = _widest_spot(wrong, truth, turn)
        if spot is None:
            break
        x, y, radius = spot
        class_index = int(truth[y, x])

        def dab(edit: Edit, x: int = x, y: int = y, radius: float = radius, value: int = class_index) -> None:
            point = (x + 0.5, y + 0.5)
            edit.assert_class(*round_stroke(point, point, 2 * radius, document.mask.box), value)

        document.correct(tr("Brush"), dab)
        seen = np.zeros(wrong.shape, np.uint8)
        cv2.circle(seen, (x, y), round(radius * 1.6) + 3, 1, -1)
        wrong &= seen == 0
        painted += 1
    return painted


def _widest_spot(wrong: NDArray[np.bool_], truth: Plane, turn: int | None) -> tuple[int, int, float] | None:
    """Centre and radius of the widest brush inside an error of one true class (of class `turn`, if given)."""
    best: tuple[int, int, float] | None = None
    for value in np.unique(truth) if turn is None else [turn]:
        region = (wrong & (truth == value)).astype(np.uint8)
        if np.count_nonzero(region) < _SMALLEST_ERROR:
            continue
        depth = cv2.distanceTransform(
            cv2.copyMakeBorder(region, 1, 1, 1, 1, cv2.BORDER_CONSTANT), cv2.DIST_L2, 5
        )
        y, x = np.unravel_index(int(np.argmax(depth[1:-1, 1:-1])), region.shape)
        radius = min(float(depth[1:-1, 1:-1][y, x]) - 0.5, 24.0)
        if radius >= 0.5 and (best is None or radius > best[2]):
            best = (int(x), int(y), radius)
    return best
