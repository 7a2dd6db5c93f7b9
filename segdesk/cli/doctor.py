"""What is installed, what the machine can do, and what is missing."""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import re
from pathlib import Path
from typing import Any

from segdesk import __version__
from segdesk.cli.checkup import check_up
from segdesk.cli.console import Console
from segdesk.core import paths
from segdesk.core.errors import ProjectError, SegdeskError
from segdesk.core.translation import tr


def add_options(parser: argparse.ArgumentParser) -> None:
    """The project, where one is to be examined, and what to do about it."""
    parser.add_argument("project", metavar="PROJECT", type=Path, nargs="?")
    parser.add_argument(
        "--repair", action="store_true", help=tr("build a damaged project anew from what is whole")
    )
    parser.add_argument(
        "--rescue", metavar="FOLDER", type=Path, help=tr("write what can be read of a project into a folder")
    )
    parser.add_argument(
        "--take-over",
        action="store_true",
        help=tr("take it over from a SegDesk on another computer that has ended"),
    )


def doctor(options: argparse.Namespace, console: Console) -> int:
    """`segdesk doctor`: exits 1 where something that SegDesk needs is missing."""
    if options.project is not None:
        return check_up(options, console)
    if options.repair or options.rescue is not None or options.take_over:
        raise ProjectError(tr("Name the project, such as `segdesk doctor PROJECT --repair`."))
    packages = {name: _version(name) for name in _required()}
    missing = [
        tr("{name} is not installed; run `python3 packaging/run.py`.").format(name=name)
        for name, version in packages.items()
        if version is None
    ]
    devices: list[dict[str, Any]] = []
    problems: list[str] = []
    try:
        from segdesk.nn import engine

        devices = [{"name": d.name, "description": d.description} for d in engine.devices()]
        problems = engine.network_problems()
    except (ImportError, OSError, SegdeskError) as error:
        missing.append(tr("PyTorch does not load ({reason}); install it anew.").format(reason=error))
    document: dict[str, Any] = {
        "segdesk": __version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "packages": packages,
        "devices": devices,
        "qt_platform": _qt(),
        "data": str(paths.user_data()),
        "settings": str(paths.user_config()),
        "logs": str(paths.user_logs()),
        "missing": missing,
        "problems": problems,
    }
    lines = [f"SegDesk {__version__}, Python {document['python']}, {document['system']}"]
    lines += [f"  {name} {version or '-'}" for name, version in packages.items()]
    lines += [tr("device {name}: {description}").format(**device) for device in devices]
    lines += [tr("Qt platform: {name}").format(name=document["qt_platform"])]
    lines += [tr("projects in {data}, settings in {settings}, logs in {logs}").format(**document)]
    lines += problems
    lines += missing or [tr("Nothing is missing.")]
    console.result(document, "\n".join(lines))
    return 1 if missing else 0


def _required() -> list[str]:
    """The packages that SegDesk declares it needs."""
    try:
        declared = importlib.metadata.requires("segdesk") or []
    except importlib.metadata.PackageNotFoundError:
        return []
    return [re.split(r"[\s<>=!~;\[]", line, maxsplit=1)[0] for line in declared if "extra ==" not in line]


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _qt() -> str:
    """The platform that a window would use; "none" without a screen, which the command line does not need."""
    chosen = os.environ.get("QT_QPA_PLATFORM")
    if chosen:
        return chosen
    system = platform.system()
    if system == "Linux":
        if os.environ.get("WAYLAND_DISPLAY"):
            return "wayland"
        return "xcb" if os.environ.get("DISPLAY") else "none"
    return {"Darwin": "cocoa", "Windows": "windows"}.get(system, system)
