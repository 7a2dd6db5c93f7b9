"""Tables of the classes as values: how well each is found, and what is taken for what."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtGui import QColor

from segdesk.core.quality import Quality, class_scores, row_shares
from segdesk.core.translation import tr
from segdesk.gui.states import class_name
from segdesk.gui.theme import Colors

_READABLE = 4.5  # contrast of text on its ground (WCAG AA)


@dataclass(frozen=True)
class Cell:
    """A text, and a longer one that pointing at it tells.

    share: 0 to 1, how deep it is shaded; None: not at all. right: it counts what is as it should be.
    """

    text: str
    tip: str
    share: float | None = None
    right: bool = True


@dataclass(frozen=True)
class Grid:
    """A table with a title, named rows and columns."""

    title: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]


def score_grid(quality: Quality) -> Grid:
    """Dice, IoU, precision and recall of each of the user's classes."""
    columns = (tr("Dice"), tr("IoU"), tr("Precision"), tr("Recall"))
    names = [class_name(c) for c in quality.classes]
    tip = tr("{name}: {figure} {value}")
    rows: list[tuple[Cell, ...]] = []
    for name, score in list(zip(names, class_scores(quality.confusion), strict=True))[1:]:
        values = (score.dice, score.iou, score.precision, score.recall) if score is not None else ()
        if not values:
            rows.append((Cell("–", tr("{name}: not seen yet").format(name=name)),) * len(columns))
            continue
        rows.append(
            tuple(
                Cell(f"{value:.2f}", tip.format(name=name, figure=figure, value=f"{value:.4f}"))
                for figure, value in zip(columns, values, strict=True)
            )
        )
    return Grid(tr("How well each class is found"), tuple(names[1:]), columns, tuple(rows))


def confusion_grid(quality: Quality) -> Grid:
    """What the first predictions said (columns) about what each class really was (rows), in per cent.

    Classes that are nowhere are left out.
    """
    counts = quality.confusion
    shares = row_shares(counts)
    there = [c for c in quality.classes if counts[c.index].any() or counts[:, c.index].any()]
    names = tuple(class_name(c) for c in there)
    tip = tr("{truth}, predicted as {found}: {share} % ({pixels} pixels)")
    rows: list[tuple[Cell, ...]] = []
    for true_class, truth in zip(there, names, strict=True):
        row = []
        for predicted_class, found in zip(there, names, strict=True):
            t, p = true_class.index, predicted_class.index
            share = float(shares[t, p])
            if math.isnan(share):
                row.append(Cell("–", tr("{name}: not seen yet").format(name=truth)))
                continue
            words = tip.format(truth=truth, found=found, share=f"{100 * share:.2f}", pixels=counts[t, p])
            row.append(Cell(_per_cent(share), words, share, t == p))
        rows.append(tuple(row))
    return Grid(tr("What is taken for what, in %"), names, names, tuple(rows))


def _per_cent(share: float) -> str:
    """Short enough for a narrow column; only what is exactly nothing or all is written as 0 or 100."""
    if share in (0.0, 1.0):
        return f"{100 * share:.0f}"
    if share < 0.001:
        return "<.1"
    return f"{100 * share:.1f}" if share < 0.9995 else ">99.9"


def shading(cell: Cell, c: Colors) -> tuple[QColor, QColor]:
    """The ground and the text of a cell: right ones toward the accent, wrong ones toward orange.

    The two are apart for people with any common colour blindness, and their depth tells as much; the square
    root makes small shares of errors visible.
    """
    ground = QColor(c.surface if cell.share is None else c.raised)
    if cell.share:
        toward = QColor(c.accent if cell.right else c.warning)
        ground = _mixed(ground, toward, math.sqrt(cell.share) * (1.0 if cell.right else 0.9))
    text = QColor(c.quiet if cell.share == 0 else c.text)
    if _contrast(text, ground) < _READABLE:  # of black and white, one always can be read
        text = max((QColor("black"), QColor("white")), key=lambda color: _contrast(color, ground))
    return ground, text


def _mixed(a: QColor, b: QColor, share: float) -> QColor:
    parts = ((a.redF(), b.redF()), (a.greenF(), b.greenF()), (a.blueF(), b.blueF()))
    return QColor.fromRgbF(*(x + (y - x) * min(share, 1.0) for x, y in parts))


def _contrast(a: QColor, b: QColor) -> float:
    low, high = sorted((_luminance(a), _luminance(b)))
    return (high + 0.05) / (low + 0.05)


def _luminance(color: QColor) -> float:
    """Relative luminance of sRGB (WCAG 2.2), 0 to 1."""
    parts = zip((0.2126, 0.7152, 0.0722), (color.redF(), color.greenF(), color.blueF()), strict=True)
    return sum(
        weight * (value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4))
        for weight, value in parts
    )
