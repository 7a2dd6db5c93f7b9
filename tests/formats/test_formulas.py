"""No table that SegDesk writes holds a cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdesk.core.batch import Batch, BatchRequest
from segdesk.core.batch_files import Search
from segdesk.core.classes import make_classes
from segdesk.core.document import Document
from segdesk.core.images import ImageSource
from segdesk.core.jobs import Job, Predicted, Prediction, PredictRequest, run
from segdesk.core.project import NewSample, Project
from segdesk.core.project.repair import rescue
from segdesk.core.quality import measure
from segdesk.core.spreadsheet import csv_text, harmless, plain
from segdesk.formats.batch import BatchWriter, write_table
from segdesk.formats.export import export
from segdesk.formats.items import export_request
from segdesk.formats.label_images import instance_classes
from segdesk.formats.measurements import measure_all
from segdesk.formats.quality import write_tables
from segdesk.formats.registry import export_formats
from segdesk.formats.sheets import Sheet, write_sheet
from segdesk.formats.summaries import by_class, by_image

FORMULAS = (
    "=1+1",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "a\r=1",
    "a\n=1",
    "  =1",
    "＝1",
    "'=1",
)


def runs(cell: object) -> bool:
    """Whether a spreadsheet would take a cell for a formula."""
    return isinstance(cell, str) and cell.lstrip()[:1] in tuple("=+-@＝＋－＠") and not number(cell)


def number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Images and classes whose names are formulas, corrected and confirmed."""
    project = Project.create(tmp_path / "p.segdesk", [f[:60] for f in ("=1+1", "+cmd|x", "@SUM(A1)", "-2+3")])
    (tmp_path / "images").mkdir()
    for name in ("=HYPERLINK(1).png", "+1+1.png", "-2+3.png", "@x.png"):
        path = tmp_path / "images" / name
        Image.fromarray(np.arange(1200, dtype=np.uint8).reshape(30, 40) % 200).save(path)
        (sample,) = project.samples.add([NewSample(ImageSource(path), 40, 30)])
        document = Document(project, sample)
        labels = np.zeros((30, 40), np.uint8)
        for index in range(1, 5):
            labels[3:9, 8 * index : 8 * index + 5] = index
        document.predict(labels, 1)
        document.confirm()
    return project


def cells(path: Path) -> list[str]:
    text = path.read_bytes().decode("utf-8-sig")
    return [cell for row in csv.reader(io.StringIO(text)) for cell in row]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_shown_and_comes_back(text: str) -> None:
    assert not runs(harmless(text))
    assert plain(harmless(text)) == text.translate({9: " ", 10: " ", 13: " "})
    (line,) = csv_text([[text, 1, None, -0.5]]).splitlines()
    (row,) = csv.reader([line])
    assert not runs(row[0])
    assert row[1:] == ["1", "", "-0.5"]


@pytest.mark.parametrize("text", ["cell", "-0.5", "+3", "1e-5", "a=b", "", "nan"])
def test_other_texts_stay(text: str) -> None:
    assert harmless(text) == text


def test_every_table(project: Project, tmp_path: Path) -> None:
    request = export_request(project, tmp_path / "out")
    for name in export_formats():
        if name != "model":
            run(export(export_request(project, tmp_path / "out" / name), name))
    run(write_tables(run(measure(project.folder)), tmp_path / "out" / "quality.csv"))
    run(rescue(project.folder, tmp_path / "out" / "rescued"))
    sheet = run(measure_all(request)).sheet
    images = [(item.source.path.name, 1) for item in request.items]
    classes = [c.name for c in request.foreground]
    for name, table in (
        ("o", sheet),
        ("i", by_image(sheet, images, classes)),
        ("c", by_class(sheet, images, classes)),
    ):
        write_sheet(table, tmp_path / "out" / f"{name}.csv")
    tables = sorted((tmp_path / "out").rglob("*.csv"))
    assert {t.name for t in tables} >= {"areas.csv", "objects.csv", "quality.csv", "samples.csv", "o.csv"}
    for path in tables:
        found = cells(path)
        assert [c for c in found if runs(c)] == [], path
    assert "'=HYPERLINK(1).png" in cells(tmp_path / "out" / "o.csv")


def test_excel(tmp_path: Path) -> None:
    library = pytest.importorskip("openpyxl")
    sheet = Sheet()
    sheet.append(len(FORMULAS), {"=name": list(FORMULAS), "area": [1.5] * len(FORMULAS)})
    sheet.append(1, {"=name": ["bell\x07"], "area": [2]})
    write_sheet(sheet, tmp_path / "t.xlsx")
    page = library.load_workbook(tmp_path / "t.xlsx").active
    found = [cell for row in page.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in found)
    assert not any(runs(cell.value) for cell in found)


def test_the_table_of_a_batch(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    Image.fromarray(np.zeros((20, 20), np.uint8)).save(tmp_path / "images" / "=1+1.png")
    labels = np.zeros((20, 20), np.uint8)
    labels[4:9, 4:9] = 1

    def predict(request: PredictRequest) -> Job[None]:
        yield Predicted(1.0, "", prediction=Prediction(request.items[0].sample_id, labels), sample_id=0)

    (tmp_path / "m").write_bytes(b"a model")
    asked = BatchRequest(tmp_path / "m", Search((tmp_path / "images",)), tmp_path / "out", measure=True)
    summary = run(Batch(asked, predict, BatchWriter(make_classes(["=cmd"]), measure=True)).run())
    assert write_table(tmp_path / "t.csv", tmp_path / "out", summary.items) == 1
    assert [c for c in cells(tmp_path / "t.csv") if runs(c)] == []
    assert {"'=1+1.png", "'=cmd"} <= set(cells(tmp_path / "t.csv"))


def test_names_of_classes_come_back_from_a_table(project: Project, tmp_path: Path) -> None:
    run(export(export_request(project, tmp_path), "instances-png"))
    known = instance_classes(tmp_path)
    assert set(known.values()) == {"=1+1", "+cmd|x", "@SUM(A1)", "-2+3"}
    assert {stem for stem, _, _ in known} == {"=HYPERLINK(1)", "+1+1", "-2+3", "@x"}
