"""Call an environment's pip, and turn its failures into one sentence."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from setup_error import SetupError

_CONNECTION = re.compile(
    r"NewConnectionError|NameResolutionError|Temporary failure in name resolution|Name or service not known"
    r"|getaddrinfo failed|nodename nor servname|Connection refused|Network is unreachable|timed out"
    r"|ProxyError|Connection aborted|ConnectionReset|RemoteDisconnected",
    re.IGNORECASE,
)
_CERTIFICATE = re.compile(r"CERTIFICATE_VERIFY_FAILED|SSLCertVerificationError|SSLError", re.IGNORECASE)
_FULL = re.compile(r"No space left on device|Errno 28|WinError 112|not enough space", re.IGNORECASE)
_DENIED = re.compile(r"Permission denied|Errno 13|WinError 5\b|Read-only file system", re.IGNORECASE)
_NO_MATCH = re.compile(r"No matching distribution found for (\S+)")
_NO_INSTALLER = re.compile(r"Cannot install pip because")


def clean_environment() -> dict[str, str]:
    """The process's variables without those that point a Python to another one's libraries."""
    astray = {"PYTHONHOME", "PYTHONPATH", "PYTHONEXECUTABLE", "__PYVENV_LAUNCHER__", "PIP_USER", "PIP_TARGET"}
    return {name: value for name, value in os.environ.items() if name not in astray}


def install(python: Path, arguments: Sequence[str], what: str) -> None:
    """`pip install ARGUMENTS`, showing its progress on a terminal.

    Args:
        python: the environment's interpreter.
        arguments: what follows `pip install`.
        what: the thing being installed, for the sentence when it fails.

    Raises:
        SetupError: pip failed.
    """
    quiet = [] if sys.stdout.isatty() else ["--quiet", "--progress-bar", "off"]
    # Warnings are kept back: they matter only if pip fails, and then they tell why.
    process = subprocess.Popen(
        _command(python, [*quiet, *arguments]),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        env=clean_environment(),
    )
    try:
        _, complaints = process.communicate()
    except BaseException:
        # A pip that outlives its setup would go on writing under the feet of the next one.
        process.terminate()
        process.wait()
        raise
    if process.returncode:
        cause = known_cause(complaints, what)
        if cause is None:
            print(complaints, file=sys.stderr)
            cause = f"pip could not install {what}: its messages above tell why."
        raise SetupError(cause)


def dry_run_report(python: Path, requirement: str) -> str:
    """What pip would install for `requirement` itself, as pip's JSON report; empty if it cannot tell."""
    done = subprocess.run(
        _command(python, ["--quiet", "--dry-run", "--no-deps", "--report", "-", requirement]),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        env=clean_environment(),
        check=False,
    )
    return done.stdout if done.returncode == 0 else ""


def known_cause(complaints: str, what: str) -> str | None:
    """The sentence for what pip wrote to its error stream while it tried to install `what`.

    Returns:
        None if the cause is none of those that a person can do something about.
    """
    if _FULL.search(complaints):
        return f"The disk is full: make room for about 2 GB, then run this again to install {what}."
    if _CERTIFICATE.search(complaints):
        return (
            f"{what} could not be downloaded because the package index's certificate is not trusted here: "
            "check this machine's clock and certificates, then run this again."
        )
    # What is installed already can hide that the index did not answer: then only the pin of pip speaks of it.
    if _CONNECTION.search(complaints) or _NO_INSTALLER.search(complaints):
        return f"{what} could not be downloaded: connect this machine to the internet, then run this again."
    match = _NO_MATCH.search(complaints)
    if match:
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        return (
            f"{match.group(1)} is not available for Python {version} on this system: run this with Python "
            "3.11, 3.12 or 3.13 of a 64-bit Linux, macOS (Apple silicon) or Windows."
        )
    if _DENIED.search(complaints):
        return (
            f"{what} could not be installed because its folder cannot be written to: check its permissions."
        )
    return None


def _command(python: Path, arguments: Sequence[str]) -> list[str]:
    # -I keeps the current folder out of pip's sight: it may hold a file named like a library.
    return [
        str(python),
        "-I",
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-input",
        *arguments,
    ]
