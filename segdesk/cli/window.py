"""The other door: from the command line to the window."""

from __future__ import annotations

import argparse

from segdesk.cli.console import Console


def open_window(options: argparse.Namespace, console: Console) -> int:
    """`segdesk [PATH...]`: the window, on a project, images or a folder."""
    from segdesk.gui.app import main

    return main(list(options.paths))
