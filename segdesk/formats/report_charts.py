"""Charts of a report, as SVG that takes its colours from the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from segdesk.core.classes import RGB
from segdesk.core.ticks import ticks_to

_WIDTH = 960.0
_HALF = 460.0  # of charts that stand side by side
_ROW = 26.0
_LETTER = 6.6  # a usual letter of 12 pixels, for what has to fit
_LONGEST = 28  # letters of a name


@dataclass(frozen=True)
class Bar:
    """text: beside the bar.   value: its length, 0 and up.   color: of a class, or a name of the page's."""

    name: str
    value: float
    text: str
    color: RGB | str


@dataclass(frozen=True)
class Dot:
    """A point of a chart; `tip` is told when it is pointed at.   mark: "dot", "faint" or "cross"."""

    x: float
    y: float
    tip: str
    size: float = 3.5
    mark: str = "dot"


def clean(text: str) -> str:
    """A name as text of a page: nothing in it can be taken for markup, or cannot be written."""
    shown = "".join(c if c.isprintable() else "\ufffd" for c in text)
    return escape(shown.encode("utf-8", "replace").decode("utf-8"))


def stacked(parts: Sequence[Bar], name: str) -> str:
    """One bar of several parts, each as long as its share."""
    total = sum(part.value for part in parts) or 1.0
    out, x = [], 0.0
    for part in parts:
        width = _WIDTH * part.value / total
        if not width:
            continue
        label = part.text if len(part.text) * _LETTER + 12 < width else ""
        out.append(
            f"<g><title>{clean(part.name)}: {clean(part.text)}</title>"
            f'<rect {_fill(part.color)} x="{x:.1f}" y="0" width="{width:.1f}" height="34"/>'
            f'<text class="on" x="{x + 10:.1f}" y="22">{clean(label)}</text></g>'
        )
        x += width
    return _svg(_WIDTH, 34, name, out)


def bars(rows: Sequence[Bar], name: str, *, half: bool = False) -> str:
    """A bar a row, with its name at the left and its text at its end.   half: it stands beside another."""
    whole = _HALF if half else _WIDTH
    names = min(_LONGEST, max((len(row.name) for row in rows), default=0)) * _LETTER + 16
    texts = max((len(row.text) for row in rows), default=0) * _LETTER + 16
    longest = max((row.value for row in rows), default=0.0) or 1.0
    room = whole - names - texts
    out = []
    for number, row in enumerate(rows):
        y, width = number * _ROW, room * row.value / longest
        base = f"{y + 17:.1f}"
        short = row.name if len(row.name) <= _LONGEST else row.name[: _LONGEST - 1] + "…"
        out.append(
            f"<g><title>{clean(row.name)}: {clean(row.text)}</title>"
            f'<text class="strong" x="{names - 12:.1f}" y="{base}" text-anchor="end">{clean(short)}</text>'
            f'<rect {_fill(row.color, "bar")} x="{names:.1f}" y="{y + 4:.1f}"'
            f' width="{max(width, 1):.1f}" height="18"/>'
            f'<text x="{names + width + 8:.1f}" y="{base}">{clean(row.text)}</text></g>'
        )
    return _svg(whole, max(1, len(rows)) * _ROW, name, out)


def chart(
    dots: Sequence[Dot],
    name: str,
    across: str,
    up: str,
    *,
    line: Sequence[tuple[float, float]] = (),
    top: float | None = None,
) -> str:
    """Points, and a line, over two axes that begin at 0. top: of the upward axis."""
    left, right, above, below, height = 52.0, 12.0, 22.0, 40.0, 280.0
    x_ticks = ticks_to(max((dot.x for dot in dots), default=1.0), 5)
    y_ticks = ticks_to(top if top is not None else max((dot.y for dot in dots), default=1.0), 5)

    def place(x: float, y: float) -> tuple[float, float]:
        return (
            left + (_HALF - left - right) * x / x_ticks[-1],
            height - below - (height - above - below) * y / y_ticks[-1],
        )

    out = []
    for tick in y_ticks:
        y = place(0, tick)[1]
        out.append(f'<path class="axis" d="M{left} {y:.1f}H{_HALF - right}"/>')
        out.append(f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{tick:g}</text>')
    for tick in x_ticks:
        x = place(tick, 0)[0]
        out.append(f'<text x="{x:.1f}" y="{height - below + 18}" text-anchor="middle">{tick:g}</text>')
    out.append(f'<text x="{left}" y="12">{clean(up)}</text>')
    out.append(f'<text x="{_HALF - right}" y="{height - 4}" text-anchor="end">{clean(across)}</text>')
    if len(line) > 1:
        points = " ".join("{:.1f},{:.1f}".format(*place(x, y)) for x, y in line)
        out.append(f'<polyline class="line" points="{points}"/>')
    for dot in dots:
        x, y = place(dot.x, dot.y)
        shape = (
            f'<path class="cross" d="M{x - 4:.1f} {y - 4:.1f}l8 8m0 -8l-8 8"/>'
            if dot.mark == "cross"
            else f'<circle class="{dot.mark}" cx="{x:.1f}" cy="{y:.1f}" r="{dot.size:.1f}"/>'
        )
        out.append(f"<g><title>{clean(dot.tip)}</title>{shape}</g>")
    return _svg(_HALF, height, name, out)


def _fill(color: RGB | str, kind: str = "") -> str:
    if isinstance(color, str):
        return f'class="{" ".join(filter(None, (kind, color)))}"'
    return f'class="{kind}" fill="#{color[0]:02x}{color[1]:02x}{color[2]:02x}"'


def _svg(width: float, height: float, name: str, inside: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{clean(name)}">'
        + "".join(inside)
        + "</svg>"
    )
