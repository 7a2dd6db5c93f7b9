"""The catalogue of published weights, with what a person adds to it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from segdesk.core import catalogue
from segdesk.core.errors import ModelError
from segdesk.core.translation import use_language

OWN = {
    "name": "mine",
    "title": "Mine",
    "good_for": {"en": "Vessels", "de": "Gefäße"},
    "url": "https://example.org/a/b.PTH?x=1",
    "size": 10,
    "md5": "0" * 32,
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEGDESK_HOME", str(tmp_path))
    return tmp_path


def own(home: Path, text: str) -> None:
    (home / "config").mkdir(exist_ok=True)
    (home / "config" / "models.json").write_text(text, encoding="utf-8")


def test_what_is_shipped_can_be_checked_when_it_arrives() -> None:
    entries = catalogue.published()
    assert {"u2net", "u2netp", "u2net_human_seg"} <= {entry.name for entry in entries}
    assert not catalogue.problems()
    for entry in entries:
        assert entry.url.startswith("https://")
        assert entry.digest[0] == "sha256"
        assert entry.licence and entry.good_for


def test_a_person_s_own_catalogue_adds_to_it_in_their_language(home: Path) -> None:
    shipped = catalogue.published()
    own(home, json.dumps({"models": [OWN]}))
    assert catalogue.published()[:-1] == shipped
    entry = catalogue.find("mine")
    assert (entry.good_for, entry.file_name, entry.digest) == ("Vessels", "mine.pth", ("md5", "0" * 32))
    use_language("de_AT")
    try:
        assert catalogue.find("mine").good_for == "Gefäße"
    finally:
        use_language("en")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "../up"),
        ("name", None),
        ("title", " "),
        ("url", "http://example.org/x.onnx"),
        ("url", "file:///etc/passwd.onnx"),
        ("url", "https://example.org/x.exe"),
        ("url", "https://[example.org/x.onnx"),
        ("size", 0),
        ("size", "10"),
        ("size", True),
        ("size", 10**15),
        ("md5", "12"),
        ("md5", ""),
    ],
)
def test_a_wrong_entry_is_named_and_the_others_are_offered(home: Path, field: str, value: object) -> None:
    own(home, json.dumps({"models": [{**OWN, field: value}, {**OWN, "name": "good"}]}))
    assert catalogue.find("good")
    said = {"md5": "md5" if value else "sha256"}.get(field, field)
    (problem,) = catalogue.problems()
    assert "Entry 1 of" in problem and f": {said} is missing or wrong" in problem
    with pytest.raises(ModelError, match="no published weights called 'mine'; there are u2netp"):
        catalogue.find("mine")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"models": 3', "[" * 100_000])
def test_a_file_that_is_no_catalogue(home: Path, text: str) -> None:
    own(home, text)
    assert catalogue.find("u2net")
    (problem,) = catalogue.problems()
    assert "is no catalogue of weights" in problem
