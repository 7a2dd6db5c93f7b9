"""The kinds of rounds, and what each of them asks of the engine."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum, auto
from functools import partial

from segdesk.core.jobs import Job, ModelChoice, TrainRequest, TrainResult, View, retold
from segdesk.core.loop import DEFAULT_RECIPE, training_request
from segdesk.core.network_choices import options_from_text
from segdesk.core.project import Project
from segdesk.core.settings import Settings
from segdesk.core.translation import tr
from segdesk.gui.worker import LazyEngine

# The figure by which a rebuild is known among the rounds of a project: the corrections there were by then.
REBUILT = "rebuilt"

_ROUND_SECONDS = 45.0  # what a rebuild counts in, where the device decides how long a round takes
_REBUILD_ROUNDS = 4


class Kind(Enum):
    """What a round is for: the loop, a clean model while nobody works, or as good a model as there can be."""

    ROUND = auto()
    REBUILD = auto()
    THOROUGH = auto()


def ask(
    kind: Kind, project: Project, settings: Settings, start: ModelChoice | None, view: View | None
) -> TrainRequest:
    """A round on what is corrected at this moment.

    start: what a person chose to start from; None means the version in use. A rebuild starts afresh, as the
    first round of a project does, whatever that is.

    Raises:
        LearningError: nobody has corrected anything yet.
    """
    seconds = float(settings.round_seconds) or None
    if kind is Kind.REBUILD:
        seconds = _REBUILD_ROUNDS * (seconds or _ROUND_SECONDS)
        view = None
    fresh = start is None and project.versions.in_use() is None
    if kind is Kind.REBUILD or fresh:
        start = ModelChoice(network=settings.network, options=options_from_text(settings.network_options))
    return training_request(
        project,
        start=start,
        seconds=seconds if kind is not Kind.THOROUGH else None,
        device=settings.device,
        view=view,
        thorough=kind is Kind.THOROUGH,
        recipe=settings.recipe if kind is Kind.THOROUGH else DEFAULT_RECIPE,
    )


def do(kind: Kind, engine: LazyEngine, request: TrainRequest, corrections: int) -> Job[TrainResult]:
    """The job of a round; a rebuild asks the version in use for its network first, and says what it was.

    corrections: all that had been made when the request was.
    """
    if kind is not Kind.REBUILD or request.baseline is None:
        return (yield from engine.train(request))
    facts = yield from engine.describe(request.baseline)
    request = replace(request, start=ModelChoice(network=facts.network))
    # Nobody has asked for it, so that they may wonder.
    called = partial(replace, text=tr("Rebuilding the model"))
    result = yield from retold(engine.train(request), called)
    note = f"{result.note} {tr('This was a rebuild, made while nobody was working.')}"
    return replace(result, note=note.strip(), figures={**result.figures, REBUILT: float(corrections)})
