"""What is written of an image that holds another picture than its mask was drawn on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from segdesk.cli.predict import without_other_pictures
from segdesk.core.images import read_image
from segdesk.core.jobs import run
from segdesk.core.project import Project, Sample
from segdesk.core.project.fingerprint import fingerprint, pixel_digest
from segdesk.formats.export import export
from segdesk.formats.items import export_request
from segdesk.formats.measurements import measure_all
from tests.formats.awkward import HEIGHT, WIDTH

# They write the images, or what they make of them, beside the masks or over them.
PICTURES = {
    "overlay": "*.png",
    "cutout": "*.png",
    "yolo": "images/*/*.png",
    "voc": "JPEGImages/*.jpg",
    "training": "images/*.png",
}


def write(sample: Sample, pixels: NDArray[np.uint8], level: int) -> None:
    encoded = cv2.imencode(".png", pixels[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, level])[1]
    sample.source.path.write_bytes(encoded.tobytes())


@pytest.fixture
def changed(project: Project) -> Project:
    """Two labelled images that are known, the first of them with other pixels by now."""
    for sample in project.samples.all():
        known = fingerprint(sample.source.path)
        pixels = pixel_digest(read_image(sample.source))
        project.samples.recognise(sample.id, replace(known, pixels=pixels))
    write(project.samples.all()[0], np.full((HEIGHT, WIDTH, 3), 9, np.uint8), 9)
    return project


@pytest.mark.parametrize("name", [*PICTURES, "class-png", "coco", "labelme"])
def test_it_is_told_and_its_mask_is_not_put_on_that_picture(
    name: str, changed: Project, tmp_path: Path
) -> None:
    report = run(export(export_request(changed, tmp_path / "out"), name))
    (problem,) = report.problems
    assert "one.png has changed since it was added" in problem
    if name in PICTURES:
        assert {path.stem for path in (tmp_path / "out").glob(PICTURES[name])} == {"two"}


def test_a_file_that_was_only_written_anew_is_the_same(changed: Project, tmp_path: Path) -> None:
    sample = changed.samples.all()[1]
    write(sample, read_image(sample.source), 0)
    (problem,) = run(export(export_request(changed, tmp_path / "out"), "overlay")).problems
    assert "one.png" in problem


def test_nothing_is_measured_of_its_light(changed: Project, tmp_path: Path) -> None:
    measured = run(measure_all(export_request(changed, tmp_path)))
    (problem,) = measured.problems
    assert "one.png" in problem
    columns = measured.sheet.columns
    light = next(name for name in columns if name.startswith("intensity_mean"))
    rows = zip(columns["image"], columns[light], strict=True)
    assert {name for name, value in rows if isinstance(value, float)} == {"two.png"}


def test_a_prediction_of_the_project_leaves_it_out(changed: Project) -> None:
    samples, problems = without_other_pictures(changed.samples.all())
    assert [sample.source.path.stem for sample in samples] == ["two", "three"]
    assert len(problems) == 1
