"""The panel in the window: what it shows of the loop, and what can be done with it."""

from __future__ import annotations

import csv
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from segdesk.core.patch import State
from segdesk.core.settings import SettingsFile
from segdesk.gui.quality.panel import QualityPanel
from segdesk.gui.quality.plots import Mark
from segdesk.gui.theme import Theme
from segdesk.gui.window import MainWindow
from tests.gui.conftest import paint, retrain
from tests.gui.fake_engine import FakeEngine, not_better
from tests.gui.test_translation import pseudo, untranslated

NEW_IMAGES, HELD_OUT, EFFORT, CLASSES = range(4)
# The offscreen platform says so of each tooltip.
_SHOWS_TIPS = pytest.mark.qt_log_ignore("does not support raise", extend=True)
BOTH = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier

__all__ = ["pseudo"]


def press_key(window: MainWindow) -> None:
    QTest.keyClick(window.canvas, Qt.Key.Key_G, BOTH)


def opened(qtbot: QtBot, window: MainWindow) -> QualityPanel:
    """The panel, opened by its key, with what it has measured."""
    press_key(window)
    panel = window.quality.panel
    assert panel is not None
    qtbot.waitUntil(lambda: panel.measuring.quality is not None)
    return panel


def do_loop(qtbot: QtBot, window: MainWindow) -> None:
    """Confirm one image that began from nothing, learn, then correct and confirm one that was predicted."""
    paint(window, (10, 30), (40, 30))
    window.bench.confirm_and_next()
    retrain(qtbot, window)
    paint(window, (30, 40), (50, 40))  # the prediction had missed this
    window.bench.confirm_and_next()


def dice(panel: QualityPanel) -> list[float]:
    quality = panel.measuring.quality
    assert quality is not None
    return [e.comparison.mean_dice for e in quality.first_predictions if e.comparison is not None]


