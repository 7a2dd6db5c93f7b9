"""The command line as a script would use it: documents on stdout, sentences on stderr, exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from segdesk.cli.main import main
from segdesk.core.mask import UNLABELLED

SIZE = 64


def pictures(folder: Path, count: int = 3) -> None:
    """Bright squares on a dark noisy ground, with their masks of 0 and 255, and strokes that hint at them."""
    rng = np.random.default_rng(0)
    for kind in ("images", "masks", "strokes"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
    for number in range(count):
        truth = np.zeros((SIZE, SIZE), np.uint8)
        x, y = rng.integers(4, 34, 2)
        truth[y : y + 24, x : x + 24] = 255
        image = np.where(truth > 0, 200, 40) + rng.normal(0, 12, truth.shape)
        strokes = np.full_like(truth, UNLABELLED)
        strokes[y + 3 : y + 21, x + 3 : x + 21] = 1
        strokes[:3] = strokes[-3:] = 0
        Image.fromarray(image.clip(0, 255).astype(np.uint8)).save(folder / "images" / f"im{number}.png")
        Image.fromarray(truth).save(folder / "masks" / f"im{number}.png")
        Image.fromarray(strokes).save(folder / "strokes" / f"im{number}.png")


class Cli:
    """Runs commands with --json and gives the document."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: object) -> dict[str, Any]:
        code, out, err = self.raw(*arguments, "--json")
        assert code == 0, err
        document: dict[str, Any] = json.loads(out)
        return document

    def raw(self, *arguments: object) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        captured = self._capsys.readouterr()
        return code, captured.out, captured.err

    def refusal(self, *arguments: object) -> str:
        """The sentence on stderr of a command that ends with 1 and prints nothing else."""
        code, out, err = self.raw(*arguments)
        assert code == 1
        assert out == ""
        assert "Traceback" not in err
        return err.strip().splitlines()[-1]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    return Cli(capsys)


@pytest.fixture
def project(cli: Cli, tmp_path: Path) -> Path:
    pictures(tmp_path)
    folder = tmp_path / "p.segdesk"
    cli("new", folder, "--images", tmp_path / "images", "--classes", "square")
    return folder


def test_a_new_project_is_described(cli: Cli, project: Path, tmp_path: Path) -> None:
    found = cli("info", project)
    assert found["classes"] == ["background", "square"]
    assert [Path(s["path"]).name for s in found["samples"]] == ["im0.png", "im1.png", "im2.png"]
    assert found["states"] == {"new": 3, "predicted": 0, "corrected": 0, "confirmed": 0}
    image = cli("info", tmp_path / "images" / "im0.png")
    assert (image["width"], image["height"], image["type"], image["pages"]) == (SIZE, SIZE, "uint8", 1)
    assert len(cli("info", project, tmp_path / "images" / "im0.png")["items"]) == 2


def test_importing_masks_confirms_and_corrections_correct(cli: Cli, project: Path, tmp_path: Path) -> None:
    cli("import", project, "--format", "mask", tmp_path / "masks" / "im0.png")
    assert cli("import", project, "--format", "corrections", tmp_path / "strokes" / "im1.png") == {
        "imported": ["im1"],
        "unmatched": [],
    }
    assert cli("info", project)["states"] == {"new": 1, "predicted": 0, "corrected": 1, "confirmed": 1}


