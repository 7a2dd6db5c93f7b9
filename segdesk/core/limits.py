"""How large files may be that somebody else made, and how a person raises that.

Each reader knows what is usual in its format, and multiplies it by one number for all of them.
"""

from __future__ import annotations

import os

MOST = 100  # times
_VARIABLE = "SEGDESK_LIMITS"  # of the environment, so that processes that are started know it as well


def times() -> int:
    """How many times larger than usual files may be; 1 unless a person said otherwise."""
    try:
        return min(MOST, max(1, int(os.environ.get(_VARIABLE, ""))))
    except ValueError:
        return 1


def raised(usual: int) -> int:
    """A limit as it holds now."""
    return usual * times()


def raise_to(factor: int) -> None:
    """Let files be so many times larger than usual, here and in processes that are started from now on."""
    os.environ[_VARIABLE] = str(factor)


def prefer(factor: int) -> None:
    """The same where the environment does not say something itself."""
    os.environ.setdefault(_VARIABLE, str(factor))
