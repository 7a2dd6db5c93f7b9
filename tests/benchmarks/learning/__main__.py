"""How fast a model learns from corrections: a simulated person, short rounds, other methods beside ours.

The tables (all sets; SegDesk as it comes, from scratch, and the baselines; seeds 0 to 2; by the clock):

    python -m tests.benchmarks.learning --json rows.jsonl --out table.md

Each set's first images by name are corrected one after the other by the simulated annotator, the first one
without a prediction and each other one beside the method's own; after each, one round learns from all
corrections so far. The last images are never corrected: their Dice is the figure that counts. `sets.py`
says which they are, how long strokes and rounds take, and after which rounds is tested. Every row is written
to --json as soon as it is known; started again with the same file, a table goes on where it stopped, and
--out is written anew from all that the file holds.

    --set drive camvid              these sets only; or --folder DIR (images/, masks/) of one's own
    --methods segdesk forest        these methods only: segdesk, scratch, rootpainter, plain, forest
    --start FILE[:SET,SET]          SegDesk from this starter model as well (the one that it comes with saw
                                    no set, but pictures drawn by code); after the colon, the sets that
                                    it learned from, on which it is not measured
    --device cuda                   rounds of 10 s; rows of both devices may share a file
    --table                         write --out from --json, and measure nothing

Seconds are true only while the machine does nothing else. On a busy one, let steps stand for them:

    python -m tests.benchmarks.learning --calibrate pace.json      once, while the machine is quiet
    python -m tests.benchmarks.learning --pace pace.json ...       whenever; or the same number: --steps 200

Two more questions, with the same options:

    python -m tests.benchmarks.learning --thorough --set drive     five images confirmed whole, until it stops
                                                                   rising (30 min at most, --seconds)
    python -m tests.benchmarks.learning --never-worse --set drive  ten rounds (--rounds), every second image
                                                                   confirmed; fails where one lost over 0.01

Data sets are found through SEGDESK_DATA or ../shared/data, the simulated annotator through SEGDESK_BENCH or
../shared/bench. The forest needs scikit-learn: pip install -e .[benchmarks]
"""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path

from segdesk.core.files import atomic_write
from tests.benchmarks.learning import commands
from tests.benchmarks.learning.annotation import simulated_person
from tests.benchmarks.learning.methods import forest
from tests.benchmarks.learning.methods.registry import BASELINES, Entry, baseline, scratch, shipped, starter
from tests.benchmarks.learning.never_worse import MOST_LOSS
from tests.benchmarks.learning.pace import Paces, describe_machine
from tests.benchmarks.learning.plan import Plan
from tests.benchmarks.learning.records import Records
from tests.benchmarks.learning.sets import SETS, SetSpec, Task, find_task, load_task
from tests.benchmarks.learning.table import markdown

SEGDESK, SCRATCH = "segdesk", "scratch"


def main() -> int:
    """Parse the command line and do what it asks for."""
    options = _parser().parse_args()
    records = Records(options.json)
    paces = Paces.load(options.pace) if options.pace else None
    worst = -math.inf
    if not options.table:
        plan = Plan(
            tasks=_tasks(options),
            entries=_entries(options),
            seeds=tuple(options.seeds),
            person=simulated_person(),
            device=options.device,
            say=_say,
            rounds=options.rounds,
            annotate=options.annotate,
            each_round=options.each_round,
            seconds=options.seconds,
            steps=options.steps,
            paces=paces,
        )
        if options.calibrate:
            # Rounds as long as most sets have: what begins and ends one takes its share of the steps.
            commands.calibrate(plan, options.calibrate, options.seconds or 45.0)
            return 0
        if options.thorough:
            commands.thorough(plan, records)
        elif options.never_worse:
            worst = commands.never_worse(plan, records)
            _say(f"\ngreatest loss {worst:+.4f}; {MOST_LOSS} at most is allowed")
        else:
            commands.measure(plan, records)
    text = markdown(records.all, f"Measured on {paces.machine if paces else describe_machine()}.")
    if options.out:
        with atomic_write(options.out) as temporary:
            temporary.write_text(text, "utf-8")
    else:
        _say(f"\n{text}")
    return 0 if worst <= MOST_LOSS else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.learning",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--calibrate", type=Path, metavar="FILE", help="measure steps a second into this file")
    what.add_argument("--thorough", action="store_true", help="until it stops rising")
    what.add_argument("--never-worse", action="store_true", help="watch each confirmed image")
    what.add_argument("--table", action="store_true", help="only write the tables of --json")
    add("--set", nargs="+", choices=SETS, default=list(SETS), help="data sets; all by default", metavar="SET")
    add("--folder", type=Path, help="a folder with images/ and masks/, instead of --set")
    add("--foreground", type=int, help="of --folder: the mask value that is class 1")
    add("--held", type=int, default=5, help="of --folder: how many of the last images are never corrected")
    add(
        "--methods",
        nargs="*",
        choices=[SEGDESK, SCRATCH, *BASELINES],
        metavar="METHOD",
        help=f"all by default, {SEGDESK} alone for the two questions",
    )
    add("--start", nargs="+", default=[], metavar="FILE[:SET,SET]", help="starter models, and what they saw")
    add("--network", help="a network of the registry, for SegDesk")
    add("--seeds", nargs="+", type=int, default=[0, 1, 2])
    add("--rounds", type=int, help="instead of the set's own number")
    add("--annotate", type=float, help="simulated seconds of strokes a round, instead of the set's own")
    add("--each-round", action="store_true", help="test on the held-out images after every round")
    budget = parser.add_mutually_exclusive_group()
    budget.add_argument("--seconds", type=float, help="of learning a round, instead of the set's own")
    budget.add_argument("--steps", type=int, help="of learning a round, instead of seconds")
    add("--pace", type=Path, metavar="FILE", help="let steps stand for seconds, at the pace of this file")
    add("--device", default="cpu")
    add("--json", type=Path, metavar="FILE", help="where rows are kept")
    add("--out", type=Path, metavar="FILE", help="where the tables are written, as Markdown")
    return parser


def _tasks(options: argparse.Namespace) -> tuple[Task, ...]:
    if options.folder:
        return (load_task(options.folder, SetSpec(held=options.held, foreground=options.foreground)),)
    found = {name: find_task(name) for name in options.set}
    for name, task in found.items():
        if task is None:
            _say(f"The data set '{name}' is not here and is left out: set SEGDESK_DATA, or give --folder.")
    return tuple(task for task in found.values() if task is not None)


def _entries(options: argparse.Namespace) -> tuple[Entry, ...]:
    alone = options.thorough or options.never_worse
    # A starter that is named alone is measured alone.
    names = (
        options.methods
        if options.methods is not None
        else [SEGDESK, *([] if alone else [SCRATCH, *BASELINES])]
    )
    if forest.NAME in names and not forest.is_installed():
        _say(forest.MISSING)
        names = [name for name in names if name != forest.NAME]
    starters = []
    for value in options.start:
        file, _, seen = value.partition(":")
        if not Path(file).is_file():
            sys.exit(f"There is no model {file}.")
        starters.append(starter(Path(file), frozenset(filter(None, seen.split(",")))))
    ours = {SEGDESK: shipped, SCRATCH: scratch}
    own = [make(options.network) for name, make in ours.items() if name in names]
    return (*own, *starters, *(baseline(name) for name in names if name not in ours))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
