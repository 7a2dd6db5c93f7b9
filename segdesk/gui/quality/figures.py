"""From the figures of a project to what is drawn and said about them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from segdesk.core.project import Round, Sample
from segdesk.core.quality import WINDOW, Quality, SampleQuality, class_scores, running_mean
from segdesk.core.ticks import ticks_to
from segdesk.core.translation import tr
from segdesk.gui.quality.plots import SHARES, Figure, Mark, Plot, Point
from segdesk.gui.states import sample_name

_FEW = 4  # images; fewer of them have no "at first" and "lately"


def figures(quality: Quality) -> tuple[Figure, ...]:
    """All curves, in the order in which they are offered."""
    return new_images(quality), held_out(quality), effort(quality)


def new_images(quality: Quality) -> Figure:
    """Dice of the first prediction of each confirmed image."""
    compared = [
        (entry.sample, c.version, c.mean_dice)
        for entry in quality.first_predictions
        if (c := entry.comparison) is not None
    ]
    values = [dice for _, _, dice in compared]
    text = tr("{name}\nDice {dice}, predicted by version {version}")
    points = tuple(
        Point(
            x,
            dice,
            text.format(name=sample_name(sample), dice=f"{dice:.2f}", version=version),
            sample_id=sample.id,
        )
        for x, (sample, version, dice) in enumerate(compared, 1)
    )
    plot = Plot(tr("Dice of the first prediction"), points, _means(values), SHARES, _key(len(values)))
    if len(values) < _FEW:
        headline = tr("Dice {dice} on new images so far ({count}).").format(
            dice=f"{_mean(values):.2f}", count=len(values)
        )
    else:
        early, late = _ends(values)
        headline = tr("Dice {late} on new images lately, {early} at first.").format(
            late=f"{late:.2f}", early=f"{early:.2f}"
        )
    return Figure(
        tr("New images"),
        headline,
        tr(
            "Each dot is an image you confirmed: what the model had said before you touched it, compared "
            "with what you made of it. Click a dot to see its image."
        ),
        (plot,) if values else (),
        len(values),
        tr("images, by version"),
        tr("Confirm images that the model has predicted: each tells how well it does on new images."),
        _parts([version for _, version, _ in compared]),
    )


def held_out(quality: Quality) -> Figure:
    """Dice on held-out corrections before and after each round, and the annotation that had been done."""
    rounds = list(enumerate(quality.rounds, 1))
    tested = [(x, r, r.dice_after) for x, r in rounds if r.dice_after is not None]
    points = tuple(
        Point(
            x,
            after,
            _round_text(x, r),
            Mark.CROSS if r.version is None else Mark.DOT,
            r.dice_before,
        )
        for x, r, after in tested
    )
    kept = [(float(x), after) for x, r, after in tested if r.version is not None]
    key = [(Mark.DOT, tr("taken")), (Mark.CROSS, tr("refused")), (Mark.RING, tr("before"))]
    plots = [Plot(tr("Dice on held-out corrections"), points, tuple(kept), SHARES, tuple(key))]
    minutes = [r.learned.seconds / 60 for r in quality.rounds]
    if any(minutes):
        spent = tuple(
            Point(
                x, value, tr("{minutes} minutes by round {number}").format(minutes=f"{value:.1f}", number=x)
            )
            for x, value in enumerate(minutes, 1)
        )
        line = tuple((point.x, point.y) for point in spent)
        plots.append(Plot(tr("Minutes of annotation by then"), spent, line, ticks_to(max(minutes))))
    refused = sum(r.version is None for _, r in rounds)
    sentences = []
    if kept:
        sentences.append(
            tr("Dice {dice} on held-out corrections after {count} rounds.").format(
                dice=f"{kept[-1][1]:.2f}", count=len(rounds)
            )
        )
    if refused:
        sentences.append(tr("Refused, since not better: {count}.").format(count=refused))
    return Figure(
        tr("Held-out corrections"),
        " ".join(sentences),
        tr("Each round keeps some corrections aside to test its model: few, so small steps mean little."),
        tuple(plots) if points else (),
        len(rounds),
        tr("rounds"),
        tr("Retrain: each round is tested on corrections that it did not learn from."),
    )


def effort(quality: Quality) -> Figure:
    """Seconds and corrections that each confirmed image took."""
    done = quality.confirmed
    # No time was measured for images whose masks came from files.
    timed = [(x, entry) for x, entry in enumerate(done, 1) if entry.sample.seconds > 0]
    seconds = [entry.sample.seconds for _, entry in timed]
    strokes = [float(entry.sample.corrections) for entry in done]
    plots = []
    if timed:
        plots.append(
            Plot(
                tr("Seconds an image"),
                _sample_points(timed, lambda s: s.seconds),
                _means(seconds, [x for x, _ in timed]),
                ticks_to(max(seconds)),
                _key(len(seconds)),
            )
        )
    if done:
        plots.append(
            Plot(
                tr("Corrections an image"),
                _sample_points(list(enumerate(done, 1)), lambda s: s.corrections),
                _means(strokes),
                ticks_to(max(strokes)),
                () if timed else _key(len(strokes)),
            )
        )
    return Figure(
        tr("Effort"),
        _effort_headline(seconds, strokes),
        tr(
            "Seconds count while you paint or move over the image, without pauses. "
            "Confirming counts as one correction."
        ),
        tuple(plots),
        len(done),
        tr("images, by version"),
        tr("Confirm images: each then shows how long it took, and how many corrections."),
        _parts([entry.sample.first_version for entry in done]),
    )


def _effort_headline(seconds: Sequence[float], strokes: Sequence[float]) -> str:
    if not strokes:
        return ""
    if len(strokes) < _FEW:
        return tr("Corrections an image so far: {count}.").format(count=f"{_mean(strokes):.1f}")
    early, late = _ends(strokes)
    sentences = [
        tr("Lately {late} corrections an image, {early} at first.").format(
            late=f"{late:.1f}", early=f"{early:.1f}"
        )
    ]
    if len(seconds) >= _FEW:
        early, late = _ends(seconds)
        sentences.append(tr("{late} s now, {early} s then.").format(late=f"{late:.0f}", early=f"{early:.0f}"))
    return " ".join(sentences)


def classes_headline(quality: Quality) -> str:
    """How well classes are found, in a sentence; empty where there is nothing to say."""
    scores = [score.dice for score in class_scores(quality.confusion)[1:] if score is not None]
    if not scores:
        return ""
    return tr("Mean Dice of {count} classes over all new images: {dice}.").format(
        count=len(scores), dice=f"{_mean(scores):.2f}"
    )


def _round_text(number: int, made: Round) -> str:
    lines = [tr("Round {number}").format(number=number)]
    if made.version is None:
        lines[0] += ", " + tr("refused")
    else:
        lines[0] += ", " + tr("version {number}").format(number=made.version)
    if made.dice_before is not None:
        lines.append(tr("Dice {dice} before").format(dice=f"{made.dice_before:.2f}"))
    if made.dice_after is not None:
        lines.append(tr("Dice {dice} after").format(dice=f"{made.dice_after:.2f}"))
    return "\n".join(lines)


def _sample_points(
    entries: Sequence[tuple[int, SampleQuality]], value: Callable[[Sample], float]
) -> tuple[Point, ...]:
    text = tr("{name}\n{seconds} s, {corrections} corrections")
    return tuple(
        Point(
            x,
            value(entry.sample),
            text.format(
                name=sample_name(entry.sample),
                seconds=f"{entry.sample.seconds:.0f}",
                corrections=entry.sample.corrections,
            ),
            sample_id=entry.sample.id,
        )
        for x, entry in entries
    )


def _parts(versions: Sequence[int | None]) -> tuple[tuple[int, str], ...]:
    """Where each version begins on the axis."""
    return tuple(
        (x, tr("v{number}").format(number=version) if version is not None else "–")
        for x, (version, before) in enumerate(zip(versions, [-1, *versions], strict=False), 1)
        if version != before
    )


def _means(values: Sequence[float], xs: Sequence[int] | None = None) -> tuple[tuple[float, float], ...]:
    places = xs if xs is not None else range(1, len(values) + 1)
    return tuple((float(x), mean) for x, mean in zip(places, running_mean(values), strict=True))


def _key(count: int) -> tuple[tuple[Mark, str], ...]:
    if count < 2:
        return ()
    mean = tr("mean of {count}").format(count=min(count, WINDOW))
    return (Mark.DOT, tr("an image")), (Mark.LINE, mean)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _ends(values: Sequence[float]) -> tuple[float, float]:
    """The mean of the first and of the last values, up to WINDOW of them and no value in both."""
    part = min(WINDOW, len(values) // 2)
    return _mean(values[:part]), _mean(values[-part:])
