"""Label pictures of stacks: a page of the file a page of the image, read back as it was."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile

from segdesk.core.document import Document
from segdesk.core.images import ImageSource
from segdesk.core.jobs import run
from segdesk.core.mask import Plane
from segdesk.core.project import NewSample, Project
from segdesk.formats.class_mapping import chosen_mapping
from segdesk.formats.export import export
from segdesk.formats.importers import read_annotations, recognised
from segdesk.formats.items import export_request
from segdesk.formats.taking import Choices, take

PAGES, HEIGHT, WIDTH = 3, 12, 20


def _labels(page: int) -> Plane:
    labels = np.zeros((HEIGHT, WIDTH), np.uint8)
    labels[1:4, 1 : 4 + page] = 1 + page % 2
    labels[6:9, 10:14] = 2
    return labels


def _project(folder: Path, image: Path) -> Project:
    project = Project.create(folder, ["one", "two"])
    project.samples.add([NewSample(ImageSource(image, page), WIDTH, HEIGHT) for page in range(PAGES)])
    return project


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "images" / "stack.tiff"
    path.parent.mkdir()
    tifffile.imwrite(path, np.zeros((PAGES, HEIGHT, WIDTH), np.uint8), photometric="minisblack")
    return path


@pytest.mark.parametrize("labelled", [PAGES, PAGES - 1])
def test_pages_that_are_all_labelled_are_one_file(labelled: int, image: Path, tmp_path: Path) -> None:
    project = _project(tmp_path / "a.segdesk", image)
    for sample in project.samples.all()[:labelled]:
        document = Document(project, sample)
        document.predict(_labels(sample.source.page), None)
        document.confirm()
    report = run(export(export_request(project, tmp_path / "out"), "instances-tiff"))
    names = [path.name for path in report.files]
    project.close()
    if labelled == PAGES:
        assert names == ["stack.tif", "objects.csv"]
        assert tifffile.imread(tmp_path / "out" / "stack.tif").shape == (PAGES, HEIGHT, WIDTH)
    else:
        assert names == ["stack-p001.tif", "stack-p002.tif", "objects.csv"]

    again = _project(tmp_path / "b.segdesk", image)
    reading = run(read_annotations(tmp_path / "out", again.samples.all(), "instances"))
    assert reading.problems == reading.unmatched == ()
    mapping = chosen_mapping(reading.classes, again.classes.all(), [])
    run(take(again, reading, Choices(mapping)))
    for sample in again.samples.all()[:labelled]:
        assert np.array_equal(again.masks.load(sample).labels, _labels(sample.source.page))
    again.close()


@pytest.mark.parametrize("name", ["stack_Simple Segmentation.tiff", "stack-labels_Object Identities.tif"])
def test_what_ilastik_writes_is_known_by_its_name(name: str, image: Path, tmp_path: Path) -> None:
    project = _project(tmp_path / "a.segdesk", image)
    (tmp_path / "out").mkdir()
    pages = np.stack([_labels(page) for page in range(PAGES)])
    tifffile.imwrite(tmp_path / "out" / name, pages, photometric="minisblack")
    assert recognised(tmp_path / "out").name == "images"
    reading = run(read_annotations(tmp_path / "out", project.samples.all()))
    assert reading.unmatched == ()
    assert [p.target.source.page for p in reading.pictures] == [0, 1, 2]
    assert np.array_equal(reading.pictures[1].labels.unpack(), _labels(1))
    project.close()
