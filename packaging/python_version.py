"""Find a Python that is new enough. This module, and what imports it, must parse on Python 3.8."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

MINIMUM = (3, 11)

# The version that the pins were tested with comes first.
_NEWER = ("3.11", "3.12", "3.13", "3.14")


def ensure_new_enough(script: str, arguments: list[str]) -> None:
    """Return when this Python is new enough, else go on in one that is, or end with one sentence.

    Args:
        script: the file to run again.
        arguments: what was given to it.
    """
    if is_new_enough(sys.version_info[:2]):
        return
    command = find_newer()
    if command is None:
        sys.exit(too_old_message(sys.version_info[:2]))
    command = [*command, str(Path(script).resolve()), *arguments]
    if os.name == "nt":
        sys.exit(subprocess.call(command))
    os.execv(command[0], command)


def is_new_enough(version: tuple[int, ...]) -> bool:
    """Whether a (major, minor) version can run SegDesk."""
    return tuple(version[:2]) >= MINIMUM


def too_old_message(version: tuple[int, ...]) -> str:
    """The sentence for a person whose Python is too old."""
    return (
        f"SegDesk needs Python {MINIMUM[0]}.{MINIMUM[1]} or newer and found only Python "
        f"{version[0]}.{version[1]}: install a newer one from https://www.python.org/downloads/ "
        "or with your system's package manager, then run this again."
    )


def candidates() -> list[list[str]]:
    """Commands that may start a newer Python, the tested version first."""
    found: list[list[str]] = []
    for version in _NEWER:
        found.append([f"python{version}"])
        if os.name == "nt":
            found.append(["py", f"-{version}"])
        if sys.platform == "darwin":
            found.extend(
                [f"{folder}/python{version}"]
                for folder in (
                    "/opt/homebrew/bin",
                    "/usr/local/bin",
                    f"/Library/Frameworks/Python.framework/Versions/{version}/bin",
                )
            )
    return [*found, ["python3"], ["python"]]


def find_newer() -> list[str] | None:
    """The full path of a new enough Python, as a command of one word; None where there is none."""
    for command in candidates():
        # Asking the interpreter itself: a name on the PATH may be a shim without a Python behind it.
        question = "import sys; print(sys.version_info[0], sys.version_info[1], sys.executable)"
        try:
            answer = subprocess.run(
                [*command, "-c", question], capture_output=True, text=True, timeout=20, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            continue
        words = answer.stdout.strip().split(" ", 2)
        if answer.returncode == 0 and len(words) == 3 and is_new_enough((int(words[0]), int(words[1]))):
            return [words[2]]
    return None
