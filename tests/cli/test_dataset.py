"""`segdesk dataset`: figures, the split, and the report."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdesk.cli.main import main
from segdesk.core.document import Document
from segdesk.core.images import ImageSource
from segdesk.core.project import NewSample, Project, Split


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Ten images, the first eight confirmed."""
    made = Project.create(tmp_path / "p.segdesk", ["cell<b>"])
    (tmp_path / "images").mkdir()
    for number in range(10):
        path = tmp_path / "images" / f"P{number // 2}_{number}&.png"
        Image.fromarray(np.full((24, 32), 20 * number, np.uint8)).save(path)
        made.samples.add([NewSample(ImageSource(path), 32, 24)])
    for sample in made.samples.all()[:8]:
        labels = np.zeros((24, 32), np.uint8)
        labels[:4, : 2 * sample.id] = 1
        document = Document(made, sample)
        document.predict(labels, None)
        document.confirm()
    made.close()
    return tmp_path / "p.segdesk"


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    assert main([*arguments, "--json"]) == 0
    document: dict[str, object] = json.loads(capsys.readouterr().out)
    return document


def samples(folder: Path) -> dict[str, tuple[Split | None, bool, str | None]]:
    project = Project(folder, write=False)
    found = {s.source.path.name: (s.split, s.split_fixed, s.group) for s in project.samples.all()}
    project.close()
    return found


def test_what_there_is(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, "dataset", str(project))
    assert (found["images"], found["labelled"]) == (10, 8)
    assert found["classes"]["cell<b>"]["objects"] == 8  # type: ignore[index]
    assert found["uncorrected"] == ["P4_8&.png", "P4_9&.png"]
    assert main(["dataset", str(project)]) == 0
    out = capsys.readouterr().out
    assert "10 images, 8 of them labelled" in out
    assert "32 x 24" in out


def test_a_split_by_patients(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, "dataset", str(project), "split", "--shares", "60,20,20", "--group-by", "^(P.)_")
    assert [found["parts"][part]["images"] for part in Split] == [6, 2, 2]  # type: ignore[index]
    groups: dict[str | None, set[Split | None]] = {}
    for split, _, group in samples(project).values():
        groups.setdefault(group, set()).add(split)
    assert set(groups) == {"P0", "P1", "P2", "P3", "P4"}
    assert all(len(splits) == 1 for splits in groups.values())


def test_fixing_grouping_and_clearing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, "dataset", str(project), "fix", "test", "P0_0&.png", "P0_1&")
    told(capsys, "dataset", str(project), "group", "twins", "P1_2&.png", "P1_3&.png")
    for seed in ("0", "1"):
        told(capsys, "dataset", str(project), "split", "--shares", "60,20,20", "--seed", seed)
        found = samples(project)
        assert found["P0_0&.png"] == found["P0_1&.png"] == (Split.TEST, True, None)
        assert found["P1_2&.png"] == found["P1_3&.png"]
        assert found["P1_2&.png"][2] == "twins"
    told(capsys, "dataset", str(project), "fix", "free", "P0_0&.png")
    assert samples(project)["P0_0&.png"] == (Split.TEST, False, None)
    told(capsys, "dataset", str(project), "clear")
    assert {split for split, *_ in samples(project).values()} == {None}


def test_what_cannot_be_done_is_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dataset", str(project), "fix", "test", "nobody.png"]) == 1
    assert "no image nobody.png" in capsys.readouterr().err
    assert main(["dataset", str(project), "split", "--group-by", "("]) == 1
    assert "no pattern" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["dataset", str(project), "split", "--shares", "all"])


def test_a_page_that_holds_everything(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told(capsys, "dataset", str(project), "split")
    found = told(capsys, "dataset", str(project), "report", str(tmp_path / "out" / "page.html"))
    assert found["problems"] == []
    page = (tmp_path / "out" / "page.html").read_text(encoding="utf-8")
    assert page.count("data:image/png;base64,") == 8
    assert "cell&lt;b&gt;" in page
    assert "<b>" not in page
    assert "P0_0&amp;.png" in page
    assert "http" not in page  # nothing comes from elsewhere
    assert "prefers-color-scheme: dark" in page


def test_an_image_that_is_gone_is_left_out_of_the_page(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "images" / "P0_0&.png").unlink()
    assert main(["dataset", str(project), "report", str(tmp_path / "page.html")]) == 1
    assert "P0_0&.png" in capsys.readouterr().err
    assert (tmp_path / "page.html").read_text(encoding="utf-8").count("data:image/png") == 7
