"""Whether any confirmed image ever loses from one version in use to the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.benchmarks.learning.annotation import Annotation, Person
from tests.benchmarks.learning.methods.method import Budget, Method
from tests.benchmarks.learning.scores import image_dice
from tests.benchmarks.learning.sets import Plane, Task

MOST_LOSS = 0.01  # of Dice

_CONFIRM_EVERY = 2  # rounds


@dataclass(frozen=True)
class Change:
    """A round.

    confirmed: images by then.   loss: the greatest loss of Dice of one of them, below 0 where each of them
        gained; None where the version in use stayed, or nothing was confirmed.   image: its index.
    """

    number: int
    accepted: bool
    confirmed: int
    loss: float | None = None
    image: int | None = None


def run_never_worse(
    task: Task,
    method: Method,
    person: Person,
    *,
    rounds: int,
    annotate: float,
    budget: Budget,
    seed: int,
    show: Callable[[Change], None] = lambda change: None,
) -> list[Change]:
    """Correct one image after the other, confirm every second one whole, and watch all that are confirmed.

    All images of the set take part; where there are fewer than rounds, unconfirmed ones come again.
    """
    desk = Annotation(task, person)
    confirmed: set[int] = set()
    shown: dict[int, Plane] = {}
    index, changes = -1, []
    for number in range(1, rounds + 1):
        free = [i for i in range(len(task.images)) if i not in confirmed]
        index = next((i for i in free if i > index), free[0])
        if index not in shown:
            shown |= method.predict([index])
        desk.correct(index, shown.get(index), annotate)
        if number % _CONFIRM_EVERY == 0:
            desk.confirm(index)
            confirmed.add(index)
        before = {i: _dice(task, i, shown[i]) for i in confirmed if i in shown}
        learned = method.learn(desk.samples, budget, 100 * seed + number)
        change = Change(number, learned.accepted, len(confirmed))
        if learned.accepted:
            shown = method.predict([sample.index for sample in desk.samples])
            desk.refresh(shown)
            losses = [(dice - _dice(task, i, shown[i]), i) for i, dice in before.items()]
            change = replace(change, loss=max(losses)[0], image=max(losses)[1]) if losses else change
        changes.append(change)
        show(changes[-1])
    return changes


def _dice(task: Task, index: int, said: Plane) -> float:
    """Mean Dice of the user's classes that are in the image; of class 0 where there is no other."""
    truth = task.truths[index]
    present = [c for c in range(1, len(task.classes)) if (truth == c).any()]
    return image_dice(said, truth, len(task.classes), present or [0])
