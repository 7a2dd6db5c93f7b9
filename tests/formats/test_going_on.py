"""An export that was interrupted goes on where it stopped; what has changed since is written anew."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdesk.core.document import Document
from segdesk.core.files import write_bytes
from segdesk.core.geometry import Box
from segdesk.core.jobs import run
from segdesk.core.project import Project, Split
from segdesk.formats.export import export
from segdesk.formats.export_record import NAME
from segdesk.formats.items import export_request

KINDS = ["class-png", "binary-png", "overlay", "cutout", "training", "yolo", "voc"]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of pictures, as they are written."""
    names: list[str] = []

    def noting(path: Path, data: bytes, **how: bool) -> None:
        names.append(path.stem)
        write_bytes(path, data, **how)

    monkeypatch.setattr("segdesk.formats.images.write_bytes", noting)
    return names


def interrupted(project: Project, out: Path, name: str) -> None:
    """The export of two samples ends when the first one stands."""
    job = export(export_request(project, out), name)
    next(job)
    next(job)
    job.close()
    assert (out / NAME).is_file()


def inodes(folder: Path) -> dict[Path, int]:
    """Of the files of the first sample: one that is written anew is another file."""
    return {path: path.stat().st_ino for path in folder.rglob("one.*")}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.mark.parametrize("name", KINDS)
def test_what_stands_is_left_and_the_end_is_the_same(name: str, project: Project, tmp_path: Path) -> None:
    whole = run(export(export_request(project, tmp_path / "whole"), name))
    interrupted(project, tmp_path / "out", name)
    with (tmp_path / "out" / NAME).open("ab") as file:
        file.write(b'\n["cut off by the ki')
    standing = inodes(tmp_path / "out")
    assert standing
    report = run(export(export_request(project, tmp_path / "out"), name))
    assert inodes(tmp_path / "out") == standing
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")
    assert [p.relative_to(tmp_path / "out") for p in report.files] == [
        p.relative_to(tmp_path / "whole") for p in whole.files
    ]


def test_a_finished_one_is_written_anew(project: Project, tmp_path: Path, written: list[str]) -> None:
    for _ in range(2):
        written.clear()
        run(export(export_request(project, tmp_path), "class-png"))
        assert set(written) == {"one", "two"}


@pytest.mark.parametrize("change", ["mask", "image", "file", "kind", "record", "split"])
def test_what_is_not_as_it_was_is_written_anew(
    change: str, project: Project, tmp_path: Path, written: list[str]
) -> None:
    out = tmp_path / "out"
    interrupted(project, out, "overlay")
    sample = project.samples.all()[0]
    if change == "mask":
        box = Box(3, 3, 4, 4)
        Document(project, sample).correct(
            "Brush", lambda edit: edit.assert_class(box, np.ones((4, 4), bool), 2)
        )
    elif change == "image":
        pixels = np.asarray(Image.open(sample.source.path))
        Image.fromarray(pixels[::-1]).save(sample.source.path)
    elif change == "file":
        (out / "one.png").write_bytes(b"cut")
    elif change == "split":
        project.splits.fix({sample.id: Split.TEST})
    elif change == "record":
        (out / NAME).write_bytes(b"[[[[" * 100_000)
    written.clear()
    run(export(export_request(project, out), "class-png" if change == "kind" else "overlay"))
    assert set(written) == {"one", "two"}


def test_a_link_in_place_of_the_record_is_not_followed(project: Project, tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_bytes(b"mine")
    out = tmp_path / "out"
    out.mkdir()
    try:
        (out / NAME).symlink_to(target)
    except OSError:
        pytest.skip("this system makes no links")
    interrupted(project, out, "class-png")
    assert target.read_bytes() == b"mine"


def test_a_record_of_names_that_no_file_can_have_counts_for_nothing(
    project: Project, tmp_path: Path, written: list[str]
) -> None:
    run(export(export_request(project, tmp_path / "whole"), "class-png"))
    interrupted(project, tmp_path / "out", "class-png")
    record = tmp_path / "out" / NAME
    lines = [json.loads(line) for line in record.read_bytes().splitlines() if line]
    record.write_text("\n".join(json.dumps([about, key, {"a\0b": 1}]) for about, key, _ in lines), "utf-8")
    written.clear()
    run(export(export_request(project, tmp_path / "out"), "class-png"))
    assert set(written) == {"one", "two"}
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")
