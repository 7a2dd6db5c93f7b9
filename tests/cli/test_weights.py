"""`segdesk models get`: what can be downloaded, and a project's models beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from segdesk.cli.main import main
from segdesk.core import catalogue


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEGDESK_HOME", str(tmp_path))
    return tmp_path


def test_alone_it_lists_the_catalogue_with_what_is_here(capsys: pytest.CaptureFixture[str]) -> None:
    entry = catalogue.find("u2netp")
    catalogue.folder().mkdir(parents=True)
    catalogue.part_of(catalogue.folder() / entry.file_name).write_bytes(bytes(entry.size // 2))
    assert main(["models", "get"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1 + len(catalogue.published())
    assert "49 % here" in lines[1] and entry.good_for in lines[1]
    for words in (["models", "get", "--json"], ["models", "--json", "get"]):
        assert main(words) == 0
        first = json.loads(capsys.readouterr().out)["weights"][0]
        assert (first["name"], first["file"], first["here"]) == ("u2netp", None, entry.size // 2)


def test_what_is_here_is_not_fetched(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    (home / "config").mkdir()
    row = {"name": "mine", "title": "Mine", "good_for": "x", "url": "https://localhost:1/x.pth", "size": 3}
    row |= {"md5": "900150983cd24fb0d6963f7d28e17f72"}  # of "abc"
    (home / "config" / "models.json").write_text(json.dumps({"models": [row]}))
    assert main(["models", "get", "mine"]) == 1
    assert "Cannot reach localhost for Mine" in capsys.readouterr().err
    catalogue.folder().mkdir(parents=True, exist_ok=True)
    (catalogue.folder() / "mine.pth").write_bytes(b"abc")
    assert main(["models", "get", "mine", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["file"] == str(catalogue.folder() / "mine.pth")


def test_an_unknown_name_names_the_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "get", "nothing"]) == 1
    assert "called 'nothing'; there are u2netp" in capsys.readouterr().err


def test_a_project_in_a_folder_called_get(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "./get"]) == 1
    assert "get" in capsys.readouterr().err
