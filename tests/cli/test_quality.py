"""`segdesk quality`: figures on stdout, tables and a picture as files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdesk.cli.main import main
from segdesk.core.document import Document
from segdesk.core.images import ImageSource
from segdesk.core.jobs import TrainResult
from segdesk.core.project import Learned, NewSample, Project


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two images: one was predicted half right by version 1 and confirmed, the other is new."""
    made = Project.create(tmp_path / "p.segdesk", ["cell"])
    made.samples.add(NewSample(ImageSource(tmp_path / f"{n}.png"), 10, 10) for n in range(2))
    file = made.versions.next_file()
    file.write_bytes(b"a model")
    learned = Learned(samples=(1,), corrections=3, seconds=20)
    made.versions.record(TrainResult(True, None, 0.75, "unet", {}), file, None, learned)
    document = Document(made, made.samples.all()[0])
    truth = np.zeros((10, 10), np.uint8)
    truth[:4] = 1
    document.predict((truth * (np.arange(10) < 5)).astype(np.uint8), 1)
    document.correct("Brush", lambda edit: edit.assert_labels(truth, np.ones(truth.shape, bool)))
    document.confirm()
    made.samples.spend(1, 12.0)
    made.close()
    return tmp_path / "p.segdesk"


def test_one_document_for_programs(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["quality", str(project), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    (first,) = found["first_predictions"]
    assert (first["name"], first["version"], round(first["dice"], 4)) == ("0.png", 1, 0.6667)
    assert found["rounds"][0]["dice_after"] == 0.75
    assert found["effort"] == [{"name": "0.png", "page": 0, "seconds": 12.0, "corrections": 2}]
    assert found["classes"]["cell"]["recall"] == 0.5
    assert found["confusion"]["pixels"] == [[60, 0], [20, 20]]
    assert found["confusion"]["shares"] == [[1.0, 0.0], [0.5, 0.5]]


def test_tables_for_people(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["quality", str(project), "--csv", str(tmp_path / "tables")]) == 0
    out = capsys.readouterr().out
    assert "0.667" in out
    assert "0.750" in out
    assert sorted(path.name for path in (tmp_path / "tables").iterdir()) == [
        "quality-confusion.csv",
        "quality-rounds.csv",
        "quality.csv",
    ]


def test_a_project_without_figures_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Project.create(tmp_path / "new.segdesk", ["cell"]).close()
    assert main(["quality", str(tmp_path / "new.segdesk")]) == 0
    assert "confirm images" in capsys.readouterr().out


def test_no_project_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["quality", str(tmp_path)]) == 1
    assert "not a SegDesk project" in capsys.readouterr().err


def draw(project: Path, file: Path) -> subprocess.CompletedProcess[str]:
    """Draw in a process of its own: one process has one Qt application."""
    clean = {
        k: v for k, v in os.environ.items() if k not in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")
    }
    command = [sys.executable, "-m", "segdesk", "quality", str(project), "--png", str(file)]
    return subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        env={**clean, "SEGDESK_HOME": str(file.parent / "home")},
    )


def test_curves_as_a_picture_without_a_screen(project: Path, tmp_path: Path) -> None:
    file = tmp_path / "curves.png"
    done = draw(project, file)
    assert done.returncode == 0, done.stderr
    with Image.open(file) as picture:
        assert picture.format == "PNG"
        pixels = np.asarray(picture.convert("RGB"))
    assert pixels.shape[1] >= 1000
    assert (pixels[0, 0] == 255).all()
    # The accent of the points is there, in the curves above as in the table of classes below.
    accent = (np.abs(pixels.astype(int) - (75, 74, 196)).max(axis=2) < 12).any(axis=1)
    assert accent[: len(accent) // 2].any() and accent[len(accent) // 2 :].any()


def test_nothing_to_draw_is_told(tmp_path: Path) -> None:
    Project.create(tmp_path / "new.segdesk", ["cell"]).close()
    done = draw(tmp_path / "new.segdesk", tmp_path / "curves.png")
    assert done.returncode == 1
    assert "nothing to draw yet" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "curves.png").exists()
