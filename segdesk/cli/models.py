"""The command on the model versions of a project: list, use, rename, delete, export and import them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from segdesk.cli import recipes
from segdesk.cli.arguments import add_action, add_actions, add_project
from segdesk.cli.console import Console, one_line, table
from segdesk.core.jobs import ModelFacts
from segdesk.core.project import ModelVersion, Origin, Project
from segdesk.core.project.model_files import check_classes, check_target, copy_out, free_file, is_foreign
from segdesk.core.translation import tr

_FORMATS = ("safetensors", "pth", "torchscript", "onnx")
_OF_SUFFIX = {".pth": "pth", ".pt": "torchscript", ".onnx": "onnx"}  # without --format


def add_options(parser: argparse.ArgumentParser) -> None:
    """What can be done with the versions of a project."""
    add_project(parser)
    parser.epilog = tr(
        "segdesk models get [NAME] downloads published weights; without a name, it lists what there is."
    )
    actions = add_actions(parser)
    for name, text, run in (
        ("use", tr("let a version predict from now on"), use),
        ("rename", tr("give a version a name"), rename),
        ("delete", tr("throw a version away; never the one in use"), delete),
        ("export", tr("copy a version to a file"), export),
        ("recipe", tr("how images are prepared for a version; changed, it is a new version"), recipes.recipe),
    ):
        add_action(actions, name, text, run).add_argument("number", type=int, metavar="N")
    recipes.add_options(actions.choices["recipe"])
    actions.choices["rename"].add_argument("name", metavar="NAME")
    _add_export_options(actions.choices["export"])
    text = tr("take a model or another program's checkpoint in as a new version")
    _add_import_options(add_action(actions, "import", text, take_in))


def _add_export_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path)
    parser.add_argument(
        "--format",
        choices=_FORMATS,
        help=tr("pth: weights for other programs; torchscript, onnx: what runs without SegDesk"),
    )
    parser.add_argument(
        "--show-usage",
        action="store_true",
        help=tr("of an ONNX file, print a Python script that uses it without SegDesk"),
    )


def _add_import_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path)
    parser.add_argument("--name", metavar="NAME", default="")
    parser.add_argument("--use", action="store_true", help=tr("let it predict from now on"))
    parser.add_argument(
        "--inverted",
        action="store_true",
        help=tr("its single output is high in the background (networks that draw portraits)"),
    )
    parser.add_argument(
        "--output",
        metavar="NAME",
        choices=["softmax", "sigmoid"],
        default="",
        help=tr("sigmoid: its classes may overlap, and it has no output for the background"),
    )


def models(options: argparse.Namespace, console: Console) -> int:
    """`segdesk models PROJECT`: every version with its figures, the one in use marked."""
    _show(Project(options.project, write=False), console)
    return 0


def use(options: argparse.Namespace, console: Console) -> int:
    """`segdesk models PROJECT use N`."""
    project = Project(options.project)
    project.versions.use(options.number)
    _show(project, console)
    return 0


def rename(options: argparse.Namespace, console: Console) -> int:
    """`segdesk models PROJECT rename N NAME`; an empty name takes the old one away."""
    project = Project(options.project)
    project.versions.rename(options.number, options.name)
    _show(project, console)
    return 0


def delete(options: argparse.Namespace, console: Console) -> int:
    """`segdesk models PROJECT delete N`."""
    project = Project(options.project)
    project.versions.delete(options.number)
    _show(project, console)
    return 0


def export(options: argparse.Namespace, console: Console) -> int:
    """`segdesk models PROJECT export N FILE`, as the format that is asked for or that the suffix says."""
    version = Project(options.project, write=False).versions.get(options.number)
    check_target(version.file, options.file)
    form = options.format or _OF_SUFFIX.get(options.file.suffix.lower(), "safetensors")
    more: dict[str, str] = {}
    if form == "safetensors":
        copy_out(version.file, options.file)
    else:
        from segdesk.nn import engine  # torch comes with it

        engine.export_model(version.file, options.file, form)
        if options.show_usage and form == "onnx":
            more = {"usage": engine.onnx_usage(options.file)}
    done = tr("Version {number} is in {file}.").format(number=version.number, file=one_line(options.file))
    console.result(
        {"version": version.number, "file": str(options.file), "format": form, **more},
        more.get("usage", done),
    )
    return 0


def take_in(options: argparse.Namespace, console: Console) -> int:
    """`segdesk models PROJECT import FILE`: a new version, in use only where `--use` says so.

    What another program wrote is converted.
    """
    project = Project(options.project)
    project.check_writable()
    if is_foreign(options.file):
        version = _converted(project, options)
    else:
        facts = _facts(options.file)
        check_classes(options.file.name, facts, len(project.classes.all()))
        version = project.versions.import_file(options.file, options.name, facts.network)
    if options.use:
        project.versions.use(version.number)
    _show(project, console, imported=version.number)
    return 0


def version_info(version: ModelVersion, in_use: ModelVersion | None) -> dict[str, Any]:
    """All that is known of a version, for JSON."""
    made_by = version.round
    return {
        "version": version.number,
        "name": version.name,
        "in_use": in_use is not None and version.number == in_use.number,
        "network": version.network,
        "parent": version.parent,
        "dice_before": made_by.dice_before if made_by else None,
        "dice_after": version.dice,
        "seconds": version.seconds,
        "samples": made_by.samples if made_by else 0,
        "confirmed": made_by.learned.confirmed if made_by else 0,
        "created": version.created,
        "imported_from": version.origin.file if version.origin else None,
        "figures": dict(made_by.figures) if made_by else {},
        "file": str(version.file),
    }


def _show(project: Project, console: Console, **more: object) -> None:
    in_use = project.versions.in_use()
    entries = [version_info(version, in_use) for version in project.versions.all()]
    header = [
        "  " + tr("version"),
        tr("name"),
        tr("parent"),
        tr("network"),
        tr("before"),
        "Dice",
        tr("seconds"),
        tr("samples"),
        tr("made"),
    ]
    rows = [
        [
            ("* " if e["in_use"] else "  ") + str(e["version"]),
            e["name"] or "-",
            str(e["parent"] or "-"),
            e["network"] or "-",
            _figure(e["dice_before"], 3),
            _figure(e["dice_after"], 3),
            _figure(e["seconds"], 0),
            str(e["samples"]),
            e["created"],
        ]
        for e in entries
    ]
    console.result(
        {"in_use": in_use.number if in_use else None, "versions": entries, **more},
        table(header, rows) if rows else tr("No model version yet; `segdesk train` makes one."),
    )


def _figure(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _converted(project: Project, options: argparse.Namespace) -> ModelVersion:
    from segdesk.nn import engine  # torch comes with it

    source: Path = options.file
    classes = tuple(each.name for each in project.classes.all())
    file = free_file(project.versions.folder)
    try:
        facts = engine.convert_model(source, file, classes, options.inverted, options.output)
        check_classes(source.name, facts, len(classes))
        return project.versions.adopt(file, options.name, Origin(facts.network, source.name))
    except BaseException:
        file.unlink(missing_ok=True)
        raise


def _facts(file: Path) -> ModelFacts:
    from segdesk.nn import engine  # torch comes with it

    return engine.model_facts(file)