def test_it_is_not_even_loaded_before_it_is_opened(project_window: MainWindow) -> None:
    assert project_window.quality.panel is None
    assert not project_window.quality.isVisible()
    code = (
        "import sys, segdesk.gui.app;"
        " sys.exit(any(name.startswith('segdesk.gui.quality.') and not name.endswith('.dock')"
        " for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_key_opens_it_and_puts_it_away(qtbot: QtBot, project_window: MainWindow) -> None:
    panel = opened(qtbot, project_window)
    assert panel.isVisible()
    assert not panel.chart.isVisible()
    assert panel.empty.text().startswith("Confirm images that the model has predicted")
    for view in (HELD_OUT, EFFORT, CLASSES):
        panel.views.setCurrentIndex(view)
        assert panel.empty.isVisible()
        assert panel.empty.text()
        assert not panel.png.isEnabled()
    press_key(project_window)
    assert not panel.isVisible()


def test_it_stays_open_in_the_next_session(
    qtbot: QtBot, project_window: MainWindow, engine: FakeEngine
) -> None:
    opened(qtbot, project_window)
    assert project_window.bench.project is not None
    folder = project_window.bench.project.folder
    project_window.close()
    again = MainWindow(SettingsFile(), Theme("light"), lambda: engine)
    qtbot.addWidget(again)
    again.show()
    assert not again.quality.isVisible()  # the first page is about beginning
    again.bench.open_project(folder)
    assert not again.quality.isHidden()
    again.close()


def test_a_confirmed_image_becomes_a_point(qtbot: QtBot, project_window: MainWindow) -> None:
    do_loop(qtbot, project_window)
    panel = opened(qtbot, project_window)
    (value,) = dice(panel)
    assert 0.3 < value < 0.7  # about half of it was painted by hand
    assert panel.chart.isVisible()
    assert f"{value:.2f}" in panel.headline.text()

    with qtbot.waitSignal(panel.measuring.changed):
        project_window.bench.confirm_and_next()  # as it was predicted
    assert dice(panel) == [value, 1.0]
    with qtbot.waitSignal(panel.measuring.changed):
        project_window.bench.undo()
    assert dice(panel) == [value]


def test_a_stroke_on_a_confirmed_image_is_measured_again(qtbot: QtBot, project_window: MainWindow) -> None:
    do_loop(qtbot, project_window)
    panel = opened(qtbot, project_window)
    (before,) = dice(panel)
    project_window.bench.go_to(project_window.bench.samples[1].id)
    qtbot.waitUntil(lambda: project_window.area.shows_image)
    paint(project_window, (5, 45), (60, 45))
    qtbot.waitUntil(lambda: dice(panel)[0] < before)


@_SHOWS_TIPS
def test_pointing_tells_and_clicking_goes_there(qtbot: QtBot, project_window: MainWindow) -> None:
    do_loop(qtbot, project_window)
    panel = opened(qtbot, project_window)
    jitter = count()

    def place() -> QPoint:
        sheet = panel.chart.sheet
        assert sheet is not None
        point = sheet.figure.plots[0].points[0]
        # Qt does not report a mouse that stays where it was.
        return sheet.place(0, point.x, point.y).toPoint() + QPoint(next(jitter) % 5, 2)

    def pointed() -> bool:
        QTest.mouseMove(panel.chart, place())
        return panel.chart.pointed is not None

    qtbot.waitUntil(pointed)  # the panel may still be finding its size
    assert panel.chart.accessibleDescription().startswith("img1.png\nDice 0.")
    QTest.mouseMove(panel.chart, QPoint(1, 1))
    qtbot.waitUntil(lambda: panel.chart.pointed is None)

    current = project_window.bench.current
    assert current is not None and current.source.path.stem == "img2"
    QTest.mouseClick(panel.chart, Qt.MouseButton.LeftButton, pos=place())
    assert project_window.bench.current is not None
    assert project_window.bench.current.source.path.stem == "img1"


@_SHOWS_TIPS
def test_enter_on_a_point_goes_there_and_confirms_nothing(qtbot: QtBot, project_window: MainWindow) -> None:
    do_loop(qtbot, project_window)
    panel = opened(qtbot, project_window)
    panel.chart.setFocus()
    QTest.keyClick(panel.chart, Qt.Key.Key_Right)
    assert panel.chart.accessibleDescription().startswith("img1.png")
    QTest.keyClick(panel.chart, Qt.Key.Key_Return)
    assert project_window.bench.current is not None
    assert project_window.bench.current.source.path.stem == "img1"
    assert project_window.bench.samples[2].state is State.PREDICTED


def test_rounds_are_shown_with_their_outcome(
    qtbot: QtBot, project_window: MainWindow, engine: FakeEngine
) -> None:
    panel = opened(qtbot, project_window)
    panel.views.setCurrentIndex(HELD_OUT)
    paint(project_window, (10, 30), (40, 30))
    retrain(qtbot, project_window)
    engine.result = not_better
    retrain(qtbot, project_window)
    qtbot.waitUntil(lambda: panel.figure is not None and panel.figure.last == 2)
    assert panel.figure is not None
    taken, refused = panel.figure.plots[0].points
    assert (taken.mark, taken.y, taken.since) == (Mark.DOT, 0.78, None)
    assert (refused.mark, refused.y, refused.since) == (Mark.CROSS, 0.64, 0.71)
    assert panel.figure.plots[0].line == ((1.0, 0.78),)
    assert "Refused, since not better: 1" in panel.headline.text()


def test_effort_shows_seconds_and_corrections(qtbot: QtBot, project_window: MainWindow) -> None:
    do_loop(qtbot, project_window)
    project = project_window.bench.project
    assert project is not None
    project.samples.spend(project_window.bench.samples[0].id, 40.0)
    panel = opened(qtbot, project_window)
    panel.views.setCurrentIndex(EFFORT)
    assert panel.figure is not None
    seconds, corrections = panel.figure.plots
    assert seconds.points[0].y == pytest.approx(40, abs=5)
    assert [point.y for point in corrections.points] == [2, 2]  # a stroke and the confirmation


def test_classes_tell_what_is_taken_for_what(qtbot: QtBot, project_window: MainWindow) -> None:
    do_loop(qtbot, project_window)
    panel = opened(qtbot, project_window)
    panel.views.setCurrentIndex(CLASSES)
    assert panel.scores.isVisible() and panel.confusion.isVisible()
    model = panel.confusion.model()
    assert model.rowCount() == model.columnCount() == 2
    quality = panel.measuring.quality
    assert quality is not None
    missed = quality.confusion[1, 0] / quality.confusion[1].sum()
    assert model.index(1, 0).data() == f"{100 * missed:.1f}"
    assert "object, predicted as background" in model.index(1, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert panel.scores.model().index(0, 2).data() == "1.00"  # what was found was right


def save(panel: QualityPanel, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    button = panel.csv if "csv" in path.name else panel.png
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_saving_tables(
    qtbot: QtBot, project_window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    do_loop(qtbot, project_window)
    panel = opened(qtbot, project_window)
    with qtbot.waitSignal(project_window.files.idle):
        save(panel, tmp_path / "good.csv", monkeypatch)
    with (tmp_path / "good.csv").open(encoding="utf-8-sig", newline="") as file:
        names = [row[0] for row in csv.reader(file)]
    assert names == ["image", "img0.png", "img1.png", "img2.png"]
    assert (tmp_path / "good-rounds.csv").exists()
    assert (tmp_path / "good-confusion.csv").exists()
    assert "good-rounds.csv" in project_window.message.text()


@pytest.mark.parametrize("view", [NEW_IMAGES, HELD_OUT, EFFORT, CLASSES])
def test_saving_a_picture(
    view: int, qtbot: QtBot, project_window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    do_loop(qtbot, project_window)
    panel = opened(qtbot, project_window)
    panel.views.setCurrentIndex(view)
    save(panel, tmp_path / "good", monkeypatch)
    image = QImage(str(tmp_path / "good.png"))
    assert image.width() >= 1000
    assert image.pixelColor(1, 1).name() == "#ffffff"
    shades = {image.pixelColor(x, y).name() for x in range(0, image.width(), 3) for y in range(20, 300, 3)}
    assert len(shades) > 10  # something is drawn


def test_a_place_that_cannot_be_written_is_told(
    qtbot: QtBot, project_window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    do_loop(qtbot, project_window)
    panel = opened(qtbot, project_window)
    (tmp_path / "file").write_text("")
    save(panel, tmp_path / "file" / "good.png", monkeypatch)
    assert "Cannot write" in project_window.notice.label.text()


def test_another_project_has_other_figures(qtbot: QtBot, project_window: MainWindow, tmp_path: Path) -> None:
    do_loop(qtbot, project_window)
    panel = opened(qtbot, project_window)
    assert len(dice(panel)) == 1
    project_window.bench.create_project(tmp_path / "other.segdesk", ["cell"], [])
    assert panel.measuring.quality is None
    qtbot.waitUntil(lambda: panel.measuring.quality is not None)
    assert dice(panel) == []
    assert panel.empty.isVisible()


def test_nothing_is_measured_while_nobody_looks(qtbot: QtBot, project_window: MainWindow) -> None:
    panel = opened(qtbot, project_window)
    press_key(project_window)
    before = panel.measuring.quality
    do_loop(qtbot, project_window)
    assert panel.measuring.quality is before
    press_key(project_window)
    qtbot.waitUntil(lambda: len(dice(panel)) == 1)


def test_every_text_is_translated(pseudo: None, qtbot: QtBot, project_window: MainWindow) -> None:
    do_loop(qtbot, project_window)
    panel = opened(qtbot, project_window)
    for view in range(4):
        panel.views.setCurrentIndex(view)
        assert untranslated(panel) == []
