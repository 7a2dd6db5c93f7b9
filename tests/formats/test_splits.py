"""The split in exported files, and in what is imported."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdesk.core.jobs import run
from segdesk.core.project import Project, Split
from segdesk.formats.class_mapping import default_mapping
from segdesk.formats.export import export
from segdesk.formats.importers import read_annotations
from segdesk.formats.items import export_request
from segdesk.formats.splits import listed_splits, split_named
from segdesk.formats.taking import Choices, summarise, take


@pytest.fixture
def split_project(project: Project) -> Project:
    """The first image is there to test with, the second in no part."""
    first, *_ = project.samples.all()
    project.splits.fix({first.id: Split.TEST})
    return project


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").split()


def test_lists_of_a_training_folder(split_project: Project, tmp_path: Path) -> None:
    run(export(export_request(split_project, tmp_path / "out"), "training"))
    found = {name: lines(tmp_path / "out" / f"{name}.txt") for name in ("train", "val", "test")}
    assert found == {"train": ["two"], "val": [], "test": ["one"]}


def test_without_a_split_there_is_no_list_of_test_images(project: Project, tmp_path: Path) -> None:
    run(export(export_request(project, tmp_path / "out"), "training"))
    assert not (tmp_path / "out" / "test.txt").exists()
    assert sorted(lines(tmp_path / "out" / "train.txt") + lines(tmp_path / "out" / "val.txt")) == [
        "one",
        "two",
    ]


def test_folders_of_yolo(split_project: Project, tmp_path: Path) -> None:
    run(export(export_request(split_project, tmp_path), "yolo"))
    assert (tmp_path / "labels" / "test" / "one.txt").exists()
    assert (tmp_path / "images" / "train" / "two.png").exists()
    data = lines(tmp_path / "data.yaml")
    assert data[data.index("val:") + 1] == "images/train"
    assert data[data.index("test:") + 1] == "images/test"


def test_lists_of_voc(split_project: Project, tmp_path: Path) -> None:
    run(export(export_request(split_project, tmp_path), "voc"))
    sets = tmp_path / "ImageSets" / "Segmentation"
    found = {name: lines(sets / f"{name}.txt") for name in ("train", "val", "trainval", "test")}
    assert found == {"train": ["two"], "val": [], "trainval": ["two"], "test": ["one"]}


def test_files_of_coco(split_project: Project, tmp_path: Path) -> None:
    run(export(export_request(split_project, tmp_path), "coco"))
    assert sorted(path.name for path in tmp_path.glob("*.json")) == [
        "annotations_test.json",
        "annotations_train.json",
    ]
    document = json.loads((tmp_path / "annotations_test.json").read_text(encoding="utf-8"))
    assert [image["file_name"] for image in document["images"]] == ["one.png"]
    assert {annotation["image_id"] for annotation in document["annotations"]} == {1}


@pytest.mark.parametrize("name", ["coco", "yolo", "voc", "training"])
def test_a_split_comes_back_from_what_was_exported(split_project: Project, tmp_path: Path, name: str) -> None:
    out = tmp_path / "out"
    run(export(export_request(split_project, out), name))
    split_project.splits.clear()
    reading = run(read_annotations(out, split_project.samples.all(), add_images=False))
    summary = summarise(
        reading, choices := Choices(default_mapping(reading.classes, split_project.classes.all()))
    )
    assert summary.split
    run(take(split_project, reading, choices))
    one, two, *_ = split_project.samples.all()
    assert (two.split, two.split_fixed) == (Split.TRAIN, True)
    assert one.split is None  # it is confirmed here, and stays as it is
    assert one.source.path.name == "one.png"


def test_folders_of_train_and_test_are_kept_but_one_alone_says_nothing(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for part, name in (("train", "a"), ("val", "b"), ("test", "c")):
        for kind, top in (("images", 255), ("labels", 3)):
            folder = tmp_path / "set" / part / kind
            folder.mkdir(parents=True)
            Image.fromarray(rng.integers(0, top, (16, 20), np.uint8)).save(folder / f"{name}.png")
    with_parts = Project.create(tmp_path / "p.segdesk", [])
    for path, expected in (
        (tmp_path / "set" / "test", {"c.png": None}),
        (tmp_path / "set", {"a.png": Split.TRAIN, "b.png": Split.VALIDATION}),
    ):
        reading = run(read_annotations(path, with_parts.samples.all()))
        run(take(with_parts, reading, Choices(default_mapping(reading.classes, with_parts.classes.all()))))
        found = {s.source.path.name: s.split for s in with_parts.samples.all()}
        assert expected.items() <= found.items()
    with_parts.close()


def test_names_of_parts(tmp_path: Path) -> None:
    assert split_named("instances_val2017") is Split.VALIDATION
    assert split_named("Training") is Split.TRAIN
    assert split_named("latest") is None
    (tmp_path / "train.txt").write_text("a.b\n/data/CamVid/train/c.png /data/annot/c.png\nd\n")
    (tmp_path / "test.txt").write_text("d\ne\n")
    found = listed_splits(tmp_path)
    assert (found["a.b"], found["c"], found["e"]) == (Split.TRAIN, Split.TRAIN, Split.TEST)
    assert "d" not in found  # it is on two lists
