"""What is to be measured: which sets, which methods, which seeds, and for how long."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.benchmarks.learning.annotation import Person
from tests.benchmarks.learning.methods.method import Budget
from tests.benchmarks.learning.methods.registry import Entry
from tests.benchmarks.learning.pace import Paces
from tests.benchmarks.learning.sets import Task

GPU_SECONDS = 10.0  # of a round


@dataclass(frozen=True)
class Plan:
    """What all commands have in common.

    device: of SegDesk's engine and of the baselines with a network.   say: takes lines of text.
    rounds, annotate: None takes the set's own.   each_round: test after every round.
    seconds: of learning a round; None takes the set's own, or GPU_SECONDS on a graphics card.
    steps: a round, instead of seconds.   paces: by which steps stand for the seconds.
    """

    tasks: tuple[Task, ...]
    entries: tuple[Entry, ...]
    seeds: tuple[int, ...]
    person: Person
    device: str
    say: Callable[[str], None]
    rounds: int | None = None
    annotate: float | None = None
    each_round: bool = False
    seconds: float | None = None
    steps: int | None = None
    paces: Paces | None = None

    def runs(self) -> Iterator[tuple[Task, Entry, int]]:
        """Set by set, and seed by seed, so that an interrupted table has all methods of what it has."""
        for task in self.tasks:
            for seed in self.seeds:
                for entry in self.entries:
                    if task.name not in entry.seen:
                        yield task, entry, seed

    def seconds_for(self, task: Task) -> float | None:
        """The seconds of a round; None where steps were asked for."""
        if self.steps is not None:
            return None
        return self.seconds or (GPU_SECONDS if self.device.startswith("cuda") else task.spec.seconds)

    def budget(self, task: Task, entry: Entry, seconds: float | None) -> Budget:
        """What a method gets for these seconds, or for the steps that were asked for.

        Ends the program with a sentence where nobody measured how many steps stand for them.
        """
        if seconds is None:
            return Budget(steps=self.steps)
        if self.paces is not None:
            if entry.pace not in self.paces.known(task.name):
                sys.exit(f"The pace of {entry.pace} on {task.name} is not known: add it with --calibrate.")
            return Budget(steps=self.paces.steps(task.name, entry.pace, seconds))
        return Budget(seconds=seconds)

    def annotate_for(self, task: Task) -> float:
        """Simulated seconds of strokes a round."""
        return self.annotate or task.spec.annotate
