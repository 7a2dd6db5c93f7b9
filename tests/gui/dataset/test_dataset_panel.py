"""The panel of the data set in the window: counting, drawing a split, fixing images, the report."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from segdesk.core.dataset.grouping import Grouping
from segdesk.core.patch import State
from segdesk.core.project import Split
from segdesk.gui.dataset.images_page import ImagesPage
from segdesk.gui.dataset.panel import DatasetPanel
from segdesk.gui.dataset.rows import Filter
from segdesk.gui.window import MainWindow
from tests.gui.conftest import MakeImages, paint

BOTH = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton
SPLIT, IMAGES, CLASSES, SIZES, WORK = range(5)


@pytest.fixture
def panel(qtbot: QtBot, window: MainWindow, make_images: MakeImages) -> DatasetPanel:
    """The panel on ten images, opened by its key, with what it has counted."""
    with qtbot.waitSignal(window.bench.picture_ready):
        window.bench.open_paths(make_images(10))
    QTest.keyClick(window.canvas, Qt.Key.Key_E, BOTH)
    opened = window.dataset.panel
    assert opened is not None
    complete(qtbot, opened)
    return opened


def complete(qtbot: QtBot, panel: DatasetPanel) -> None:
    qtbot.waitUntil(lambda: panel.watch.overview is not None and panel.watch.overview.is_complete)


def draw(qtbot: QtBot, panel: DatasetPanel) -> None:
    with qtbot.waitSignal(panel.splitting.changed):
        QTest.mouseClick(panel.split.go, LEFT)


def listed(qtbot: QtBot, panel: DatasetPanel) -> ImagesPage:
    """The page of images, once it is shown."""
    panel.views.setCurrentIndex(IMAGES)
    qtbot.waitUntil(lambda: panel.images.isVisible() and panel.images.rows.rowCount() > 0)
    return panel.images


def choose(page: ImagesPage, row: int) -> None:
    """Click a row of the table."""
    place = page.table.visualRect(page.rows.index(row, 0)).center()
    QTest.mouseClick(page.table.viewport(), LEFT, pos=place)


def splits(window: MainWindow) -> list[Split | None]:
    """As they are on disk, which the bench agrees with."""
    assert window.bench.project is not None
    every = window.bench.project.samples.all()
    assert every == window.bench.samples
    return [sample.split for sample in every]


def test_it_is_not_even_loaded_before_it_is_opened(project_window: MainWindow) -> None:
    assert project_window.dataset.panel is None
    code = (
        "import sys, segdesk.gui.app;"
        " sys.exit(any(name.startswith('segdesk.gui.dataset.') and not name.endswith('.dock')"
        " for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_stroke_is_counted(qtbot: QtBot, window: MainWindow, panel: DatasetPanel) -> None:
    panel.views.setCurrentIndex(CLASSES)
    assert panel.classes.headline.text().startswith("Label something first")
    paint(window, (10, 30), (40, 30))
    qtbot.waitUntil(lambda: bool(panel.classes.bars.bars))
    (bar,) = panel.classes.bars.bars
    assert (bar.name, bar.value > 0) == ("object", True)
    panel.classes.measure.setCurrentIndex(2)
    assert panel.classes.bars.bars[0].text == "1"
    window.bench.undo()
    qtbot.waitUntil(lambda: panel.classes.headline.text().startswith("Label something first"))


def test_drawing_a_split(qtbot: QtBot, window: MainWindow, panel: DatasetPanel) -> None:
    assert not panel.split.clear.isEnabled()
    draw(qtbot, panel)
    first = splits(window)
    assert [first.count(part) for part in Split] == [7, 2, 1]
    assert panel.split.counts.text() == "Training 7 · Validation 2 · Test 1"
    panel.split.seed.setValue(5)
    draw(qtbot, panel)
    assert splits(window) != first
    panel.split.seed.setValue(0)
    draw(qtbot, panel)
    assert splits(window) == first
    QTest.mouseClick(panel.split.clear, LEFT)
    assert splits(window) == [None] * 10


def test_images_with_the_same_in_their_names_stay_together(
    qtbot: QtBot, window: MainWindow, panel: DatasetPanel
) -> None:
    page = panel.split
    page.grouping.setCurrentIndex(page.grouping.findData(Grouping.PATTERN))
    assert page.pattern.isVisible()
    page.pattern.setText("(")
    with qtbot.waitSignal(window.bench.error):
        QTest.mouseClick(page.go, LEFT)
    page.pattern.setText(r"[0-4]?\.")  # of the first five the digit, of the others nothing of their own
    draw(qtbot, panel)
    assert len(set(splits(window)[5:])) == 1


def test_an_image_that_is_fixed_stays(qtbot: QtBot, window: MainWindow, panel: DatasetPanel) -> None:
    page = listed(qtbot, panel)
    assert not page.buttons[Split.TEST].isEnabled()
    choose(page, 3)
    QTest.mouseClick(page.buttons[Split.TEST], LEFT)
    assert splits(window)[3] is Split.TEST
    assert page.selected()[0].split_fixed  # it is still selected
    page.list_only(Filter.FIXED)
    assert [s.source.path.name for s in page.rows.shown] == ["img3.png"]
    panel.views.setCurrentIndex(SPLIT)
    for seed in (1, 2, 3):
        panel.split.seed.setValue(seed)
        draw(qtbot, panel)
        assert splits(window)[3] is Split.TEST
    qtbot.waitUntil(lambda: listed(qtbot, panel).isVisible())
    choose(page, 0)
    QTest.mouseClick(page.buttons[None], LEFT)
    assert page.rows.rowCount() == 0  # none is fixed any more


def test_a_group_by_hand(qtbot: QtBot, window: MainWindow, panel: DatasetPanel) -> None:
    page = listed(qtbot, panel)
    choose(page, 1)
    QTest.keyClicks(page.group, "patient 7")
    QTest.keyClick(page.group, Qt.Key.Key_Return)
    assert window.bench.project is not None
    assert window.bench.project.samples.all()[1].group == "patient 7"
    assert window.bench.samples[1].state is not State.CONFIRMED  # Enter meant the field


def test_work_and_sizes(qtbot: QtBot, window: MainWindow, panel: DatasetPanel) -> None:
    panel.views.setCurrentIndex(SIZES)
    assert panel.sizes.bars.bars[0].name == "64 × 48"
    panel.views.setCurrentIndex(WORK)
    window.bench.confirm_and_next()
    remark = panel.work.remarks[Filter.UNCORRECTED]
    qtbot.waitUntil(lambda: remark.text().startswith("9 images without"))
    QTest.mouseClick(remark, LEFT)
    assert panel.views.currentIndex() == IMAGES
    qtbot.waitUntil(lambda: panel.images.rows.rowCount() == 9)


def test_the_report_is_written_beside_the_window(
    qtbot: QtBot, window: MainWindow, panel: DatasetPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "page"), ""))
    paint(window, (10, 30), (40, 30))
    with qtbot.waitSignal(window.files.idle):
        QTest.mouseClick(panel.report, LEFT)
    assert "img0.png" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_nothing_is_counted_while_nobody_looks(qtbot: QtBot, window: MainWindow, panel: DatasetPanel) -> None:
    before = panel.watch.overview
    QTest.keyClick(window.canvas, Qt.Key.Key_E, BOTH)
    assert not panel.isVisible()
    window.bench.confirm_and_next()
    assert panel.watch.overview is before
    QTest.keyClick(window.canvas, Qt.Key.Key_E, BOTH)
    qtbot.waitUntil(lambda: panel.watch.overview is not before)


def test_every_control_has_a_name_and_a_tip(panel: DatasetPanel) -> None:
    for view in range(panel.views.count()):
        panel.views.setCurrentIndex(view)
        for kind in (QPushButton, QComboBox, QSpinBox):
            for control in panel.findChildren(kind):
                if control.isVisible():
                    assert control.accessibleName(), control
                    assert control.toolTip(), control
        for field in panel.findChildren(QLineEdit):
            if field.isVisible() and not isinstance(field.parent(), QSpinBox):
                assert field.accessibleName()
