"""The arguments that several commands have in common, and how a command is given actions of its own."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from segdesk.cli.console import Console
from segdesk.core.errors import ModelError
from segdesk.core.project import Project
from segdesk.core.translation import tr

Run = Callable[[argparse.Namespace, Console], int]
Actions = argparse._SubParsersAction


def add_json(parser: argparse.ArgumentParser) -> None:
    """What every command takes."""
    parser.add_argument("--json", action="store_true", help=tr("print one JSON document on stdout"))


def add_project(parser: argparse.ArgumentParser) -> None:
    """The project that a command is for."""
    parser.add_argument("project", metavar="PROJECT", type=Path)


def add_out(parser: argparse.ArgumentParser) -> None:
    """The folder that a command writes into."""
    parser.add_argument("--out", metavar="DIR", type=Path, required=True)


def add_device(parser: argparse.ArgumentParser) -> None:
    """Where a network runs."""
    parser.add_argument("--device", metavar="D", default="auto", help=tr("auto, cpu, cuda or mps"))


def add_actions(parser: argparse.ArgumentParser) -> Actions[argparse.ArgumentParser]:
    """What a command can do to its project, each in a word after it."""
    return parser.add_subparsers(metavar=tr("ACTION"))


def add_action(
    actions: Actions[argparse.ArgumentParser], name: str, text: str, run: Run
) -> argparse.ArgumentParser:
    """One of these words."""
    parser = actions.add_parser(name, help=text, description=text)
    # It says nothing of --json by default, so that one given before the word counts.
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    parser.set_defaults(run=run)
    return parser


def model_file(project: Project, named: str | None) -> Path | None:
    """The file of a version by its number, or the file that is named.

    Raises:
        ModelError: there is neither.
    """
    if named is None:
        return None
    if named.isascii() and named.isdecimal():
        return project.versions.get(int(named)).file
    if not Path(named).is_file():
        raise ModelError(
            tr("There is no model version or file {name}; `segdesk models` lists the versions.").format(
                name=named
            )
        )
    return Path(named)
