"""The ways in which these scripts end before they are done."""

from __future__ import annotations

import sys
from types import FrameType


class SetupError(Exception):
    """Setting up cannot go on; the message is one sentence that says what is wrong and what to do."""


def end_by_signal(number: int, _frame: FrameType | None) -> None:
    """A signal handler that ends the process by way of its `finally` clauses.

    Raises:
        SystemExit: always, with the status that a shell gives to a process ended by this signal.
    """
    sys.exit(128 + number)
