"""The command `segdesk train`."""

from __future__ import annotations

import argparse

from segdesk.cli.arguments import add_device, add_project, model_file
from segdesk.cli.console import Console, one_line
from segdesk.core.jobs import ModelChoice
from segdesk.core.loop import DEFAULT_RECIPE, keep_round, training_request
from segdesk.core.network_choices import plain_choices_text
from segdesk.core.project import Project
from segdesk.core.translation import tr


def add_options(parser: argparse.ArgumentParser) -> None:
    """What to learn from, how, and for how long."""
    add_project(parser)
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
    budget.add_argument("--seconds", type=_seconds, help=tr("how long to learn"))
    budget.add_argument("--steps", type=_steps, help=tr("how many steps to learn"))
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
    add_device(parser)
    parser.add_argument("--seed", type=int, default=0)


def train(options: argparse.Namespace, console: Console) -> int:
    """`segdesk train PROJECT`: learns, a round or until it stops rising; says in words what became of it."""
    from segdesk.nn import engine  # torch comes with it

    project = Project(options.project)
    request = training_request(
        project,
        start=_start(options, project),
        seconds=options.seconds,
        steps=options.steps,
        device=options.device,
        seed=options.seed,
        thorough=options.thorough or (options.seconds is None and options.steps is None),
        recipe=options.recipe,
    )
    if request.checkpoint is not None and not options.resume:
        request.checkpoint.unlink(missing_ok=True)
    result = console.drive(engine.train(request))
    outcome = keep_round(project, request, result)
    console.result(
        {
            "accepted": result.accepted,
            "version": outcome.version.number if outcome.version else None,
            "network": result.network,
            "dice_before": result.before,
            "dice_after": result.after,
            "dice_confirmed": dict(result.confirmed),
            "samples": len(request.samples),
            "recipe": request.recipe,
            "figures": dict(result.figures),
            "sentence": outcome.sentence,
        },
        one_line(outcome.sentence),
    )
    return 0


def _start(options: argparse.Namespace, project: Project) -> ModelChoice | None:
    """Where a round starts; None means the version in use, or else the default network."""
    if options.start is None:
        return ModelChoice(network=options.network) if options.network else None
    if options.start == "scratch":
        in_use = project.versions.in_use()
        known = in_use.network if in_use else None
        return ModelChoice(network=options.network or known, bare=True)
    file = model_file(project, options.start)
    return ModelChoice(file=file, network=options.network)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < 1e9:
        raise argparse.ArgumentTypeError(tr("must be more than 0"))
    return seconds


def _steps(text: str) -> int:
    number = int(text)
    if number <= 0:
        raise argparse.ArgumentTypeError(tr("must be more than 0"))
    return number
