"""Two halves of a piece of work: both are done when it goes on, and no error is lost."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from segdesk.core.both import both


def fail() -> None:
    raise ValueError("no")


def test_the_halves_run_at_once_and_both_are_awaited() -> None:
    met = threading.Barrier(2)  # one half alone would wait at it until it breaks
    both(partial(met.wait, 30), partial(met.wait, 30))
    assert not met.broken


def test_an_error_of_either_half_is_raised_once_the_other_has_ended() -> None:
    done: list[int] = []
    with pytest.raises(ValueError, match="no"):
        both(fail, partial(done.append, 1))
    assert done == [1]
    with pytest.raises(ValueError, match="no"):
        both(partial(done.append, 2), fail)
    assert done == [1, 2]
