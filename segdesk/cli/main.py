"""The table of commands, and how each run ends."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from segdesk import __version__
from segdesk.cli import (
    checkup,
    dataset,
    demo,
    doctor,
    evaluate,
    exchange,
    measure,
    models,
    overview,
    predict,
    projects,
    quality,
    train,
    weights,
    window,
)
from segdesk.cli.arguments import Run, add_json
from segdesk.cli.console import Console
from segdesk.core import limits
from segdesk.core.errors import FaultError, SegdeskError
from segdesk.core.settings import SettingsFile
from segdesk.core.translation import tr


@dataclass(frozen=True)
class Command:
    """A word of the command line.

    written: how a person writes it, where that is not its name; it stands in no list of commands then.
    """

    name: str
    text: str
    run: Run
    add_options: Callable[[argparse.ArgumentParser], None]
    written: str = ""


def _commands() -> tuple[Command, ...]:
    """The one table of them."""
    return (
        Command("open", tr("open the window"), window.open_window, window.add_options),
        Command("demo", tr("the sample project: the whole loop"), demo.demo, demo.add_options),
        Command("new", tr("make a project of images"), projects.new, projects.add_new_options),
        Command("info", tr("what an image or a project holds"), projects.info, projects.add_info_options),
        Command(
            "import",
            tr("take in annotations of other programs, or label images"),
            exchange.take_in,
            exchange.add_options,
        ),
        Command(
            "train",
            tr("learn from the corrections, for a while or until it stops rising"),
            train.train,
            train.add_options,
        ),
        Command(
            "predict",
            tr("segment the images of a project, or any images"),
            predict.predict,
            predict.add_options,
        ),
        Command(
            "evaluate",
            tr("compare a project's masks with the truth"),
            evaluate.evaluate,
            evaluate.add_options,
        ),
        Command(
            "export",
            tr("write masks, tables or the model for other programs"),
            projects.export,
            projects.add_export_options,
        ),
        Command(
            "models",
            tr("model versions with their figures: choose, name, copy"),
            models.models,
            models.add_options,
        ),
        Command(
            weights.COMMAND,
            tr("download published weights; without a name, list what there is"),
            weights.get,
            weights.add_options,
            written="models get",
        ),
        Command(
            "quality",
            tr("how well first predictions do, what rounds bring, what it costs"),
            quality.quality,
            quality.add_options,
        ),
        Command(
            "dataset",
            tr("what is in a project, how it is split, and a report of it"),
            overview.tell,
            dataset.add_options,
        ),
        Command(
            "measure",
            tr("measure every object of the labelled images"),
            measure.measure,
            measure.add_options,
        ),
        Command(
            "relink", tr("find images again that were moved"), checkup.relink, checkup.add_relink_options
        ),
        Command(
            "doctor",
            tr("versions, devices, and what is missing; or whether a project is whole"),
            doctor.doctor,
            doctor.add_options,
        ),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it went well, 1 with a sentence on stderr, 2 for wrong usage."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    _speak_utf8()
    commands = _commands()
    names = [command.name for command in commands]
    if not given or (given[0] not in names and not given[0].startswith("-")):
        given.insert(0, "open")  # paths alone, or nothing, open the window
    given = weights.found_in(given)
    options = _parser(commands).parse_args(given)
    console = Console(as_json=getattr(options, "json", False))
    limits.prefer(SettingsFile().values.limits)
    try:
        status: int = options.run(options, console)
        return status
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


def _parser(commands: Sequence[Command]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="segdesk",
        description=tr("Segment images, correct the mask by hand, and let the model learn from it."),
        epilog=tr("Without a command: segdesk [PATH...] opens the window on a project, images or a folder."),
    )
    parser.add_argument("--version", action="version", version=f"SegDesk {__version__}")
    words = parser.add_subparsers(metavar=tr("COMMAND"), required=True)
    for each in commands:
        if each.written:
            command = words.add_parser(each.name, description=each.text, prog=f"segdesk {each.written}")
        else:
            command = words.add_parser(each.name, description=each.text, help=each.text)
        add_json(command)
        each.add_options(command)
        command.set_defaults(run=each.run)
    return parser


def _speak_utf8() -> None:
    # A terminal or pipe of another encoding shows a stand-in rather than stopping the program.
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
