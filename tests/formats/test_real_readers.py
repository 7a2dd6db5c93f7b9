"""What is exported is read by the programs that it is meant for, where they are installed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image
from pycocotools.coco import COCO

from segdesk.core.jobs import run
from segdesk.core.project import Project
from segdesk.formats.export import export
from segdesk.formats.items import export_request
from segdesk.formats.voc import palette
from tests.formats.awkward import HEIGHT, WIDTH, awkward_labels

pytestmark = pytest.mark.filterwarnings("ignore")
NUMBERS = {"cell": 1, "=cmd|wall/": 2}


def written(project: Project, name: str, out: Path) -> Path:
    run(export(export_request(project, out), name))
    return out


def blank() -> NDArray[np.uint8]:
    return np.zeros((HEIGHT, WIDTH), np.uint8)


@pytest.mark.parametrize("name", ["labelme", "xanylabeling"])
def test_labelmes_own_class_reads_it(project: Project, tmp_path: Path, name: str) -> None:
    reason = "labelme is not installed"
    file_class = pytest.importorskip("labelme._label_file", reason=reason).LabelFile
    shape_to_mask = pytest.importorskip("labelme.utils", reason=reason).shape_to_mask
    file = file_class(str(written(project, name, tmp_path / "out") / "one.json"))
    again = blank()
    for shape in file.shapes:
        if shape["shape_type"] == "mask":
            (x1, y1), (x2, y2) = np.array(shape["points"], int)
            again[y1 : y2 + 1, x1 : x2 + 1][np.asarray(shape["mask"], bool)] = NUMBERS[shape["label"]]
        else:
            covered = shape_to_mask(again.shape, shape["points"], shape_type=shape["shape_type"])
            again[covered] = NUMBERS[shape["label"]]
    assert np.array_equal(again, awkward_labels())


def test_shapely_finds_the_outlines_valid_and_they_cover_the_mask(project: Project, tmp_path: Path) -> None:
    shapely = pytest.importorskip("shapely", reason="shapely is not installed")
    content = json.loads((written(project, "geojson", tmp_path / "out") / "one.geojson").read_text())
    again = blank()
    ys, xs = np.mgrid[0:HEIGHT, 0:WIDTH] + 0.5
    for feature in content["features"]:
        geometry = shapely.geometry.shape(feature["geometry"])
        assert geometry.is_valid
        name = feature["properties"]["classification"]["name"]
        again[shapely.contains_xy(geometry, xs, ys)] = NUMBERS[name]
    assert np.array_equal(again, awkward_labels())


def test_pycocotools_fills_our_polygons_as_we_mean_them(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    coco = COCO(str(written(project, "coco-polygons", tmp_path / "out") / "annotations.json"))
    (image_id,) = [i["id"] for i in coco.dataset["images"] if i["file_name"] == "one.png"]
    again = blank()
    annotations: list[dict[str, Any]] = coco.loadAnns(coco.getAnnIds([image_id]))
    for annotation in annotations:
        again[coco.annToMask(annotation) == 1] = annotation["category_id"]
    filled = awkward_labels()
    filled[18:32, 18:32] = 1
    assert np.array_equal(again, filled)
    assert all(annotation["iscrowd"] is False for annotation in annotations)
    capsys.readouterr()


def test_opencv_fills_the_lines_of_yolo_with_the_hole(project: Project, tmp_path: Path) -> None:
    out = written(project, "yolo", tmp_path / "out")
    again = blank()
    for line in (out / "labels" / "train" / "one.txt").read_text().splitlines():
        number, *points = line.split()
        ring = np.array(points, float).reshape(-1, 2) * (WIDTH, HEIGHT)
        covered = blank()
        cv2.fillPoly(covered, [np.rint(ring).astype(np.int32)], (1,))
        again[covered == 1] = int(number) + 1
    assert np.array_equal(again, awkward_labels())
    assert '1: "=cmd|wall/"' in (out / "data.yaml").read_text()


def test_pillow_reads_the_indices_of_voc_and_the_palette_is_its_own(project: Project, tmp_path: Path) -> None:
    out = written(project, "voc", tmp_path / "out")
    with Image.open(out / "SegmentationClass" / "one.png") as picture:
        assert picture.mode == "P"
        assert np.array_equal(np.asarray(picture), awkward_labels())
        colors = np.array(picture.getpalette(), np.uint8).reshape(-1, 3)
    assert np.array_equal(colors[:3], [[0, 0, 0], [128, 0, 0], [0, 128, 0]])
    assert palette()[255].tolist() == [224, 224, 192]
    with Image.open(out / "SegmentationObject" / "one.png") as picture:
        assert np.unique(np.asarray(picture)).tolist() == list(range(7))
    names = (out / "ImageSets" / "Segmentation" / "train.txt").read_text().split()
    assert all((out / "JPEGImages" / f"{name}.jpg").is_file() for name in names)


def test_numbers_of_objects_and_arrays_read_as_such(project: Project, tmp_path: Path) -> None:
    ids = tifffile.imread(written(project, "instances-tiff", tmp_path / "t") / "one.tif")
    assert ids.dtype == np.uint16
    assert ids.max() == 6
    assert np.array_equal(ids > 0, awkward_labels() > 0)
    with np.load(written(project, "npz", tmp_path / "n") / "one.npz") as content:
        assert np.array_equal(content["labels"], awkward_labels())
        assert content["classes"].tolist() == ["background", *NUMBERS]
    cell = np.load(written(project, "cellpose", tmp_path / "c") / "one_seg.npy", allow_pickle=True).item()
    assert np.array_equal(cell["masks"], ids)
    assert (cell["outlines"] <= cell["masks"]).all()
    assert cell["outlines"][24, 24] == cell["masks"][24, 24]
    assert cell["outlines"][14, 14] == 0, "within"


def test_rootpainter_gets_what_a_person_said(project: Project, tmp_path: Path) -> None:
    out = written(project, "rootpainter", tmp_path / "out")
    annotation = np.asarray(Image.open(out / "cell" / "annotations" / "one.png"))
    assert np.array_equal(annotation[..., 0] > 0, awkward_labels() == 1)
    assert np.array_equal(annotation[..., 1] > 0, awkward_labels() != 1)
    predicted = np.asarray(Image.open(out / "cell" / "annotations" / "two.png"))
    assert not predicted.any(), "a prediction is no annotation"
    segmentation = np.asarray(Image.open(out / "cell" / "segmentations" / "two.png"))
    assert (segmentation == (0, 255, 255, 180)).all()
