"""What is damaged is named, and all the rest is read."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

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
