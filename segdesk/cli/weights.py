"""The command `segdesk models get`: published weights, listed and downloaded."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from segdesk.cli.console import Console, table
from segdesk.core import catalogue
from segdesk.core.catalogue import Published
from segdesk.core.download import download, megabytes
from segdesk.core.translation import tr

COMMAND = "models-get"  # what the parser calls "models get"


def found_in(given: Sequence[str]) -> list[str]:
    """The arguments with `models get` as the one command that it is.

    The word after `models` is a project otherwise; a project in a folder called get is written ./get.
    """
    if given and given[0] == "models":
        first = next((n for n, word in enumerate(given[1:], 1) if not word.startswith("-")), 0)
        if first and given[first] == "get":
            return [COMMAND, *given[1:first], *given[first + 1 :]]
    return list(given)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Which weights."""
    parser.add_argument("name", metavar="NAME", nargs="?")


def get(options: argparse.Namespace, console: Console) -> int:
    """`segdesk models get [NAME]`."""
    for problem in catalogue.problems():
        console.say(problem)
    if options.name is None:
        _list(console)
        return 0
    entry = catalogue.find(options.name)
    file = console.drive(download(entry))
    console.result(
        {"name": entry.name, "file": str(file)},
        tr("{title} is in {file}; `segdesk models PROJECT import {file}` takes it into a project.").format(
            title=entry.title, file=file
        ),
    )
    return 0


def _list(console: Console) -> None:
    entries = catalogue.published()
    rows = [[each.name, f"{megabytes(each.size)} MB", each.licence or "-", _state(each)] for each in entries]
    lines = table([tr("name"), tr("size"), tr("licence"), tr("state")], rows).splitlines()
    text = [tr("good for"), *(each.good_for for each in entries)]
    console.result(
        {"weights": [_facts(each) for each in entries]},
        "\n".join(f"{line}  {more}" for line, more in zip(_padded(lines), text, strict=True)),
    )


def _padded(lines: list[str]) -> list[str]:
    width = max(map(len, lines))
    return [line.ljust(width) for line in lines]


def _state(entry: Published) -> str:
    state = catalogue.state(entry)
    if state.file is not None:
        return tr("here")
    return tr("{percent} % here").format(percent=100 * state.here // entry.size) if state.here else "-"


def _facts(entry: Published) -> dict[str, Any]:
    state = catalogue.state(entry)
    return {
        "name": entry.name,
        "title": entry.title,
        "good_for": entry.good_for,
        "url": entry.url,
        "size": entry.size,
        "licence": entry.licence,
        "home": entry.home,
        "file": str(state.file) if state.file else None,
        "here": state.here,
    }
