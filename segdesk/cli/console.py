"""How the command line talks: results on stdout, progress and complaints on stderr."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypeVar

from segdesk.core.jobs import Job, Progress, retold, run
from segdesk.core.translation import tr

Result = TypeVar("Result")

_BAR = 24
_REDRAW_S = 0.1
_LINE_S = 10.0


class Console:
    """Prints for a person, or one JSON document for a program."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._live = sys.stderr.isatty()
        self._last = 0.0
        self._drawn = 0
        self._figures: dict[str, float] = {}  # the last of each: not every progress brings new ones

    def result(self, document: dict[str, Any], text: str) -> None:
        """The outcome of a command: the document where JSON is asked for, else the text."""
        if self._as_json:
            sys.stdout.write(_as_json(document) + "\n")
        else:
            sys.stdout.write(printable(text) + "\n")
        sys.stdout.flush()

    def say(self, sentence: str) -> None:
        """Tell on stderr how the work is going."""
        self.complain(sentence)

    def complain(self, sentence: str) -> None:
        """Say on stderr what is wrong, on a line."""
        self._write(one_line(sentence))

    def report(self, details: str) -> None:
        """Write on stderr what can be copied and sent."""
        self._write(printable(details.rstrip("\n")))

    def _write(self, text: str) -> None:
        self._clear()
        sys.stderr.write(text + "\n")
        sys.stderr.flush()

    def drive(self, job: Job[Result]) -> Result:
        """Run a job with a progress bar and give its result; Ctrl+C lets it clean up before it ends."""
        return run(self.watching(job))

    def watching(self, job: Job[Result]) -> Job[Result]:
        """The same job, with its progress shown as it goes."""
        self._figures = {}
        try:
            return (yield from retold(job, self._shown))
        finally:
            self._clear()

    def _shown(self, progress: Progress) -> Progress:
        self._show(progress)
        return progress

    def _show(self, progress: Progress) -> None:
        self._figures |= progress.figures
        now = time.monotonic()
        if now - self._last < (_REDRAW_S if self._live else _LINE_S):
            return
        self._last = now
        line = progress_line(replace(progress, figures=self._figures))
        if self._live:
            sys.stderr.write("\r" + line.ljust(self._drawn))
            self._drawn = len(line)
        else:
            sys.stderr.write(line + "\n")
        sys.stderr.flush()

    def _clear(self) -> None:
        if self._drawn:
            sys.stderr.write("\r" + " " * self._drawn + "\r")
            sys.stderr.flush()
            self._drawn = 0


def progress_line(progress: Progress) -> str:
    """A bar, what is done, the time left and the figures, on one line."""
    parts = [one_line(progress.text)]
    if progress.fraction is not None:
        filled = round(_BAR * min(max(progress.fraction, 0.0), 1.0))
        parts.insert(0, "[" + "=" * filled + " " * (_BAR - filled) + "]")
    if progress.seconds_left is not None:
        parts.append(tr("{seconds} s left").format(seconds=round(progress.seconds_left)))
    parts += [f"{one_line(name)} {value:.3f}" for name, value in progress.figures.items()]
    return "  ".join(parts)


def printable(text: str) -> str:
    """Lines whose control characters cannot steer the terminal (a file name may hold any)."""
    return "\n".join(map(one_line, text.split("\n")))


def one_line(name: object) -> str:
    """A name, a path or a sentence as people can read it: none of it ends the line or steers the terminal."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in str(name))


def lines(sentences: Iterable[object]) -> str:
    """One below the other, each on a line."""
    return "\n".join(map(one_line, sentences))


def _as_json(document: dict[str, Any]) -> str:
    """With letters as they are; what JSON lets through and a terminal would obey is escaped as well."""
    text = json.dumps(document, ensure_ascii=False, indent=2, default=str)
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


def table(header: list[str], rows: list[list[str]]) -> str:
    """Columns of equal width: the first one to the left, the others to the right."""
    header, rows = list(map(one_line, header)), [list(map(one_line, row)) for row in rows]
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in [header, *rows]
    )
