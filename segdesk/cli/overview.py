"""What is in a project as a data set, told as a text or as JSON."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from segdesk.cli.console import Console, table
from segdesk.core.dataset.counting import overview
from segdesk.core.dataset.overview import ClassFigures, Overview
from segdesk.core.project import Sample
from segdesk.core.translation import tr


def tell(options: argparse.Namespace, console: Console) -> int:
    """`segdesk dataset PROJECT`: how much of what there is, and in which part."""
    found = console.drive(overview(options.project))
    for problem in found.problems:
        console.complain(problem)
    console.result(_document(found), _text(found))
    return 1 if found.problems else 0


def _document(found: Overview) -> dict[str, Any]:
    names = {c.index: c.name for c in found.classes}

    def balance(figures: Mapping[int, ClassFigures]) -> dict[str, Any]:
        return {
            names[index]: {"images": f.images, "objects": f.objects, "pixels": f.pixels, "share": f.share}
            for index, f in figures.items()
        }

    return {
        "images": len(found.samples),
        "labelled": len(found.labelled),
        "states": {state.value: number for state, number in found.states.items()},
        "parts": {
            str(part or "none"): {
                "images": figures.images,
                "labelled": figures.labelled,
                "confirmed": figures.confirmed,
                "seconds": figures.seconds,
                "classes": balance(found.balance_by_part[part]),
            }
            for part, figures in found.parts.items()
        },
        "classes": balance(found.balance),
        "sizes": [{"width": w, "height": h, "images": n} for (w, h), n in found.sizes],
        "seconds": found.seconds,
        "uncorrected": [_name(s) for s in found.uncorrected],
        "duplicates": [[_name(s) for s in copies] for copies in found.duplicates],
        "learned_test": [_name(s) for s in found.learned_test],
        "samples": [
            {"name": _name(s), "part": s.split, "fixed": s.split_fixed, "group": s.group}
            for s in found.samples
        ],
        "problems": list(found.problems),
    }


def _name(sample: Sample) -> str:
    page = sample.source.page
    return f"{sample.source.path.name}[{page + 1}]" if page else sample.source.path.name


def _text(found: Overview) -> str:
    parts = [
        tr("{images} images, {labelled} of them labelled; {minutes} minutes of annotation").format(
            images=len(found.samples), labelled=len(found.labelled), minutes=f"{found.seconds / 60:.0f}"
        ),
        _parts(found),
        _classes(found),
        table(
            [tr("size"), tr("images")], [[f"{w} x {h}", str(number)] for (w, h), number in found.sizes[:10]]
        ),
    ]
    if found.uncorrected:
        parts.append(tr("{count} images without corrections").format(count=len(found.uncorrected)))
    if found.duplicates:
        names = "; ".join(" = ".join(_name(s) for s in copies) for copies in found.duplicates[:5])
        parts.append(tr("{count} images more than once: {names}").format(
            count=len(found.duplicates), names=names))  # fmt: skip
    if found.learned_test:
        parts.append(
            tr("{count} test images were learned from by the version in use; train one afresh.").format(
                count=len(found.learned_test)
            )
        )
    return "\n\n".join(filter(None, parts))


def _parts(found: Overview) -> str:
    header = [tr("part"), tr("images"), tr("labelled"), tr("confirmed"), tr("minutes")]
    rows = [
        [
            str(part or tr("none")),
            str(figures.images),
            str(figures.labelled),
            str(figures.confirmed),
            f"{figures.seconds / 60:.0f}",
        ]
        for part, figures in found.parts.items()
    ]
    return table(header, rows)


def _classes(found: Overview) -> str:
    if not found.contents:
        return ""
    header = [tr("class"), tr("images"), tr("objects"), tr("% of pixels")]
    rows = []
    for c in found.classes:
        figures = found.balance[c.index]
        objects = "-" if figures.objects is None else str(figures.objects)
        rows.append([c.name, str(figures.images), objects, f"{100 * figures.share:.2f}"])
        for n, part in enumerate(found.parts if found.is_split else ()):
            rows[-1].append(f"{100 * found.balance_by_part[part][c.index].share:.2f}")
            if len(header) < 5 + n:
                header.append(tr("% in {part}").format(part=part or tr("none")))
    return table(header, rows)
