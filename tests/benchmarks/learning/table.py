"""Records as Markdown: a table a data set, medians of the seeds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median

from tests.benchmarks.learning.records import Record
from tests.benchmarks.learning.sets import SETS, SetSpec

_Group = tuple[str, str, float, float | None, int | None]  # set, device, annotate, seconds, steps


def markdown(records: Sequence[Record], note: str = "") -> str:
    """All tables of the records, and a sentence about where they were made."""
    parts = [note] if note else []
    for group, rows in _groups(record for record in records if record["kind"] == "round"):
        parts.append(_rounds(group, rows))
    thorough = [record for record in records if record["kind"] == "thorough"]
    if thorough:
        parts.append(_thorough(thorough))
    never_worse = [record for record in records if record["kind"] == "never worse"]
    if never_worse:
        parts.append(_never_worse(never_worse))
    return "\n\n".join(parts) + "\n"


def _groups(records: Iterable[Record]) -> list[tuple[_Group, list[Record]]]:
    found: dict[_Group, list[Record]] = {}
    for r in records:
        # Steps that stand for seconds differ from method to method, and share a table all the same.
        steps = None if r["seconds"] is not None else r["steps_a_round"]
        found.setdefault((r["set"], r["device"], r["annotate"], r["seconds"], steps), []).append(r)
    return list(found.items())


def _rounds(group: _Group, records: list[Record]) -> str:
    name, device, annotate, seconds, steps = group
    latest = {(r["method"], r["seed"], r["rounds"], r["number"]): r for r in records}
    spec = SETS.get(name, SetSpec())
    numbers = sorted({number for _, _, _, number in latest if _figures(latest.values(), number, "dice")})
    learning = f"{steps} steps" if seconds is None else f"{seconds:g} s"
    title = f"### {name}, {device}: {annotate:g} s of strokes and {learning} of learning a round"
    goals = {number: spec.goals.get(number) for number in numbers}
    heads = [
        "method",
        *(f"Dice after round {n}" for n in numbers),
        "s of strokes",
        "s a round",
        "steps a round",
    ]
    lines = [title, "", _about(spec, records), "", _row([*heads, "min a seed", "seeds"])]
    lines.append(_row(["---"] * (len(heads) + 2)))
    if any(goals.values()):
        reach = [f"{g[0]:.2f} / {g[1]:.2f}" if g else "" for g in goals.values()]
        lines.append(_row(["*at least / stretch*", *reach, "", "", "", "", ""]))
    for method in dict.fromkeys(r["method"] for r in records):
        own = [r for (said, *_), r in latest.items() if said == method]
        lines.append(_row([method, *(_spread(_figures(own, n, "dice")) for n in numbers), *_costs(own)]))
    return "\n".join(lines)


def _about(spec: SetSpec, records: Sequence[Record]) -> str:
    how = (
        "mean over all classes, each over all of these images together"
        if spec.every_class
        else "of whole images, mean over these images"
    )
    by_steps = any(r["steps_a_round"] is not None and r["seconds"] is not None for r in records)
    stated = " Steps stand for the seconds, at the pace measured on the quiet machine." if by_steps else ""
    return (
        f"Corrected, by name: the first {records[0]['rounds']}. Dice on the last {spec.held}, {how};"
        f" median of the seeds (least to most).{stated}"
    )


def _figures(records: Iterable[Record], number: int, name: str) -> list[float]:
    return [r[name] for r in records if r["number"] == number and r[name] is not None]


def _spread(figures: list[float]) -> str:
    if not figures:
        return "-"
    middle = f"{median(figures):.3f}"
    return middle if len(figures) == 1 else f"{middle} ({min(figures):.3f} to {max(figures):.3f})"


def _costs(own: list[Record]) -> list[str]:
    seeds = sorted({r["seed"] for r in own})
    totals = [[r for r in own if r["seed"] == seed] for seed in seeds]
    return [
        f"{median(sum(r['annotation'] for r in rows) for rows in totals):.0f}",
        f"{median(r['training'] for r in own):.1f}",
        f"{median(r['steps'] for r in own):.0f}",
        f"{median(sum(r['wall'] for r in rows) for rows in totals) / 60:.1f}",
        ", ".join(str(seed) for seed in seeds),
    ]


def _thorough(records: list[Record]) -> str:
    heads = [
        "set",
        "method",
        "confirmed whole",
        "Dice inside the field of view",
        "whole image",
        "s",
        "steps",
        "seeds",
    ]
    lines = ["### Until it stops rising", "", _row(heads), _row(["---"] * len(heads))]
    if any(r["set"] == "drive" for r in records):
        lines.append(_row(["drive", "*at least / stretch*", "5", "0.78 / 0.80", "", "1800 at most", "", ""]))
    kinds = dict.fromkeys((r["set"], r["method"], r["confirmed"], r["budget"]) for r in records)
    for kind in kinds:
        own = [r for r in records if (r["set"], r["method"], r["confirmed"], r["budget"]) == kind]
        cells = [_spread([r[name] for r in own]) for name in ("dice", "dice_whole")]
        costs = [f"{median(r[name] for r in own):.0f}" for name in ("training", "steps")]
        lines.append(_row([*map(str, kind[:3]), *cells, *costs, ", ".join(str(r["seed"]) for r in own)]))
    return "\n".join(lines)


def _never_worse(records: list[Record]) -> str:
    runs = ("set", "method", "seed", "budget")
    heads = [
        "set",
        "method",
        "seed",
        "budget a round",
        "rounds",
        "accepted",
        "confirmed",
        "greatest loss",
        "in round",
    ]
    lines = [
        "### Never worse",
        "",
        "The greatest loss of Dice of any confirmed image, predicted whole, from one version in use to the "
        "next (0.01 at most).",
        "",
        _row(heads),
        _row(["---"] * len(heads)),
    ]
    for run in dict.fromkeys(tuple(r[name] for name in runs) for r in records):
        latest = {r["number"]: r for r in records if tuple(r[name] for name in runs) == run}
        own = list(latest.values())
        worst = max((r for r in own if r["loss"] is not None), key=lambda r: r["loss"], default=None)
        counts = [len(own), sum(r["accepted"] for r in own), max(r["confirmed"] for r in own)]
        found = [f"{worst['loss']:+.4f}", str(worst["number"])] if worst else ["-", "-"]
        lines.append(_row([*map(str, run), *map(str, counts), *found]))
    return "\n".join(lines)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
