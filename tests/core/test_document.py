"""What happens to a mask is durable, can be taken back, and never overwrites what a person said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segdesk.core.document import Document
from segdesk.core.errors import ProjectError
from segdesk.core.images import ImageSource
from segdesk.core.mask import Mask
from segdesk.core.painting import round_stroke
from segdesk.core.patch import State, Status
from segdesk.core.project import NewSample, Project
from tests.core.conftest import HEIGHT, WIDTH


def paint(document: Document, x: float, y: float, class_index: int, diameter: float = 30) -> None:
    document.begin().assert_class(
        *round_stroke((x, y), (x + 40, y), diameter, document.mask.box), class_index
    )
    document.commit("Brush")


def same(a: Mask, b: Mask) -> bool:
    return np.array_equal(a.labels, b.labels) and np.array_equal(a.corrected, b.corrected)


def reopened(project: Project, document: Document) -> Document:
    other = Project(project.folder)
    return Document(other, other.samples.get(document.sample.id))


def test_a_stroke_is_on_disk_when_it_ends(project: Project, document: Document) -> None:
    paint(document, 100, 100, 2)
    again = reopened(project, document)
    assert again.mask.labels[100, 120] == 2
    assert same(again.mask, document.mask)
    assert again.status.state is State.CORRECTED


def test_a_prediction_keeps_what_a_person_said(document: Document) -> None:
    paint(document, 100, 100, 2)
    before = document.mask.copy()
    document.predict(np.full((HEIGHT, WIDTH), 1, np.uint8), 7)
    said = before.corrected == 1
    assert np.array_equal(document.mask.labels[said], before.labels[said])
    assert (document.mask.labels[~said] == 1).all()
    assert np.array_equal(document.mask.corrected, before.corrected)
    assert document.status.predicted_by == 7


def test_a_confirmed_image_is_not_predicted(document: Document) -> None:
    document.confirm()
    assert document.predict(np.ones((HEIGHT, WIDTH), np.uint8), 1) is None
    assert not document.mask.labels.any()


def test_correcting_a_confirmed_image_leaves_it_confirmed(document: Document) -> None:
    document.confirm()
    paint(document, 100, 100, 1)
    assert document.status.state is State.CONFIRMED


def test_a_prediction_is_an_undo_step(document: Document) -> None:
    document.predict(np.ones((HEIGHT, WIDTH), np.uint8), 1)
    assert document.status == Status(State.PREDICTED, 1)
    document.undo()
    assert not document.mask.labels.any()
    assert document.status == Status(State.NEW, None)


def test_undo_goes_on_after_reopening_and_after_another_image(project: Project, document: Document) -> None:
    states = [document.mask.copy()]
    for step in range(3):
        paint(document, 60 + 150 * step, 100, 1 + step % 2)
        states.append(document.mask.copy())
    paint(Document(project, project.samples.all()[1]), 10, 10, 1)
    again = reopened(project, document)
    for expected in reversed(states[:-1]):
        assert again.undo() is not None
        assert same(again.mask, expected)
        assert same(reopened(project, document).mask, expected)
    assert again.undo() is None
    for expected in states[1:]:
        assert again.redo() is not None
        assert same(again.mask, expected)
    assert again.redo() is None


def test_a_new_stroke_forgets_what_was_taken_back(document: Document) -> None:
    paint(document, 100, 100, 1)
    document.undo()
    paint(document, 300, 100, 1)
    assert document.history.redo is None
    assert document.history.undo == "Brush"


def test_a_cancelled_stroke_leaves_no_trace(document: Document) -> None:
    paint(document, 100, 100, 1)
    before = document.mask.copy()
    document.begin().assert_class(*round_stroke((300, 100), (500, 200), 50, document.mask.box), 2)
    dirty = document.cancel()
    assert same(document.mask, before)
    assert dirty.width > 200
    assert document.history.undo == "Brush"


def test_undo_waits_for_the_stroke_under_way(document: Document) -> None:
    paint(document, 100, 100, 1)
    document.begin()
    assert document.undo() is None
    document.cancel()
    assert document.undo() is not None


def test_a_stroke_that_changes_nothing_is_no_undo_step(document: Document) -> None:
    paint(document, 100, 100, 1)
    revision = document.revision
    paint(document, 100, 100, 1)
    assert document.revision == revision
    document.undo()
    assert document.history.undo is None


def test_a_revision_names_a_state_which_undo_and_redo_lead_back_to(
    project: Project, document: Document
) -> None:
    paint(document, 100, 100, 1)
    first = document.revision
    paint(document, 200, 100, 2)
    second = document.revision
    document.undo()
    assert document.revision == first != second
    document.redo()
    assert document.revision == second
    document.undo()
    paint(document, 200, 100, 1)
    assert document.revision not in (first, second)

    again = reopened(project, document)  # its history is older than it
    opened = again.revision
    again.undo()
    again.undo()
    assert again.revision != opened
    again.redo()
    again.redo()
    assert again.revision == opened


def test_the_box_of_a_patch_holds_all_that_changed(document: Document) -> None:
    document.begin().assert_class(*round_stroke((250, 250), (270, 250), 11, document.mask.box), 1)
    patch = document.commit("Brush")
    assert patch is not None
    inside = document.mask.labels[patch.box.slices]
    assert np.count_nonzero(inside) == np.count_nonzero(document.mask.labels) > 0


def test_what_cannot_be_saved_did_not_happen(project: Project, document: Document) -> None:
    paint(document, 100, 100, 1)
    before = document.mask.copy()
    project.close()
    document.begin().assert_class(*round_stroke((300, 100), (400, 100), 30, document.mask.box), 1)
    with pytest.raises(ProjectError, match="saved"):
        document.commit("Brush")
    assert same(document.mask, before)
    assert not document.is_editing


def test_history_stays_within_its_budget_and_undo_stays_right(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "small.segdesk", ["a"])
    project.masks._history_budget = 3000
    (sample,) = project.samples.add([NewSample(ImageSource(tmp_path / "x.png"), WIDTH, HEIGHT)])
    document = Document(project, sample)
    masks = [document.mask.copy()]
    for step in range(40):
        paint(document, 10 + 15 * step, 40 + 5 * step, 1, diameter=21)
        masks.append(document.mask.copy())
    undone = 0
    while document.undo() is not None:
        undone += 1
        assert same(document.mask, masks[-1 - undone])
    assert 1 <= undone < 40
    project.close()


step = st.one_of(
    st.tuples(
        st.just("paint"), st.integers(-20, WIDTH + 20), st.integers(-20, HEIGHT + 20), st.integers(0, 2)
    ),
    st.tuples(st.just("predict"), st.integers(0, 2)),
    st.tuples(st.sampled_from(["undo", "redo", "confirm", "reopen", "cancel"])),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(step, max_size=14))
def test_any_sequence_equals_a_list_of_whole_masks(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str | int, ...]]
) -> None:
    project = Project.create(tmp_path_factory.mktemp("any") / "p.segdesk", ["a", "b"])
    (sample,) = project.samples.add([NewSample(ImageSource(Path("x.png")), WIDTH, HEIGHT)])
    document = Document(project, sample)
    past, future = [(document.mask.copy(), document.status)], []
    for action, *values in steps:
        if action == "paint":
            x, y, value = (int(v) for v in values)
            paint(document, x, y, value)
        elif action == "predict":
            document.predict(np.full((HEIGHT, WIDTH), values[0], np.uint8), 1)
        elif action == "confirm":
            document.confirm()
        elif action == "cancel":
            document.begin().confirm()
            document.cancel()
        elif action == "undo":
            document.undo()
            if len(past) > 1:
                future.append(past.pop())
        elif action == "redo":
            document.redo()
            if future:
                past.append(future.pop())
        else:
            project.close()
            project = Project(project.folder)
            document = Document(project, project.samples.get(sample.id))
        if action in ("paint", "predict", "confirm"):
            new = (document.mask.copy(), document.status)
            if not (same(new[0], past[-1][0]) and new[1] == past[-1][1]):
                past.append(new)
                future.clear()
        assert same(document.mask, past[-1][0])
        assert document.status == past[-1][1]
    project.close()
