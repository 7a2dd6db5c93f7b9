"""How a round does: held-out Dice and loss over the seconds.

The plotting library is imported beside the window once that is shown, or else with the first point to draw.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Mapping, Sequence
from math import isfinite, nan
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from segdesk.core.jobs import Job, in_one_step
from segdesk.core.translation import tr
from segdesk.gui.theme import GRID, colors

_HEIGHT = 17 * GRID
_LIBRARY = "pyqtgraph"
_EVERY = 1000  # milliseconds from one drawing to the next: each delays a stroke that is under way
_ROOM = 1.3  # the axis of seconds goes so many times further than the points, so that it is seldom drawn anew
_FEW = 30  # points that are dots as well


def load_library() -> Job[object]:
    """A job for another thread: on the GUI thread the import would be felt."""
    return in_one_step("", lambda: importlib.import_module(_LIBRARY))


class Curve(QWidget):
    """A small plot; hidden while there is nothing to draw."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plot: Any = None
        self._loss: list[tuple[float, float]] = []
        self._dice: list[tuple[float, float]] = []
        self._lines: tuple[Any, ...] = ()
        self._end = 0.0  # of the axis, in seconds
        self._began = 0.0
        self._soon = QTimer(self, singleShot=True, interval=_EVERY)
        self._soon.timeout.connect(self._draw)
        self._legend = QLabel()
        self._legend.setTextFormat(Qt.TextFormat.RichText)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addWidget(self._legend)
        self.setAccessibleName(tr("Curve of Dice and loss"))
        self.setToolTip(tr("Held-out Dice and loss over the seconds of a round"))
        self.hide()

    def sizeHint(self) -> QSize:
        return QSize(28 * GRID, _HEIGHT + 2 * GRID)

    def prepare(self, _: object = None) -> None:
        """Make the plot while nobody waits for it."""
        if self._plot is None:
            self._plot = self._make_plot()
            self._lines = (self._plot.plot(), self._plot.plot())
            self._dress()

    def begin(self) -> None:
        """A round begins: forget the last one."""
        self._loss.clear()
        self._dice.clear()
        self._began = time.monotonic()
        self._draw()

    def add(self, figures: Mapping[str, float]) -> None:
        """One more point, as of now."""
        now = time.monotonic() - self._began
        if isfinite(figures.get("loss", nan)):
            self._loss.append((now, figures["loss"]))
        if isfinite(figures.get("dice", nan)):
            self._dice.append((now, figures["dice"]))
        if not self._soon.isActive():
            self._soon.start()

    def show_points(self, points: Sequence[tuple[float, float | None, float | None]]) -> None:
        """Show a round of the past: seconds, loss and Dice or None."""
        self._loss = [(x, loss) for x, loss, _ in points if loss is not None]
        self._dice = [(x, dice) for x, _, dice in points if dice is not None]
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._plot is not None:
            self._dress()
            self._draw()

    def _dress(self) -> None:
        """Take on the theme's colours."""
        c = colors()
        self._plot.setBackground(None)
        for name in ("left", "bottom"):
            axis = self._plot.getAxis(name)
            axis.setPen(c.line)
            axis.setTextPen(c.quiet)
        graph = importlib.import_module(_LIBRARY)
        loss, dice = self._lines
        loss.setPen(graph.mkPen(c.quiet, width=1))
        dice.setPen(graph.mkPen(c.accent, width=2))
        dice.setSymbolBrush(c.accent)
        dice.setSymbolPen(None)
        dice.setSymbolSize(5)

    def _draw(self) -> None:
        self._soon.stop()
        drawable = len(self._loss) > 1 or len(self._dice) > 1
        self.setVisible(drawable)
        if not drawable:
            return
        self.prepare()
        c = colors()
        for line, points in zip(self._lines, (self._loss, self._dice), strict=True):
            line.setData([x for x, _ in points], [y for _, y in points])
        self._lines[1].setSymbol("o" if len(self._dice) < _FEW else None)
        plot = self._plot.getPlotItem()
        end = max(x for x, _ in [*self._loss, *self._dice])
        if not end <= self._end <= _ROOM**2 * end:
            self._end = _ROOM * end
            plot.setXRange(0, self._end, padding=0.02)
        top = max([1.0, *(y for _, y in self._loss)])
        plot.setYRange(0, min(top, 3.0), padding=0.02)
        dice = f"{self._dice[-1][1]:.2f}" if self._dice else "–"
        loss = f"{self._loss[-1][1]:.2f}" if self._loss else "–"
        self._legend.setText(
            f'<span style="color:{c.accent}">●</span> {tr("Dice")} {dice} &nbsp; '
            f'<span style="color:{c.quiet}">●</span> {tr("Loss")} {loss}'
        )

    def _make_plot(self) -> Any:
        graph = importlib.import_module(_LIBRARY)
        plot = graph.PlotWidget(antialias=True)
        plot.setFixedHeight(_HEIGHT)
        plot.setMouseEnabled(x=False, y=False)
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.setFrameShape(plot.Shape.NoFrame)
        plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        plot.getAxis("left").setWidth(28)
        plot.getAxis("bottom").setHeight(22)
        plot.getPlotItem().layout.setContentsMargins(0, GRID, GRID, 0)
        plot.setAccessibleName(tr("Curve of Dice and loss"))
        # It is only looked at; the library's own menu would speak English.
        plot.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._layout.addWidget(plot)
        return plot
