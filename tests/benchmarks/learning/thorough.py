"""Fully supervised: the first images confirmed whole, learned from until the figure stops rising."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from tests.benchmarks.learning.annotation import Annotation, Person
from tests.benchmarks.learning.methods.method import Budget
from tests.benchmarks.learning.methods.segdesk import SegDesk
from tests.benchmarks.learning.scores import image_dice, inside
from tests.benchmarks.learning.sets import Task

CONFIRMED = 5  # images


@dataclass(frozen=True)
class Thorough:
    """dice: of the held-out images, inside the field of view where there is one; dice_whole: of whole images.

    Both are means over the images. training: real seconds.
    """

    confirmed: int
    dice: float
    dice_whole: float
    training: float
    steps: int


def run_thorough(task: Task, method: SegDesk, person: Person, budget: Budget, seed: int) -> Thorough:
    """Confirm the first images, learn once, and test on those that are held out."""
    desk = Annotation(task, person)
    count = min(CONFIRMED, task.held_out.start)
    for index in range(count):
        desk.confirm(index)
    began = time.monotonic()
    learned = method.learn(desk.samples, budget, seed)
    training = time.monotonic() - began
    blank = {index: np.zeros_like(task.truths[index]) for index in task.held_out}
    said = {**blank, **method.predict(list(task.held_out))}
    classes = len(task.classes)
    whole = [image_dice(said[i], task.truths[i], classes, task.counted) for i in task.held_out]
    seen = [
        image_dice(said[i], inside(task.truths[i], task.field_of_view(i)), classes, task.counted)
        for i in task.held_out
    ]
    return Thorough(count, float(np.mean(seen)), float(np.mean(whole)), training, learned.steps)
