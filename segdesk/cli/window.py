"""The other door: from the command line to the window."""

from __future__ import annotations

import argparse
from pathlib import Path

from segdesk.cli.console import Console


def add_options(parser: argparse.ArgumentParser) -> None:
    """What the window opens."""
    parser.add_argument("paths", metavar="PATH", type=Path, nargs="*")


def open_window(options: argparse.Namespace, console: Console) -> int:
    """`segdesk [PATH...]`: the window, on a project, images or a folder."""
    from segdesk.gui.app import main

    return main(list(options.paths))
