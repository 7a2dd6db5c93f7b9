"""The benchmark of learning itself: that it measures what it says it does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

import segdesk.nn  # noqa: F401  (sets OpenMP up before torch is imported)
from segdesk.core.mask import UNLABELLED, Mask
from tests.benchmarks.learning import commands
from tests.benchmarks.learning.annotation import Corrected
from tests.benchmarks.learning.chain import run_chain
from tests.benchmarks.learning.methods import forest
from tests.benchmarks.learning.methods.method import Budget, Learned, Method
from tests.benchmarks.learning.methods.registry import Entry, baseline, scratch
from tests.benchmarks.learning.methods.rootpainter import RootPainter, published_loss
from tests.benchmarks.learning.methods.segdesk import SegDesk
from tests.benchmarks.learning.never_worse import run_never_worse
from tests.benchmarks.learning.plan import Plan
from tests.benchmarks.learning.records import Records
from tests.benchmarks.learning.scores import held_out_dice, inside
from tests.benchmarks.learning.sets import Plane, SetSpec, Task, load_task
from tests.benchmarks.learning.table import markdown
from tests.benchmarks.learning.thorough import run_thorough
from tests.nn.makers import discs, strokes

SPEC = SetSpec(held=2, rounds=2, annotate=10.0, seconds=1.0, tested=(2,), goals={2: (0.5, 0.7)})
STEPS = Budget(steps=2)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture
def task(tmp_path: Path) -> Task:
    """Five images of discs, the last two held out."""
    folder = tmp_path / "discs"
    for name in ("images", "masks"):
        (folder / name).mkdir(parents=True)
    for number in range(5):
        image, truth = discs(number)
        Image.fromarray(image).save(folder / "images" / f"{number}.png")
        Image.fromarray(255 * truth).save(folder / "masks" / f"{number}.png")
    return load_task(folder, SPEC)


class Painter:
    """A person who paints some of each class, and remembers what was on screen."""

    def __init__(self) -> None:
        self.saw: list[Plane | None] = []

    def __call__(
        self,
        truth: Plane,
        prediction: Plane | None,
        corrections: Plane,
        budget_s: float,
        *,
        valid: NDArray[np.bool_] | None = None,
    ) -> tuple[list[object], float]:
        self.saw.append(prediction)
        corrections[strokes(truth) == 1] = truth[strokes(truth) == 1]
        return [], budget_s


class Knowing(Method):
    """Knows the truth, and errs in as many rows of each image as it is told for each round."""

    sees_uncorrected = True

    def __init__(self, task: Task, wrong_rows: Sequence[int] = (0,) * 20) -> None:
        self.task = task
        self.wrong_rows = list(wrong_rows)
        self.learned_from: list[list[int]] = []
        self.predicted: list[list[int]] = []

    def learn(self, samples: Sequence[Corrected], budget: Budget, seed: int) -> Learned:
        self.learned_from.append([sample.index for sample in samples])
        return Learned(True, 1)

    def predict(self, indices: Sequence[int]) -> dict[int, Plane]:
        self.predicted.append(list(indices))
        if not self.learned_from:
            return {}
        said = {index: self.task.truths[index].copy() for index in indices}
        for labels in said.values():
            labels[: self.wrong_rows[len(self.learned_from) - 1]] = 0
        return said


def plan(task: Task, entry: Entry, say: Callable[[str], None] = lambda text: None) -> Plan:
    return Plan((task,), (entry,), (0,), Painter(), "cpu", say, steps=2)


def test_held_out_images_are_only_tested(task: Task) -> None:
    method, person = Knowing(task), Painter()
    rows = run_chain(task, method, person, rounds=2, annotate=9.0, budget=STEPS, seed=0, tested={2})
    assert method.learned_from == [[0], [0, 1]]
    assert method.predicted == [[], [0, 1], [3, 4]]  # and no more than what is needed
    assert [row.dice for row in rows] == [None, 1.0]
    assert [row.annotation for row in rows] == [9.0, 9.0]


def test_each_method_is_corrected_beside_its_own_prediction(task: Task) -> None:
    person = Painter()
    run_chain(task, Knowing(task), person, rounds=2, annotate=9.0, budget=STEPS, seed=0, tested=())
    assert person.saw[0] is None
    np.testing.assert_array_equal(person.saw[1], task.truths[1])


@pytest.mark.parametrize("name", ["segdesk", "rootpainter", "plain"])
def test_every_network_does_its_rounds(name: str, task: Task, tmp_path: Path) -> None:
    entry = scratch(None) if name == "segdesk" else baseline(name)
    method = entry.make(task, tmp_path, "cpu")
    rows = run_chain(task, method, Painter(), rounds=2, annotate=9.0, budget=STEPS, seed=0, tested={2})
    assert [row.steps for row in rows] == [2, 2]
    assert rows[1].dice is not None


def test_the_forest_learns(task: Task) -> None:
    pytest.importorskip("sklearn")
    budget = Budget(steps=10)
    rows = run_chain(
        task, forest.Forest(task), Painter(), rounds=1, annotate=9.0, budget=budget, seed=0, tested={1}
    )
    assert rows[0].dice is not None
    assert rows[0].dice > 0.8


def test_features_of_a_part_are_those_of_the_whole() -> None:
    image = np.random.default_rng(0).integers(0, 255, (300, 60, 3), np.uint8)
    part = forest.features(image[60:240])[40:140]
    np.testing.assert_allclose(part, forest.features(image)[100:200], atol=0.05)


def test_the_published_loss_counts_what_nobody_labelled() -> None:
    generator = torch.Generator().manual_seed(0)
    truth = (torch.rand(1, 100, 100, generator=generator) < 0.3).long()
    sure = 20.0 * torch.nn.functional.one_hot(truth, 2).permute(0, 3, 1, 2)
    few = torch.where(torch.rand(1, 100, 100, generator=generator) < 0.05, truth, UNLABELLED)
    assert float(published_loss(sure, few)) == pytest.approx(1.138, abs=0.02)
    assert float(published_loss(sure, truth)) < 0.01


def test_the_published_recipe_keeps_what_was_better(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    method = RootPainter(task)
    run_chain(task, method, Painter(), rounds=1, annotate=9.0, budget=STEPS, seed=0, tested=())
    (before,) = method.predict([3]).values()
    figures = iter([0.5, 0.4])
    monkeypatch.setattr(method, "_f1", lambda pieces: next(figures))
    samples = [
        Corrected(i, task.images[i], Mask(task.truths[i], np.ones_like(task.truths[i])), False)
        for i in (0, 1)
    ]
    assert not method.learn(samples, STEPS, 1).accepted
    np.testing.assert_array_equal(method.predict([3])[3], before)


def test_void_is_no_class_and_counts_nowhere(tmp_path: Path) -> None:
    for name in ("images", "masks"):
        (tmp_path / name).mkdir()
    truth = np.zeros((8, 8), np.uint8)
    truth[:4], truth[4:, :4], truth[4:, 4:] = 0, 1, 2
    for number in range(2):
        Image.fromarray(truth).save(tmp_path / "images" / f"{number}.png")
        Image.fromarray(truth).save(tmp_path / "masks" / f"{number}.png")
    (tmp_path / "classes.txt").write_text("0 sky\n1 road\n2 unlabelled\n")
    task = load_task(tmp_path, SetSpec(held=1, void=2, every_class=True))
    assert task.classes == ("sky", "road")
    assert task.truths[0][7, 7] == UNLABELLED
    said = np.where(truth == 2, 1, truth).astype(np.uint8)
    assert held_out_dice(task, {1: said}) == 1.0
    said[0] = 1  # 8 of the 32 pixels of sky; road has 16 of its own
    assert held_out_dice(task, {1: said}) == pytest.approx((2 * 24 / 56 + 2 * 16 / 40) / 2)


def test_the_value_of_the_class_can_be_named(task: Task) -> None:
    inverse = load_task(task.images[0].parents[1], replace(SPEC, foreground=0))
    np.testing.assert_array_equal(inverse.truths[0], 1 - task.truths[0])


def test_outside_the_field_of_view_nothing_counts() -> None:
    truth: Plane = np.ones((2, 2), np.uint8)
    field = np.array([[True, False], [True, True]])
    assert inside(truth, field).tolist() == [[1, UNLABELLED], [1, 1]]


def test_an_interrupted_table_goes_on_where_it_stopped(task: Task, tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    made: list[Knowing] = []

    def make(task: Task, folder: Path, device: str) -> Method:
        made.append(Knowing(task))
        return made[-1]

    entry = Entry("knowing", "knowing", make)
    commands.measure(plan(task, entry), Records(file))
    commands.measure(plan(task, entry), Records(file))
    assert len(made) == 1
    whole = file.read_text()
    file.write_text(whole[: len(whole) - 20])  # the power fails while the last row is written
    records = Records(file)
    commands.measure(plan(task, entry), records)
    assert len(made) == 2
    assert "| knowing | 1.000 | 20 |" in markdown(records.all)


def test_a_starter_is_not_measured_on_what_it_saw(task: Task) -> None:
    entry = Entry("s", "s", lambda task, folder, device: Knowing(task), seen=frozenset({"discs"}))
    records = Records()
    commands.measure(plan(task, entry), records)
    assert not records.all


def test_a_confirmed_image_that_loses_is_told(task: Task) -> None:
    method = Knowing(task, wrong_rows=(0, 0, 0, 60, 60))
    changes = run_never_worse(task, method, Painter(), rounds=5, annotate=9.0, budget=STEPS, seed=0)
    assert [change.confirmed for change in changes] == [0, 1, 1, 2, 2]
    losses = [0.0 if change.loss is None else change.loss for change in changes]
    assert [loss > 0.1 for loss in losses] == [False, False, False, True, False]


def test_thorough_learns_from_whole_images(task: Task, tmp_path: Path) -> None:
    method = SegDesk(task, tmp_path, device="cpu", thorough=True)
    found = run_thorough(task, method, Painter(), Budget(steps=3), seed=0)
    assert found.confirmed == 3
    assert found.dice == found.dice_whole
