"""The loop's three steps: which can be done now, which one makes sense next, and what to tell a person."""

from __future__ import annotations

from dataclasses import dataclass

from segdesk.core.patch import State
from segdesk.core.translation import tr


@dataclass(frozen=True)
class Situation:
    """Where the loop stands.

    state: of the sample on screen; None where there is no image on screen.
    model: there is a version to predict with. corrections: some sample is corrected or confirmed.
    fresh: something was corrected since the last round. all_confirmed: nothing is left to do.
    nothing_found: all of the mask is background.
    by_itself: where rounds begin by themselves, the corrections for the next one and how many it takes.
    """

    state: State | None
    model: bool = False
    corrections: bool = False
    fresh: bool = False
    learning: bool = False
    paused: bool = False
    predicting: bool = False
    all_confirmed: bool = False
    nothing_found: bool = False
    by_itself: tuple[int, int] | None = None


@dataclass(frozen=True)
class Steps:
    """What the loop bar shows.

    why_not: for each of "predict", "confirm" and "retrain" that cannot be done now, the reason.
    next: the step that makes sense, or "". advice: one sentence for the person.
    """

    why_not: dict[str, str]
    next: str
    advice: str


def steps(now: Situation) -> Steps:
    """What can be done in a situation, and what should be."""
    return Steps(_why_not(now), *_next(now))


def _why_not(now: Situation) -> dict[str, str]:
    reasons: dict[str, str] = {}
    if now.state is None:
        reasons["predict"] = reasons["confirm"] = tr("There is no image on screen.")
    elif not now.model:
        reasons["predict"] = tr("There is no model yet: paint a little of each class, then retrain.")
    elif now.state is State.CONFIRMED:
        reasons["predict"] = tr("This image is confirmed; predictions leave it as it is.")
    if now.state is State.CONFIRMED:
        reasons["confirm"] = tr("This image is confirmed already.")
    if now.learning:
        reasons["retrain"] = tr("A round is under way; what you paint now goes into the next one.")
    elif not now.corrections:
        reasons["retrain"] = tr("There is nothing to learn from yet: paint a little of each class first.")
    return reasons


def _next(now: Situation) -> tuple[str, str]:
    if now.state is None:
        return "", ""
    if now.learning and now.paused:
        return "", tr("Learning is paused. You can go on painting.")
    if now.learning:
        return "", tr("Learning from your corrections. You can go on painting.")
    if now.by_itself is not None and now.fresh and now.corrections:
        text = tr("Learning by itself: {count} of {all} corrections for the next round.")
        return "retrain", text.format(count=now.by_itself[0], all=now.by_itself[1])
    if not now.model:
        if now.corrections and now.state is State.CONFIRMED:
            return "retrain", tr("Press Retrain to learn from what is confirmed.")
        text = tr("Paint a few of each class up to their edges, background too; then retrain.")
        return "retrain" if now.corrections else "", text
    if now.all_confirmed:
        return "", tr("Every image is confirmed. Export the project when you are ready.")
    if now.state is State.NEW:
        if now.predicting:
            return "", tr("Predicting.")
        return "predict", tr("Let the model predict this image, then correct what is wrong.")
    if now.state is State.PREDICTED and now.nothing_found:
        return "confirm", tr("The model found nothing: paint what is missing, or confirm.")
    if now.state is State.PREDICTED:
        return "confirm", tr("Correct what is wrong, or confirm if all is right.")
    if now.fresh:
        return "retrain", tr("Retrain to learn from what you corrected, or go on correcting.")
    if now.state is State.CORRECTED:
        return "confirm", tr("Correct what is still wrong, or confirm when the whole image is right.")
    return "", tr("This image is confirmed. Go on to the next one.")
