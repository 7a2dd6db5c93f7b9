"""What went wrong: as a sentence, at a glance, and in a form that a person can copy and send."""

from __future__ import annotations

import platform
import sys
import traceback
from collections.abc import Sequence

import PySide6

from segdesk import __version__
from segdesk.core.errors import FaultError, SegdeskError
from segdesk.core.translation import tr

_WIDEST = 500  # characters of a line
_MOST = 3  # problems that are told one by one


def sentence(error: BaseException) -> str:
    """One sentence on an error, for the person at the screen."""
    if isinstance(error, SegdeskError):
        return str(error)
    if isinstance(error, MemoryError):
        return tr("There is not enough memory for this; close other programs or use smaller images.")
    return tr("Something went wrong that SegDesk did not expect; your work is saved.")


def in_short(problems: Sequence[str]) -> str:
    """What went wrong with several things, as something that can be read at a glance."""
    lines = list(problems[:_MOST])
    if len(problems) > _MOST:
        lines.append(tr("{count} more could not be used.").format(count=len(problems) - _MOST))
    return "\n".join(lines)


def report(error: BaseException) -> str:
    """The error with its traceback, and which programs it happened in."""
    lines = [
        f"SegDesk {__version__}, Python {sys.version.split()[0]}, PySide6 {PySide6.__version__}",
        f"{platform.platform()}, {platform.machine()}",
        "",
        *(line.rstrip("\n") for line in traceback.format_exception(error)),
    ]
    if isinstance(error, FaultError) and error.details:  # of another process, where the cause has stayed
        lines += ["", error.details.rstrip("\n")]
    # An error's own words may hold what it was about; nobody sends pixels by copying a report.
    return "\n".join(line if len(line) <= _WIDEST else f"{line[:_WIDEST]} ..." for line in lines)
