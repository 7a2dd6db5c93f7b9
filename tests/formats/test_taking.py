"""What is taken in, what stays, and what happens when files are bad."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from segdesk.core.document import Document
from segdesk.core.errors import FormatError
from segdesk.core.images import read_labels
from segdesk.core.jobs import run
from segdesk.core.patch import State
from segdesk.core.project import NewSample, Project, Sample
from segdesk.formats.class_mapping import Becomes, chosen_mapping, default_mapping
from segdesk.formats.export import export
from segdesk.formats.foreign import ForeignClass, Reading
from segdesk.formats.importers import import_formats, read_annotations
from segdesk.formats.items import export_request
from segdesk.formats.taking import Choices, Conflict, Standing, summarise, take
from tests.data import data_dir
from tests.formats.awkward import HEIGHT, WIDTH, awkward_labels


def save_labels(folder: Path, **labels: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, plane in labels.items():
        Image.fromarray(plane).save(folder / f"{name}.png")
    return folder


def read(project: Project, path: Path, name: str | None = None) -> Reading:
    return run(read_annotations(path, project.samples.all(), name))


def choices(project: Project, reading: Reading, **kinds: Any) -> Choices:
    return Choices(default_mapping(reading.classes, project.classes.all()), **kinds)


def sample(project: Project, stem: str) -> Sample:
    (found,) = [s for s in project.samples.all() if s.source.path.stem == stem]
    return found


THEIRS = np.full((HEIGHT, WIDTH), 2, np.uint8)


def test_my_work_stays_unless_i_say_otherwise(project: Project, tmp_path: Path) -> None:
    reading = read(project, save_labels(tmp_path / "m", one=THEIRS, two=THEIRS, three=THEIRS))
    summary = summarise(reading, choices(project, reading))
    assert summary.kept == ("one.png",)
    assert (summary.images, summary.added) == (2, 0)
    assert sample(project, "three").state is State.NEW, "a summary changes nothing"
    run(take(project, reading, choices(project, reading)))
    assert np.array_equal(project.masks.load(sample(project, "one")).labels, awkward_labels())
    assert sample(project, "two").state is State.CONFIRMED
    run(take(project, reading, choices(project, reading, conflict=Conflict.THEIRS)))
    assert (project.masks.load(sample(project, "one")).labels == 2).all()


def test_only_where_nothing_is_labelled(project: Project, tmp_path: Path) -> None:
    document = Document(project, sample(project, "two"))
    stroke = np.zeros((HEIGHT, WIDTH), np.bool_)
    stroke[:5] = True
    document.correct("x", lambda edit: edit.assert_labels(np.ones((HEIGHT, WIDTH), np.uint8), stroke))
    reading = read(project, save_labels(tmp_path / "m", two=THEIRS))
    run(take(project, reading, choices(project, reading, conflict=Conflict.UNLABELLED)))
    labels = project.masks.load(sample(project, "two")).labels
    assert (labels[:5] == 1).all()
    assert (labels[5:] == 2).all()


def test_where_nothing_is_unlabelled_nothing_is_taken(project: Project, tmp_path: Path) -> None:
    reading = read(project, save_labels(tmp_path / "m", one=THEIRS, two=THEIRS))
    summary = summarise(reading, choices(project, reading, conflict=Conflict.UNLABELLED))
    assert (summary.images, summary.kept) == (1, ("one.png",)), "it is confirmed"


def test_as_predictions_they_confirm_nothing_and_undo_takes_them_back(
    project: Project, tmp_path: Path
) -> None:
    reading = read(project, save_labels(tmp_path / "m", one=THEIRS, three=THEIRS))
    kinds = choices(project, reading, standing=Standing.PREDICTION, conflict=Conflict.THEIRS)
    assert summarise(reading, kinds).kept == ("one.png",), "what is confirmed is never predicted over"
    run(take(project, reading, kinds))
    assert sample(project, "three").state is State.PREDICTED
    mask = project.masks.load(sample(project, "three"))
    assert (mask.labels == 2).all()
    assert not mask.corrected.any()
    Document(project, sample(project, "three")).undo()
    assert not project.masks.load(sample(project, "three")).labels.any()


def test_one_step_back_undoes_an_import_that_confirmed(project: Project, tmp_path: Path) -> None:
    before = project.masks.load(sample(project, "two")).labels.copy()
    reading = read(project, save_labels(tmp_path / "m", two=THEIRS))
    run(take(project, reading, choices(project, reading)))
    document = Document(project, sample(project, "two"))
    document.undo()
    assert sample(project, "two").state is State.PREDICTED
    assert np.array_equal(document.mask.labels, before)
    assert not document.mask.corrected.any()
    document.redo()
    assert sample(project, "two").state is State.CONFIRMED
    assert document.mask.corrected.all()


def test_255_says_nothing_so_the_image_is_not_confirmed(project: Project, tmp_path: Path) -> None:
    plane = awkward_labels()
    plane[:, :10] = 255
    reading = read(project, save_labels(tmp_path / "m", three=plane))
    run(take(project, reading, choices(project, reading)))
    assert sample(project, "three").state is State.CORRECTED
    assert not project.masks.load(sample(project, "three")).corrected[:, :10].any()


def test_nothing_is_half_done(project: Project, tmp_path: Path) -> None:
    reading = read(project, save_labels(tmp_path / "m", two=THEIRS, three=THEIRS))
    job = take(project, reading, choices(project, reading))
    next(job)
    next(job)
    job.close()
    assert sample(project, "two").state is State.PREDICTED
    assert sample(project, "three").state is State.NEW


def test_classes_are_mapped_by_name_by_number_as_new_or_not_at_all(project: Project) -> None:
    foreign = (
        ForeignClass(0, "background"), ForeignClass(1, "CELL"), ForeignClass(2, "tree"),
        ForeignClass(3, "__ignore__"), ForeignClass(4, ""),
    )  # fmt: skip
    mapping = default_mapping(foreign, project.classes.all())
    assert mapping == {0: Becomes(0), 1: Becomes(1), 2: Becomes(new="tree"), 3: Becomes(),
                       4: Becomes(new="class 4")}  # fmt: skip
    wished = chosen_mapping(foreign, project.classes.all(), ["tree=cell", "4=ignore", "CELL=2"])
    assert (wished[2], wished[4], wished[1]) == (Becomes(1), Becomes(), Becomes(2))
    with pytest.raises(FormatError, match="no class house"):
        chosen_mapping(foreign, project.classes.all(), ["house=cell"])
    with pytest.raises(FormatError, match="write it as theirs=mine"):
        chosen_mapping(foreign, project.classes.all(), ["tree"])
    with pytest.raises(FormatError, match="no class number 9"):
        chosen_mapping(foreign, project.classes.all(), ["tree=9"])


def shape(**changes: Any) -> dict[str, Any]:
    return {"label": "cell", "points": [[1, 1], [9, 1], [9, 9]], "shape_type": "polygon"} | changes


def test_bad_shapes_are_named_and_the_good_ones_are_read(project: Project, tmp_path: Path) -> None:
    shapes = [
        shape(), shape(points=[[1, float("nan")]] * 3), shape(points="x"), shape(points=[[1, 1]]),
        shape(label=""), shape(shape_type="line"),
        shape(shape_type="mask", points=[[0, 0], [1, 1]], mask="!"),
        7, shape(points=[[1e300, 0], [0, 0], [1, 1]]),
    ]  # fmt: skip
    content = {"shapes": shapes, "imagePath": "..\\..\\three.png", "imageHeight": HEIGHT, "imageWidth": WIDTH}
    (tmp_path / "j").mkdir()
    (tmp_path / "j" / "three.json").write_text(json.dumps(content))
    (tmp_path / "j" / "two.json").write_text('{"shapes": [')
    (tmp_path / "j" / "one.json").write_text("[" * 100_000)
    (tmp_path / "j" / "latin.json").write_bytes('{"a": "ä"}'.encode("latin-1"))
    reading = read(project, tmp_path / "j", "labelme")
    assert [p.objects for p in reading.pictures] == [1]
    assert len(reading.problems) == 8 + 3
    for number in range(2, 10):
        assert any(f"three.json, shape {number}:" in problem for problem in reading.problems)
    assert any("two.json, line 1" in problem for problem in reading.problems)
    assert any("latin.json" in problem and "UTF-8" in problem for problem in reading.problems)


def test_bad_annotations_of_coco_are_named(project: Project, tmp_path: Path) -> None:
    good = {"id": 1, "image_id": 1, "category_id": 5, "segmentation": [[0, 0, 4, 0, 4, 4, 0, 4]]}
    runs = {"size": [HEIGHT, WIDTH], "counts": [0, 10, HEIGHT * WIDTH - 10]}
    content = {
        "images": [{"id": 1, "file_name": "a/three.png", "width": WIDTH, "height": HEIGHT},
                   {"id": 2, "file_name": "two.png", "width": 5, "height": 5}, {"id": 1, "file_name": "x"},
                   {"id": 9, "file_name": "stranger.png"}],
        "categories": [{"id": 5, "name": "cell"}],
        "annotations": [
            good, good, good | {"id": 2, "category_id": 6}, good | {"id": 3, "image_id": 77},
            good | {"id": 4, "segmentation": {"size": [1, 1], "counts": [1]}},
            good | {"id": 5, "segmentation": runs | {"counts": "\x7f"}},
            good | {"id": 6, "segmentation": runs}, good | {"id": 7, "segmentation": [[0, 0]]}, None,
        ],
    }  # fmt: skip
    file = tmp_path / "a.json"
    file.write_text(json.dumps(content))
    reading = read(project, file)
    text = "\n".join(reading.problems)
    for words in ("annotation 2: the id 1", "annotation 3: its class 6", "annotation 5", "annotation 6",
                  "annotation 8", "annotation 9", "image 2: it is 5 x 5", "image 3"):  # fmt: skip
        assert words in text, text
    assert reading.unmatched == ("stranger.png",)


def test_a_line_of_yolo_that_is_bad_is_named(project: Project, tmp_path: Path) -> None:
    (tmp_path / "labels").mkdir()
    lines = ["0 0.1 0.1 0.5 0.1 0.5 0.5", "x 1 2 3 4 5 6", "0 0.5 0.5 0.1 0.1", "1 0.1 nan 0.1 0.2 0.3 0.4"]
    (tmp_path / "labels" / "three.txt").write_text("\n".join(lines))
    reading = read(project, tmp_path, "yolo")
    assert [p.objects for p in reading.pictures] == [1]
    assert [p.partition(":")[0] for p in reading.problems] == [f"three.txt, line {n}" for n in (2, 3, 4)]


def test_nothing_is_ever_unpickled(project: Project, tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[Any, tuple[str]]:
            return (Path.touch, (tmp_path / "owned",))  # type: ignore[return-value]

    folder = tmp_path / "c"
    folder.mkdir()
    with (folder / "three_seg.npy").open("wb") as file:
        np.save(file, np.array({"masks": Evil()}, dtype=object))
    (folder / "two_seg.npy").write_bytes(b"\x93NUMPY\x01\x00\x10\x00{'descr': '|O'}..")
    reading = read(project, folder)
    assert len(reading.problems) == 2
    assert reading.pictures == ()
    assert not (tmp_path / "owned").exists()


def test_a_folder_of_no_annotations_is_refused(project: Project, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    with pytest.raises(FormatError, match="holds no annotations that are known"):
        read(project, tmp_path / "nothing")
    with pytest.raises(FormatError, match="There is no file or folder"):
        read(project, tmp_path / "nowhere")
    with pytest.raises(FormatError, match="no import format named tiff-ish"):
        read(project, tmp_path, "tiff-ish")
    assert all(name == entry.name and entry.title for name, entry in import_formats().items())


LAYOUTS = {
    "DRIVE": ("training/images/21_training.tif", "training/1st_manual/21_manual1.gif"),
    "split": ("train/images/a.png", "train/labels/a.png"),
    "split within": ("images/val/a.png", "masks/val/a.png"),
    "liver": ("a.png", "a_mask.png"),
    "nuclei": ("stage1/abc/images/abc.png", "stage1/abc/masks/n1.png"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts_are_known_with_images_that_are_new(tmp_path: Path, layout: str) -> None:
    image, labels = (tmp_path / "set" / name for name in LAYOUTS[layout])
    for file, pixels in ((image, np.arange(5400) % 251), (labels, (awkward_labels() == 1).ravel() * 255)):
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels.reshape(HEIGHT, WIDTH).astype(np.uint8)).save(file)
    root = tmp_path / "set" / ("stage1" if layout == "nuclei" else "")
    if layout == "DRIVE":  # the field of view is called "mask" there
        fov = root / "training" / "mask" / "21_training_mask.gif"
        fov.parent.mkdir()
        field = np.full((HEIGHT, WIDTH), 255, np.uint8)
        field[:, 35:] = 0  # a part of the vessels, too
        Image.fromarray(field).save(fov)
    project = Project.create(tmp_path / "new.segdesk", ["vessel"])
    reading = read(project, root)
    taken = run(take(project, reading, choices(project, reading)))
    assert (len(taken.samples), taken.added, taken.new_classes) == (1, 1, 0)
    (new,) = project.samples.all()
    assert new.source.path == image.absolute()
    seen = np.ones((HEIGHT, WIDTH), np.bool_)
    seen[:, 35:] = layout != "DRIVE"
    mask = project.masks.load(new)
    assert np.array_equal(mask.labels == 1, (awkward_labels() == 1) & seen)
    assert np.array_equal(mask.corrected == 1, seen), "nothing is said of what nobody looked at"
    assert new.state is (State.CONFIRMED if seen.all() else State.CORRECTED)
    project.close()


def test_volumes_of_pages(tmp_path: Path) -> None:
    import tifffile

    labels = np.stack([(awkward_labels() == 1) * np.uint8(255), (awkward_labels() == 2) * np.uint8(255)])
    tifffile.imwrite(tmp_path / "train-volume.tif", labels // 2, photometric="minisblack")
    tifffile.imwrite(tmp_path / "train-labels.tif", labels.astype(np.uint8), photometric="minisblack")
    project = Project.create(tmp_path / "new.segdesk", [])
    reading = read(project, tmp_path)
    run(take(project, reading, choices(project, reading)))
    samples = project.samples.all()
    assert [s.source.page for s in samples] == [0, 1]
    assert np.array_equal(project.masks.load(samples[1]).labels, awkward_labels() == 2)
    project.close()


@pytest.mark.parametrize(
    ("name", "images"),
    [
        ("camvid", 24), ("cells_dic_hela", 8), ("cells_phc_psc", 10), ("drive", 10), ("dsb2018_nuclei", 48),
        ("isbi2012_em", 20), ("labelme_examples", 2), ("roots_segroot", 8), ("salient_coco", 21),
        ("salient_davis", 39),
    ],
)  # fmt: skip
def test_sets_import_as_they_are(tmp_path: Path, name: str, images: int) -> None:
    folder = data_dir(name)
    project = Project.create(tmp_path / "new.segdesk", [])
    reading = read(project, folder)
    assert reading.problems == ()
    assert reading.unmatched == ()
    summary = summarise(reading, choices(project, reading))
    assert (summary.images, summary.added) == (images, images)
    if name == "drive":
        fields = [read_labels(f) == 0 for f in sorted((folder / "fov").iterdir())]
        assert {p.number for p in reading.classes} == {0, 255}
        for picture, outside in zip(reading.pictures, fields, strict=True):
            assert np.array_equal(picture.labels.unpack() == 254, outside)
    if name == "camvid":  # class 0 is the sky there, and 11 says nothing
        assert "sky" in summary.new_classes
        assert "unlabelled" not in summary.new_classes
    project.close()


def test_labelmes_own_examples_are_read_as_labelme_reads_them(tmp_path: Path) -> None:
    folder = data_dir("labelme_examples")
    project = Project.create(tmp_path / "new.segdesk", [])
    reading = read(project, folder)
    assert reading.problems == ()
    names = [line.split(maxsplit=1) for line in (folder / "classes.txt").read_text().splitlines()]
    number = {parts[-1]: int(parts[0]) for parts in names if parts[0].isdigit()}
    for picture in reading.pictures:
        table = np.zeros(256, np.uint8)
        for entry in reading.classes:
            table[entry.number] = 255 if entry.name == "__ignore__" else number.get(entry.name, 0)
        truth = np.asarray(Image.open(folder / "masks" / f"{picture.target.source.path.stem}.png"))
        assert (table[picture.labels.unpack()] == truth).mean() > 0.999
    project.close()


@pytest.mark.parametrize("name", ["labelme", "class-png", "voc", "npz", "nifti", "training"])
def test_what_is_left_out_of_labelmes_examples_stays_so(tmp_path: Path, name: str) -> None:
    folder = data_dir("labelme_examples")
    first = Project.create(tmp_path / "first.segdesk", [])
    reading = read(first, folder)
    run(take(first, reading, choices(first, reading)))
    run(export(export_request(first, tmp_path / "out"), name))
    again = Project.create(tmp_path / "again.segdesk", [c.name for c in first.classes.all()[1:]])
    again.samples.add([NewSample(s.source, s.width, s.height) for s in first.samples.all()])
    reading = read(again, tmp_path / "out")
    assert reading.problems == ()
    run(take(again, reading, choices(again, reading)))
    assert [c.name for c in again.classes.all()] == [c.name for c in first.classes.all()]
    for one, other in zip(first.samples.all(), again.samples.all(), strict=True):
        mine, theirs = first.masks.load(one), again.masks.load(other)
        assert np.array_equal(mine.labels, theirs.labels)
        assert np.array_equal(mine.corrected, theirs.corrected)
        assert 0 < np.count_nonzero(mine.corrected == 0) < mine.corrected.size / 2
        assert (one.state, other.state) == (State.CORRECTED, State.CORRECTED)
    first.close()
    again.close()


def test_a_few_strokes_leave_nothing_out(project: Project, tmp_path: Path) -> None:
    document = Document(project, sample(project, "three"))
    stroke = np.zeros((HEIGHT, WIDTH), np.bool_)
    stroke[:5] = True
    document.correct("x", lambda edit: edit.assert_labels(np.ones((HEIGHT, WIDTH), np.uint8), stroke))
    run(export(export_request(project, tmp_path / "out"), "class-png"))
    with Image.open(tmp_path / "out" / "three.png") as picture:
        assert np.array_equal(np.asarray(picture), stroke)