@pytest.mark.slow
def test_the_loop_learns_predicts_evaluates_and_exports(cli: Cli, project: Path, tmp_path: Path) -> None:
    cli("import", project, "--format", "corrections", tmp_path / "strokes" / "im0.png")
    trained = cli("train", project, "--steps", 60, "--device", "cpu")
    assert trained["accepted"]
    assert trained["version"] == 1
    predicted = cli("predict", project, "--out", tmp_path / "out")
    assert sorted(Path(f).name for f in predicted["files"]) == ["im0.png", "im1.png", "im2.png"]
    strokes = np.asarray(Image.open(tmp_path / "strokes" / "im0.png"))
    labels = np.asarray(Image.open(tmp_path / "out" / "im0.png"))
    assert set(np.unique(labels)) <= {0, 1}
    said = strokes != UNLABELLED
    assert np.array_equal(labels[said], strokes[said]), "corrections stay on top"
    scores = cli("evaluate", project, "--truth", tmp_path / "masks", "--samples", "unconfirmed")
    assert scores["samples"] == 3
    assert scores["classes"]["square"]["dice"] > 0.8
    assert cli("info", project)["states"] == {"new": 0, "predicted": 2, "corrected": 1, "confirmed": 0}

    cli("train", project, "--steps", 5, "--device", "cpu")
    versions = cli("models", project)["versions"]
    assert versions[0]["network"] == "unet"
    assert cli("models", project, "use", 1)["in_use"] == 1
    cli("export", project, "--format", "model", "--out", tmp_path / "model")
    cli(
        "predict", tmp_path / "images" / "im1.png", "--model", tmp_path / "model" / "model.safetensors",
        "--out", tmp_path / "loose",
    )  # fmt: skip
    loose = np.asarray(Image.open(tmp_path / "loose" / "im1.png"))
    assert np.array_equal(loose, np.asarray(Image.open(tmp_path / "out" / "im1.png")))
    for name in ("class-png", "binary-png", "overlay", "cutout", "coco", "csv"):
        assert cli("export", project, "--format", name, "--out", tmp_path / name)["files"]


@pytest.mark.slow
def test_another_version_predicts_without_changing_the_project(
    cli: Cli, project: Path, tmp_path: Path
) -> None:
    cli("import", project, "--format", "corrections", tmp_path / "strokes" / "im0.png")
    cli("train", project, "--steps", 2, "--device", "cpu")
    cli("predict", project, "--out", tmp_path / "a")
    before = cli("info", project)
    cli("train", project, "--steps", 2, "--from", "scratch", "--device", "cpu")
    cli("models", project, "use", 1)
    cli("predict", project, "--model", 1, "--out", tmp_path / "b")
    assert cli("info", project)["samples"] == before["samples"]


def test_learning_from_nothing_says_what_to_do(cli: Cli, project: Path) -> None:
    assert "paint a little of each class first" in cli.refusal("train", project, "--steps", 1)


def test_predicting_without_a_model_says_what_to_do(cli: Cli, project: Path, tmp_path: Path) -> None:
    assert "There is no model yet" in cli.refusal("predict", project, "--out", tmp_path / "o")
    image = tmp_path / "images" / "im0.png"
    assert "--model" in cli.refusal("predict", image, "--out", tmp_path / "o")


def test_bad_input_is_one_sentence(cli: Cli, project: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "not a SegDesk project" in cli.refusal("models", tmp_path / "empty")
    assert "exists already" in cli.refusal("new", project, "--images", tmp_path / "images", "--classes", "x")
    refused = cli.refusal("new", tmp_path / "q.segdesk", "--images", tmp_path / "empty", "--classes", "x")
    assert "no project was made" in refused
    assert not (tmp_path / "q.segdesk").exists()
    assert "no model version 7" in cli.refusal("models", project, "use", 7)
    assert "no model version or file" in cli.refusal("train", project, "--from", "nowhere.safetensors")
    assert "no export format" in cli.refusal("export", project, "--format", "x", "--out", tmp_path / "o")


def test_wrong_usage_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["train"], ["new", "x"], ["train", "p", "--seconds", "0"], ["--nonsense"]):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_file_names_cannot_steer_the_terminal(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a\x1b[31mred.png").write_bytes(b"no image")
    _, out, err = cli.raw("info", tmp_path / "a\x1b[31mred.png")
    assert "\x1b" not in out + err
    assert "red.png" in err


def test_doctor_names_versions_and_devices(cli: Cli) -> None:
    code, out, _ = cli.raw("doctor", "--json")
    document = json.loads(out)
    assert {device["name"] for device in document["devices"]} >= {"cpu"}
    assert document["missing"] == [] or code == 1
    assert document["problems"] == []
