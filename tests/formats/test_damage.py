"""What is damaged is named, and all the rest is read."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from segdesk.core.errors import FormatError
from segdesk.core.jobs import run
from segdesk.core.project import Project
from segdesk.formats.export import export
from segdesk.formats.importers import read_annotations
from segdesk.formats.items import export_request
from segdesk.formats.registry import export_format
from tests.formats.awkward import CLASSES, LABELS, make

SMALL = {name: LABELS[name] for name in ("one", "dots")}

# A file that is about the image "dots" alone.
FILES = {
    "class-png": "dots.png",
    "binary-png": "cell/dots.png",
    "labelme": "dots.json",
    "isat": "dots.json",
    "geojson": "dots.geojson",
    "instances-png": "dots.png",
    "instances-tiff": "dots.tif",
    "cellpose": "dots_seg.npy",
    "npz": "dots.npz",
    "voc": "SegmentationClass/dots.png",
    "nifti": "dots.nii.gz",
    "dicom-seg": "dots-seg.dcm",
}
DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "cut short": lambda data: data[: len(data) // 2],
    "empty": lambda _: b"",
    "a web page": lambda _: b"<!DOCTYPE html><html>Not found</html>",
    "latin-1": lambda data: b"\xff\xfe\xe4" + data[3:],
}


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    project = make(tmp_path_factory.mktemp("damage"), CLASSES, labelled=True, labels_of=SMALL)
    yield project
    project.close()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("exports")


def copied(full: Project, place: Path, name: str, out: Path) -> Path:
    """An export to damage; made once."""
    if not (place / name).exists():
        run(export(export_request(full, place / name), name))
    shutil.copytree(place / name, out)
    return out


@pytest.mark.parametrize("kind", DAMAGE)
@pytest.mark.parametrize("name", FILES)
def test_one_bad_file_spoils_no_other(
    full: Project, place: Path, tmp_path: Path, name: str, kind: str
) -> None:
    out = copied(full, place, name, tmp_path / "out")
    bad = out / FILES[name]
    bad.write_bytes(DAMAGE[kind](bad.read_bytes()))
    if name == "dicom-seg" and kind == "latin-1":
        pytest.skip("the first 128 bytes of a DICOM file may be anything")
    reading = run(read_annotations(out, full.samples.all(), export_format(name).reader))
    assert {p.target.source.path.stem for p in reading.pictures} == SMALL.keys() - {"dots"}
    (problem,) = reading.problems
    assert bad.name in problem


@pytest.mark.parametrize("kind", DAMAGE)
@pytest.mark.parametrize("whole", [True, False])
def test_the_one_file_of_coco_is_named_whether_the_format_is_said_or_not(
    full: Project, place: Path, tmp_path: Path, kind: str, whole: bool
) -> None:
    out = copied(full, place, "coco", tmp_path / "out")
    bad = out / "annotations.json"
    bad.write_bytes(DAMAGE[kind](bad.read_bytes()))
    with pytest.raises(FormatError, match=r"annotations\.json"):
        run(read_annotations(out if whole else bad, full.samples.all()))
    reading = run(read_annotations(out, full.samples.all(), "coco"))
    assert reading.pictures == ()
    (problem,) = reading.problems
    assert "annotations.json" in problem


def test_lines_of_yolo_are_named(full: Project, place: Path, tmp_path: Path) -> None:
    out = copied(full, place, "yolo", tmp_path / "out")
    good = (out / "labels" / "train" / "one.txt").read_text().splitlines()
    good[1] = "7" + good[1][1:]
    (out / "labels" / "train" / "one.txt").write_text("\n".join(good))
    count = len((out / "labels" / "train" / "dots.txt").read_text().splitlines())
    with (out / "labels" / "train" / "dots.txt").open("ab") as file:
        file.write(b"0 \xe4 0.5 0.5 0.6 0.6 0.7\n")
    reading = run(read_annotations(out, full.samples.all()))
    assert len(reading.pictures) == len(SMALL) - 1
    places = [f"dots.txt, line {count + 1}", "one.txt, line 2"]
    assert sorted(problem.partition(":")[0] for problem in reading.problems) == places
    assert any("its class 7 is not listed" in problem for problem in reading.problems)


def coco_of(**changes: object) -> dict[str, object]:
    square = [[0, 0, 4, 0, 4, 4, 0, 4]]
    return {
        "images": [{"id": 1, "file_name": "a.png", "width": 8, "height": 8}],
        "categories": [{"id": 1, "name": "cell"}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "segmentation": square}],
    } | changes


def read_coco(tmp_path: Path, text: str) -> tuple[str, ...]:
    Image.new("L", (8, 8)).save(tmp_path / "a.png")
    (tmp_path / "x.json").write_text(text)
    return run(read_annotations(tmp_path / "x.json", [], "coco")).problems


def test_a_bad_image_of_coco_is_told_once_and_strange_annotations_are_named(tmp_path: Path) -> None:
    square = [[0, 0, 4, 0, 4, 4, 0, 4]]
    bad = [{"id": 1, "file_name": "a.png", "width": 9, "height": 8}]
    strange = [
        {"id": n, "image_id": 1 if n < 3 else 7, "category_id": 1, "segmentation": square}
        for n in range(1, 6)
    ]
    problems = read_coco(tmp_path, json.dumps(coco_of(images=bad, annotations=strange)))
    assert problems == (
        "x.json, image 1: it is 9 x 8 pixels, but a.png is 8 x 8",
        "x.json, annotation 3: its image is not listed, nor are those of 2 others",
    )


@pytest.mark.parametrize(
    ("cut", "told"),
    [
        (0, "x.json is empty"),
        (3, "x.json, line 2: it ends in the middle"),
        (60, "x.json, line 6: it ends in the middle"),
        (-1, "x.json, line 35: it ends in the middle"),
    ],
)
def test_json_that_was_cut_short_says_so(tmp_path: Path, cut: int, told: str) -> None:
    text = json.dumps(coco_of(), indent=1)
    (problem,) = read_coco(tmp_path, text[:cut])
    assert problem.startswith(told)
    assert "x.json, line 1: this is no JSON" in read_coco(tmp_path, "hello")[0]
