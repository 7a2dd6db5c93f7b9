"""What a person can do with the split: draw it, fix single images, make groups, take all of it back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal, Slot

from segdesk.core.dataset.drawing import Drawn, Shares, draw
from segdesk.core.dataset.grouping import Grouping, groups_by
from segdesk.core.dataset.overview import Overview, members
from segdesk.core.errors import SegdeskError
from segdesk.core.project import Project, Sample, Split
from segdesk.core.translation import tr
from segdesk.gui.threads import pool_of
from segdesk.gui.told import told
from segdesk.gui.workbench import Workbench


@dataclass(frozen=True)
class Wish:
    """How to draw. pattern: of names, where the grouping is by one."""

    shares: Shares
    grouping: Grouping = Grouping.HAND
    pattern: str = ""
    seed: int = 0


@dataclass(frozen=True)
class _Outcome:
    project: Project
    drawn: Drawn
    groups: Mapping[int, str | None] | None
    moved: Mapping[int, tuple[Sample, Sample]]  # by id: as it was, and as it will be


class Splitting(QObject):
    """Writes the split of the open project.

    changed: samples are in other parts or groups.   drawing: whether a split is being drawn.
    """

    changed = Signal()
    drawing = Signal(bool)
    error = Signal(str)

    _drawn = Signal(object)
    _failed = Signal(str)

    def __init__(self, bench: Workbench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._pool = pool_of(self)
        self.error.connect(bench.error)
        self._drawn.connect(self._on_drawn)
        self._failed.connect(self._on_failed)

    @told
    def draw(self, found: Overview, wish: Wish) -> None:
        """Draw a split of what has been counted; the images move when it is done."""
        project = self._bench.project
        if project is None:
            return
        project.check_writable()
        self.drawing.emit(True)
        samples = tuple(self._bench.samples)
        self._pool.start(
            _work(self._drawn.emit, self._failed.emit, project, replace(found, samples=samples), wish)
        )

    @Slot(object)
    def _on_drawn(self, outcome: _Outcome) -> None:
        self.drawing.emit(False)
        if outcome.project is self._bench.project:
            self._write(outcome)

    @told
    def _write(self, outcome: _Outcome) -> None:
        project, drawn, groups = outcome.project, outcome.drawn, outcome.groups
        with project.at_once():
            if groups is not None:
                project.splits.group(groups)
            project.splits.draw(drawn.splits)
        self._hold(
            outcome.moved[s.id][1] if outcome.moved[s.id][0] is s else _moved(s, drawn, groups)
            for s in self._bench.samples
            if s.id in outcome.moved
        )
        if drawn.torn:
            text = tr("{group} is fixed to several parts at once; free some of its images.")
            self._bench.error.emit(text.format(group=drawn.torn[0].partition(" ")[2]))
        else:
            self._bench.message.emit(tr("The split is drawn."))

    @Slot(str)
    def _on_failed(self, problem: str) -> None:
        self.drawing.emit(False)
        self._bench.error.emit(problem)

    @told
    def fix(self, samples: Iterable[Sample], part: Split) -> None:
        """Put these images where no drawing moves them."""
        every = list(samples)
        self._project().splits.fix({s.id: part for s in every})
        self._hold(replace(s, split=part, split_fixed=True) for s in every)

    @told
    def free(self, samples: Iterable[Sample]) -> None:
        """Let the next drawing move these images again."""
        every = list(samples)
        self._project().splits.free(s.id for s in every)
        self._hold(replace(s, split_fixed=False) for s in every)

    @told
    def group(self, samples: Iterable[Sample], name: str) -> None:
        """Let these images stay together from the next drawing on; "" lets each stay alone."""
        every = list(samples)
        self._project().splits.group({s.id: name or None for s in every})
        self._hold(replace(s, group=name or None) for s in every)

    @told
    def clear(self) -> None:
        """Let no image be in a part, nor fixed."""
        self._project().splits.clear()
        self._hold(replace(s, split=None, split_fixed=False) for s in self._bench.samples)
        self._bench.message.emit(tr("No image is in a part of the split any more."))

    def _project(self) -> Project:
        project = self._bench.project
        if project is None:
            raise SegdeskError(tr("Open a project first."))
        return project

    def _hold(self, samples: Iterable[Sample]) -> None:
        self._bench.hold(list(samples))
        self.changed.emit()


def _moved(sample: Sample, drawn: Drawn, groups: Mapping[int, str | None] | None) -> Sample:
    return replace(
        sample,
        split=sample.split if sample.split_fixed else drawn.splits.get(sample.id),
        group=sample.group if groups is None else groups.get(sample.id),
    )


def _work(
    tell: Callable[[object], object],
    fail: Callable[[str], object],
    project: Project,
    found: Overview,
    wish: Wish,
) -> Callable[[], None]:
    def work() -> None:
        try:
            groups = groups_by(wish.grouping, found.samples, wish.pattern)
            drawn = draw(members(found.samples, found.contents, groups), wish.shares, wish.seed)
        except SegdeskError as error:
            fail(str(error))
        else:
            # The project itself is only carried along: it is used by the thread that it belongs to.
            new = None if wish.grouping is Grouping.HAND else groups
            moved = {s.id: (s, _moved(s, drawn, new)) for s in found.samples}
            tell(_Outcome(project, drawn, new, moved))

    return work
