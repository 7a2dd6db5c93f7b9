"""Correct, learn, test, and again: the same person and the same budget for every method."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np

from tests.benchmarks.learning.annotation import Annotation, Person
from tests.benchmarks.learning.methods.method import Budget, Method
from tests.benchmarks.learning.scores import held_out_dice
from tests.benchmarks.learning.sets import Task


@dataclass(frozen=True)
class Row:
    """One round of one method with one seed.

    dice: of the held-out images; None after a round that is not tested.   loss, held: as the method says.
    annotation: simulated seconds of strokes.   training: real seconds.   wall: of all, predictions included.
    """

    number: int
    dice: float | None
    loss: float
    held: float | None
    annotation: float
    training: float
    steps: int
    accepted: bool
    wall: float


HEADER = "round    Dice  held-out   loss  annotation s  training s  steps  accepted  wall s"


def line(row: Row) -> str:
    """A round as a line of text."""
    dice, held = ("   -" if figure is None else f"{figure:.3f}" for figure in (row.dice, row.held))
    return (
        f"{row.number:5d}  {dice:>6}    {held:>6}  {row.loss:5.3f}  {row.annotation:12.1f}"
        f"  {row.training:10.1f}  {row.steps:5d}  {'yes' if row.accepted else 'no':>8}  {row.wall:6.1f}"
    )


def run_chain(
    task: Task,
    method: Method,
    person: Person,
    *,
    rounds: int,
    annotate: float,
    budget: Budget,
    seed: int,
    tested: Collection[int],
    show: Callable[[Row], None] = lambda row: None,
) -> list[Row]:
    """Correct the first images of a set one after the other, and learn after each.

    The first image is corrected without a prediction, each other one beside the method's own; after a round,
    uncorrected pixels of the images so far get the new prediction. Only what is needed is predicted.

    tested: after which rounds the held-out images are predicted.
    """
    desk = Annotation(task, person)
    shown = method.predict(())
    rows: list[Row] = []
    for number in range(1, rounds + 1):
        began = time.monotonic()
        spent = desk.correct(number - 1, shown.get(number - 1), annotate)
        learning = time.monotonic()
        learned = method.learn(desk.samples, budget, 100 * seed + number)
        training = time.monotonic() - learning
        test = list(task.held_out) if number in tested else []
        last = number == rounds
        worked_on = [] if last else list(range(0 if method.sees_uncorrected else number, number + 1))
        shown = method.predict([*worked_on, *test])
        desk.refresh(shown)
        blank = {index: np.zeros_like(task.truths[index]) for index in test}
        dice = held_out_dice(task, {**blank, **shown}) if test else None
        wall = time.monotonic() - began
        rows.append(
            Row(
                number,
                dice,
                learned.loss,
                learned.held,
                spent,
                training,
                learned.steps,
                learned.accepted,
                wall,
            )
        )
        show(rows[-1])
    return rows
