"""What is in a project, which images belong together, and where the split is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from segdesk.core.dataset.contents import Content, count
from segdesk.core.dataset.counting import Counted, overview
from segdesk.core.dataset.grouping import Grouping, groups_by
from segdesk.core.dataset.overview import learned_ids, members
from segdesk.core.document import Document
from segdesk.core.errors import LearningError, ProjectError, SegdeskError
from segdesk.core.images import ImageSource
from segdesk.core.jobs import run
from segdesk.core.loop import training_request
from segdesk.core.mask import Mask, PackedMask
from segdesk.core.patch import State
from segdesk.core.project import NewSample, Project, Sample, Split
from segdesk.core.project.fingerprint import Fingerprint

WIDTH, HEIGHT = 300, 280  # more than a tile


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """Four images: two confirmed, one predicted, one new; the last two files are alike."""
    made = Project.create(tmp_path / "p.segdesk", ["cell", "wall"])
    names = ("A_1.png", "A_2.png", "B_1.png", "sub/B_2.png")
    prints = (Fingerprint("a"), Fingerprint("b"), Fingerprint("c"), Fingerprint("c"))
    made.samples.add(
        NewSample(ImageSource(tmp_path / name), WIDTH, HEIGHT, known)
        for name, known in zip(names, prints, strict=True)
    )
    labels = np.zeros((HEIGHT, WIDTH), np.uint8)
    labels[:10, :10], labels[250:270, 250:290], labels[0, 299] = 1, 1, 2
    one, two, three, _ = made.samples.all()
    for sample in (one, two):
        document = Document(made, sample)
        document.correct("Brush", lambda edit: edit.assert_labels(labels, labels > 0))
        document.confirm()
    Document(made, three).predict(labels, None)
    yield made
    made.close()


def parts(project: Project) -> list[Split | None]:
    return [sample.split for sample in project.samples.all()]


def test_a_mask_is_counted() -> None:
    labels = np.zeros((HEIGHT, WIDTH), np.uint8)
    labels[0:2, 0:2], labels[2, 2], labels[200:, 5] = 1, 1, 2  # the first two touch by a corner
    mask = Mask(labels, (labels == 2).astype(np.uint8))
    found = count(PackedMask.pack(mask), State.CORRECTED)
    assert found.pixels == {0: HEIGHT * WIDTH - 5 - 80, 1: 5, 2: 80}
    assert found.objects == {1: 1, 2: 1}
    assert found.corrected == 80
    assert found.amounts[2] == pytest.approx(80 / (HEIGHT * WIDTH))
    assert count(PackedMask.pack(mask), State.CONFIRMED).corrected == HEIGHT * WIDTH
    empty = count(PackedMask.pack(Mask.empty(4, 5)), State.PREDICTED)
    assert (empty.pixels, empty.objects, empty.corrected) == ({0: 20}, {}, 0)


def test_an_overview(project: Project) -> None:
    project.splits.fix({1: Split.TEST})
    found = run(overview(project.folder))
    assert found.is_complete
    assert found.states == {State.NEW: 1, State.PREDICTED: 1, State.CORRECTED: 0, State.CONFIRMED: 2}
    assert (found.balance[1].images, found.balance[1].objects, found.balance[1].pixels) == (3, 6, 2700)
    assert found.balance_by_part[Split.TEST][1].images == 1
    assert found.balance_by_part[None][1].images == 2
    assert found.parts[None].images == 3
    assert found.parts[Split.TEST].confirmed == 1
    assert found.sizes == (((WIDTH, HEIGHT), 4),)
    assert [s.id for s in found.uncorrected] == [3, 4]
    assert [[s.id for s in copies] for copies in found.duplicates] == [[3, 4]]


def test_what_is_known_is_not_counted_again(project: Project) -> None:
    first = run(overview(project.folder))
    known = {i: replace(c, corrected=-1) for i, c in first.contents.items() if i != 2}
    again = run(overview(project.folder, known))
    assert [again.contents[i].corrected for i in (1, 2, 3)] == [-1, HEIGHT * WIDTH, -1]
    steps = [step for step in overview(project.folder) if isinstance(step, Counted) and step.overview]
    assert steps[0].overview is not None
    assert not steps[0].overview.is_complete


def test_what_was_counted_is_kept_until_the_mask_changes(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[int] = []

    def counting(mask: PackedMask, state: State) -> Content:
        counted.append(int(mask.labels.unpack().sum()))
        return count(mask, state)

    monkeypatch.setattr("segdesk.core.dataset.counting.count", counting)
    first = run(overview(project.folder, keep=True))
    assert len(counted) == 3
    again = run(overview(project.folder))
    assert len(counted) == 3
    assert again.contents == first.contents
    document = Document(project, project.samples.get(3))
    full = np.ones((HEIGHT, WIDTH), np.uint8)
    document.correct("Brush", lambda edit: edit.assert_labels(full, full > 0))
    changed = run(overview(project.folder, keep=True))
    assert counted[3:] == [HEIGHT * WIDTH]
    assert changed.contents[3].pixels == {1: HEIGHT * WIDTH}
    document.undo()
    assert run(overview(project.folder, keep=True)).contents == first.contents
    project.samples.remove(3)
    assert [key for (key,) in project.raw.execute("SELECT key FROM meta WHERE key LIKE 'content%'")] == [
        "content-1",
        "content-2",
    ]


@pytest.mark.parametrize("text", ["", "[]", "[1, 2, 3, 4]", "[0, [], [], 0]", '[1, [["x", 1]], null, 0]'])
def test_a_count_that_makes_no_sense_is_made_anew(project: Project, text: str) -> None:
    found = run(overview(project.folder, keep=True))
    project.raw.execute("UPDATE meta SET value = substr(value, 1, instr(value, ' ')) || ? WHERE key = ?",
                        (text, "content-2"))  # fmt: skip
    assert run(overview(project.folder)).contents == found.contents


def test_masks_whose_history_is_gone_are_known_by_their_tiles(project: Project) -> None:
    project.masks.settle()
    project.raw.execute("DELETE FROM patches")
    before = run(overview(project.folder, keep=True))
    assert project.counts.mark(1) != project.counts.mark(3)
    project.raw.execute("DELETE FROM tiles WHERE sample = 1 AND y = 0 AND plane = 0")
    assert dict(project.counts.valid()).keys() == {2, 3}
    assert run(overview(project.folder)).contents[1] != before.contents[1]


def test_a_damaged_mask_is_named_and_the_others_count(project: Project) -> None:
    project.masks.settle()
    project.raw.execute("UPDATE tiles SET data = x'0102' WHERE sample = 2 AND plane = 0")
    found = run(overview(project.folder))
    assert set(found.contents) == {1, 3}
    assert found.is_complete
    assert "A_2.png" in found.problems[0]


def test_groups(project: Project, tmp_path: Path) -> None:
    every = project.samples.all()
    folders = list(groups_by(Grouping.FOLDER, every).values())
    assert folders[0] == folders[1] == folders[2] != folders[3] == "sub"
    named = groups_by(Grouping.PATTERN, every, r"^(\w)_")
    assert list(named.values()) == ["A", "A", "B", "B"]
    assert groups_by(Grouping.PATTERN, every, "A_.")[3] is None
    pages = [Sample(n, ImageSource(tmp_path / "stack.tif", n), 4, 4, every[0].status) for n in (8, 9)]
    assert groups_by(Grouping.FILE, [*every, *pages])[8] == "stack.tif"
    assert groups_by(Grouping.FILE, [*every, *pages])[1] is None
    for pattern in ("(", ""):
        with pytest.raises(SegdeskError):
            groups_by(Grouping.PATTERN, every, pattern)


def test_copies_stay_together_whatever_their_groups(project: Project) -> None:
    every = project.samples.all()
    found = members(every, {}, {1: "x", 2: None, 3: "x", 4: "y"})
    groups = [member.group for member in found]
    assert groups[0] == groups[2] == groups[3] != groups[1]


def test_a_drawing_leaves_what_is_fixed(project: Project) -> None:
    project.splits.fix({2: Split.TEST})
    project.splits.draw(dict.fromkeys((1, 2, 3, 4), Split.TRAIN))
    assert parts(project) == [Split.TRAIN, Split.TEST, Split.TRAIN, Split.TRAIN]
    project.splits.free([2])
    project.splits.draw({2: Split.VALIDATION, 1: None})
    assert parts(project)[:2] == [None, Split.VALIDATION]
    project.splits.group({1: "patient", 2: ""})
    project.splits.clear()
    assert parts(project) == [None] * 4
    assert [s.group for s in project.samples.all()][:2] == ["patient", None]


def test_nothing_is_written_where_nothing_may_be(project: Project) -> None:
    looked = Project(project.folder, write=False)
    with pytest.raises(ProjectError):
        looked.splits.fix({1: Split.TEST})
    looked.close()


def test_a_split_that_nobody_writes_is_damage_that_can_be_repaired(project: Project) -> None:
    from segdesk.core.project.soundness import check_rows, drop_rows

    project.raw.execute("UPDATE samples SET split = 'half', split_group = 5 WHERE id = 1")
    with pytest.raises(ProjectError):
        check_rows(project.raw)
    drop_rows(project.raw)
    assert (project.samples.get(1).split, project.samples.get(1).group) == (None, None)


def test_test_images_take_no_part_in_learning_and_validation_images_are_held(project: Project) -> None:
    project.splits.fix({1: Split.TEST})
    request = training_request(project)
    assert [(s.sample_id, s.held) for s in request.samples] == [(2, False)]
    project.splits.fix({1: Split.VALIDATION})
    assert [(s.sample_id, s.held) for s in training_request(project).samples] == [(1, True), (2, False)]
    project.splits.fix({2: Split.TEST})
    with pytest.raises(LearningError, match="validation or test"):
        training_request(project)


def test_a_version_has_learned_from_what_its_forebears_learned_from() -> None:
    versions = {1: (None, (7,)), 2: (1, (8,)), 3: (1, (9,))}
    assert learned_ids(versions, 2) == {7, 8}
    assert learned_ids(versions, None) == set()
    assert learned_ids({1: (1, (5,))}, 1) == {5}
