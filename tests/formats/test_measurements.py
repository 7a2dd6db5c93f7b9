from __future__ import annotations

import csv
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from segdesk.cli.main import main
from segdesk.core.document import Document
from segdesk.core.errors import FormatError
from segdesk.core.images import ImageSource, PixelSize
from segdesk.core.project import NewSample, Project
from segdesk.formats import sheets
from segdesk.formats.sheets import Sheet, write_sheet


@pytest.fixture
def measured(tmp_path: Path) -> Path:
    """A project of two images; the first one's name looks like a formula and has three objects."""
    project = Project.create(tmp_path / "cells.segdesk", ["cell", "=wall"])
    for name in ("=1+1.png", "b.png"):
        Image.fromarray(np.full((60, 80), 90, np.uint8)).save(tmp_path / name)
        (sample,) = project.samples.add([NewSample(ImageSource(tmp_path / name), 80, 60)])
        labels = np.zeros((60, 80), np.uint8)
        cv2.circle(labels, (20, 30), 9, (1,), -1)
        if name != "b.png":
            cv2.circle(labels, (50, 30), 9, (1,), -1)
            cv2.circle(labels, (70, 10), 4, (2,), -1)
            project.looks.calibrate(sample.id, PixelSize(0.5, 0.5, "µm"))
        document = Document(project, sample)
        document.begin().assert_labels(labels, labels > 0)
        document.commit("Draw")
    project.close()
    return tmp_path / "cells.segdesk"


def read(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))


def test_the_command_writes_a_row_an_object(
    measured: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["measure", str(measured), "--out", str(tmp_path / "t.csv"), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    rows = read(tmp_path / "t.csv")
    assert said["objects"] == len(rows) == 4
    assert [row["image"] for row in rows] == ["'=1+1.png"] * 3 + ["b.png"]
    assert {row["class"] for row in rows} == {"cell", "'=wall"}
    assert float(rows[0]["intensity_mean"]) == 90
    assert float(rows[0]["area_physical"]) == pytest.approx(float(rows[0]["area"]) / 4)
    assert [row["unit"] for row in rows] == ["µm"] * 3 + [""]


def test_without_middle_lines_their_columns_are_absent(measured: Path, tmp_path: Path) -> None:
    assert main(["measure", str(measured), "--out", str(tmp_path / "t.csv"), "--no-skeleton"]) == 0
    assert "skeleton_length" not in read(tmp_path / "t.csv")[0]


def test_images_and_classes_are_summed_up_with_those_that_have_nothing(
    measured: Path, tmp_path: Path
) -> None:
    assert main(["measure", str(measured), "--out", str(tmp_path / "i.csv"), "--by", "image"]) == 0
    rows = {(row["image"], row["class"]): row for row in read(tmp_path / "i.csv")}
    assert [row["objects"] for row in rows.values()] == ["2", "1", "1", "0"]
    cells = rows["'=1+1.png", "cell"]
    assert float(cells["area_sum"]) == 2 * float(cells["area_mean"])
    assert cells["unit"] == "µm"
    assert rows["b.png", "'=wall"]["area_mean"] == ""
    assert main(["measure", str(measured), "--out", str(tmp_path / "c.csv"), "--by", "class"]) == 0
    assert [row["objects"] for row in read(tmp_path / "c.csv")] == ["3", "1"]


def test_the_same_table_is_an_export_format(measured: Path, tmp_path: Path) -> None:
    assert main(["export", str(measured), "--format", "measurements", "--out", str(tmp_path / "out")]) == 0
    assert len(read(tmp_path / "out" / "objects.csv")) == 4


def test_an_image_that_is_gone_costs_its_intensities_only(
    measured: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "b.png").unlink()
    assert main(["measure", str(measured), "--out", str(tmp_path / "t.csv")]) == 1
    rows = read(tmp_path / "t.csv")
    assert len(rows) == 4
    assert rows[3]["intensity_mean"] == ""
    assert "b.png" in capsys.readouterr().err


@pytest.mark.parametrize(("ending", "library"), [(".xlsx", "openpyxl"), (".parquet", "pyarrow")])
def test_a_missing_library_is_told_before_the_work(
    ending: str, library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sheets._LIBRARIES, ending, f"{library}_is_not_here")
    with pytest.raises(FormatError, match="pip install"):
        sheets.check_sheet(tmp_path / f"t{ending}")
    with pytest.raises(FormatError, match="no table"):
        sheets.check_sheet(tmp_path / "t.txt")


def sheet() -> Sheet:
    made = Sheet()
    made.append(2, {"image": ["=a", "b"], "area": np.array([1.5, 2.5])})
    made.append(1, {"image": ["c"], "unit": ["µm"]})
    return made


def test_excel_reads_it_and_runs_nothing(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl", reason="the extra 'tables' is not installed")
    write_sheet(sheet(), tmp_path / "t.xlsx")
    rows = list(openpyxl.load_workbook(tmp_path / "t.xlsx").active.values)
    assert rows == [("image", "area", "unit"), ("'=a", 1.5, None), ("b", 2.5, None), ("c", None, "µm")]


def test_parquet_reads_it(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra 'tables' is not installed")
    write_sheet(sheet(), tmp_path / "t.parquet")
    assert parquet.read_table(tmp_path / "t.parquet").to_pydict() == {
        "image": ["=a", "b", "c"],
        "area": [1.5, 2.5, None],
        "unit": [None, None, "µm"],
    }
