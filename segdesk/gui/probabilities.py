"""Who hears what the model thinks of each class: the tools that look at it, and the heat map of one class."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from segdesk.core.assisted.cutoff import Probabilities
from segdesk.core.translation import tr
from segdesk.gui.canvas import Canvas
from segdesk.gui.model_opinion import ModelOpinion
from segdesk.gui.workbench import Workbench

_TOOL, _HEAT = "tool", "heat"


class ProbabilitySight(QObject):
    """Asks for probabilities while somebody looks at them, and hands them to the canvas."""

    def __init__(
        self, bench: Workbench, opinion: ModelOpinion, canvas: Canvas, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bench = bench
        self._opinion = opinion
        self._canvas = canvas
        self._shows = False
        self._planes: Probabilities | None = None
        opinion.probabilities.connect(self._on_probabilities)
        canvas.probabilities_wanted.connect(self._on_wanted)
        canvas.tool_changed.connect(self._on_tool)
        canvas.options.changed.connect(self._draw)
        bench.sample_changed.connect(self._on_sample)

    def toggle(self) -> None:
        """Draw the probability of the active class over the image from now on, or no longer."""
        self._shows = not self._shows
        self._opinion.ask_probabilities(_HEAT, self._shows)
        self._draw()

    @Slot(int, object)
    def _on_probabilities(self, sample_id: int, planes: Probabilities | None) -> None:
        current = self._bench.current
        if current is None or current.id != sample_id:
            return
        self._planes = planes
        self._canvas.set_probabilities(sample_id, planes)
        self._draw()

    @Slot(int, bool)
    def _on_wanted(self, _: int, aloud: bool) -> None:
        self._opinion.ask_probabilities(_TOOL, True)
        if aloud and self._canvas.probabilities is None:
            asks = tr("The model is being asked about this image: click again in a moment.")
            self._canvas.show_hint(self._opinion.why_not() or asks)

    @Slot()
    def _on_tool(self) -> None:
        self._opinion.ask_probabilities(_TOOL, False)

    @Slot()
    def _on_sample(self) -> None:
        self._planes = None
        self._opinion.forget_asking(_TOOL)  # it asks again where it wants to know more

    @Slot()
    def _draw(self) -> None:
        current, planes = self._bench.current, self._planes
        if current is None:
            return
        index = self._canvas.options.active_class
        shown = self._shows and planes is not None and index < len(planes)
        self._canvas.show_probability(current.id, planes[index] if shown and planes is not None else None)
