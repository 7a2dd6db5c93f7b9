"""Learning: what rounds are asked for, and what becomes of their outcome."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal

from segdesk.core.errors import SegdeskError
from segdesk.core.jobs import ModelChoice, Progress, TrainRequest, TrainResult
from segdesk.core.loop import keep_round
from segdesk.core.project import Project
from segdesk.core.translation import tr
from segdesk.gui import rounds
from segdesk.gui.predicting import Predicting
from segdesk.gui.rounds import Kind
from segdesk.gui.workbench import Workbench
from segdesk.gui.worker import EngineFacts, LazyEngine, Task, Worker


@dataclass(eq=False)
class _Round:
    """A round under way; `corrections` are those since the snapshot of the one before."""

    kind: Kind
    project: Project
    request: TrainRequest
    corrections: int


class Learning(QObject):
    """The rounds of the project on the workbench; `predicting` is the other long step of the loop.

    A round learns from what is corrected at the moment it is asked for; what is painted meanwhile is for the
    next one. A rebuild gives way to whatever else is wanted of the engine.

    asking: a round's request is about to be made from the project.
    changed: learning or predicting began, was held or ended, or there is more to learn. preview: what the
    model says so far of a part of the sample on screen, or None. figures: new points of the curve; None where
    a round begins. strip: a picture to look at. outcome: the sentence a round ended with.
    """

    asking = Signal()
    changed = Signal()
    preview = Signal(object)
    figures = Signal(object)
    strip = Signal(object)
    outcome = Signal(str)
    met = Signal(object)

    def __init__(
        self, bench: Workbench, worker: Worker, engine: LazyEngine, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.facts = EngineFacts()
        self.start: ModelChoice | None = None  # where the next round starts; None: the version in use
        self.new_corrections = False  # somebody asserted something since the last round
        self.corrections = 0  # strokes and the like since the last round's snapshot
        self.predicting = Predicting(bench, worker, engine, self)
        self.predicting.changed.connect(self.changed)
        self.predicting.preview.connect(self.preview)
        self._bench = bench
        self._worker = worker
        self._engine = engine
        self._round: _Round | None = None
        self._counted: dict[int, int] = {}  # corrections of each sample that `corrections` knows of
        self._put_off = 0  # corrections that were there when a round came to nothing
        worker.paused.connect(self.changed)
        bench.project_changed.connect(self._on_project)
        bench.samples_changed.connect(self._on_samples)
        bench.corrected.connect(self._on_corrected)

    @property
    def is_learning(self) -> bool:
        """Whether a round that somebody waits for is under way or about to begin."""
        return self._round is not None and self._round.kind is not Kind.REBUILD

    @property
    def is_paused(self) -> bool:
        """Whether what is under way is held."""
        return self._worker.is_paused

    @property
    def by_itself(self) -> tuple[int, int] | None:
        """How many corrections there are for a round that begins by itself, and how many it takes.

        None where rounds don't. After one that came to nothing, what had come in by then counts no more.
        """
        settings = self._bench.settings.values
        if not settings.learn_by_itself:
            return None
        return max(0, self.corrections - self._put_off), settings.corrections_per_round

    def warm_up(self) -> None:
        """Let the engine be loaded before anybody has to wait for it."""
        self._worker.submit(Task("", self._engine.meet, finished=self._on_met, quiet=True))

    def pause(self, on: bool) -> None:
        """Hold what is under way before its next step, or let it go on."""
        self._worker.pause(on)

    def cancel(self) -> None:
        """Stop what is under way, and want no more predictions."""
        self._worker.cancel()
        self.predicting.want_nothing()

    def retrain(self) -> None:
        """Do a round on what has been corrected so far; nothing while one is under way."""
        self._begin(Kind.ROUND)

    def train_thoroughly(self) -> None:
        """Learn until it gets no better, which may take hours."""
        self._begin(Kind.THOROUGH)

    def rebuild(self) -> None:
        """Learn from fresh weights for as long as nobody wants anything else; nothing without a model."""
        project = self._bench.project
        wanted = self.predicting.is_under_way or not self._worker.is_idle
        if project is not None and project.versions.in_use() is not None and not wanted:
            self._begin(Kind.REBUILD)

    def _begin(self, kind: Kind) -> None:
        project = self._bench.project
        if project is None or self.is_learning:
            return
        self.asking.emit()
        try:
            request = rounds.ask(kind, project, self._bench.settings.values, self.start, self.predicting.view)
        except SegdeskError as error:
            self._bench.error.emit(str(error))
            return
        made = sum(sample.corrections for sample in self._bench.samples)
        task = Task(tr("Learning"), partial(rounds.do, kind, self._engine, request, made))
        task.gives_way = kind is Kind.REBUILD
        this = self._round = _Round(kind, project, request, self.corrections)
        task.progress = partial(self._on_learning, this)
        task.finished = partial(self._on_learned, this)
        task.failed = task.cancelled = partial(self._on_not_learned, this)
        task.ended = partial(self._on_over, this)
        if kind is not Kind.REBUILD:
            self._learned_from(self.corrections)
            self.predicting.hold_back()  # the old model's predictions may not be needed any more
        self._worker.submit(task)
        self.figures.emit(None)
        self.changed.emit()

    # What the engine answers

    def _on_learning(self, this: _Round, progress: Progress) -> None:
        if this is not self._round:
            return
        if progress.figures:
            self.figures.emit(progress.figures)
        if progress.strip is not None:
            self.strip.emit(progress.strip)
        self.predicting.show_preview(progress.preview)

    def _on_learned(self, this: _Round, result: TrainResult) -> None:
        if this is not self._round:
            return
        if this.kind is Kind.REBUILD and result.accepted:
            self._learned_from(this.corrections)
        outcome = keep_round(this.project, this.request, result)
        if outcome.version is not None and this.kind is not Kind.REBUILD:
            self.start = None
        self._bench.versions_changed.emit()
        self.outcome.emit(outcome.sentence)
        self._bench.message.emit(outcome.sentence)
        if outcome.version is not None:
            self.predicting.begin_again()

    def _on_not_learned(self, this: _Round, *_: object) -> None:
        if this is self._round and this.kind is not Kind.REBUILD:
            self.corrections += this.corrections
            self._put_off = self.corrections
            self.new_corrections = True

    def _on_over(self, this: _Round) -> None:
        if this is self._round:
            self._round = None
            self.predicting.go_on()

    def _learned_from(self, corrections: int) -> None:
        self.corrections -= corrections
        self._put_off = 0
        self.new_corrections = self.corrections > 0

    def _on_met(self, facts: EngineFacts) -> None:
        self.facts = facts
        self.met.emit(facts)

    # What there is to learn from

    def _on_project(self) -> None:
        self.start = None
        self._worker.cancel()
        if self._round is not None:
            self._round = None
            self.predicting.go_on()
        self.corrections = self._put_off = 0
        project = self._bench.project
        past = project.versions.rounds() if project is not None else []
        if project is not None and (not past or past[-1].learned.samples):
            made = project.samples.corrections
            self.corrections = max(0, made - past[-1].learned.corrections if past else made)
        self.new_corrections = self.corrections > 0 or (project is not None and not past)
        self.changed.emit()

    def _on_samples(self) -> None:
        self._counted = {sample.id: sample.corrections for sample in self._bench.samples}

    def _on_corrected(self) -> None:
        current = self._bench.current
        if current is not None:
            self.corrections += current.corrections - self._counted.get(current.id, 0)
            self._counted[current.id] = current.corrections
        self.new_corrections = True
        self.changed.emit()
