"""Where values change in a long row of them: what run lengths are made of."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_WORD = 8  # places that are looked at together


def changes(flat: NDArray[Any], every: int = 0) -> NDArray[np.int64]:
    """The places, ascending, where a value is another one than before it; never 0.

    every: places that are multiples of it count as well, as where another row begins; 0 for none.
    """
    changed = np.zeros(-(-flat.size // _WORD) * _WORD, np.bool_)
    np.not_equal(flat[1:], flat[:-1], out=changed[1 : flat.size])
    if every:
        changed[every : flat.size : every] = True
    # Most words have none, so that few places have to be looked for.
    words = np.flatnonzero(changed.view(np.uint64) != 0)
    found = np.flatnonzero(changed.reshape(-1, _WORD)[words])
    return words[found // _WORD] * _WORD + found % _WORD
