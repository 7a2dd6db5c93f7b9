"""A page about a project as a data set: one file that opens anywhere, and prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from segdesk import __version__
from segdesk.core.classes import SegClass
from segdesk.core.dataset.counting import overview
from segdesk.core.dataset.overview import Overview
from segdesk.core.files import write_text
from segdesk.core.jobs import Job
from segdesk.core.patch import State
from segdesk.core.project import Project, Split
from segdesk.core.quality import Quality, measure, running_mean
from segdesk.core.translation import tr
from segdesk.formats.report_charts import Bar, Dot, bars, chart, clean, stacked
from segdesk.formats.report_pictures import SmallPicture, chosen, small_pictures
from segdesk.formats.report_style import STYLE
from segdesk.formats.report_words import (
    class_chip,
    duration,
    name_of,
    names_of,
    part_name,
    percent,
    role,
    state_name,
    table,
)

_MOST_SIZES = 400  # dots of the plot
_MOST_TORN = 12  # images that are listed


@dataclass(frozen=True)
class Written:
    """The file, and a sentence for each image that could not be shown or counted."""

    file: Path
    problems: tuple[str, ...]


def write_report(folder: Path, path: Path) -> Job[Written]:
    """Write the page about the project in `folder`: everything is inside of it, pictures too.

    Raises:
        SegdeskError: the project cannot be read, or the file not be written.
    """
    found = yield from overview(folder)
    quality = yield from measure(folder)
    project = Project(folder, write=False)
    try:
        name = project.name
        pictures, problems = yield from small_pictures(project, chosen(found), found.classes)
    finally:
        project.close()
    write_text(path, page(name, found, quality, pictures))
    return Written(path, tuple(dict.fromkeys((*found.problems, *quality.problems, *problems))))


def page(name: str, found: Overview, quality: Quality, pictures: Sequence[SmallPicture]) -> str:
    """The page as HTML."""
    title = tr("{name}: data set").format(name=name)
    sections = [
        _head(name, found),
        _split(found),
        _classes(found),
        f'<section class="two">{_sizes(found)}{_work(found)}</section>',
        _curves(quality),
        _remarks(found),
        _sheet(found, pictures),
    ]
    return (
        f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{clean(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}</style></head>\n<body><main>\n"
        + "\n".join(filter(None, sections))
        + f"\n<footer>{clean(tr('Written by SegDesk {version}.').format(version=__version__))}</footer>"
        "\n</main></body></html>\n"
    )


def _head(name: str, found: Overview) -> str:
    objects = [f.objects for i, f in found.balance.items() if i]
    figures = {
        tr("images"): str(len(found.samples)),
        tr("labelled"): str(len(found.labelled)),
        tr("confirmed"): str(found.states[State.CONFIRMED]),
        tr("classes"): str(len(found.classes) - 1),
        tr("objects"): "–" if None in objects else str(sum(n or 0 for n in objects)),
        tr("annotation"): duration(found.seconds),
    }
    listed = "".join(f"<div><dt>{clean(k)}</dt><dd>{clean(v)}</dd></div>" for k, v in figures.items())
    date = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")
    return (
        f'<header><h1><bdi>{clean(name)}</bdi></h1><p class="quiet">{clean(date)}</p>'
        f'<dl class="figures">{listed}</dl></header>'
    )


def _split(found: Overview) -> str:
    heading = f"<h2>{clean(tr('Split'))}</h2>"
    if not found.is_split:
        return f"<section>{heading}<p>{clean(tr('The images are not split into parts.'))}</p></section>"
    parts = [
        Bar(part_name(part), figures.images, f"{part_name(part)}: {figures.images}", role(part))
        for part, figures in found.parts.items()
    ]
    rows = [
        [
            f'<span class="chip {role(part)}"></span>{clean(part_name(part))}',
            str(figures.images),
            f"{100 * figures.images / max(1, len(found.samples)):.1f}",
            str(figures.labelled),
            str(figures.confirmed),
            clean(duration(figures.seconds)),
        ]
        for part, figures in found.parts.items()
    ]
    header = [tr("Part"), tr("Images"), tr("% of images"), tr("Labelled"), tr("Confirmed"), tr("Annotation")]
    groups = {s.group for s in found.samples if s.group}
    notes = []
    if groups:
        notes.append(tr("{count} groups of images stay together.").format(count=len(groups)))
    if fixed := sum(s.split_fixed for s in found.samples):
        notes.append(tr("{count} images were put where they are by hand.").format(count=fixed))
    return (
        f"<section>{heading}{stacked(parts, tr('Images of each part'))}{table(header, rows)}"
        + (f'<p class="quiet">{clean(" ".join(notes))}</p>' if notes else "")
        + "</section>"
    )


def _classes(found: Overview) -> str:
    heading = f"<h2>{clean(tr('Balance of the classes'))}</h2>"
    if not found.contents:
        return f"<section>{heading}<p>{clean(tr('Nothing is labelled yet.'))}</p></section>"
    shown = [c for c in found.classes if c.index]
    drawn = bars(
        [
            Bar(c.name, found.balance[c.index].share, percent(found.balance[c.index].share), c.color)
            for c in shown
        ],
        tr("Share of each class of the pixels of all labelled images"),
    )
    note = tr("Share of the pixels of all labelled images; the rest, {rest}, is background.")
    rest = percent(found.balance[0].share)
    parts = list(found.parts) if found.is_split else []
    header = [tr("Class"), tr("Images"), tr("Objects"), tr("Pixels"), tr("% of pixels")]
    header += [tr("% in {part}").format(part=part_name(part)) for part in parts]
    rows = [[class_chip(c), *_figures(found, c), *_in_parts(found, c, parts)] for c in found.classes]
    return (
        f'<section>{heading}<p class="quiet">{clean(note.format(rest=rest))}</p>{drawn}'
        f"{table(header, rows)}</section>"
    )


def _figures(found: Overview, c: SegClass) -> list[str]:
    figures = found.balance[c.index]
    objects = "–" if figures.objects is None else str(figures.objects)
    return [str(figures.images), objects, str(figures.pixels), f"{100 * figures.share:.2f}"]


def _in_parts(found: Overview, c: SegClass, parts: Sequence[Split | None]) -> list[str]:
    return [f"{100 * found.balance_by_part[part][c.index].share:.2f}" for part in parts]


def _sizes(found: Overview) -> str:
    most = max((n for _, n in found.sizes), default=1)
    dots = [
        Dot(w, h, tr("{width} x {height}: {count} images").format(width=w, height=h, count=n),
            3.5 + 8.5 * (n / most) ** 0.5, "faint")
        for (w, h), n in found.sizes[:_MOST_SIZES]
    ]  # fmt: skip
    rows = [[f"{w} × {h}", str(n)] for (w, h), n in found.sizes[:6]]
    drawn = chart(dots, tr("Sizes of the images"), tr("width in pixels"), tr("height in pixels"))
    return (
        f"<div><h2>{clean(tr('Sizes of the images'))}</h2>{drawn if dots else ''}"
        f"{table([tr('Pixels'), tr('Images')], rows)}</div>"
    )


def _work(found: Overview) -> str:
    roles = {
        State.NEW: "none",
        State.PREDICTED: "test",
        State.CORRECTED: "validation",
        State.CONFIRMED: "train",
    }
    states = [Bar(state_name(state), n, str(n), roles[state]) for state, n in found.states.items()]
    times = sorted(s.seconds for s in found.samples if s.state is State.CONFIRMED and s.seconds > 0)
    rows = [[clean(tr("All images")), clean(duration(found.seconds))]]
    if times:
        rows.append([clean(tr("A confirmed image, in the middle")), clean(duration(times[len(times) // 2]))])
        rows.append([clean(tr("The quickest")), clean(duration(times[0]))])
        rows.append([clean(tr("The longest")), clean(duration(times[-1]))])
    return (
        f"<div><h2>{clean(tr('Annotation'))}</h2>{bars(states, tr('How far the images are'), half=True)}"
        f"{table([tr('Time'), ''], rows)}</div>"
    )


def _curves(quality: Quality) -> str:
    drawn = []
    rounds = [
        Dot(number, after, tr("Round {number}: {dice}").format(number=number, dice=f"{after:.3f}"),
            mark="dot" if made.version is not None else "cross")
        for number, made in enumerate(quality.rounds, 1)
        if (after := made.dice_after) is not None
    ]  # fmt: skip
    if rounds:
        kept = [(dot.x, dot.y) for dot in rounds if dot.mark == "dot"]
        note = tr("A cross is a round that was no better, and refused.")
        drawn.append(_figure(tr("Dice on held-out corrections"), tr("round"), rounds, kept, note))
    first = [e.comparison for e in quality.first_predictions if e.comparison is not None]
    if first:
        told = tr("Version {version}: {dice}")
        dots = [
            Dot(n, c.mean_dice, told.format(version=c.version, dice=f"{c.mean_dice:.3f}"), 3, "faint")
            for n, c in enumerate(first, 1)
        ]
        line = list(enumerate(running_mean([c.mean_dice for c in first]), 1))
        note = tr("Each image when the model had not learned from it; the line is a running mean.")
        drawn.append(_figure(tr("Dice of first predictions"), tr("confirmed image"), dots, line, note))
    if not drawn:
        return ""
    heading = clean(tr("How good the models are"))
    return f'<section><h2>{heading}</h2><div class="two">{"".join(drawn)}</div></section>'


def _figure(
    title: str, across: str, dots: Sequence[Dot], line: Sequence[tuple[float, float]], note: str
) -> str:
    drawn = chart(dots, title, across, tr("Dice"), line=line, top=1.0)
    words = f'<strong>{clean(title)}</strong><br><span class="quiet">{clean(note)}</span>'
    return f"<div><p>{words}</p>{drawn}</div>"


def _remarks(found: Overview) -> str:
    said = []
    if found.learned_test:
        said.append(
            tr("The version in use has learned from {count} test images; its figures on them say little.")
            .format(count=len(found.learned_test)) + " " + names_of(found.learned_test)
        )  # fmt: skip
    parted = [copies for copies in found.duplicates if len({s.split for s in copies}) > 1]
    torn = tr("These are the same image, but in different parts:")
    said += [f"{torn} {names_of(copies)}" for copies in parted[:_MOST_TORN]]
    if found.duplicates and not parted:
        same = tr("{count} images are there more than once:").format(count=len(found.duplicates))
        said.append(f"{same} {names_of([copies[0] for copies in found.duplicates])}")
    if found.uncorrected:
        text = tr("{count} images have no corrections:").format(count=len(found.uncorrected))
        said.append(f"{text} {names_of(found.uncorrected)}")
    if not said:
        return ""
    lines = "".join(f'<p class="warning">{clean(line)}</p>' for line in said)
    return f"<section><h2>{clean(tr('Worth a look'))}</h2>{lines}</section>"


def _sheet(found: Overview, pictures: Sequence[SmallPicture]) -> str:
    if not pictures:
        return ""
    shown = []
    for picture in pictures:
        sample = picture.sample
        name = name_of(sample)
        part = part_name(sample.split) if sample.split else ""
        size = f"{sample.width} × {sample.height}"
        facts = " · ".join(filter(None, (part, state_name(sample.state), size)))
        shown.append(
            f'<figure><img alt="{clean(name)}" src="data:image/png;base64,{picture.png}">'
            f"<figcaption><bdi>{clean(name)}</bdi><br>"
            f'<span class="chip {role(sample.split)}"></span>{clean(facts)}</figcaption></figure>'
        )
    key = " ".join(f"<span>{class_chip(c)}</span>" for c in found.classes if c.index)
    some = tr("{shown} of {count} labelled images, under their masks.").format(
        shown=len(pictures), count=len(found.labelled)
    )
    return (
        f'<section class="pictures"><h2>{clean(tr("Pictures"))}</h2><p class="quiet">{clean(some)}</p>'
        f'<p>{key}</p><div class="sheet">{"".join(shown)}</div></section>'
    )
