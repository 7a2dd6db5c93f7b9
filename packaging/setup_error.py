"""The one way in which these scripts say that they cannot go on."""

from __future__ import annotations


class SetupError(Exception):
    """Setting up cannot go on; the message is one sentence that says what is wrong and what to do."""
