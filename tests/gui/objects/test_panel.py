"""The table of objects, in the real window."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QToolTip
from pytestqt.qtbot import QtBot

from segdesk.core.images import PixelSize
from segdesk.core.objects.numbering import Numbering
from segdesk.gui.objects.panel import ObjectsPanel
from segdesk.gui.window import MainWindow
from tests.gui.test_translation import pseudo, untranslated

__all__ = ["pseudo"]

NO_KEYS = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def panel(qtbot: QtBot, objects_window: MainWindow) -> ObjectsPanel:
    """The panel, open and measured."""
    book = objects_window.objects.book
    with qtbot.waitSignal(book.changed):
        objects_window.actions_["object_table"].trigger()
    shown = objects_window.objects.panel
    assert shown is not None
    return shown


def column(panel: ObjectsPanel, name: str) -> int:
    return 2 + [c.name for c in panel.rows.columns()].index(name)


def cells(panel: ObjectsPanel, section: int) -> list[str]:
    model = panel.view.model()
    return [str(model.data(model.index(row, section))) for row in range(model.rowCount())]


def test_every_object_has_a_row(objects_window: MainWindow, panel: ObjectsPanel) -> None:
    document = objects_window.bench.document
    assert document is not None
    labels = document.mask.labels
    areas = {
        str(int((labels == 2).sum())),
        *(str(int((labels[:, s] == 1).sum())) for s in (slice(0, 90), slice(90, 160))),
    }
    assert set(cells(panel, column(panel, "area"))) == areas
    assert sorted(cells(panel, 1)) == ["object", "object", "wall"]


def test_a_stroke_brings_the_table_up_to_date(
    qtbot: QtBot, objects_window: MainWindow, panel: ObjectsPanel
) -> None:
    before = cells(panel, 0)
    document = objects_window.bench.document
    assert document is not None
    box = document.mask.box.intersect(document.mask.box._replace(x=10, y=10, width=12, height=12))
    with qtbot.waitSignal(objects_window.objects.book.changed):
        patch = document.correct("Draw", lambda edit: edit.assert_class(box, np.ones((12, 12), bool), 1))
        objects_window.bench.after_change(patch)
    assert set(cells(panel, 0)) > set(before)  # the others keep their numbers
    assert "144" in cells(panel, column(panel, "area"))


def test_a_click_on_a_row_goes_to_the_object(objects_window: MainWindow, panel: ObjectsPanel) -> None:
    canvas = objects_window.canvas
    before = canvas.scale
    rect = panel.view.visualRect(panel.rows.index(0, 0))
    QTest.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, NO_KEYS, rect.center())
    (found,) = canvas.selection.objects
    shown = canvas.visible_box()
    assert canvas.scale > before
    assert shown.intersect(found.box) == found.box


def test_what_is_clicked_on_the_canvas_is_selected_in_the_table(
    objects_window: MainWindow, panel: ObjectsPanel
) -> None:
    canvas = objects_window.canvas
    at: QPoint = canvas.to_widget((170.5, 30.5)).toPoint()
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, NO_KEYS, at)
    (row,) = panel.view.selectionModel().selectedRows()
    assert cells(panel, 1)[row.row()] == "wall"


def test_rows_are_sorted_and_filtered(panel: ObjectsPanel) -> None:
    area = column(panel, "area")
    panel.view.sortByColumn(area, Qt.SortOrder.DescendingOrder)
    sizes = [int(cell) for cell in cells(panel, area)]
    assert sizes == sorted(sizes, reverse=True)
    panel.smallest.setValue(sizes[1])
    assert panel.rows.rowCount() == 2
    panel.smallest.setValue(0)
    panel.classes.setCurrentIndex(panel.classes.findData(2))
    assert cells(panel, 1) == ["wall"]


def test_a_click_into_the_plot_selects_what_is_there(
    objects_window: MainWindow, panel: ObjectsPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QToolTip, "showText", lambda *_: None)  # the offscreen platform cannot raise it
    panel.kind.setCurrentIndex(2)
    panel.plot.resize(300, 200)
    panel.plot.grab()  # laid out when it is drawn
    axes, series = panel.plot._axes, panel.plot.series
    assert axes is not None
    assert series is not None
    assert series.y is not None
    smallest = int(np.argmin(series.x))
    at = axes.place(float(series.x[smallest]), float(series.y[smallest])).toPoint()
    QTest.mouseClick(panel.plot, Qt.MouseButton.LeftButton, NO_KEYS, at)
    (found,) = objects_window.canvas.selection.objects
    assert found.class_index == 2


def test_lengths_are_in_the_units_that_a_person_gave(objects_window: MainWindow, panel: ObjectsPanel) -> None:
    bench = objects_window.bench
    assert bench.project is not None
    assert bench.current is not None
    pixels = float(cells(panel, column(panel, "box_width"))[0])
    bench.project.looks.calibrate(bench.current.id, PixelSize(0.5, 0.5, "µm"))
    panel.renew()
    assert float(cells(panel, column(panel, "box_width"))[0]) == pytest.approx(pixels / 2, rel=0.01)
    assert "µm" in str(panel.rows.headerData(column(panel, "box_width"), Qt.Orientation.Horizontal))


def test_the_table_is_saved_as_it_is_shown(
    objects_window: MainWindow, panel: ObjectsPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "cells"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    panel.classes.setCurrentIndex(panel.classes.findData(1))
    panel.csv.click()
    rows = list(csv.DictReader((tmp_path / "cells.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [row["class"] for row in rows] == ["object", "object"]
    assert float(rows[0]["area"]) > 500


def test_each_object_gets_a_colour_of_its_own(qtbot: QtBot, objects_window: MainWindow) -> None:
    canvas = objects_window.canvas

    def seen(x: int, y: int) -> str:
        return canvas.grab().toImage().pixelColor(canvas.to_widget((x + 0.5, y + 0.5)).toPoint()).name()

    canvas.set_tool("pan")
    assert seen(50, 75) == seen(120, 75)
    with qtbot.waitSignal(objects_window.objects.book.changed):
        objects_window.actions_["instances"].trigger()
    assert seen(50, 75) != seen(120, 75)
    objects_window.actions_["instances"].trigger()
    assert seen(50, 75) == seen(120, 75)


def test_an_empty_table_says_how_it_fills(qtbot: QtBot, project_window: MainWindow) -> None:
    with qtbot.waitSignal(project_window.objects.book.changed):
        project_window.actions_["object_table"].trigger()
    panel = project_window.objects.panel
    assert panel is not None
    assert panel.empty.isVisible()
    assert "paint" in panel.empty.text()


def test_every_text_of_the_panel_is_translated(
    pseudo: None, objects_window: MainWindow, panel: ObjectsPanel
) -> None:
    assert {text for _, text in untranslated(panel)} == {"wall"}  # a class, named by a person
    headings = [
        str(panel.rows.headerData(section, Qt.Orientation.Horizontal, role))
        for section in range(panel.rows.columnCount())
        for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
    ]
    assert [text for text in headings if "«" not in text] == []


def test_numbers_stay_over_a_cut_undone_and_in_another_session(
    qtbot: QtBot, objects_window: MainWindow, panel: ObjectsPanel
) -> None:
    window, book = objects_window, objects_window.objects.book
    bench = window.bench
    assert book.page is not None
    before = book.page.numbering.ids.copy()
    numbers = set(cells(panel, 0))
    window.canvas.set_tool("cut")
    for order, there in ((None, 4), (bench.undo, 3), (bench.redo, 4)):
        with qtbot.waitSignal(book.changed):
            if order is None:
                cut(window, (50, 40), (50, 110))
            else:
                order()
        assert len(cells(panel, 0)) == there
        assert set(cells(panel, 0)) >= numbers
    after = book.page.numbering.ids.copy()
    assert ((after == before) | (after == 4)).all()
    hues = book.page.hues
    assert hues[75, 45] != hues[75, 55]
    project, sample = bench.project, bench.current
    assert project is not None
    assert sample is not None
    known = project.numbers.of(sample.id)
    assert set(known.current) == {1, 2, 3, 4}
    mask = project.masks.load(sample)
    assert np.array_equal(Numbering(mask.labels, mask.borders, known).ids, after)


def cut(window: MainWindow, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Draw with the knife."""
    places = [window.canvas.to_widget(point).toPoint() for point in (start, end)]
    QTest.mousePress(window.canvas, Qt.MouseButton.LeftButton, NO_KEYS, places[0])
    QTest.mouseMove(window.canvas, places[1])
    QTest.mouseRelease(window.canvas, Qt.MouseButton.LeftButton, NO_KEYS, places[1])


