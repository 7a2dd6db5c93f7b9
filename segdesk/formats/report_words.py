"""Words and small pieces of a report."""

from __future__ import annotations

from collections.abc import Sequence

from segdesk.core.classes import SegClass
from segdesk.core.patch import State
from segdesk.core.project import Sample, Split
from segdesk.core.translation import tr
from segdesk.formats.report_charts import clean

_MOST_NAMES = 12  # in a sentence


def part_name(part: Split | None) -> str:
    """What a part of the split is called."""
    return {
        Split.TRAIN: tr("Training"),
        Split.VALIDATION: tr("Validation"),
        Split.TEST: tr("Test"),
        None: tr("In no part"),
    }[part]


def state_name(state: State) -> str:
    return {
        State.NEW: tr("New"),
        State.PREDICTED: tr("Predicted"),
        State.CORRECTED: tr("Corrected"),
        State.CONFIRMED: tr("Confirmed"),
    }[state]


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Cells of `rows` are markup already."""
    head = "".join(f"<th>{clean(cell)}</th>" for cell in header)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def class_chip(c: SegClass) -> str:
    color = "#{:02x}{:02x}{:02x}".format(*c.color)
    return f'<span class="chip" style="background:{color}"></span><bdi>{clean(c.name)}</bdi>'


def role(part: Split | None) -> str:
    return part.value if part is not None else "none"


def name_of(sample: Sample) -> str:
    name = sample.source.path.name
    page_number = sample.source.page
    return tr("{name}, page {page}").format(name=name, page=page_number + 1) if page_number else name


def names_of(samples: Sequence[Sample]) -> str:
    names = ", ".join(name_of(s) for s in samples[:_MOST_NAMES])
    return f"{names}, …" if len(samples) > _MOST_NAMES else f"{names}."


def percent(share: float) -> str:
    return f"{100 * share:.2f} %"


def duration(seconds: float) -> str:
    if seconds < 90:
        return tr("{seconds} s").format(seconds=f"{seconds:.0f}")
    if seconds < 5400:
        return tr("{minutes} min").format(minutes=f"{seconds / 60:.0f}")
    return tr("{hours} h").format(hours=f"{seconds / 3600:.1f}")
