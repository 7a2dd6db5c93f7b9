"""`segdesk import` and `segdesk export --check` from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdesk.cli.main import main
from segdesk.core.project import Project
from tests.formats.awkward import HEIGHT, WIDTH, awkward_labels


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for folder, pixels in (("images", np.arange(HEIGHT * WIDTH) % 251), ("masks", awkward_labels().ravel())):
        (tmp_path / "set" / folder).mkdir(parents=True)
        for name in ("a.png", "b.png"):
            picture = Image.fromarray(pixels.reshape(HEIGHT, WIDTH).astype(np.uint8))
            picture.save(tmp_path / "set" / folder / name)
    return tmp_path / "set"


def test_a_data_set_becomes_a_project_in_one_command(
    tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = tmp_path / "p.segdesk"
    assert main(["import", str(project), str(data), "--map", "1=cell", "--map", "2=wall", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["classes"] == {"background": "background", "1": "cell (new)", "2": "wall (new)"}
    assert (document["labelled"], document["added"]) == (2, 2)
    assert (
        main(["export", str(project), "--format", "yolo", "--check", "--json", "--out", str(tmp_path / "y")])
        == 0
    )
    fidelity = json.loads(capsys.readouterr().out)["fidelity"]
    assert fidelity["iou"] == {"a": 1.0, "b": 1.0}
    assert fidelity["read"] == fidelity["objects"] == 12


def test_a_dry_run_changes_nothing(tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Project.create(tmp_path / "p.segdesk", ["cell"]).close()
    assert main(["import", str(tmp_path / "p.segdesk"), str(data), "--dry-run"]) == 0
    assert "2 images would be labelled" in capsys.readouterr().out
    project = Project(tmp_path / "p.segdesk", write=False)
    assert project.samples.all() == []
    assert len(project.classes.all()) == 2
    project.close()


def test_bad_files_keep_everything_out_until_a_person_agrees(
    tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "masks" / "b.png").write_bytes(b"no picture")
    project = tmp_path / "p.segdesk"
    assert main(["import", str(project), str(data)]) == 1
    told = capsys.readouterr().err
    assert "b.png" in told
    assert "--skip-bad" in told
    assert not project.exists(), "nothing is half done"
    assert main(["import", str(project), str(data), "--skip-bad"]) == 1
    opened = Project(project, write=False)
    assert [s.source.path.name for s in opened.samples.all()] == ["a.png"]
    opened.close()
