"""Masks with holes, parts, single pixels, borders and 300 objects, by the libraries that others read with."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image

from segdesk.core.jobs import run
from segdesk.core.project import Project
from segdesk.formats.export import export
from segdesk.formats.items import export_request
from tests.formats.awkward import CLASSES, LABELS, make

# pycocotools' compiled part does not follow NumPy 2 in all it does.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

Labels = NDArray[np.integer[Any]]


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    project = make(tmp_path_factory.mktemp("readers"), CLASSES, labelled=True)
    yield project
    project.close()


def blank(stem: str) -> Labels:
    return np.zeros_like(LABELS[stem])


def loaded_coco(file: Path) -> Any:
    coco = pytest.importorskip("pycocotools.coco", reason="pycocotools is not installed")
    with contextlib.redirect_stdout(io.StringIO()):
        return coco.COCO(str(file))


def by_pycocotools(out: Path, stem: str) -> Labels:
    coco = loaded_coco(out / "annotations.json")
    (image,) = [i["id"] for i in coco.dataset["images"] if i["file_name"] == f"{stem}.png"]
    labels = blank(stem)
    for annotation in coco.loadAnns(coco.getAnnIds([image])):
        labels[coco.annToMask(annotation) == 1] = annotation["category_id"]
    return labels


def by_shapely(out: Path, stem: str) -> Labels:
    shapely = pytest.importorskip("shapely", reason="shapely is not installed")
    labels = blank(stem)
    for feature in json.loads((out / f"{stem}.geojson").read_text(encoding="utf-8"))["features"]:
        geometry = shapely.geometry.shape(feature["geometry"])
        assert geometry.is_valid
        left, top, right, bottom = (int(v) for v in geometry.bounds)
        ys, xs = np.mgrid[top:bottom, left:right]
        inside = shapely.contains_xy(geometry, xs + 0.5, ys + 0.5)
        labels[ys[inside], xs[inside]] = 1 + CLASSES.index(feature["properties"]["classification"]["name"])
    return labels


def by_opencv(out: Path, stem: str) -> Labels:
    """The lines of YOLO, as programs fill them that cut fractions off, in single precision."""
    labels = blank(stem)
    height, width = labels.shape
    for line in (out / "labels" / "train" / f"{stem}.txt").read_text().splitlines():
        number, *points = line.split()
        ring = np.array(points, np.float32).reshape(-1, 2) * np.array([width, height], np.float32)
        covered = np.zeros(labels.shape, np.uint8)
        cv2.fillPoly(covered, [ring.astype(np.int32)], (1,))
        labels[covered == 1] = int(number) + 1
    return labels


def by_pillow(out: Path, stem: str) -> Labels:
    with Image.open(out / "SegmentationClass" / f"{stem}.png") as picture:
        assert picture.mode == "P"
        labels = np.asarray(picture)
    with Image.open(out / "SegmentationObject" / f"{stem}.png") as picture:
        objects = np.asarray(picture)
    assert np.array_equal(objects > 0, labels > 0)
    assert stem != "many" or len(np.unique(objects)) == 301
    return labels


def by_numpy(out: Path, stem: str) -> Labels:
    with np.load(out / f"{stem}.npz") as content:
        assert content["classes"].tolist() == ["background", *CLASSES]
        assert np.array_equal(content["objects"] > 0, content["labels"] > 0)
        return np.asarray(content["labels"])


def by_tifffile(out: Path, stem: str) -> Labels:
    table = [line.split(",", 2) for line in (out / "objects.csv").read_text("utf-8-sig").splitlines()[1:]]
    lookup = np.zeros(1 + len(table), np.uint8)
    for name, number, class_name in table:
        if name == stem:
            lookup[int(number)] = 1 + CLASSES.index(class_name)
    return np.asarray(lookup[tifffile.imread(out / f"{stem}.tif")])


def by_nibabel(out: Path, stem: str) -> Labels:
    nibabel = pytest.importorskip("nibabel", reason="nibabel is not installed")
    return np.asarray(nibabel.load(out / f"{stem}.nii.gz").dataobj)[:, :, 0].T


def by_pydicom(out: Path, stem: str) -> Labels:
    pydicom = pytest.importorskip("pydicom", reason="pydicom is not installed")
    data = pydicom.dcmread(out / f"{stem}-seg.dcm")
    labels = blank(stem)
    frames = np.asarray(pydicom.pixels.pixel_array(data)).reshape(-1, *labels.shape)
    for group, frame in zip(data.PerFrameFunctionalGroupsSequence, frames, strict=True):
        labels[frame == 1] = group.SegmentIdentificationSequence[0].ReferencedSegmentNumber
    return labels


READERS: dict[str, tuple[Callable[[Path, str], Labels], float]] = {
    "coco": (by_pycocotools, 1.0),
    "geojson": (by_shapely, 1.0),
    "yolo": (by_opencv, 0.99),  # a slit leads into each hole
    "voc": (by_pillow, 1.0),
    "npz": (by_numpy, 1.0),
    "instances-tiff": (by_tifffile, 1.0),
    "nifti": (by_nibabel, 1.0),
    "dicom-seg": (by_pydicom, 1.0),
}


@pytest.mark.parametrize("name", READERS)
def test_masks_come_back(full: Project, tmp_path: Path, name: str) -> None:
    read, least = READERS[name]
    run(export(export_request(full, tmp_path), name))
    for stem, truth in LABELS.items():
        found = read(tmp_path, stem)
        either = int(np.count_nonzero((truth > 0) | (found > 0)))
        agreed = int(np.count_nonzero((truth > 0) & (truth == found)))
        assert either == 0 or agreed / either >= least, stem


def test_coco_scores_full_marks_against_itself_with_300_objects(full: Project, tmp_path: Path) -> None:
    run(export(export_request(full, tmp_path), "coco"))
    evaluation = pytest.importorskip("pycocotools.cocoeval", reason="pycocotools is not installed")
    truth = loaded_coco(tmp_path / "annotations.json")
    with contextlib.redirect_stdout(io.StringIO()):
        found = truth.loadRes([a | {"score": 1.0} for a in truth.dataset["annotations"]])
        scores = evaluation.COCOeval(truth, found, "segm")
        scores.params.maxDets = [1, 10, 2000]  # the usual 100 an image would leave some out
        scores.params.areaRng, scores.params.areaRngLbl = [[0, 1e10]], ["all"]
        scores.evaluate()
        scores.accumulate()
    precision = scores.eval["precision"][:, :, :, 0, -1]
    assert (precision == 1.0).all()
