"""Segmentations that are bound to the images they were drawn on, by reference and in space."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from segdesk.core.document import Document
from segdesk.core.jobs import run
from segdesk.core.patch import State
from segdesk.core.project import Project
from segdesk.formats.importers import read_annotations, recognised
from tests.formats.medical import (
    CLASSES,
    confirm,
    confirmed,
    dicom_series,
    exported,
    project_of,
    same,
    taken_into,
)

pydicom = pytest.importorskip("pydicom", reason="pydicom is not installed: pip install segdesk[dicom]")

HEIGHT, WIDTH = 21, 35  # 735 pixels: frames begin in the middle of a byte


@pytest.fixture
def series(tmp_path: Path) -> Path:
    """Five slices from the right to the left, whose names count from the left."""
    return dicom_series(tmp_path / "images", range(5), HEIGHT, WIDTH)


@pytest.fixture
def project(series: Path) -> Iterator[Project]:
    project = project_of(series)
    yield project
    project.close()


def frames_of(data: Any) -> np.ndarray[Any, Any]:
    """All frames at once, as the library unpacks them."""
    return np.asarray(pydicom.pixels.pixel_array(data)).reshape(-1, data.Rows, data.Columns)


def test_each_frame_is_a_class_on_a_slice_that_it_names(
    project: Project, series: Path, tmp_path: Path
) -> None:
    truth = confirm(project, leave=(3,))
    document = Document(project, project.samples.all()[1])
    document.correct("x", lambda edit: edit.assert_class(document.mask.box, document.mask.corrected > 0, 0))
    out = exported(project, "dicom-seg", tmp_path / "out")
    (path,) = out.iterdir()
    data = pydicom.dcmread(path)
    sources = {str(d.SOPInstanceUID): d for d in map(pydicom.dcmread, series.iterdir())}
    first = next(iter(sources.values()))
    assert data.SOPClassUID == "1.2.840.10008.5.1.4.1.1.66.4"
    assert (data.Modality, data.SegmentationType, data.BitsAllocated) == ("SEG", "BINARY", 1)
    assert str(data.PatientName) == "Müller^Änne"
    for name in ("PatientID", "StudyInstanceUID", "FrameOfReferenceUID"):
        assert data[name].value == first[name].value
    assert data.SeriesInstanceUID != first.SeriesInstanceUID
    assert [s.SegmentLabel for s in data.SegmentSequence] == ["x/y", "wäll"]
    (referenced,) = data.ReferencedSeriesSequence
    assert referenced.SeriesInstanceUID == first.SeriesInstanceUID
    assert len(referenced.ReferencedInstanceSequence) == 4, "the image that was not labelled is not there"
    assert data.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0].PixelSpacing == [0.7, 0.6]
    planes = {source.path.name: labels for source, labels in truth.items()} | {
        "s1.dcm": np.zeros((HEIGHT, WIDTH), np.uint8)
    }
    names = {str(pydicom.dcmread(p).SOPInstanceUID): p.name for p in series.iterdir()}
    seen = set()
    for group, frame in zip(data.PerFrameFunctionalGroupsSequence, frames_of(data), strict=True):
        uid = str(group.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID)
        number = group.SegmentIdentificationSequence[0].ReferencedSegmentNumber
        assert group.PlanePositionSequence[0].ImagePositionPatient == sources[uid].ImagePositionPatient
        assert np.array_equal(frame == 1, planes[names[uid]] == number)
        seen.add((names[uid], number))
    assert seen == {(n, k) for n in ("s0.dcm", "s2.dcm", "s4.dcm") for k in (1, 2)} | {("s1.dcm", 1)}


def test_an_import_finds_its_images_whatever_they_are_called(
    project: Project, series: Path, tmp_path: Path
) -> None:
    truth = confirm(project, leave=(3,))
    out = exported(project, "dicom-seg", tmp_path / "out")
    (out / "s0-seg.dcm").rename(out / "tumour.dcm")
    moved = tmp_path / "moved"
    shutil.copytree(series, moved)
    for file in moved.iterdir():
        file.rename(file.with_name(f"other{file.name}"))
    bare = project_of(moved, name="bare")
    assert recognised(out).name == "dicom-seg"
    reading = taken_into(bare, out)
    assert reading.problems == reading.unmatched == ()
    assert [c.name for c in reading.classes] == ["background", *CLASSES]
    assert {s.path.name: s for s in confirmed(bare)}.keys() == {f"other{s.path.name}" for s in truth}
    for source, labels in confirmed(bare).items():
        assert np.array_equal(
            labels, truth[source.__class__(series / source.path.name.removeprefix("other"))]
        )
    assert bare.samples.all()[3].state is State.NEW
    bare.close()


def test_images_beside_it_are_added(project: Project, series: Path, tmp_path: Path) -> None:
    truth = confirm(project)
    out = exported(project, "dicom-seg", tmp_path / "out")
    shutil.copy(out / "s0-seg.dcm", series)
    fresh = Project.create(tmp_path / "fresh.segdesk", [])
    taken_into(fresh, series / "s0-seg.dcm")
    assert same(confirmed(fresh), truth)
    fresh.close()


def test_pages_of_other_images_lie_in_a_space_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    pixels = np.random.default_rng(0).integers(0, 255, (4, 31, 41), np.uint8)
    tifffile.imwrite(tmp_path / "images" / "stack.tif", pixels, photometric="minisblack")
    project = project_of(tmp_path / "images")
    truth = confirm(project, leave=(2,))
    out = exported(project, "dicom-seg", tmp_path / "out")
    data = pydicom.dcmread(out / "stack-seg.dcm")
    assert "ReferencedSeriesSequence" not in data
    assert data.StudyInstanceUID
    depths = {float(g.PlanePositionSequence[0].ImagePositionPatient[2]) for g in
              data.PerFrameFunctionalGroupsSequence}  # fmt: skip
    assert depths == {0.0, 1.0, 3.0}
    bare = project_of(tmp_path / "images", name="bare")
    taken_into(bare, out)
    assert same(confirmed(bare), truth)
    for opened in (project, bare):
        opened.close()


def changed(path: Path, change: Any) -> Path:
    data = pydicom.dcmread(path)
    change(data)
    data.save_as(path, enforce_file_format=True)
    return path


def drop_segment(data: Any) -> None:
    del data.SegmentSequence[1]


def twice(data: Any) -> None:
    data.SegmentSequence[1].SegmentNumber = 1


def turn(data: Any) -> None:
    group = data.SharedFunctionalGroupsSequence[0].PlaneOrientationSequence[0]
    group.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]


def shrink(data: Any) -> None:
    data.Columns -= 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (drop_segment, "its class 2 is not listed"),
        (twice, "segment 2: the id 1 is taken already"),
        (turn, "it lies otherwise than its image"),
        (shrink, "it is 34 x 21 pixels, but s0.dcm is 35 x 21"),
    ],
)
def test_what_is_wrong_is_told_by_frame(project: Project, tmp_path: Path, change: Any, words: str) -> None:
    confirm(project)
    path = changed(exported(project, "dicom-seg", tmp_path / "out") / "s0-seg.dcm", change)
    reading = run(read_annotations(path, project.samples.all()))
    assert any(words in problem for problem in reading.problems), reading.problems
    assert all(problem.startswith("s0-seg.dcm") for problem in reading.problems)


@pytest.mark.parametrize("size", [0, 50, 3000, -40])
def test_a_file_that_is_cut_short_is_named(project: Project, tmp_path: Path, size: int) -> None:
    confirm(project)
    path = exported(project, "dicom-seg", tmp_path / "out") / "s0-seg.dcm"
    path.write_bytes(path.read_bytes()[:size])
    reading = run(read_annotations(path, project.samples.all(), "dicom-seg"))
    assert reading.pictures == ()
    assert all("s0-seg.dcm" in problem for problem in reading.problems)
    assert len(reading.problems) == 1


def test_fractions_count_from_one_half_on(project: Project, tmp_path: Path) -> None:
    truth = confirm(project)

    def soften(data: Any) -> None:
        frames = frames_of(data)
        data.SegmentationType, data.MaximumFractionalValue = "FRACTIONAL", 200
        data.SegmentationFractionalType = "PROBABILITY"
        data.BitsAllocated = data.BitsStored = 8
        data.HighBit = 7
        data.PixelData = np.where(frames == 1, np.uint8(100), np.uint8(99)).tobytes()

    path = changed(exported(project, "dicom-seg", tmp_path / "out") / "s0-seg.dcm", soften)
    bare = project_of(next(iter(truth)).path.parent, name="bare")
    taken_into(bare, path)
    assert same(confirmed(bare), truth)
    bare.close()


def test_highdicom_finds_the_same_on_each_source(project: Project, series: Path, tmp_path: Path) -> None:
    highdicom = pytest.importorskip("highdicom", reason="highdicom is not installed")
    truth = confirm(project)
    segmentation = highdicom.seg.segread(exported(project, "dicom-seg", tmp_path / "out") / "s0-seg.dcm")
    files = sorted(series.glob("s?.dcm"))
    planes = segmentation.get_pixels_by_source_instance(
        [pydicom.dcmread(file).SOPInstanceUID for file in files], combine_segments=True
    )
    for source, labels in truth.items():
        assert np.array_equal(planes[files.index(source.path)], labels)


@pytest.mark.parametrize("left", [(), (3,), (4,)])
def test_a_series_becomes_one_volume_in_its_place_and_comes_back(
    left: tuple[int, ...], project: Project, series: Path, tmp_path: Path
) -> None:
    nibabel = pytest.importorskip("nibabel", reason="nibabel is not installed: pip install segdesk[nifti]")
    truth = confirm(project, leave=left)
    out = exported(project, "nifti", tmp_path / "out")
    (path,) = out.glob("*.nii.gz")
    volume = nibabel.load(path)
    assert volume.shape == (WIDTH, HEIGHT, 5)
    for source, labels in truth.items():
        data = pydicom.dcmread(source.path)
        corner = np.array([*data.ImagePositionPatient, 1.0], float) * [-1, -1, 1, 1]
        place = np.linalg.solve(volume.affine, corner)
        assert np.allclose(place[:2], 0, atol=1e-4)
        assert np.array_equal(np.asarray(volume.dataobj)[:, :, round(place[2])].T, labels)
    bare = project_of(series, name="bare")
    reading = taken_into(bare, out)
    assert (reading.problems, reading.unmatched) == ((), ())
    assert same(confirmed(bare), truth)
    bare.close()


def test_a_series_with_a_gap_is_no_volume(series: Path, tmp_path: Path) -> None:
    pytest.importorskip("nibabel", reason="nibabel is not installed: pip install segdesk[nifti]")
    (series / "s2.dcm").unlink()
    project = project_of(series)
    truth = confirm(project)
    out = exported(project, "nifti", tmp_path / "out")
    assert len(list(out.glob("*.nii.gz"))) == 4
    bare = project_of(series, name="bare")
    taken_into(bare, out)
    assert same(confirmed(bare), truth)
    for opened in (project, bare):
        opened.close()
