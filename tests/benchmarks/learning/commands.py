"""The commands: each measures what its plan asks for and the records do not have yet."""

from __future__ import annotations

import math
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.benchmarks.learning.chain import HEADER, Row, line, run_chain
from tests.benchmarks.learning.methods.method import Budget
from tests.benchmarks.learning.methods.segdesk import SegDesk
from tests.benchmarks.learning.never_worse import Change, run_never_worse
from tests.benchmarks.learning.pace import Paces, measure_pace
from tests.benchmarks.learning.plan import Plan
from tests.benchmarks.learning.records import Records
from tests.benchmarks.learning.thorough import run_thorough

THOROUGH_SECONDS = 1800.0


def measure(plan: Plan, records: Records) -> None:
    """The tables: every set, seed and method, round by round."""
    for task, entry, seed in plan.runs():
        rounds = plan.rounds or task.spec.rounds
        seconds = plan.seconds_for(task)
        budget = plan.budget(task, entry, seconds)
        run = {
            "kind": "round",
            "set": task.name,
            "method": entry.name,
            "seed": seed,
            "device": plan.device,
            "rounds": rounds,
            "annotate": plan.annotate_for(task),
            "seconds": seconds,
            "steps_a_round": budget.steps,
        }
        if records.has({**run, "number": rounds}):
            continue
        plan.say(f"\n{task.name}, {entry.name}, seed {seed}: {_words(budget)} a round\n{HEADER}")

        def show(row: Row, run: dict[str, object] = run) -> None:
            records.add({**run, **asdict(row)})
            plan.say(line(row))

        with tempfile.TemporaryDirectory() as folder:
            run_chain(
                task,
                entry.make(task, Path(folder), plan.device),
                plan.person,
                rounds=rounds,
                annotate=plan.annotate_for(task),
                budget=budget,
                seed=seed,
                tested=range(1, rounds + 1) if plan.each_round else {*task.spec.tested, rounds},
                show=show,
            )


def thorough(plan: Plan, records: Records) -> None:
    """The first images of each set confirmed whole, and learned from until the figure stops rising."""
    for task, entry, seed in plan.runs():
        if entry.start is None:
            continue
        long = None if plan.steps else plan.seconds or THOROUGH_SECONDS
        budget = plan.budget(task, entry, long)
        run = {
            "kind": "thorough",
            "set": task.name,
            "method": entry.name,
            "seed": seed,
            "device": plan.device,
            "budget": _words(budget),
        }
        if records.has(run):
            continue
        plan.say(f"\n{task.name}, {entry.name}, seed {seed}: until it stops rising, {_words(budget)} at most")
        with tempfile.TemporaryDirectory() as folder:
            method = SegDesk(task, Path(folder), device=plan.device, start=entry.start, thorough=True)
            found = asdict(run_thorough(task, method, plan.person, budget, seed))
        records.add({**run, **found})
        plan.say(", ".join(f"{name} {value:.4g}" for name, value in found.items()))


def never_worse(plan: Plan, records: Records) -> float:
    """The greatest loss of a confirmed image from one version in use to the next, over all sets and seeds.

    Minus infinity where no confirmed image ever saw a new version.
    """
    worst = -math.inf
    for task, entry, seed in plan.runs():
        budget = plan.budget(task, entry, plan.seconds_for(task))
        run = {
            "kind": "never worse",
            "set": task.name,
            "method": entry.name,
            "seed": seed,
            "budget": _words(budget),
        }
        plan.say(f"\n{task.name}, {entry.name}, seed {seed}: {_words(budget)} a round")

        def show(change: Change, run: dict[str, object] = run, names: tuple[Path, ...] = task.images) -> None:
            records.add({**run, **asdict(change)})
            state = "accepted" if change.accepted else "refused "
            told = f"round {change.number:2}  {state}  {change.confirmed} confirmed"
            if change.loss is not None and change.image is not None:
                told += f", greatest loss {change.loss:+.4f} ({names[change.image].stem})"
            plan.say(told)

        with tempfile.TemporaryDirectory() as folder:
            changes = run_never_worse(
                task,
                entry.make(task, Path(folder), plan.device),
                plan.person,
                rounds=plan.rounds or 10,
                annotate=plan.annotate_for(task),
                budget=budget,
                seed=seed,
                show=show,
            )
        worst = max([worst, *(change.loss for change in changes if change.loss is not None)])
    return worst


def calibrate(plan: Plan, file: Path, seconds: float) -> None:
    """Measure the pace of each method on each set that the file does not know yet, in rounds of `seconds`."""
    paces = Paces.load(file) if file.is_file() else Paces()
    for task, entry, _ in plan.runs():
        if entry.pace in paces.known(task.name):
            continue
        with tempfile.TemporaryDirectory() as folder:
            method = entry.make(task, Path(folder), plan.device)
            rate = measure_pace(task, method, plan.person, seconds, plan.annotate_for(task))
        paces.keep(task.name, entry.pace, rate)
        paces.save(file)
        plan.say(f"{task.name:16} {entry.pace:24} {rate:7.2f} steps a second")


def _words(budget: Budget) -> str:
    return f"{budget.steps} steps" if budget.seconds is None else f"{budget.seconds:g} s"
