"""Each format gives back what was written: holes, parts, single pixels, borders, and many objects."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from segdesk.core.jobs import run
from segdesk.core.patch import State
from segdesk.core.project import Project
from segdesk.formats.class_mapping import default_mapping
from segdesk.formats.export import export
from segdesk.formats.fidelity import Fidelity, contents, expected_losses, read_back
from segdesk.formats.importers import read_annotations, recognised
from segdesk.formats.items import export_request
from segdesk.formats.registry import export_format, export_formats
from segdesk.formats.taking import Choices, take
from tests.formats.awkward import CLASSES, LABELS, make


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("trips")


@pytest.fixture(scope="module")
def full(place: Path) -> Iterator[Project]:
    project = make(place, CLASSES, labelled=True)
    yield project
    project.close()


EXACT = [name for name, entry in export_formats().items() if entry.reader and name not in
         ("coco-polygons", "xanylabeling", "yolo", "cellpose")]  # fmt: skip


def checked(project: Project, name: str, out: Path) -> Fidelity:
    request = export_request(project, out)
    if not out.exists():
        run(export(request, name))
    fidelity = run(read_back(request, name, out))
    assert fidelity is not None
    assert fidelity.problems == ()
    assert set(fidelity.iou) == set(LABELS)
    return fidelity


@pytest.mark.parametrize("name", [*EXACT, "cellpose"])
def test_what_a_format_can_hold_comes_back_exactly(full: Project, place: Path, name: str) -> None:
    fidelity = checked(full, name, place / name)
    assert fidelity.worst == 1.0, fidelity.iou
    assert "exactly" in fidelity.text()


@pytest.mark.parametrize("name", ["xanylabeling", "yolo"])
def test_a_slit_into_a_hole_costs_next_to_nothing(full: Project, place: Path, name: str) -> None:
    fidelity = checked(full, name, place / name)
    assert fidelity.worst >= 0.99, fidelity.iou
    assert fidelity.read == fidelity.objects > 300


def test_polygons_of_coco_fill_holes_and_say_so_before_and_after(full: Project, place: Path) -> None:
    request = export_request(full, place / "coco-polygons")
    found = run(contents(request))
    assert found.images == len(LABELS)
    assert found.with_holes > 0
    assert found.of_parts > 0
    assert found.single_pixels > 0
    (loss,) = expected_losses(found, "coco-polygons")
    assert str(found.with_holes) in loss
    assert expected_losses(found, "coco") == ()
    fidelity = checked(full, "coco-polygons", place / "coco-polygons")
    assert fidelity.iou["many"] == 1.0, "there are no holes in discs"
    assert fidelity.iou["one"] < 1
    assert "IoU" in fidelity.text()


@pytest.mark.parametrize("name", EXACT)
def test_an_export_imports_into_a_bare_project(full: Project, place: Path, tmp_path: Path, name: str) -> None:
    out = place / name
    if not out.exists():
        run(export(export_request(full, out), name))
    (tmp_path / "images").symlink_to(place / "images")
    bare = make(tmp_path, CLASSES, labelled=False)
    assert recognised(out).name == export_format(name).reader
    reading = run(read_annotations(out, bare.samples.all()))
    taken = run(take(bare, reading, Choices(default_mapping(reading.classes, bare.classes.all()))))
    # An image without any object is in no folder of a class.
    assert len(taken.samples) == len(LABELS)
    assert [c.name for c in bare.classes.all()] == ["background", *CLASSES]
    for sample in bare.samples.all():
        assert sample.state is State.CONFIRMED
        mask = bare.masks.load(sample)
        assert np.array_equal(mask.labels, LABELS[sample.source.path.stem]), sample
    bare.close()
