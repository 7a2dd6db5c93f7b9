"""Tables as CSV that spreadsheets show rather than run."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

# What spreadsheets take for the beginning of a formula, also in the wide letters of East Asia, or skip first.
_RUN = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_MARK = "'"
_BREAKS = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029]")  # some of which end a row, quoted or not


def harmless(text: str) -> str:
    """Text on one line that a spreadsheet shows rather than runs: what begins like a formula gets a quote.

    A number as programs write it ("-0.5") stays what it is.
    """
    text = _BREAKS.sub(" ", text)
    if not text.startswith(_MARK) and not text.lstrip().startswith(_RUN):
        return text
    return text if _is_number(text) else f"{_MARK}{text}"


def plain(text: str) -> str:
    """What `harmless` was given, on one line."""
    return text[1:] if text.startswith(_MARK) else text


def cell(value: object) -> object:
    """A value as a table may hold it: texts are harmless, nothing is an empty cell."""
    return "" if value is None else harmless(value) if isinstance(value, str) else value


def csv_text(rows: Iterable[Iterable[object]]) -> str:
    """Rows of texts and numbers as CSV with plain newlines, every text of them harmless."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([cell(value) for value in row] for row in rows)
    return text.getvalue()


def csv_bytes(rows: Iterable[Iterable[object]]) -> bytes:
    """The same as a file: its byte order mark tells spreadsheets that this is UTF-8."""
    # A file's name may be no text in any encoding.
    return csv_text(rows).encode("utf-8-sig", errors="replace")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text == text.strip()
