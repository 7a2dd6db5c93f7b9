"""The command `segdesk models PROJECT recipe N`: how images are prepared for a version, told and changed."""

from __future__ import annotations

import argparse

from segdesk.cli.console import Console
from segdesk.core.project import Origin, Project
from segdesk.core.project.model_files import free_file
from segdesk.core.translation import tr

_NUMBERS = {"height": int, "width": int, "scale": float}
_NAMES = ("color", "normalisation", "size", "filter", "output")


def add_options(parser: argparse.ArgumentParser) -> None:
    """The fields of a recipe as options; those that are given are changed."""
    what = {
        "color": tr("rgb or bgr"),
        "normalisation": tr("of the values, such as range (0 to 1) or imagenet"),
        "size": tr("any, stretch or letterbox (to --height and --width), or scale (by --scale)"),
        "filter": tr("plain, gaussian, bicubic or lanczos"),
        "output": tr("softmax, sigmoid (a class) or saliency"),
    }
    for name in _NAMES:
        spellings = ["--color", "--colour"] if name == "color" else [f"--{name}"]
        parser.add_argument(*spellings, dest=name, metavar="NAME", help=what[name])
    for name, kind in _NUMBERS.items():
        parser.add_argument(f"--{name}", type=kind, metavar="N")


def recipe(options: argparse.Namespace, console: Console) -> int:
    """`segdesk models PROJECT recipe N [--colour bgr ...]`; a change makes a new version, not in use yet."""
    from segdesk.nn import engine  # torch comes with it

    project = Project(options.project)
    version = project.versions.get(options.number)
    changes = {name: value for name in (*_NAMES, *_NUMBERS) if (value := getattr(options, name)) is not None}
    if changes:
        file = free_file(project.versions.folder)
        try:
            facts = engine.change_recipe(version.file, file, changes)
            version = project.versions.adopt(file, version.name, Origin(facts.network, version.file.name))
        except BaseException:
            file.unlink(missing_ok=True)
            raise
    found = engine.model_recipe(version.file)
    title = tr("Version {number}:").format(number=version.number)
    lines = [f"{name:14}{value}" for name, value in found.items()]
    console.result({"version": version.number, "recipe": found}, "\n".join([title, *lines]))
    return 0
