"""`segdesk models PROJECT recipe N`: how images are prepared for a version."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from segdesk.cli.main import main
from segdesk.core.project import Project
from tests.nn.foreign.originals import SMALL, numbered, u2net
from tests.nn.foreign.test_convert import state_of


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """With a U2-Net of another program as its first version."""
    project = Project.create(tmp_path / "p.segdesk", ["vessel", "nerve"])
    project.close()
    torch.save(state_of(u2net(8, 1, SMALL)), tmp_path / "theirs.pth")
    assert main(["models", str(project.folder), "import", str(tmp_path / "theirs.pth"), "--use"]) == 0
    return project.folder


def test_it_is_told_and_a_change_is_a_new_version(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["models", str(project), "recipe", "1"]) == 0
    text = capsys.readouterr().out
    assert "Version 1:" in text and "imagenet-max" in text and "stretch" in text and "320" in text
    change = ["--colour", "bgr", "--size", "letterbox", "--height", "512", "--width", "256"]
    assert main(["models", str(project), "recipe", "1", *change, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["version"] == 2
    recipe = found["recipe"]
    assert [recipe[key] for key in ("color", "size", "height", "width")] == ["bgr", "letterbox", 512, 256]
    assert recipe["normalisation"] == "imagenet-max"
    with_both = Project(project)
    assert [version.number for version in with_both.versions.all()] == [1, 2]
    in_use = with_both.versions.in_use()
    assert in_use is not None and in_use.number == 1


def test_an_impossible_one_leaves_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", str(project), "recipe", "1", "--colour", "hsv"]) == 1
    assert "cannot have this color" in capsys.readouterr().err
    assert len(list((project / "models").glob("*.safetensors"))) == 1


def test_overlapping_classes_are_asked_for_at_the_import(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "two.pth"
    torch.save(state_of(numbered(4, 2, tutorial=True)), file)
    assert main(["models", str(project), "import", str(file)]) == 1
    assert "tells 1 classes apart" in capsys.readouterr().err
    assert main(["models", str(project), "import", str(file), "--output", "sigmoid"]) == 0
    assert main(["models", str(project), "recipe", "2"]) == 0
    assert "sigmoid" in capsys.readouterr().out
