"""Names and links in what is imported and exported lead nowhere but where they should."""

from __future__ import annotations

import base64
import json
import sqlite3
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdesk.core.batch import Batch, BatchRequest
from segdesk.core.batch_files import Search
from segdesk.core.batch_record import NAME
from segdesk.core.classes import make_classes
from segdesk.core.document import Document
from segdesk.core.errors import FormatError, ImageError, SegdeskError
from segdesk.core.images import ImageSource, inspect_image
from segdesk.core.jobs import Job, Predicted, Prediction, PredictRequest, Progress, run
from segdesk.core.limits import raise_to, times
from segdesk.core.naming import safe_name
from segdesk.core.project import NewSample, Project
from segdesk.formats.batch import BatchWriter
from segdesk.formats.export import export
from segdesk.formats.foreign import Images
from segdesk.formats.importers import read_annotations, recognised
from segdesk.formats.items import export_request
from segdesk.formats.json_files import read_json
from segdesk.formats.registry import export_formats

links = pytest.mark.skipif(sys.platform == "win32", reason="not everybody may make links there")

# What nobody's image is called; "secret.png" lies above the folder that is imported.
NAMES = (
    "../../../secret.png", "../secret.png", "..\\secret.png", "/etc/passwd",
    "C:\\Windows\\win.ini", "\\\\host\\share\\secret.png",
    "images/../../secret.png", "..", ".", "", "NUL", "CON.png", "aux", "a\0b.png", "\x1b[31m.png", "x" * 5000,
)  # fmt: skip


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A place that nothing may be read from or written to; its image would fit."""
    path = tmp_path / "secret.png"
    Image.fromarray(np.zeros((30, 40), np.uint8)).save(path)
    (tmp_path / "x" / "y" / "foreign").mkdir(parents=True)
    return path


def squares(name: str) -> dict[str, object]:
    """Annotations of an image by this name, in each format that names images."""
    ring = [[5, 5], [15, 5], [15, 15], [5, 15]]
    flat = [5, 5, 15, 5, 15, 15, 5, 15]
    return {
        "coco": {
            "images": [{"id": 1, "file_name": name, "width": 40, "height": 30}],
            "categories": [{"id": 1, "name": "a"}],
            "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "segmentation": [flat], "iscrowd": 0}],
        },
        "labelme": {
            "version": "5", "flags": {}, "imagePath": name, "imageData": None, "imageHeight": 30,
            "imageWidth": 40, "shapes": [{"label": "a", "points": ring, "shape_type": "polygon"}],
        },
        "isat": {
            "info": {"description": "ISAT", "folder": "../..", "name": name, "width": 40, "height": 30,
                     "depth": 1, "note": ""},
            "objects": [{"category": "a", "group": 1, "segmentation": ring, "area": 100, "layer": 1,
                         "bbox": [5, 5, 15, 15], "iscrowd": False, "note": ""}],
        },
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["coco", "labelme", "isat"])
def test_names_in_annotations_lead_nowhere(kind: str, outside: Path) -> None:
    """An image is found by its bare name, in the folder of the annotations alone."""
    folder = outside.parent / "x" / "y" / "foreign"
    for name in NAMES:
        (folder / "a.json").write_text(json.dumps(squares(name)[kind]), encoding="utf-8")
        try:
            reading = run(read_annotations(folder, [], kind))
        except SegdeskError:
            continue
        assert reading.pictures == (), name
    assert Images([]).find("../secret.png", [folder]) is None


@links
def test_a_link_among_what_is_imported_is_an_image_like_any_other(outside: Path) -> None:
    """It is read, as the person's own eyes would see it there, and nothing is ever written through it."""
    folder = outside.parent / "x" / "y" / "foreign"
    (folder / "one.png").symlink_to(outside)
    (folder / "a.json").write_text(json.dumps(squares("one.png")["coco"]), encoding="utf-8")
    before = outside.read_bytes()
    reading = run(read_annotations(folder, [], "coco"))
    assert [p.target.source.path.name for p in reading.pictures] == ["one.png"]
    assert outside.read_bytes() == before


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Samples whose files are called what some systems do not take, with classes of such names."""
    project = Project.create(tmp_path / "p.segdesk", ["..", "CON", "a/../../b"])
    (tmp_path / "images").mkdir()
    for name in ("NUL.png", "aux.txt.png", "...png", "com1.png", "a:b.png"):
        path = tmp_path / "images" / name
        try:
            Image.fromarray(np.full((30, 40), 90, np.uint8)).save(path, format="PNG")
        except OSError:
            continue  # this system does not take it
        (sample,) = project.samples.add([NewSample(ImageSource(path), 40, 30)])
        document = Document(project, sample)
        labels = np.zeros((30, 40), np.uint8)
        for index in (1, 2, 3):
            labels[9 * index - 8 : 9 * index - 2, 5:20] = index
        document.predict(labels, None)
        document.confirm()
    return project


def test_exports_have_names_that_every_system_takes(project: Project, tmp_path: Path) -> None:
    for name in export_formats():
        if name == "model":
            continue
        out = tmp_path / "all" / name
        report = run(export(export_request(project, out), name))
        assert report.files
        for file in report.files:
            assert file.resolve().is_relative_to(out.resolve()), file
            for part in file.relative_to(out).parts:
                assert safe_name(part) == part, file
    assert {p.name for p in (tmp_path / "all").iterdir()} == set(export_formats()) - {"model"}


@links
@pytest.mark.parametrize("name", ["binary-png", "yolo", "voc", "rootpainter"])
def test_a_linked_folder_within_an_export_is_refused(name: str, project: Project, tmp_path: Path) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    run(export(export_request(project, out), name))
    deep = max((p for p in out.rglob("*") if p.is_dir()), key=lambda p: len(p.parts))
    for file in sorted(deep.rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    deep.rmdir()
    elsewhere.mkdir()
    deep.symlink_to(elsewhere, target_is_directory=True)
    with pytest.raises(SegdeskError, match=r"leads out of .*remove this link"):
        run(export(export_request(project, out), name))
    assert list(elsewhere.iterdir()) == []
    deep.unlink()
    (out / "inside").mkdir()
    deep.symlink_to(out / "inside", target_is_directory=True)
    assert run(export(export_request(project, out), name)).files


@links
def test_a_linked_file_is_replaced_and_never_written_through(project: Project, tmp_path: Path) -> None:
    out, precious = tmp_path / "out", tmp_path / "precious.png"
    first = run(export(export_request(project, out), "class-png")).files
    precious.write_bytes(b"mine")
    for file in first:
        file.unlink()
        file.symlink_to(precious)
    run(export(export_request(project, out), "class-png"))
    assert precious.read_bytes() == b"mine"
    assert not any(file.is_symlink() for file in first)


@links
def test_a_batch_does_not_follow_links_out_of_its_folder(project: Project, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "sub").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (tmp_path / "m").write_bytes(b"a model")

    def predict(_: PredictRequest) -> Job[None]:
        yield Progress(None, "")

    asked = BatchRequest(tmp_path / "m", Search((tmp_path / "images",)), tmp_path / "out")
    with pytest.raises(SegdeskError, match="leads out of"):
        run(Batch(asked, predict, lambda *_: None).run())


class TestLimits:
    @pytest.fixture(autouse=True)
    def usual(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SEGDESK_LIMITS", "1")

    def test_large_images(self, outside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("segdesk.core.images.limits.MAX_PIXELS", 600)
        with pytest.raises(ImageError, match="raise the limit in the settings"):
            inspect_image(outside)
        raise_to(2)
        assert inspect_image(outside).width == 40

    def test_large_json(self, outside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("segdesk.formats.json_files.MAX_BYTES", 100)
        path = outside.with_name("a.json")
        path.write_text(json.dumps(["x" * 300]))
        with pytest.raises(FormatError, match="raise the limit in the settings"):
            read_json(path)
        raise_to(4)
        assert read_json(path) == ["x" * 300]

    def test_archives_that_unpack_to_more(self, outside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("segdesk.formats.instances.MAX_PIXELS", 100)
        folder = outside.parent / "x" / "y" / "foreign"
        Image.fromarray(np.zeros((30, 40), np.uint8)).save(folder / "a.png")
        np.savez_compressed(folder / "a.npz", labels=np.zeros((30, 40), np.uint8))
        (problem,) = run(read_annotations(folder, [], "npz")).problems
        assert "too large" in problem
        raise_to(3)
        assert len(run(read_annotations(folder, [], "npz")).pictures) == 1

    @pytest.mark.parametrize(
        ("said", "means"), [("", 1), ("x", 1), ("0", 1), ("-3", 1), ("7", 7), ("9999", 100)]
    )
    def test_what_the_environment_may_say(
        self, said: str, means: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SEGDESK_LIMITS", said)
        assert times() == means


def test_an_archive_with_hostile_names_is_read_from_memory_alone(outside: Path) -> None:
    """Nothing is unpacked: names of members are no paths."""
    folder = outside.parent / "x" / "y" / "foreign"
    Image.fromarray(np.zeros((30, 40), np.uint8)).save(folder / "a.png")
    np.savez(folder / "a.npz", labels=np.ones((30, 40), np.uint8))
    with zipfile.ZipFile(folder / "a.npz", "a") as archive:
        for name in ("../evil.npy", "/evil.npy", "..\\evil.npy", "NUL.npy"):
            archive.writestr(name, b"x")
    reading = run(read_annotations(folder, [], "npz"))
    assert len(reading.pictures) == 1
    assert sorted(p.name for p in outside.parent.rglob("*evil*")) == []


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"a":' * 100_000, '{"images": ' + "[" * 50_000 + "]" * 50_000 + "}"]
)
def test_deep_json_is_refused(text: str, outside: Path) -> None:
    path = outside.parent / "x" / "y" / "foreign" / "a.json"
    path.write_text(text)
    for kind in ("coco", "labelme", "isat", "geojson"):
        try:
            assert run(read_annotations(path, [], kind)).pictures == ()
        except FormatError as error:
            assert str(error)


@pytest.mark.parametrize("marks", [{}, {"score": None}, {"difficult": False}, {"kie_linking": []}])
def test_files_of_two_programs_that_look_alike_are_told_apart(
    marks: dict[str, object], tmp_path: Path
) -> None:
    Image.fromarray(np.zeros((30, 40), np.uint8)).save(tmp_path / "a.png")
    content = squares("a.png")["labelme"]
    assert isinstance(content, dict)
    content["shapes"][0] |= marks
    (tmp_path / "a.json").write_text(json.dumps(content))
    assert recognised(tmp_path).name == ("xanylabeling" if marks else "labelme")
    (picture,) = run(read_annotations(tmp_path, [])).pictures
    assert picture.labels.unpack().sum() == 121


def test_a_file_in_another_encoding_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes('{"a": 1,\n "b": 2,\n "c": "Gefäß"}'.encode("latin-1"))
    with pytest.raises(FormatError, match=r"a\.json, line 3: .*UTF-8"):
        read_json(tmp_path / "a.json")


def test_a_bomb_within_json_is_refused(outside: Path) -> None:
    """A picture of a billion pixels in a few hundred bytes, as labelme carries them."""
    from tests.formats.bombs import png_of

    bomb = base64.b64encode(png_of(60_000, 60_000)).decode()
    content = squares("a.png")["labelme"]
    assert isinstance(content, dict)
    content |= {"imageData": bomb}
    content["shapes"] = [{"label": "a", "points": [[1, 1], [20, 20]], "shape_type": "mask", "mask": bomb}]
    folder = outside.parent / "x" / "y" / "foreign"
    Image.fromarray(np.zeros((30, 40), np.uint8)).save(folder / "a.png")
    (folder / "a.json").write_text(json.dumps(content))
    reading = run(read_annotations(folder, [], "labelme"))
    assert reading.pictures == () or not reading.pictures[0].labels.unpack().any()
    assert reading.problems


@pytest.mark.parametrize(
    "target", ["../../evil.png", "/evil.png", "a/../../evil.png", "C:/evil.png", "..\\evil.png"]
)
def test_a_record_of_a_batch_leads_nowhere(target: str, outside: Path) -> None:
    """It lies in the folder of results, which somebody may have sent."""
    folder = outside.parent / "x" / "y" / "foreign"
    Image.fromarray(np.zeros((6, 8), np.uint8)).save(folder / "a.png")
    (folder.parent / "m").write_bytes(b"a model")

    def predict(request: PredictRequest) -> Job[None]:
        for number, item in enumerate(request.items):
            said = Prediction(item.sample_id, np.ones((6, 8), np.uint8))
            yield Predicted(1.0, "", prediction=said, sample_id=number)

    def batch(*, again: bool) -> Batch:
        asked = BatchRequest(folder.parent / "m", Search((folder,)), folder.parent / "out", again=again)
        return Batch(asked, predict, BatchWriter(make_classes(["a"])))

    run(batch(again=False).run())
    with closing(sqlite3.connect(folder.parent / "out" / NAME)) as record:
        record.execute("UPDATE images SET target = ?, done = 0", (target,))
        record.commit()
    before = {p for p in outside.parent.rglob("*") if NAME not in p.name}
    for again in (False, True):
        with pytest.raises(SegdeskError, match="is damaged; delete it"):
            run(batch(again=again).run())
    assert {p for p in outside.parent.rglob("*") if NAME not in p.name} == before
