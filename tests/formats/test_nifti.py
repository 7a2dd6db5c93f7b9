"""Label volumes lie where their image lies, whichever way either of them is stored."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from segdesk.core.images import read_image
from segdesk.core.jobs import run
from segdesk.core.patch import State
from segdesk.core.project import Project
from segdesk.formats.export import export
from segdesk.formats.fidelity import read_back
from segdesk.formats.importers import read_annotations, recognised
from segdesk.formats.items import export_request
from tests.formats.medical import confirm, confirmed, exported, lopsided, project_of, same, taken_into

nibabel = pytest.importorskip("nibabel", reason="nibabel is not installed: pip install segdesk[nifti]")

# To the right, to the front, up, as they are stored: along other axes, some of them backwards.
AFFINES = {
    "ras": np.diag([2.0, 3.0, 4.0, 1.0]),
    "pir": np.array([[0, 0, 2.5, -10], [-1.1, 0, 0, 5], [0, -0.9, 0, 7], [0, 0, 0, 1.0]]),
    "lps": np.array([[-0.7, 0.05, 0, 9], [0.05, -0.7, 0, 3], [0, 0, 2, -4], [0, 0, 0, 1.0]]),
}


def volume(path: Path, affine: Any, shape: tuple[int, ...] = (7, 9, 5)) -> Path:
    path.parent.mkdir(exist_ok=True)
    voxels = np.random.default_rng(3).integers(0, 1000, shape).astype(np.int16)
    nibabel.save(nibabel.Nifti1Image(voxels, affine), path)
    return path


@pytest.fixture(params=AFFINES)
def brain(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    return volume(tmp_path / "images" / "brain.nii.gz", AFFINES[request.param])


def test_each_voxel_of_the_image_has_its_own_label(tmp_path: Path, brain: Path) -> None:
    project = project_of(brain.parent)
    truth = confirm(project)
    out = exported(project, "nifti", tmp_path / "out")
    image, labels = nibabel.load(brain), nibabel.load(out / "brain.nii.gz")
    assert labels.shape == image.shape
    assert np.allclose(labels.affine, image.affine)
    assert labels.get_data_dtype() == np.uint8
    assert labels.header.get_intent()[0] == "label"
    assert labels.header["sform_code"] == image.header["sform_code"]
    # A value of the image is seen where its label was drawn.
    voxels, numbers = np.asarray(image.dataobj), np.asarray(labels.dataobj)
    values, counts = np.unique(voxels, return_counts=True)
    once = set(values[counts == 1].tolist())
    drawn = {
        int(value): int(label)
        for source, plane in truth.items()
        for value, label in zip(read_image(source).ravel(), plane.ravel(), strict=True)
    }
    assert len(once) > 100
    assert all(drawn[value] == numbers[voxels == value] for value in once)
    project.close()


def test_an_import_gives_back_the_same_slices_and_leaves_the_others(tmp_path: Path, brain: Path) -> None:
    project = project_of(brain.parent)
    truth = confirm(project, leave=(1,))
    out = exported(project, "nifti", tmp_path / "out")
    assert recognised(out).name == "nifti"
    bare = project_of(brain.parent, name="bare")
    reading = taken_into(bare, out)
    assert reading.problems == reading.unmatched == ()
    assert same(confirmed(bare), truth)
    assert bare.samples.all()[1].state is State.NEW, "255 says nothing of a slice"
    for opened in (project, bare):
        opened.close()


@pytest.mark.parametrize("kind", [np.float64, np.int32])
def test_labels_that_are_stored_along_other_axes_are_turned(tmp_path: Path, brain: Path, kind: Any) -> None:
    project = project_of(brain.parent)
    truth = confirm(project)
    labels = nibabel.load(exported(project, "nifti", tmp_path / "out") / "brain.nii.gz")
    turn = nibabel.orientations.axcodes2ornt(("S", "L", "A"))
    turn = nibabel.orientations.ornt_transform(nibabel.io_orientation(labels.affine), turn)
    turned = labels.as_reoriented(turn)
    (tmp_path / "other").mkdir()
    # Other programs call them by all kinds of names, and know no names of classes.
    nibabel.save(
        nibabel.Nifti1Image(np.asarray(turned.dataobj).astype(kind), turned.affine),
        tmp_path / "other" / "brain_seg.nii",
    )
    bare = project_of(brain.parent, name="bare")
    taken_into(bare, tmp_path / "other")
    assert same(confirmed(bare), truth)
    for opened in (project, bare):
        opened.close()


def test_a_volume_of_which_some_slices_are_left(tmp_path: Path) -> None:
    volume(tmp_path / "images" / "brain.nii.gz", AFFINES["ras"])
    project = project_of(tmp_path / "images")
    truth = confirm(project, leave=(0, 1))
    request = export_request(project, tmp_path / "out")
    run(export(request, "nifti"))
    fidelity = run(read_back(request, "nifti", tmp_path / "out"))
    assert fidelity is not None
    assert fidelity.worst == 1.0
    bare = project_of(tmp_path / "images", name="bare")
    for sample in bare.samples.all()[:4]:
        bare.samples.remove(sample.id)
    reading = taken_into(bare, tmp_path / "out")
    assert reading.unmatched == ("brain.nii.gz, slice 3", "brain.nii.gz, slice 4")
    assert same(confirmed(bare), {s: labels for s, labels in truth.items() if s.page == 4})
    for opened in (project, bare):
        opened.close()


def test_pages_of_one_file_become_one_volume(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    pixels = np.random.default_rng(0).integers(0, 255, (4, 30, 40), np.uint8)
    tifffile.imwrite(
        tmp_path / "images" / "stack.tif", pixels, photometric="minisblack", resolution=(5, 4),
        resolutionunit="CENTIMETER",
    )  # fmt: skip
    Image.fromarray(pixels[0]).save(tmp_path / "images" / "alone.png")
    project = project_of(tmp_path / "images")
    truth = confirm(project)
    out = exported(project, "nifti", tmp_path / "out")
    labels = nibabel.load(out / "stack.nii.gz")
    assert labels.shape == (40, 30, 4)
    for source, plane in truth.items():
        if source.path.suffix == ".tif":
            assert np.array_equal(np.asarray(labels.dataobj)[:, :, source.page], plane.T)
    assert np.allclose(np.abs(np.diag(labels.affine)[:2]), [2.0, 2.5]), "millimetres"
    assert nibabel.aff2axcodes(labels.affine) == ("L", "P", "S")
    assert nibabel.load(out / "alone.nii.gz").shape == (40, 30, 1)
    assert (out / "classes.txt").read_text(encoding="utf-8").splitlines()[1:] == ["1 x\\y", "2 wäll"]
    bare = project_of(tmp_path / "images", name="bare")
    taken_into(bare, out)
    assert same(confirmed(bare), truth)
    for opened in (project, bare):
        opened.close()


def test_files_of_one_name_are_not_mistaken_for_each_other(tmp_path: Path) -> None:
    folders = tmp_path / "a", tmp_path / "b"
    for folder in folders:
        folder.mkdir()
        Image.fromarray(lopsided(20, 20, 1)).save(folder / "x.png")
    project = project_of(*folders)
    truth = confirm(project, leave=(0,))  # the second one is called as it is among two
    out = exported(project, "nifti", tmp_path / "out")
    bare = project_of(*folders, name="bare")
    taken_into(bare, out)
    assert same(confirmed(bare), truth)
    for opened in (project, bare):
        opened.close()


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Project]:
    volume(tmp_path / "images" / "brain.nii.gz", AFFINES["ras"])
    project = project_of(tmp_path / "images")
    yield project
    project.close()


def save(path: Path, voxels: Any, affine: Any = AFFINES["ras"]) -> Path:
    path.parent.mkdir(exist_ok=True)
    nibabel.save(nibabel.Nifti1Image(voxels, affine), path)
    return path


@pytest.mark.parametrize(
    ("voxels", "affine", "words"),
    [
        (np.ones((7, 9, 4), np.uint8), AFFINES["ras"], "7 x 9 x 4 voxels, but its image has 7 x 9 x 5"),
        (np.ones((7, 9, 5), np.uint8), AFFINES["pir"], "voxels, but its image has"),
        (np.ones((7, 9, 5), np.uint8), np.diag([2.0, 3.0, 5.0, 1.0]), "lies elsewhere"),
        (np.full((7, 9, 5), 0.5, np.float32), AFFINES["ras"], "no whole numbers"),
        (np.full((7, 9, 5), -3, np.int16), AFFINES["ras"], "from -3 to -3"),
        (np.full((7, 9, 5), 999, np.int16), AFFINES["ras"], "from 999 to 999"),
    ],
)
def test_labels_that_do_not_fit_are_told(
    plain: Project, tmp_path: Path, voxels: Any, affine: Any, words: str
) -> None:
    save(tmp_path / "labels" / "brain.nii.gz", voxels, affine)
    reading = run(read_annotations(tmp_path / "labels", plain.samples.all(), "nifti"))
    assert reading.pictures == ()
    (problem,) = reading.problems
    assert problem.startswith("brain.nii.gz: ")
    assert words in problem


def test_a_damaged_volume_is_named_and_the_good_one_is_read(plain: Project, tmp_path: Path) -> None:
    good = save(tmp_path / "labels" / "brain.nii.gz", np.ones((7, 9, 5), np.uint8))
    other = volume(tmp_path / "images" / "other.nii.gz", AFFINES["ras"])
    packed = gzip.compress(np.random.default_rng(0).bytes(90_000))
    (tmp_path / "labels" / "other.nii.gz").write_bytes(good.read_bytes()[:60] + packed[:400])
    samples = [*plain.samples.all(), *project_samples(other.parent, tmp_path)]
    reading = run(read_annotations(tmp_path / "labels", samples))
    assert {p.target.source.path.name for p in reading.pictures} == {"brain.nii.gz"}
    (problem,) = reading.problems
    assert "other.nii.gz" in problem


def project_samples(folder: Path, tmp_path: Path) -> list[Any]:
    project = project_of(folder, name="more")
    samples = [s for s in project.samples.all() if s.source.path.name == "other.nii.gz"]
    project.close()
    return samples


def test_folders_of_images_and_labels_as_they_are_handed_around(tmp_path: Path) -> None:
    root = tmp_path / "Task"
    (root / "imagesTr").mkdir(parents=True)
    volume(root / "imagesTr" / "case_01_0000.nii.gz", AFFINES["pir"])
    save(root / "labelsTr" / "case_01.nii.gz", np.ones((7, 9, 5), np.uint8), AFFINES["pir"])
    reading = run(read_annotations(root, []))
    assert [p.target.source.path.name for p in reading.pictures] == ["case_01_0000.nii.gz"] * 9
    assert reading.problems == reading.unmatched == ()
