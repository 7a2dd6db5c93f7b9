"""`segdesk predict MODEL FOLDER`: whole folders without a project, with the smallest network there is."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from segdesk.cli.main import main
from segdesk.core.project import Project
from segdesk.nn import model_file
from segdesk.nn.spec import NetworkSpec


def weights(path: Path, seed: int = 0) -> Path:
    """A model file with the smallest network there is."""
    torch.manual_seed(seed)
    spec = NetworkSpec("unet", 1, ("background", "square"), {"width": 8})
    model_file.save(path, spec, spec.build().state_dict())
    return path


def picture(path: Path, seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 255, (40, 56), np.uint8)
    Image.fromarray(pixels).save(path)


def pixels_of(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as image:
        return np.asarray(image)


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main([str(a) for a in ("predict", *arguments, "--device", "cpu", "--json")])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def done(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    code, out, err = run(capsys, *arguments)
    assert code == 0, err
    found: dict[str, Any] = json.loads(out)
    return found


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return weights(tmp_path / "m.safetensors")


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "images"
    for number, name in enumerate(("a.png", "a.bmp", "day 1/a.png", "day 1/deep/b.png")):
        picture(folder / name, number)
    return folder


def test_a_folder_is_predicted_with_its_folders(
    model: Path, images: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, overlays, table = tmp_path / "out", tmp_path / "overlays", tmp_path / "table.csv"
    found = done(capsys, model, images, "--out", out, "--overlays", overlays, "--measure", table)
    masks = sorted(Path(f).relative_to(out).as_posix() for f in found["files"])
    assert masks == ["a-png.png", "a.png", "day 1/a.png", "day 1/deep/b.png"]
    assert found["megapixels_per_second"] > 0
    objects = 0
    for name in masks:
        labels = pixels_of(out / name)
        assert labels.shape == (40, 56)
        assert set(np.unique(labels)) <= {0, 1}
        assert pixels_of(overlays / name).shape == (40, 56, 3)
        objects += bool(labels.any())
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == found["objects"] > 0
    assert len({row["image"] for row in rows}) == objects
    assert {row["image"] for row in rows} <= {"a.png", "a.bmp", "day 1/a.png", "day 1/deep/b.png"}
    again = done(capsys, model, images, "--out", out, "--overlays", overlays, "--measure", table)
    assert (again["files"], again["kept"], again["objects"]) == ([], 4, found["objects"])


def test_another_model_predicts_everything_anew(
    model: Path, images: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    done(capsys, model, images, "--out", out)
    code, text, err = run(capsys, weights(model, seed=1), images, "--out", out)
    assert code == 0
    assert "predicted anew" in err
    assert len(json.loads(text)["files"]) == 4


def test_a_bad_file_is_reported_and_the_others_go_on(
    model: Path, images: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (images / "day 1" / "broken.png").write_bytes(b"no image at all")
    code, text, err = run(capsys, model, images, "--out", tmp_path / "out")
    found = json.loads(text)
    assert code == 1
    assert list(found["failed"]) == ["day 1/broken.png"]
    assert "broken.png" in err
    assert len(found["files"]) == 4


def test_patterns_and_folders_narrow_it(
    model: Path, images: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = done(capsys, model, images, "--out", tmp_path / "1", "--pattern", "DAY 1/*")
    assert len(found["files"]) == 2
    found = done(capsys, model, images, "--out", tmp_path / "2", "--no-recursive", "--pattern", "*.bmp")
    assert [Path(f).name for f in found["files"]] == ["a.png"]


def test_images_are_never_written_to(
    model: Path, images: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {p: p.read_bytes() for p in images.rglob("*") if p.is_file()}
    code, _, err = run(capsys, model, images, "--out", images)
    assert (code, "among the images" in err) == (1, True)
    code, _, err = run(capsys, model, images / "a.png", "--out", images)
    assert (code, "take the place of an image" in err) == (1, True)
    assert all(p.read_bytes() == data for p, data in before.items())
    picture(tmp_path / "out" / "a.png", 9)
    for _ in range(2):
        code, _, err = run(capsys, model, images / "a.png", "--out", tmp_path / "out")
        assert (code, "no batch wrote it" in err) == (1, True)


def test_a_folder_without_images_says_so(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    code, _, err = run(capsys, model, tmp_path / "empty", "--out", tmp_path / "out")
    assert (code, "no such images" in err) == (1, True)


@pytest.mark.parametrize(
    "option", [["--watch"], ["--again"], ["--no-recursive"], ["--pattern", "*.tif"], ["--measure", "a.csv"]]
)
def test_what_is_for_folders_is_refused_for_a_project(
    option: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = Project.create(tmp_path / "p.segdesk", ["cell"])
    project.close()
    code, _, err = run(capsys, project.folder, "--out", tmp_path / "masks", *option)
    assert code == 1
    assert option[0] in err
    assert not (tmp_path / "masks").exists()
