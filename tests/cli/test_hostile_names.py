"""Names of files that would steer the terminal, or pass for lines of ours, do neither."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdesk.cli.console import lines, one_line, printable, progress_line, table
from segdesk.cli.main import main
from segdesk.core.document import Document
from segdesk.core.images import ImageSource
from segdesk.core.jobs import Progress
from segdesk.core.project import NewSample, Project

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="its file systems take no such names")

# An ANSI sequence, a title, an 8-bit one, a backspace, a false line, a turn of the reading direction.
HOSTILE = "\x1b[2J\x1b]0;own\x07\x9b31m\x08\nAll is well.\r\u202egnp"
NO_TEXT = os.fsdecode(b"b\xff.png")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two images with such names, one of which is gone, and masks of both."""
    folder = tmp_path / f"p{HOSTILE}"
    folder.mkdir()
    project = Project.create(folder / "p.segdesk", ["a"])
    for number in range(2):
        path = folder / f"{number}{HOSTILE}.png"
        Image.fromarray(np.zeros((20, 30), np.uint8)).save(path, format="PNG")
        (sample,) = project.samples.add([NewSample(ImageSource(path), 30, 20)])
        Document(project, sample).predict(np.ones((20, 30), np.uint8), None)
    path.rename(folder / NO_TEXT)
    project.close()
    return project.folder


def said(capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    captured = capsys.readouterr()
    for text in captured:
        assert "All is well." not in text.splitlines()
        assert all(c.isprintable() or c == "\n" for c in text), ascii(text)
    return captured.out, captured.err


def test_every_command_that_names_files(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEGDESK_HOME", str(tmp_path / "home"))
    out = str(tmp_path / f"out{HOSTILE}")
    first = str(next(p for p in project.parent.iterdir() if p.name.startswith("0")))
    commands = [
        ["info", str(project)],
        ["info", first, f"{first}x", str(project.parent)],
        ["export", str(project), "--format", "overlay", "--out", out],
        ["measure", str(project), "--out", f"{out}.csv"],
        ["quality", str(project), "--csv", out],
        ["doctor", str(project)],
        ["doctor", str(project), "--rescue", f"{out}-rescued"],
        ["relink", str(project), str(tmp_path)],
        ["models", str(project)],
        ["import", str(project), str(tmp_path / HOSTILE)],
        ["import", str(project), out, "--dry-run"],
        ["predict", str(project), "--out", out],
        ["predict", "--model", f"{out}.safetensors", first, "--out", out],
        ["new", f"{out}.1", "--images", str(project.parent), "--classes", "a"],
        ["new", f"{out}.2", "--images", first, f"{first}x", "--classes", f"b{HOSTILE}"],
    ]
    seen = ""
    for command in commands:
        for form in ([], ["--json"]):
            main([*command, *form])
            text, complaints = said(capsys)
            if form and text:
                json.loads(text)
            seen += text + complaints
    assert r"\x1b[2J\x1b]0;own\x07\x9b31m\x08\x0aAll is well.\x0d\x202egnp" in seen
    assert r"\u001b[2J" in seen
    assert r"b\xdcff.png is not in UTF-8" in seen


def test_what_every_line_goes_through() -> None:
    assert one_line("a\nb\x1b") == r"a\x0ab\x1b"
    assert printable("a\nb\x1b") == "a\nb\\x1b"
    assert lines(["a\nb", "c"]) == "a\\x0ab\nc"
    assert len(table(["x\n"], [["y\x1b[1m"]]).splitlines()) == 2
    assert "\n" not in progress_line(Progress(0.5, "Reading x\ny", figures={"a\nb": 1.0}))
