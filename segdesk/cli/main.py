"""The commands and their options, and how each run ends."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from segdesk import __version__
from segdesk.cli import (
    batch,
    checkup,
    dataset,
    demo,
    doctor,
    exchange,
    learning,
    measure,
    models,
    projects,
    quality,
    recipes,
    weights,
    window,
)
from segdesk.cli.console import Console
from segdesk.core import limits
from segdesk.core.errors import FaultError, SegdeskError
from segdesk.core.loop import DEFAULT_RECIPE
from segdesk.core.network_choices import plain_choices_text
from segdesk.core.project import Split
from segdesk.core.settings import SettingsFile
from segdesk.core.translation import tr
from segdesk.formats.items import MOST_SOFT

Command = Callable[[argparse.Namespace, Console], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it went well, 1 with a sentence on stderr, 2 for wrong usage."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    _speak_utf8()
    parser = _parser()
    if not given or (given[0] not in _COMMANDS and not given[0].startswith("-")):
        given.insert(0, "open")  # paths alone, or nothing, open the window
    given = weights.found_in(given)
    options = parser.parse_args(given)
    console = Console(as_json=getattr(options, "json", False))
    limits.prefer(SettingsFile().values.limits)
    try:
        return _run(options.run, options, console)
    except FaultError as error:
        console.complain(str(error))
        console.report(error.details)
    except SegdeskError as error:
        console.complain(str(error))
    except MemoryError:
        console.complain(
            tr("There is not enough memory for this; close other programs or use smaller images.")
        )
    except KeyboardInterrupt:
        console.complain(tr("Stopped; what was finished is kept."))
    except BrokenPipeError:  # the reader of our output went away
        sys.stderr.close()
    except OSError as error:
        console.complain(
            tr("{reason}: {name}; check the disk and the folder's permissions.").format(
                reason=error.strerror or error, name=error.filename or ""
            )
        )
    return 1


def _run(command: Command, options: argparse.Namespace, console: Console) -> int:
    return command(options, console)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="segdesk",
        description=tr("Segment images, correct the mask by hand, and let the model learn from it."),
        epilog=tr("Without a command: segdesk [PATH...] opens the window on a project, images or a folder."),
    )
    parser.add_argument("--version", action="version", version=f"SegDesk {__version__}")
    commands = parser.add_subparsers(metavar=tr("COMMAND"), required=True)
    for name, add in _COMMANDS.items():
        add(commands, name)
    return parser


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, text: str, run: Command
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text)
    parser.add_argument("--json", action="store_true", help=tr("print one JSON document on stdout"))
    parser.set_defaults(run=run)
    return parser


Commands = argparse._SubParsersAction


def _open(commands: Commands[argparse.ArgumentParser], name: str) -> None:
    parser = _command(commands, name, tr("open the window"), window.open_window)
    parser.add_argument("paths", metavar="PATH", type=Path, nargs="*")


def _demo(commands: Commands[argparse.ArgumentParser], name: str) -> None:
    parser = _command(commands, name, tr("the sample project: the whole loop"), demo.demo)
    parser.add_argument("--headless", action="store_true", help=tr("without a window, from end to end"))
    parser.add_argument("--out", metavar="DIR", type=Path, help=tr("where the results go"))


def _new(commands: Commands[argparse.ArgumentParser], name: str) -> None:
    parser = _command(commands, name, tr("make a project of images"), projects.new)
    _project(parser)
    parser.add_argument("--images", metavar="PATH", type=Path, nargs="+", required=True)
    parser.add_argument("--classes", metavar="NAME[,NAME...]", required=True)


def _info(commands: Commands[argparse.ArgumentParser], name: str) -> None:
    parser = _command(commands, name, tr("what an image or a project holds"), projects.info)
    parser.add_argument("paths", metavar="PATH", type=Path, nargs="+")


def _import(commands: Commands[argparse.ArgumentParser], name: str) -> None:
    parser = _command(
        commands, name, tr("take in annotations of other programs, or label images"), exchange.take_in
    )
    _project(parser)
    exchange.add_options(parser)


def _train(commands: Commands[argparse.ArgumentParser], name: str) -> None:
    parser = _command(
        commands, name, tr("learn from the corrections, for a while or until it stops rising"), learning.train
    )
    _project(parser)
    parser.add_argument(
        "--network",
        metavar="NAME",
        help=tr("start a network of this kind afresh ({choices})").format(choices=plain_choices_text()),
    )
    parser.add_argument(
        "--from",
        dest="start",
        metavar="VERSION|FILE|scratch",
        help=tr("what to go on from; the version in use by default"),
    )
    budget = parser.add_mutually_exclusive_group()
    budget.add_argument("--seconds", type=_positive_seconds, help=tr("how long to learn"))
    budget.add_argument("--steps", type=_positive_int, help=tr("how many steps to learn"))
    parser.add_argument(
        "--thorough",
        action="store_true",
        help=tr("until the held-out figure stops rising; so it is without --seconds or --steps as well"),
    )
    parser.add_argument(
        "--recipe",
        metavar="NAME",
        default=DEFAULT_RECIPE,
        help=tr("how to learn, such as {name}").format(name="tutorial"),
    )
    parser.add_argument(
        "--no-resume",
        dest="resume",
        action="store_false",
        help=tr("begin afresh where an interrupted training could go on"),
    )
    _device(parser)
    parser.add_argument("--seed", type=int, default=0)


def _predict(commands: Commands[argparse.ArgumentParser], name: str) -> None:
    parser = _command(commands, name, tr("segment the images of a project, or any images"), learning.predict)
    parser.add_argument("paths", metavar="PROJECT|MODEL|IMAGE|FOLDER", type=Path, nargs="+")
    parser.add_argument("--model", metavar="VERSION|FILE")
    _device(parser)
    _out(parser)
    batch.add_options(parser)


def _evaluate(commands: Commands[argparse.ArgumentParser], name: str) -> None:
    parser = _command(commands, name, tr("compare a project's masks with the truth"), learning.evaluate)
    _project(parser)
    parser.add_argument("--truth", metavar="DIR", type=Path, required=True)
    parser.add_argument("--samples", choices=["all", "confirmed", "unconfirmed", *Split], default="all")
    _device(parser)


def _export(commands: Commands[argparse.ArgumentParser], name: str) -> None:
    parser = _command(
        commands, name, tr("write masks, tables or the model for other programs"), projects.export
    )
    _project(parser)
    parser.add_argument("--format", metavar="NAME", required=True, help=projects.format_names())
    parser.add_argument(
        "--check", action="store_true", help=tr("read what was written again, and say how faithful it is")
    )
    parser.add_argument(
        "--soft-edge",
        metavar="PIXELS",
        type=_soft_edge,
        default=0,
        help=tr("make cut-outs see-through in part, this far to either side of the edge"),
    )
    _out(parser)


def _models(commands: Commands[argparse.ArgumentParser], name: str) -> None:
    parser = _command(
        commands, name, tr("model versions with their figures: choose, name, copy"), models.models
    )
    _project(parser)
    parser.epilog = tr(
        "segdesk models get [NAME] downloads published weights; without a name, it lists what there is."
    )
    actions = parser.add_subparsers(metavar=tr("ACTION"))
    for action, text, run in (
        ("use", tr("let a version predict from now on"), models.use),
        ("rename", tr("give a version a name"), models.rename),
        ("delete", tr("throw a version away; never the one in use"), models.delete),
        ("export", tr("copy a version to a file"), models.export),
        ("recipe", tr("how images are prepared for a version; changed, it is a new version"), recipes.recipe),
    ):
        _version(actions, action, text, run)
    recipes.add_options(actions.choices["recipe"])
    actions.choices["rename"].add_argument("name", metavar="NAME")
    actions.choices["export"].add_argument("file", metavar="FILE", type=Path)
    actions.choices["export"].add_argument(
        "--format",
        choices=models.FORMATS,
        help=tr("pth: weights for other programs; torchscript, onnx: what runs without SegDesk"),
    )
    actions.choices["export"].add_argument(
        "--show-usage",
        action="store_true",
        help=tr("of an ONNX file, print a Python script that uses it without SegDesk"),
    )
    parser = _action(
        actions,
        "import",
        tr("take a model or another program's checkpoint in as a new version"),
        models.take_in,
    )
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


def _weights(commands: Commands[argparse.ArgumentParser], name: str) -> None:
    text = tr("download published weights; without a name, list what there is")
    # Without a help text it is not among the commands: it is written as "models get".
    parser = commands.add_parser(name, prog="segdesk models get", description=text)
    parser.add_argument("--json", action="store_true", help=tr("print one JSON document on stdout"))
    parser.add_argument("name", metavar="NAME", nargs="?")
    parser.set_defaults(run=weights.get)


def _action(
    actions: Commands[argparse.ArgumentParser], name: str, text: str, run: Command
) -> argparse.ArgumentParser:
    """Something that a command can do to its project, in a word after it."""
    parser = actions.add_parser(name, help=text, description=text)
    # It says nothing of --json by default, so that one given before the word counts.
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    parser.set_defaults(run=run)
    return parser


def _version(actions: Commands[argparse.ArgumentParser], name: str, text: str, run: Command) -> None:
    _action(actions, name, text, run).add_argument("number", type=int, metavar="N")


def _quality(commands: Commands[argparse.ArgumentParser], name: str) -> None:
    parser = _command(
        commands, name, tr("how well first predictions do, what rounds bring, what it costs"), quality.quality
    )
    _project(parser)
    parser.add_argument("--csv", metavar="FOLDER", type=Path, help=tr("write the figures as tables"))
    parser.add_argument("--png", metavar="FILE", type=Path, help=tr("write the curves as a picture"))


def _dataset(commands: Commands[argparse.ArgumentParser], name: str) -> None:
    parser = _command(
        commands, name, tr("what is in a project, how it is split, and a report of it"), dataset.dataset
    )
    _project(parser)
    actions = parser.add_subparsers(metavar=tr("ACTION"))
    for action, text, run in (
        ("split", tr("draw training, validation and test images, by their classes"), dataset.split),
        ("fix", tr("put images where no drawing moves them"), dataset.fix),
        ("group", tr("say which images stay together"), dataset.group),
        ("clear", tr("let no image be in a part"), dataset.clear),
        ("report", tr("write a page about it, with pictures"), dataset.report),
    ):
        dataset.add_options(action, _action(actions, action, text, run))


def _measure(commands: Commands[argparse.ArgumentParser], name: str) -> None:
    parser = _command(commands, name, tr("measure every object of the labelled images"), measure.measure)
    _project(parser)
    parser.add_argument(
        "--out", metavar="FILE", type=Path, required=True, help=tr("a table: .csv, .xlsx or .parquet")
    )
    parser.add_argument(
        "--by",
        choices=["object", "image", "class"],
        default="object",
        help=tr("what gets a row: each object, each image and class, or each class of the project"),
    )
    parser.add_argument(
        "--no-skeleton",
        dest="skeleton",
        action="store_false",
        help=tr("without length and width of middle lines, in half the time"),
    )


def _doctor(commands: Commands[argparse.ArgumentParser], name: str) -> None:
    parser = _command(
        commands,
        name,
        tr("versions, devices, and what is missing; or whether a project is whole"),
        doctor.doctor,
    )
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


def _relink(commands: Commands[argparse.ArgumentParser], name: str) -> None:
    parser = _command(commands, name, tr("find images again that were moved"), checkup.relink)
    _project(parser)
    parser.add_argument("folder", metavar="FOLDER", type=Path)


_COMMANDS: dict[str, Callable[[Commands[argparse.ArgumentParser], str], None]] = {
    "open": _open,
    "demo": _demo,
    "new": _new,
    "info": _info,
    "import": _import,
    "train": _train,
    "predict": _predict,
    "evaluate": _evaluate,
    "export": _export,
    "models": _models,
    weights.COMMAND: _weights,
    "quality": _quality,
    "dataset": _dataset,
    "measure": _measure,
    "relink": _relink,
    "doctor": _doctor,
}


def _project(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", metavar="PROJECT", type=Path)


def _out(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", metavar="DIR", type=Path, required=True)


def _device(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--device", metavar="D", default="auto", help=tr("auto, cpu, cuda or mps"))


def _positive_seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < 1e9:
        raise argparse.ArgumentTypeError(tr("must be more than 0"))
    return seconds


def _positive_int(text: str) -> int:
    number = int(text)
    if number <= 0:
        raise argparse.ArgumentTypeError(tr("must be more than 0"))
    return number


def _soft_edge(text: str) -> int:
    number = int(text)
    if not 0 <= number <= MOST_SOFT:
        raise argparse.ArgumentTypeError(tr("must be from 0 to {most}").format(most=MOST_SOFT))
    return number


def _speak_utf8() -> None:
    # A terminal or pipe of another encoding shows a stand-in rather than stopping the program.
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
