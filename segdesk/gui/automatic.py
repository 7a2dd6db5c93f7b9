"""Rounds that nobody asked for: after so many corrections, and anew while nobody works; off at first."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from segdesk.core.patch import State
from segdesk.core.translation import tr
from segdesk.gui.idle import IdleWatch
from segdesk.gui.learning import Learning
from segdesk.gui.rounds import REBUILT
from segdesk.gui.workbench import Workbench

_LOOK_AGAIN_MS = 250
_SECONDS = 60
_FEWEST_SAMPLES = 3  # a model that begins anew needs them more than one that goes on


class Automatic(QObject):
    """Watches what has been corrected, and whether anybody is there, as the settings want it.

    put_off: a round would begin now, but something is being drawn.
    """

    put_off = Signal()

    def __init__(
        self,
        bench: Workbench,
        learning: Learning,
        is_drawing: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        """is_drawing: whether a stroke or a shape is under way just now."""
        super().__init__(parent)
        self._bench = bench
        self._learning = learning
        self._is_drawing = is_drawing
        self.idle_watch = IdleWatch(self)
        self.idle_watch.idle.connect(self._on_idle)
        self._look = QTimer(self)
        self._look.setSingleShot(True)
        self._look.timeout.connect(self._on_look)
        learning.changed.connect(self._look_soon)
        self.renew()

    @Slot()
    def renew(self) -> None:
        """The settings may be others now."""
        settings = self._bench.settings.values
        self.idle_watch.watch(settings.idle_minutes * _SECONDS if settings.rebuild_when_idle else 0)
        self._learning.changed.emit()

    # A round after so many corrections

    @Slot()
    def _look_soon(self) -> None:
        # Not at once: the stroke that was just ended is to be seen first.
        if self._is_due() and not self._look.isActive():
            self._look.start(0)

    def _is_due(self) -> bool:
        by_itself = self._learning.by_itself
        return (
            by_itself is not None
            and by_itself[0] >= by_itself[1]
            and not self._learning.is_learning
            and not self._learning.is_paused
            and self._bench.project is not None
            and self._corrected() > 0
        )

    @Slot()
    def _on_look(self) -> None:
        if not self._is_due():
            return
        if self._is_drawing():
            self._look.start(_LOOK_AGAIN_MS)
            self.put_off.emit()
            return
        count = self._learning.corrections
        self._learning.retrain()
        if self._learning.is_learning:
            text = tr("Learning by itself from {count} new corrections. You can go on painting.")
            self._bench.message.emit(text.format(count=count))

    def _corrected(self) -> int:
        return sum(s.state in (State.CORRECTED, State.CONFIRMED) for s in self._bench.samples)

    # A rebuild while nobody is there

    @Slot()
    def _on_idle(self) -> None:
        project = self._bench.project
        if project is None or self._corrected() < _FEWEST_SAMPLES:
            return
        rebuilds = [r for r in project.versions.rounds() if REBUILT in r.figures]
        made = sum(sample.corrections for sample in self._bench.samples)
        if not rebuilds or made > rebuilds[-1].figures[REBUILT]:
            self._learning.rebuild()
