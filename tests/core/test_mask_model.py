"""Whatever a person does in whatever order, the masks are what a simple model of them says."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from numpy.typing import NDArray

from segdesk.core.borders import STEPS
from segdesk.core.document import Document
from segdesk.core.edit import Edit
from segdesk.core.geometry import Box
from segdesk.core.images import ImageSource
from segdesk.core.incoming import keep_ready, make_ready
from segdesk.core.jobs import Prediction
from segdesk.core.objects import Assertion, Change, Division
from segdesk.core.patch import State
from segdesk.core.project import NewSample, Project

WIDTH, HEIGHT = 300, 270  # two tiles by two, the last ones thin
Plane = NDArray[np.uint8]


Pixel = tuple[int, int]
Parted = frozenset[tuple[Pixel, Pixel]]  # neighbours, the one with the lower row, or else column, first


class Whole(NamedTuple):
    """A state of a sample."""

    labels: Plane
    corrected: Plane
    state: State
    version: int | None
    parted: Parted = frozenset()


def parted_pairs(borders: Plane | None) -> Parted:
    """The pairs of pixels that a plane of borders parts."""
    pairs: set[tuple[Pixel, Pixel]] = set()
    if borders is not None:
        for bit, (down, right) in STEPS.items():
            for y, x in zip(*(along.tolist() for along in np.nonzero(borders & bit)), strict=True):
                pairs.add(((y, x), (y + down, x + right)))
    return frozenset(pairs)


@dataclass
class Memory:
    """A sample as a list of whole states, and which of them it is in."""

    states: list[Whole] = field(default_factory=list)
    at: int = 0

    @property
    def now(self) -> Whole:
        return self.states[self.at]

    def move(
        self, labels: Plane, corrected: Plane, state: State, version: int | None, parted: Parted | None = None
    ) -> None:
        before = self.now
        if parted is None:  # a border ends where a pixel of it gets another class
            changed = labels != before.labels
            parted = frozenset(pair for pair in before.parted if not any(changed[p] for p in pair))
        same = (
            (labels == before.labels).all()
            and (corrected == before.corrected).all()
            and (state, version, parted) == (before.state, before.version, before.parted)
        )
        if not same:
            self.states[self.at + 1 :] = [Whole(labels, corrected, state, version, parted)]
            self.at += 1


boxes = st.builds(
    lambda x, y, w, h: Box(x, y, w, h).intersect(Box(0, 0, WIDTH, HEIGHT)),
    st.integers(0, WIDTH - 1) | st.integers(245, 262),  # where four tiles meet
    st.integers(0, HEIGHT - 1) | st.integers(245, 262),
    st.integers(1, 200),
    st.integers(1, 200),
)


class MaskMachine(RuleBasedStateMachine):
    """Two samples of a real project, and the same in memory."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.project = Project.create(self.folder / "p.segdesk", ["a", "b"])
        source = [ImageSource(self.folder / f"{n}.png") for n in range(2)]
        self.project.samples.add([NewSample(s, WIDTH, HEIGHT) for s in source])
        blank = np.zeros((HEIGHT, WIDTH), np.uint8)
        self.memories = [Memory([Whole(blank, blank, State.NEW, None)]) for _ in range(2)]
        self.current = 0
        self.show(0)

    def show(self, number: int) -> None:
        self.current = number
        self.document = Document(self.project, self.project.samples.all()[number])

    @property
    def memory(self) -> Memory:
        return self.memories[self.current]

    @rule(box=boxes, index=st.integers(0, 2), seed=st.integers(0, 3))
    def stroke(self, box: Box, index: int, seed: int) -> None:
        covered = np.random.default_rng(seed).random((box.height, box.width)) < 0.7
        self.document.correct("Brush", lambda edit: edit.assert_class(box, covered, index))
        labels, corrected, state, version, _ = self.memory.now
        labels, corrected = labels.copy(), corrected.copy()
        labels[box.slices][covered] = index
        corrected[box.slices][covered] = 1
        after = state if state is State.CONFIRMED else State.CORRECTED
        if (
            (labels != self.memory.now.labels).any()
            or (corrected != self.memory.now.corrected).any()
            or after is not state
        ):
            self.memory.move(labels, corrected, after, version)

    @rule(box=boxes)
    def stroke_taken_back_before_its_end(self, box: Box) -> None:
        edit: Edit = self.document.begin()
        edit.assert_class(box, np.ones((box.height, box.width), np.bool_), 1)
        self.document.cancel()

    @rule(
        x=st.integers(-1, WIDTH - 5),
        y=st.integers(-1, HEIGHT - 5),
        seed=st.integers(0, 5),
        index=st.sampled_from([None, 1, 2]),
    )
    def divide(self, x: int, y: int, seed: int, index: int | None) -> None:
        """Objects are painted, parted and joined, half of the time right where four tiles meet."""
        if seed < 3:
            x, y = 250 + seed, 251
        box = Box(x, y, 11, 9)
        numbers = np.random.default_rng(seed).integers(-1, 4, (9, 11)).astype(np.int32)
        inside = box.intersect(Box(0, 0, WIDTH, HEIGHT))
        painted = () if index is None else (Assertion(inside, np.ones(inside[:1:-1], np.bool_), index),)
        self.document.correct("Split", Change(painted, (Division(box, numbers),)).apply)
        labels, corrected, state, version, before = self.memory.now
        labels, corrected = labels.copy(), corrected.copy()
        if index is not None:
            labels[inside.slices] = index
            corrected[inside.slices] = 1
        changed = labels != self.memory.now.labels
        parted = {pair for pair in before if not any(changed[pixel] for pixel in pair)}
        for (row, column), (down, right) in product(np.ndindex(9, 11), STEPS.values()):
            pair = (y + row, x + column), (y + row + down, x + column + right)
            if not all(0 <= v < HEIGHT and 0 <= u < WIDTH for v, u in pair):
                continue
            if not (row + down < 9 and 0 <= column + right < 11):
                continue
            one, other = numbers[row, column], numbers[row + down, column + right]
            if 0 in (one, other) or max(one, other) < 0:
                continue
            parted.discard(pair)
            if one != other and labels[pair[0]] == labels[pair[1]] != 0:
                parted.add(pair)
                if pair not in before:
                    corrected[pair[0]] = corrected[pair[1]] = 1
        after = state if state is State.CONFIRMED else State.CORRECTED
        self.memory.move(labels, corrected, after, version, frozenset(parted))

    @rule(seed=st.integers(0, 3), version=st.integers(1, 2), away=st.booleans())
    def predict(self, seed: int, version: int, away: bool) -> None:
        new = np.random.default_rng(seed).integers(0, 3, (HEIGHT, WIDTH), np.uint8)
        if away:  # as an answer arrives for the sample on screen: made ready elsewhere, adopted here
            ready = make_ready(self.project, Prediction(self.document.sample.id, new), version)
            if ready is not None:
                assert keep_ready(self.project, ready, self.document)
        else:
            self.document.predict(new, version)
        labels, corrected, state, _, _ = self.memory.now
        if state is State.CONFIRMED:
            return
        after = State.PREDICTED if state in (State.NEW, State.PREDICTED) else state
        self.memory.move(np.where(corrected == 1, labels, new), corrected, after, version)

    @rule()
    def confirm(self) -> None:
        self.document.confirm()
        labels, _, _, version, _ = self.memory.now
        self.memory.move(labels, np.ones_like(labels), State.CONFIRMED, version)

    @rule()
    def undo(self) -> None:
        done = self.document.undo()
        assert (done is not None) == (self.memory.at > 0)
        self.memory.at = max(0, self.memory.at - 1)

    @rule()
    def redo(self) -> None:
        done = self.document.redo()
        assert (done is not None) == (self.memory.at < len(self.memory.states) - 1)
        self.memory.at = min(len(self.memory.states) - 1, self.memory.at + 1)

    @rule(steps=st.integers(1, 6))
    def tiles_follow(self, steps: int) -> None:
        """The stored tiles follow the journal, mostly not to the end."""
        for _ in range(steps):
            self.project.masks._settling.step()

    @rule(number=st.integers(0, 1))
    def switch(self, number: int) -> None:
        self.show(number)

    @rule()
    def reopen(self) -> None:
        self.project.close()
        self.project = Project(self.folder / "p.segdesk")
        self.show(self.current)

    @invariant()
    def the_same(self) -> None:
        labels, corrected, state, version, parted = self.memory.now
        assert (self.document.mask.labels == labels).all()
        assert (self.document.mask.corrected == corrected).all()
        assert parted_pairs(self.document.mask.borders) == parted
        assert (self.document.status.state, self.document.status.predicted_by) == (state, version)
        stored = self.project.masks.load(self.document.sample)
        assert (stored.labels == labels).all()
        assert (stored.corrected == corrected).all()
        assert parted_pairs(stored.borders) == parted

    def teardown(self) -> None:
        if hasattr(self, "project"):
            self.project.close()
            shutil.rmtree(self.folder)


TestMaskModel = MaskMachine.TestCase
TestMaskModel.settings = settings(
    max_examples=12, stateful_step_count=25, deadline=None, derandomize=True, database=None
)
