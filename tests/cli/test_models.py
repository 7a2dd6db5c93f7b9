"""`segdesk models`: every version with its figures, and what can be done to one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from segdesk.cli.main import main
from segdesk.core.jobs import TrainResult
from segdesk.core.project import Learned, Project
from segdesk.nn import model_file
from segdesk.nn.spec import NetworkSpec
from tests.nn.foreign.originals import Original, milesial


def weights(path: Path, classes: tuple[str, ...] = ("background", "square")) -> Path:
    """A model file with the smallest network there is."""
    torch.manual_seed(0)
    spec = NetworkSpec("unet", 1, classes, {"width": 8})
    model_file.save(path, spec, spec.build().state_dict())
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project of two versions, the second in use."""
    project = Project.create(tmp_path / "p.segdesk", ["square"])
    for number in (1, 2):
        file = weights(project.versions.next_file())
        result = TrainResult(True, 0.5, 0.6 + number / 10, "unet", {"seconds": 8.0 + number})
        project.versions.record(result, file, number - 1 or None, Learned((1, 2, 3)))
    project.close()
    return project.folder


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err.strip()


def document(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    code, out, err = run(capsys, "models", *arguments, "--json")
    assert code == 0, err
    found: dict[str, Any] = json.loads(out)
    return found


def test_versions_are_listed_with_what_is_known(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, folder)
    assert found["in_use"] == 2
    second = found["versions"][1]
    shown = [second[key] for key in ("version", "name", "parent", "dice_after", "seconds", "samples")]
    assert shown == [2, "", 1, 0.8, 10.0, 3]
    _, text, _ = run(capsys, "models", folder)
    lines = text.splitlines()
    assert lines[2].split() == ["*", "2", "-", "1", "unet", "0.500", "0.800", "10", "3", second["created"]]


def test_json_may_be_asked_for_before_the_action(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "models", "--json", folder, "use", 1)
    assert json.loads(out)["in_use"] == 1


def test_renaming_and_deleting(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert document(capsys, folder, "rename", 1, "first try")["versions"][0]["name"] == "first try"
    code, out, err = run(capsys, "models", folder, "delete", 2)
    assert (code, out) == (1, "")
    assert "in use" in err
    assert [v["version"] for v in document(capsys, folder, "delete", 1)["versions"]] == [2]
    assert len(list((folder / "models").iterdir())) == 1


def test_a_version_travels_to_another_project(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "travel" / "m.safetensors"
    found = document(capsys, folder, "export", 1, out)
    assert found == {"version": 1, "file": str(out), "format": "safetensors"}
    other = Project.create(tmp_path / "other.segdesk", ["x"])
    other.close()
    first = document(capsys, other.folder, "import", out, "--name", "a friend")
    assert (first["imported"], first["in_use"]) == (1, None)
    assert first["versions"][0]["name"] == "a friend"
    assert first["versions"][0]["network"] == "unet"
    assert document(capsys, other.folder, "import", out, "--use")["in_use"] == 2


def test_a_version_goes_out_as_weights_and_comes_back(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for out, arguments in ((tmp_path / "m.pth", []), (tmp_path / "m.weights", ["--format", "pth"])):
        found = document(capsys, folder, "export", 1, out, *arguments)
        assert found["format"] == "pth"
        again = document(capsys, folder, "import", out)["imported"]
        version, original = (Project(folder).versions.get(number) for number in (again, 1))
        assert version.network == "unet"
        (spec, network), (first_spec, first) = map(model_file.load, (version.file, original.file))
        assert spec == first_spec
        assert all(torch.equal(value, first.state_dict()[key]) for key, value in network.state_dict().items())
    code, _, err = run(capsys, "models", folder, "export", 1, folder / "models" / "x.pth")
    assert code == 1
    assert "own models" in err


def test_an_onnx_file_comes_with_the_script_that_uses_it(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("onnx", reason="onnx is not installed (the optional extra 'onnx')")
    code, out, _ = run(capsys, "models", folder, "export", 1, tmp_path / "m.onnx", "--show-usage")
    assert code == 0
    assert (tmp_path / "m.onnx").is_file()
    compile(out, "script", "exec")
    assert "onnxruntime.InferenceSession" in out


def test_a_checkpoint_of_another_program_becomes_a_version(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = Original()
    milesial(4, 1, learned=True)(made, torch.zeros(1, 3, 32, 32))
    torch.save(made.state, tmp_path / "theirs.pth")
    found = document(capsys, folder, "import", tmp_path / "theirs.pth", "--name", "vessels", "--use")
    assert found["in_use"] == found["imported"] == 3
    version = Project(folder).versions.get(3)
    assert (version.name, version.network) == ("vessels", "unet")
    spec = model_file.read_spec(version.file)
    assert (spec.classes, spec.normalisation) == (("background", "square"), "range")
    files = set((folder / "models").iterdir())
    torch.save({"what.weight": torch.zeros(1)}, tmp_path / "theirs.pth")
    code, _, err = run(capsys, "models", folder, "import", tmp_path / "theirs.pth")
    assert code == 1
    assert "does not know" in err
    assert set((folder / "models").iterdir()) == files


def test_what_is_no_model_or_knows_too_much_is_refused(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "text.safetensors").write_text("no model at all")
    big = weights(tmp_path / "big.safetensors", ("background", "a", "b"))
    for file, words in (
        (tmp_path / "text.safetensors", "not a model"),
        (big, "knows 2 classes, but the project has 1"),
        (tmp_path / "nowhere.safetensors", "There is no model"),
    ):
        code, out, err = run(capsys, "models", folder, "import", file)
        assert (code, out) == (1, "")
        assert words in err
    assert len(document(capsys, folder)["versions"]) == 2


@pytest.mark.parametrize("wrong", [["use"], ["use", "x"], ["rename", "1"], ["export", "1"], ["paint", "1"]])
def test_wrong_usage_of_an_action_ends_with_2(
    folder: Path, wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["models", str(folder), *wrong])
    assert ended.value.code == 2
