"""Numbers as files of text write them."""

from __future__ import annotations

_DIGITS = 9


def number_of(text: str) -> int | None:
    """A whole number from 0 on; None where the text is none, or one that no file can mean."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS else None
