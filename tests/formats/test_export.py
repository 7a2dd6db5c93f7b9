"""What is exported reads back, with the readers that other tools use, as what was on screen."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from segdesk.core.errors import FormatError
from segdesk.core.jobs import run
from segdesk.core.project import Project
from segdesk.formats.export import export
from segdesk.formats.items import ExportReport, export_request
from segdesk.formats.registry import export_formats
from segdesk.formats.runs import decode_runs
from tests.formats.awkward import awkward_labels

# pycocotools' compiled part does not follow NumPy 2 in all it does.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def written(project: Project, name: str, out: Path) -> ExportReport:
    report = run(export(export_request(project, out), name))
    assert all(file.is_file() for file in report.files)
    return report


def test_class_indices(project: Project, tmp_path: Path) -> None:
    written(project, "class-png", tmp_path / "out")
    with Image.open(tmp_path / "out" / "one.png") as image:
        assert image.mode == "L"
        assert np.array_equal(np.asarray(image), awkward_labels())
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["classes.txt", "one.png", "two.png"]
    assert (tmp_path / "out" / "classes.txt").read_text().splitlines()[:2] == ["0 background", "1 cell"]


def test_one_black_and_white_plane_a_class(project: Project, tmp_path: Path) -> None:
    report = written(project, "binary-png", tmp_path / "out")
    planes = {
        file.relative_to(tmp_path / "out").parts[0]: file for file in report.files if file.stem == "one"
    }
    assert len(planes) == 2
    cell = np.asarray(Image.open(planes.pop("cell")))
    wall = np.asarray(Image.open(planes.popitem()[1]))
    assert np.array_equal(cell, (awkward_labels() == 1) * np.uint8(255))
    assert np.array_equal(wall, (awkward_labels() == 2) * np.uint8(255))


def test_an_overlay_tints_what_belongs_to_a_class_and_nothing_else(project: Project, tmp_path: Path) -> None:
    written(project, "overlay", tmp_path / "out")
    shown = np.asarray(Image.open(tmp_path / "out" / "one.png"))
    image = np.asarray(Image.open(tmp_path / "images" / "one.png"))
    inside = awkward_labels() != 0
    assert np.array_equal(shown[~inside], image[~inside])
    assert (shown[inside] != image[inside]).any(axis=1).mean() > 0.99
    assert tuple(shown[10, 10]) == project.classes.all()[1].color


def test_a_cut_out_is_see_through_outside(project: Project, tmp_path: Path) -> None:
    written(project, "cutout", tmp_path / "out")
    cut = np.asarray(Image.open(tmp_path / "out" / "one.png"))
    image = np.asarray(Image.open(tmp_path / "images" / "one.png"))
    assert np.array_equal(cut[:, :, :3], image)
    assert np.array_equal(cut[:, :, 3], (awkward_labels() != 0) * np.uint8(255))


def test_coco_is_read_by_pycocotools_and_gives_the_mask_back(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (file,) = written(project, "coco", tmp_path / "out").files
    coco = COCO(str(file))
    (image_id,) = [i["id"] for i in coco.dataset["images"] if i["file_name"] == "one.png"]
    again = np.zeros_like(awkward_labels())
    annotations: list[dict[str, Any]] = coco.loadAnns(coco.getAnnIds([image_id]))
    for annotation in annotations:
        mask = coco.annToMask(annotation)
        assert mask.sum() == annotation["area"]
        ys, xs = np.nonzero(mask)
        assert annotation["bbox"] == [xs.min(), ys.min(), np.ptp(xs) + 1, np.ptp(ys) + 1]
        counts = annotation["segmentation"]["counts"]
        assert np.array_equal(decode_runs(counts, *again.shape), mask)
        again[mask == 1] = annotation["category_id"]
    assert np.array_equal(again, awkward_labels())
    assert len(annotations) == 6
    assert sorted(a["id"] for a in annotations) == [image_id * 1_000_000 + n for n in range(1, 7)]
    assert [c["name"] for c in coco.dataset["categories"]] == ["cell", "=cmd|wall/"]
    capsys.readouterr()


def test_coco_scores_full_marks_against_itself(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (file,) = written(project, "coco", tmp_path / "out").files
    truth = COCO(str(file))
    found = truth.loadRes([a | {"score": 1.0} for a in json.loads(file.read_text())["annotations"]])
    scores = COCOeval(truth, found, "segm")
    scores.evaluate()
    scores.accumulate()
    scores.summarize()
    assert scores.stats[0] == pytest.approx(1.0)
    capsys.readouterr()


def test_areas_add_up_and_no_name_is_a_formula(project: Project, tmp_path: Path) -> None:
    (file,) = written(project, "csv", tmp_path / "out").files
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = [row for row in csv.DictReader(text) if row["image"] == "one.png"]
    assert [int(row["pixels"]) for row in rows] == np.bincount(awkward_labels().ravel()).tolist()
    assert sum(float(row["share"]) for row in rows) == pytest.approx(1, abs=1e-5)
    assert rows[2]["class"] == "'=cmd|wall/"
    assert rows[0]["state"] == "confirmed"


def test_new_samples_are_not_exported(project: Project, tmp_path: Path) -> None:
    assert [item.stem for item in export_request(project, tmp_path).items] == ["one", "two"]


def test_a_vanished_image_is_reported_and_the_others_are_written(project: Project, tmp_path: Path) -> None:
    (tmp_path / "images" / "one.png").unlink()
    report = written(project, "overlay", tmp_path / "out")
    assert [file.name for file in report.files] == ["two.png"]
    assert len(report.problems) == 1
    assert "one.png" in report.problems[0]


def test_what_cannot_be_exported_is_said(project: Project, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="no model to export yet"):
        written(project, "model", tmp_path / "out")
    with pytest.raises(FormatError, match="no export format named tiff-ish"):
        written(project, "tiff-ish", tmp_path / "out")
    empty = Project.create(tmp_path / "empty.segdesk", ["x"])
    with pytest.raises(FormatError, match="nothing to export yet"):
        written(empty, "coco", tmp_path / "out")
    empty.close()
    assert not (tmp_path / "out").exists()


def test_every_format_says_what_it_is() -> None:
    for name, entry in export_formats().items():
        assert entry.name == name
        assert entry.title
        assert entry.description.endswith(".")
