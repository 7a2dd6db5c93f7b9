"""Objects of one class that touch stay apart through every format that numbers or lists objects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from segdesk.core.document import Document
from segdesk.core.geometry import Box
from segdesk.core.images import ImageSource
from segdesk.core.jobs import run
from segdesk.core.objects.numbering import Numbering
from segdesk.core.patch import State
from segdesk.core.project import NewSample, Project
from segdesk.formats.class_mapping import default_mapping
from segdesk.formats.export import export
from segdesk.formats.fidelity import contents, expected_losses, read_back
from segdesk.formats.importers import read_annotations
from segdesk.formats.items import export_request, keep_numbers
from segdesk.formats.taking import Choices, Conflict, Standing, take

HEIGHT, WIDTH, COUNT = 240, 300, 300
Ids = NDArray[np.int32]


def cells() -> Ids:
    """As many cells, all of which touch others, on a ground that shows at the rim."""
    rng = np.random.default_rng(1)
    rows, columns = np.divmod(np.arange(COUNT), 20)
    y0 = 8 + rows * 15 + rng.integers(0, 9, COUNT)
    x0 = 8 + columns * 14 + rng.integers(0, 9, COUNT)
    y, x = np.indices((HEIGHT, WIDTH))
    distance = (y[..., None] - y0) ** 2 + (x[..., None] - x0) ** 2
    nearest = distance.argmin(axis=2)
    return np.where(distance.min(axis=2) < 12**2, nearest + 1, 0).astype(np.int32)


IDS = cells()


def make(folder: Path, *, labelled: bool) -> Project:
    project = Project.create(folder / "p.segdesk", ["nucleus"])
    (folder / "images").mkdir(exist_ok=True)
    file = folder / "images" / "one.png"
    Image.fromarray(np.full((HEIGHT, WIDTH), 90, np.uint8)).save(file)
    (sample,) = project.samples.add([NewSample(ImageSource(file), WIDTH, HEIGHT)])
    if labelled:
        document = Document(project, sample)
        edit = document.begin()
        edit.assert_labels((IDS > 0).astype(np.uint8), np.ones(IDS.shape, np.bool_))
        edit.divide(Box(0, 0, WIDTH, HEIGHT), IDS)
        document.commit("Draw")
        document.confirm()
    return project


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("touching")


@pytest.fixture(scope="module")
def full(place: Path) -> Iterator[Project]:
    project = make(place, labelled=True)
    yield project
    project.close()


def found_in(project: Project) -> Numbering:
    (sample,) = project.samples.all()
    mask = project.masks.load(sample)
    return Numbering(mask.labels, mask.borders, project.numbers.of(sample.id))


def instances(ids: Ids) -> set[bytes]:
    """Which pixels hang together, whatever their numbers."""
    places = np.argsort(ids, axis=None, kind="stable")
    numbers = ids.ravel()[places]
    parts = np.split(places, np.flatnonzero(np.diff(numbers)) + 1)
    return {part.tobytes() for part in parts if ids.ravel()[part[0]]}


FORMATS = (
    "instances-png", "instances-tiff", "npz", "coco", "coco-polygons", "labelme", "xanylabeling", "isat",
    "yolo", "voc", "geojson", "cellpose",
)  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
def test_three_hundred_that_touch_come_back_as_the_same(
    full: Project, place: Path, tmp_path: Path, name: str
) -> None:
    request = export_request(full, place / name)
    run(export(request, name))
    bare = make(tmp_path, labelled=False)
    reading = run(read_annotations(place / name, bare.samples.all()))
    assert reading.problems == ()
    assert reading.pictures[0].objects == COUNT
    run(take(bare, reading, Choices(default_mapping(reading.classes, bare.classes.all()))))
    assert bare.samples.all()[0].state is State.CONFIRMED
    assert instances(found_in(bare).ids) == instances(IDS)
    fidelity = run(read_back(request, name, place / name))
    assert fidelity is not None
    assert fidelity.worst == 1.0
    assert fidelity.read == fidelity.objects == COUNT
    assert expected_losses(run(contents(request)), name)[: name != "cellpose"] == ()
    bare.close()


@pytest.mark.parametrize("name", ["class-png", "binary-png", "training"])
def test_what_knows_no_objects_says_so_before(full: Project, place: Path, name: str) -> None:
    found = run(contents(export_request(full, place)))
    assert found.objects == COUNT
    (loss,) = expected_losses(found, name)
    assert str(found.touching) in loss
    assert 200 < found.touching < COUNT


def test_they_come_in_as_a_prediction_too_and_corrections_keep_theirs(place: Path, tmp_path: Path) -> None:
    bare = make(tmp_path, labelled=False)
    out = place / "instances-png"
    (sample,) = bare.samples.all()
    document = Document(bare, sample)
    document.correct(
        "Draw", lambda edit: edit.assert_class(Box(0, 0, 40, HEIGHT), np.ones((HEIGHT, 40), np.bool_), 1)
    )
    reading = run(read_annotations(out, bare.samples.all()))
    mapping = default_mapping(reading.classes, bare.classes.all())
    run(take(bare, reading, Choices(mapping, Standing.PREDICTION, Conflict.UNLABELLED)))
    mask = bare.masks.load(sample)
    assert mask.borders is not None
    assert not mask.borders[:, :39].any()
    again = instances(np.where(np.arange(WIDTH) < 60, 0, found_in(bare).ids))
    assert len(again & instances(np.where(np.arange(WIDTH) < 60, 0, IDS))) > 200
    assert not mask.corrected[:, 40:].any()
    bare.close()


def test_numbers_stay_in_exports_while_others_come_and_go(full: Project, tmp_path: Path) -> None:
    def exported(out: Path) -> tuple[Ids, dict[int, list[int]]]:
        request = export_request(full, out)
        run(export(request, "instances-png"))
        keep_numbers(full, request)
        run(export(export_request(full, out), "coco"))
        listed = json.loads((out / "annotations.json").read_text(encoding="utf-8"))["annotations"]
        ids = np.asarray(Image.open(out / "one.png")).astype(np.int32)
        return ids, {entry["id"]: entry["bbox"] for entry in listed}

    (sample,) = full.samples.all()
    document = Document(full, sample)
    before, listed = exported(tmp_path / "first")
    assert instances(before) == instances(IDS)
    gone = before == before[12, 12]
    document.correct("Delete", lambda edit: edit.assert_class(document.mask.box, gone, 0))
    after, shorter = exported(tmp_path / "second")
    assert np.array_equal(after, np.where(gone, 0, before))
    assert shorter.items() <= listed.items()
    assert len(shorter) == COUNT - 1
    document.undo()
    again, as_ever = exported(tmp_path / "third")
    assert np.array_equal(again, before)
    assert as_ever == listed


@pytest.mark.parametrize("name", ["instances-png", "instances-tiff", "npz"])
def test_the_numbers_of_a_file_stay_with_its_objects(
    full: Project, place: Path, tmp_path: Path, name: str
) -> None:
    request = export_request(full, tmp_path / name)
    run(export(request, name))
    bare = make(tmp_path, labelled=False)
    reading = run(read_annotations(tmp_path / name, bare.samples.all()))
    run(take(bare, reading, Choices(default_mapping(reading.classes, bare.classes.all()))))
    assert np.array_equal(found_in(bare).ids, request.items[0].numbering().ids)
    bare.close()


def test_a_file_a_nucleus_makes_objects_of_nuclei_that_touch(tmp_path: Path) -> None:
    folder = tmp_path / "set" / "n1"
    (folder / "images").mkdir(parents=True)
    (folder / "masks").mkdir()
    Image.fromarray(np.full((HEIGHT, WIDTH), 90, np.uint8)).save(folder / "images" / "n1.png")
    wanted = np.where(np.isin(IDS, range(1, 41)), IDS, 0)
    for number in range(1, 41):
        Image.fromarray((wanted == number) * np.uint8(255)).save(folder / "masks" / f"{number}.png")
    project = Project.create(tmp_path / "p.segdesk", ["nucleus"])
    reading = run(read_annotations(tmp_path / "set", []))
    run(take(project, reading, Choices(default_mapping(reading.classes, project.classes.all()))))
    assert instances(found_in(project).ids) == instances(wanted)
    project.close()