def test_all_rows_of_hundreds_are_all_objects_and_go_as_one(qtbot: QtBot, objects_window: MainWindow) -> None:
    document = objects_window.bench.document
    assert document is not None
    before = document.mask.labels.copy()
    many = np.zeros_like(before)
    many[2::7, 2::8] = many[3::7, 2::8] = 1
    objects_window.bench.after_change(
        document.correct("Draw", lambda edit: edit.assert_labels(many, np.ones(many.shape, np.bool_)))
    )
    count = len(Numbering(many).boxes)
    assert count > 400
    with qtbot.waitSignal(objects_window.objects.book.changed):
        objects_window.actions_["object_table"].trigger()
    panel = objects_window.objects.panel
    assert panel is not None
    panel.view.selectAll()
    assert len(objects_window.canvas.selection.objects) == count
    objects_window.canvas.grab()  # drawn, too
    objects_window.actions_["delete_objects"].trigger()
    assert not document.mask.labels.any()
    objects_window.actions_["undo"].trigger()
    assert np.array_equal(document.mask.labels, many)


def test_more_than_can_be_merged_is_said(qtbot: QtBot, objects_window: MainWindow) -> None:
    document = objects_window.bench.document
    assert document is not None
    many = np.zeros_like(document.mask.labels)
    many[1::4, 1::4] = 1
    objects_window.bench.after_change(
        document.correct("Draw", lambda edit: edit.assert_labels(many, np.ones(many.shape, np.bool_)))
    )
    revision, numbering = document.revision, Numbering(many)
    objects = [numbering.get(number) for number in numbering.boxes]
    objects_window.canvas.selection.choose(objects)
    objects_window.actions_["merge_objects"].trigger()
    assert "At most 1000 objects" in objects_window.message.text()
    assert document.revision == revision
    objects_window.canvas.selection.choose(objects[:200])
    with qtbot.waitSignal(objects_window.bench.document_changed):
        objects_window.actions_["merge_objects"].trigger()
    assert len(Numbering(document.mask.labels, document.mask.borders).boxes) == len(objects) - 199
