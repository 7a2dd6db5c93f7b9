"""The commands on a project as a data set: what is in it, its split, and a report."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from segdesk.cli.console import Console, table
from segdesk.core.dataset.counting import overview
from segdesk.core.dataset.drawing import Shares, draw
from segdesk.core.dataset.grouping import Grouping, groups_by
from segdesk.core.dataset.overview import ClassFigures, Overview, members
from segdesk.core.errors import ProjectError, SegdeskError
from segdesk.core.project import Project, Sample, Split
from segdesk.core.translation import tr
from segdesk.formats.label_import import match_samples
from segdesk.formats.report import write_report

_FREE = "free"


def add_options(action: str, parser: argparse.ArgumentParser) -> None:
    """What an action takes besides the project."""
    if action == "split":
        parser.add_argument(
            "--shares",
            metavar="TRAIN,VALIDATION,TEST",
            type=_shares,
            default=Shares(),
            help=tr("how much goes where; {usual} by default").format(usual="70,15,15"),
        )
        parser.add_argument("--seed", type=int, default=0, help=tr("another one draws another split"))
        parser.add_argument(
            "--group-by",
            metavar="folder|file|none|PATTERN",
            help=tr(
                "which images stay together: those of a folder, the pages of a file, or those in whose name a"
                " pattern finds the same; without it, the groups that there are"
            ),
        )
    elif action == "fix":
        parser.add_argument("part", choices=[*Split, _FREE], help=tr("free: drawings move them again"))
        _names(parser)
    elif action == "group":
        parser.add_argument("group", metavar="GROUP", help=tr("a name; - for no group"))
        _names(parser)
    elif action == "report":
        parser.add_argument("file", metavar="FILE.html", type=Path)


def dataset(options: argparse.Namespace, console: Console) -> int:
    """`segdesk dataset PROJECT`: how much of what there is, and in which part."""
    found = console.drive(overview(options.project))
    for problem in found.problems:
        console.complain(problem)
    console.result(_document(found), _text(found))
    return 1 if found.problems else 0


def split(options: argparse.Namespace, console: Console) -> int:
    """`segdesk dataset PROJECT split [--shares 70,15,15] [--seed N] [--group-by ...]`."""
    project = _writable(options.project)
    found = console.drive(overview(options.project))
    grouping, pattern = _grouping(options.group_by)
    groups = groups_by(grouping, found.samples, pattern)
    drawn = draw(members(found.samples, found.contents, groups), options.shares, options.seed)
    with project.at_once():
        if grouping is not Grouping.HAND:
            project.splits.group(groups)
        project.splits.draw(drawn.splits)
    for name in drawn.torn:
        console.complain(
            tr("{group} is fixed to several parts at once; free some of its images.").format(
                group=name.partition(" ")[2]
            )
        )
    return dataset(options, console)


def fix(options: argparse.Namespace, console: Console) -> int:
    """`segdesk dataset PROJECT fix train|validation|test|free IMAGE...`."""
    project = _writable(options.project)
    samples = _named(project, options.images)
    if options.part == _FREE:
        project.splits.free(sample.id for sample in samples)
    else:
        project.splits.fix({sample.id: Split(options.part) for sample in samples})
    return _told(samples, {"part": options.part}, console)


def group(options: argparse.Namespace, console: Console) -> int:
    """`segdesk dataset PROJECT group GROUP IMAGE...`."""
    project = _writable(options.project)
    samples = _named(project, options.images)
    name = None if options.group == "-" else options.group
    project.splits.group({sample.id: name for sample in samples})
    return _told(samples, {"group": name}, console)


def clear(options: argparse.Namespace, console: Console) -> int:
    """`segdesk dataset PROJECT clear`: fixed images are free again, too."""
    project = _writable(options.project)
    project.splits.clear()
    return _told(project.samples.all(), {"part": None}, console)


def report(options: argparse.Namespace, console: Console) -> int:
    """`segdesk dataset PROJECT report FILE.html`."""
    written = console.drive(write_report(options.project, options.file))
    for problem in written.problems:
        console.complain(problem)
    console.result(
        {"file": str(options.file), "problems": list(written.problems)},
        tr("Written: {path}").format(path=options.file),
    )
    return 1 if written.problems else 0


def _names(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("images", metavar="IMAGE", nargs="+", help=tr("names of images, without the folder"))


def _shares(text: str) -> Shares:
    try:
        shares = Shares(*(float(part) for part in text.split(",", 2)))
        shares.parts  # noqa: B018  (says whether they can be used)
    except (ValueError, TypeError, SegdeskError) as error:
        raise argparse.ArgumentTypeError(tr("three numbers are needed, such as 70,15,15")) from error
    return shares


def _grouping(wish: str | None) -> tuple[Grouping, str]:
    if wish is None:
        return Grouping.HAND, ""
    if wish in (Grouping.NONE, Grouping.FOLDER, Grouping.FILE):
        return Grouping(wish), ""
    return Grouping.PATTERN, wish


def _writable(folder: Path) -> Project:
    project = Project(folder)
    project.check_writable()
    return project


def _named(project: Project, names: Sequence[str]) -> list[Sample]:
    samples = project.samples.all()
    by_name: dict[str, list[Sample]] = {}
    for sample in samples:
        by_name.setdefault(sample.source.path.name, []).append(sample)
    found = match_samples(samples, list(names))
    missing = [name for name in names if name not in found and name not in by_name]
    if missing:
        raise ProjectError(
            tr("There is no image {name} in this project; `segdesk info PROJECT` lists them.").format(
                name=missing[0]
            )
        )
    return [s for name in names for s in ([found[name]] if name in found else by_name[name])]


def _told(samples: Sequence[Sample], what: Mapping[str, Any], console: Console) -> int:
    names = [sample.source.path.name for sample in samples]
    console.result({"images": names, **what}, tr("{count} images changed.").format(count=len(names)))
    return 0


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
