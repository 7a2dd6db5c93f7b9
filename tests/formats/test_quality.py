"""The figures of a project as tables."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from segdesk.core.document import Document
from segdesk.core.errors import SegdeskError
from segdesk.core.images import ImageSource
from segdesk.core.jobs import TrainResult, run
from segdesk.core.project import Learned, NewSample, Project
from segdesk.core.quality import Quality, measure
from segdesk.formats.quality import write_tables


@pytest.fixture
def quality(tmp_path: Path) -> Quality:
    """Three images with awkward names, one of them confirmed; a round that was taken and one refused."""
    project = Project.create(tmp_path / "p.segdesk", ["=cell", "wall"])
    names = ["=1+2.png", "-a.png", "b.png"]
    project.samples.add(NewSample(ImageSource(tmp_path / name), 10, 10) for name in names)
    document = Document(project, project.samples.all()[0])
    truth = np.zeros((10, 10), np.uint8)
    truth[:4] = 1
    document.predict((truth * (np.arange(10) < 5)).astype(np.uint8), 1)
    document.correct("Brush", lambda edit: edit.assert_labels(truth, np.ones(truth.shape, bool)))
    document.confirm()
    project.samples.spend(document.sample.id, 12.34)
    learned = Learned(samples=(1,), confirmed=1, corrections=2, seconds=12.34)
    for accepted, after in ((True, 0.7), (False, 0.5)):
        file = project.versions.next_file()
        file.write_bytes(b"a model")
        project.versions.record(TrainResult(accepted, 0.6, after, "unet", {}), file, None, learned)
    found = run(measure(project.folder))
    project.close()
    return found


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_three_tables_side_by_side(quality: Quality, tmp_path: Path) -> None:
    path = tmp_path / "out" / "q.csv"
    assert run(write_tables(quality, path)) == (
        path,
        path.with_name("q-rounds.csv"),
        path.with_name("q-confusion.csv"),
    )
    header, *samples = rows(path)
    assert header[4:7] == ["first Dice =cell", "first Dice wall", "first Dice mean"]
    # Half of the cells were found; of walls there were none, which is not a figure.
    assert samples[0] == ["'=1+2.png", "1", "confirmed", "1", "0.6667", "", "0.6667", "12.3", "2"]
    assert samples[1] == ["'-a.png", "1", "new", "", "", "", "", "0.0", "0"]

    _, first, second = rows(path.with_name("q-rounds.csv"))
    assert first[0] == "1"
    assert first[2:] == ["1", "0.6000", "0.7000", "1", "1", "2", "12.3"]
    assert second[2:5] == ["refused", "0.6000", "0.5000"]

    head, background, cell, wall = rows(path.with_name("q-confusion.csv"))
    assert head[1] == "pixels as background"
    assert background[1:4] == ["60", "0", "0"]
    assert cell == [
        "'=cell",
        "20",
        "20",
        "0",
        "50.00",
        "50.00",
        "0.00",
        "0.6667",
        "0.5000",
        "1.0000",
        "0.5000",
    ]
    assert wall[4:] == [""] * 7


def test_a_folder_that_cannot_be_is_told(quality: Quality, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SegdeskError, match="Cannot write"):
        run(write_tables(quality, tmp_path / "file" / "q.csv"))
