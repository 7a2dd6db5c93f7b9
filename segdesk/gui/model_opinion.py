"""What the model thinks of the sample on screen, beyond its labels: found out only while somebody looks.

Planes of uncertainty and of probabilities are large, so they are asked for one sample at a time, and only
the last few are kept.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from segdesk.core.incoming import Arrived
from segdesk.core.patch import State
from segdesk.core.translation import tr
from segdesk.gui.probability_maps import ProbabilityMaps
from segdesk.gui.uncertainty_maps import UncertaintyMaps
from segdesk.gui.workbench import Workbench


class ModelOpinion(QObject):
    """Who wants to know what, and what is known.

    wanted: something is to be found out. uncertainty: a sample's id, and the plane that says where the model
    is unsure of it, or None. probabilities: a sample's id, and the (classes, height, width) planes of what
    the model thinks of it, or None.
    """

    wanted = Signal()
    uncertainty = Signal(int, object)
    probabilities = Signal(int, object)

    def __init__(self, bench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.waits = False  # for learning to be done
        self.wants_uncertainty = False  # of the sample on screen
        self.wants_probabilities = False
        self._bench = bench
        self._maps = UncertaintyMaps()
        self._planes = ProbabilityMaps()
        self._shows_uncertainty = False
        self._asking: set[str] = set()  # who wants to know the probabilities
        bench.project_changed.connect(self._on_project)
        bench.versions_changed.connect(self._on_versions)

    @property
    def shows_uncertainty(self) -> bool:
        """Whether it is shown where the model is unsure."""
        return self._shows_uncertainty

    def show_uncertainty(self, on: bool) -> None:
        """Show from now on where the model is unsure of the sample on screen, or no longer."""
        self._shows_uncertainty = on
        if on and self._bench.project is not None and self.version() is None:
            self._bench.message.emit(tr("It is shown as soon as there is a model: paint, then retrain."))
        elif on and self.waits:
            self._bench.message.emit(tr("It is shown as soon as learning is done."))
        self.look_again()

    def ask_probabilities(self, who: str, on: bool) -> None:
        """Let `probabilities` tell of each sample that comes on screen, for as long as anyone asks."""
        if on == (who in self._asking):
            return
        if on:
            self._asking.add(who)
            if why_not := self.why_not():
                self._bench.message.emit(why_not)
        else:
            self._asking.discard(who)
        self.look_again()

    def forget_asking(self, who: str) -> None:
        """Ask no longer, without a look at what is on screen: that is about to change."""
        self._asking.discard(who)

    def want_nothing(self) -> None:
        """What was to be found out stays unknown."""
        self.wants_uncertainty = self.wants_probabilities = False

    @property
    def is_wanted(self) -> bool:
        """Whether something of the sample on screen is to be found out."""
        return self.wants_uncertainty or self.wants_probabilities

    def version(self) -> int | None:
        """The number of the model version in use."""
        in_use = self._bench.project.versions.in_use() if self._bench.project is not None else None
        return in_use.number if in_use is not None else None

    @Slot()
    def look_again(self) -> None:
        """Another image is on screen: tell what is known of it, or find that out first."""
        current, version = self._bench.current, self.version()
        self.want_nothing()
        if current is None:
            return
        self.uncertainty.emit(current.id, self._maps.get(current.id) if self._shows_uncertainty else None)
        self.probabilities.emit(current.id, self._planes.get(current.id) if self._asking else None)
        if version is not None:
            # Of a confirmed image nothing is uncertain: a person has spoken everywhere.
            if self._shows_uncertainty and current.state is not State.CONFIRMED:
                self.wants_uncertainty = not self._maps.knows(current.id, version)
            if self._asking and self._planes.can_hold(current, len(self._bench.classes)):
                self.wants_probabilities = not self._planes.knows(current.id, version)
        if self.is_wanted:
            self.wanted.emit()

    def keep(self, told: Arrived, version: int | None) -> None:
        """Remember what an answer says, and tell of it if its sample is on screen."""
        current, prediction = self._bench.current, told.prediction
        if version is None or (prediction is None and told.error is None):
            return
        on_screen = current is not None and current.id == told.sample_id
        plane = prediction.uncertainty_map if prediction is not None else None
        if plane is not None or told.error is not None:
            self._maps.keep(told.sample_id, version, plane)
            if on_screen:
                self.wants_uncertainty = False
                if self._shows_uncertainty:
                    self.uncertainty.emit(told.sample_id, plane)
        planes = prediction.probabilities if prediction is not None else None
        if planes is not None or told.error is not None:
            self._planes.keep(told.sample_id, version, planes)
            if on_screen:
                self.wants_probabilities = False
                if self._asking:
                    self.probabilities.emit(told.sample_id, planes)

    def why_not(self) -> str:
        """Why probabilities of the sample on screen cannot be had, or not yet; "" where they can."""
        current = self._bench.current
        if current is None:
            return ""
        if self.version() is None:
            return tr("There is no model yet to ask: paint a little, then retrain.")
        if not self._planes.can_hold(current, len(self._bench.classes)):
            return tr("This image is too large to keep the probabilities of every class.")
        return tr("The model is asked as soon as learning is done.") if self.waits else ""

    def _on_project(self) -> None:
        self._maps.clear()
        self._planes.clear()
        self.want_nothing()

    def _on_versions(self) -> None:
        if (self._shows_uncertainty or self._asking) and self._bench.picture is not None:
            self.look_again()
