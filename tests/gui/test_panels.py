"""Classes, the list of samples, tool options, and what is remembered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from segdesk.core.images import ImageSource
from segdesk.core.patch import State
from segdesk.core.project import NewSample, Project
from segdesk.core.settings import SettingsFile
from segdesk.gui.dialogs.export import ExportDialog
from segdesk.gui.dialogs.new_project import NewProjectDialog
from segdesk.gui.dialogs.pages import parse_pages
from segdesk.gui.dialogs.palette import CommandPalette
from segdesk.gui.exporting import start_export
from segdesk.gui.theme import Theme
from segdesk.gui.window import MainWindow
from tests.gui.conftest import MakeImages, paint, retrain
from tests.gui.fake_engine import FakeEngine


def names(window: MainWindow) -> list[str]:
    return [c.name for c in window.bench.classes]


def test_a_new_class_can_be_named_at_once_and_painted(qtbot: QtBot, project_window: MainWindow) -> None:
    panel = project_window.classes
    QTest.mouseClick(panel.add, Qt.MouseButton.LeftButton)
    editor = panel.list.findChild(QLineEdit)
    assert editor is not None
    editor.setText("vein")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: names(project_window) == ["background", "object", "vein"])
    assert project_window.bench.current is not None
    assert project_window.bench.current.state is State.NEW  # Enter did not confirm the image

    assert project_window.options.active_class == 2
    paint(project_window, (10, 30), (40, 30))
    assert project_window.bench.document is not None
    assert project_window.bench.document.mask.labels[30, 20] == 2


def test_digits_choose_the_class(qtbot: QtBot, project_window: MainWindow) -> None:
    QTest.keyClick(project_window.canvas, Qt.Key.Key_0)
    assert project_window.options.active_class == 0
    assert project_window.classes.list.currentRow() == 0
    QTest.keyClick(project_window.canvas, Qt.Key.Key_1)
    assert project_window.options.active_class == 1
    QTest.keyClick(project_window.canvas, Qt.Key.Key_7)
    assert project_window.options.active_class == 1
    assert "no class 7" in project_window.message.text()


def test_a_name_that_is_taken_is_refused(project_window: MainWindow) -> None:
    project_window.classes.list.item(1).setText("Background")
    assert names(project_window) == ["background", "object"]
    assert project_window.classes.list.item(1).text() == "object"
    assert "already" in project_window.notice.label.text()


def test_another_colour_shows_on_the_canvas(project_window: MainWindow) -> None:
    project_window.bench.class_verbs.recolor(1, (1, 2, 3))
    assert project_window.canvas.class_color(1).name() == "#010203"


def rows(window: MainWindow) -> list[str]:
    model = window.samples.list.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def choose_filter(qtbot: QtBot, window: MainWindow, state: State | None) -> None:
    box = window.samples.filter
    box.setCurrentIndex(box.findData(state))
    box.activated.emit(box.currentIndex())


def test_the_filter_shows_one_state_and_the_image_on_screen(qtbot: QtBot, project_window: MainWindow) -> None:
    bench = project_window.bench
    bench.confirm_and_next()
    texts = [project_window.samples.filter.itemText(i) for i in range(5)]
    assert texts == ["All images  (3)", "New  (2)", "Predicted  (0)", "Corrected  (0)", "Confirmed  (1)"]

    choose_filter(qtbot, project_window, State.NEW)
    assert rows(project_window) == ["img1.png", "img2.png"]
    paint(project_window, (10, 30), (40, 30))
    assert rows(project_window) == ["img1.png", "img2.png"]  # the one being worked on does not vanish
    bench.next()
    assert rows(project_window) == ["img2.png"]
    bench.previous()
    assert bench.current is not None
    assert bench.current.source.path.stem == "img2"  # what the list hides is passed over
    choose_filter(qtbot, project_window, None)
    assert len(rows(project_window)) == 3


def test_selecting_a_row_shows_the_image(project_window: MainWindow) -> None:
    samples = project_window.samples.list
    samples.setCurrentIndex(samples.model().index(2, 0))
    assert project_window.bench.current is not None
    assert project_window.bench.current.source.path.stem == "img2"
    assert project_window.area.shows_image


def test_thumbnails_come_for_the_rows_that_are_seen(qtbot: QtBot, project_window: MainWindow) -> None:
    thumbnails = project_window.samples.thumbnails
    sample = project_window.bench.samples[1]
    qtbot.waitUntil(lambda: thumbnails.get(sample) is not None)
    image = thumbnails.get(sample)
    assert image is not None
    assert image.pixelColor(12, 10).red() == 220


def test_many_images_make_no_thumbnail_that_nobody_sees(
    qtbot: QtBot, window: MainWindow, make_images: MakeImages, tmp_path: Path
) -> None:
    project = Project.create(tmp_path / "many.segdesk", ["cell"])
    image = make_images(1)[0]
    project.samples.add(NewSample(ImageSource(image, page), 64, 48) for page in range(5000))
    project.close()
    window.bench.stack_pages(False)
    window.bench.open_project(tmp_path / "many.segdesk")
    asked: list[int] = []
    window.samples.thumbnails.ready.connect(asked.append)
    qtbot.waitUntil(lambda: len(asked) > 5)
    assert len(rows(window)) == 5000
    assert max(asked) < 100


def test_overlay_and_brush_are_remembered(
    qtbot: QtBot, project_window: MainWindow, engine: FakeEngine
) -> None:
    project_window.tool_options.size_spin.setValue(77)
    project_window.tool_options.opacity_slider.setValue(30)
    QTest.mouseClick(project_window.tool_options.style_buttons["outline"], Qt.MouseButton.LeftButton)
    project_window.close()

    again = MainWindow(SettingsFile(), Theme("light"), lambda: engine)
    qtbot.addWidget(again)
    assert again.options.brush_size == 77
    assert again.canvas.overlay.opacity == pytest.approx(0.3)
    assert again.canvas.overlay.style.value == "outline"
    assert again.tool_options.style_buttons["outline"].isChecked()
    assert again.welcome.recent.count() == 1
    again.close()


def test_a_panel_that_was_closed_stays_closed(
    qtbot: QtBot, project_window: MainWindow, engine: FakeEngine, tmp_path: Path
) -> None:
    assert not any(dock.isHidden() for dock in project_window.docks.all[:4])
    project_window.docks.model.close()
    project_window.bench.create_project(tmp_path / "a.segdesk", ["cell"], [])
    assert [dock.isHidden() for dock in project_window.docks.all[:4]] == [False, False, False, True]
    project_window.close()

    again = MainWindow(SettingsFile(), Theme("light"), lambda: engine)
    qtbot.addWidget(again)
    again.show()
    assert all(dock.isHidden() for dock in again.docks.all)  # the first page is about beginning
    again.bench.open_project(tmp_path / "a.segdesk")
    assert [dock.isHidden() for dock in again.docks.all[:4]] == [False, False, False, True]
    again.close()


def test_enter_in_a_number_field_does_not_confirm_the_image(project_window: MainWindow) -> None:
    field = project_window.tool_options.size_spin
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "33")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert project_window.options.brush_size == 33
    assert project_window.bench.samples[0].state is State.NEW


def test_the_command_palette_finds_and_runs(qtbot: QtBot, project_window: MainWindow) -> None:
    palette = CommandPalette(project_window.actions_, project_window)
    qtbot.addWidget(palette)
    QTest.keyClicks(palette.field, "useful im")
    assert palette.list.count() == 1
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.chosen is project_window.actions_["next_useful"]


def test_exporting_what_is_ticked(qtbot: QtBot, project_window: MainWindow, tmp_path: Path) -> None:
    paint(project_window, (10, 30), (40, 30))
    dialog = ExportDialog(tmp_path / "out", has_model=False, parent=project_window)
    qtbot.addWidget(dialog)
    assert not dialog.boxes["model"].isEnabled()
    dialog.boxes["csv"].setChecked(True)
    formats, folder = dialog.value()
    assert formats == ("class-png", "csv")
    project = project_window.bench.project
    assert project is not None
    with qtbot.waitSignal(project_window.files.idle):
        start_export(project_window.bench, project_window.files, project, formats, folder)
    assert [p.name for p in (tmp_path / "out" / "class-png").glob("*.png")] == ["img0.png"]
    assert list((tmp_path / "out" / "csv").glob("*.csv"))
    assert "Exported 3 files" in project_window.message.text()


def test_a_new_project_needs_a_name_and_classes(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    dialog = NewProjectDialog(tmp_path, window.learning.facts.networks, window)
    qtbot.addWidget(dialog)
    dialog.classes.setText("cell, Cell")
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    assert dialog.result() == 0
    assert "name of its own" in dialog.problem.text()
    dialog.classes.setText("cell, wall,")
    dialog.name.setText("leaf")
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    assert dialog.result() == 1
    assert dialog.value().classes == ("cell", "wall")
    assert dialog.value().folder == tmp_path / "leaf.segdesk"


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("1-3, 5", [0, 1, 2, 4]),
        ("2", [1]),
        ("", []),
        ("4-5;1", [0, 3, 4]),
        ("0", None),
        ("6", None),
        ("3-2", None),
        ("a", None),
        ("1-", None),
    ],
)
def test_pages_in_words(text: str, pages: list[int] | None) -> None:
    assert parse_pages(text, 5) == pages


def test_pages_of_a_stack_become_images_as_chosen(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    stack = tmp_path / "stack.tif"
    tifffile.imwrite(
        stack, np.arange(5 * 30 * 40, dtype=np.uint16).reshape(5, 30, 40), photometric="minisblack"
    )
    asked: list[dict[Path, int]] = []

    def pick(files: Mapping[Path, int]) -> Mapping[Path, Sequence[int]]:
        asked.append(dict(files))
        return {stack: [0, 3]}

    window.bench.intake.pick_pages = pick
    with qtbot.waitSignal(window.bench.picture_ready):
        window.bench.open_paths([stack])
    assert asked == [{stack: 5}]
    window.bench.stack_pages(False)
    assert rows(window) == ["stack.tif, page 1", "stack.tif, page 4"]


def test_the_network_of_the_next_round_can_be_chosen(
    qtbot: QtBot, project_window: MainWindow, engine: FakeEngine
) -> None:
    box = project_window.model.start
    assert [box.itemData(i) for i in range(box.count())] == ["unet", "u2net-small"]
    box.setCurrentIndex(1)
    box.activated.emit(1)
    paint(project_window, (10, 30), (40, 30))
    retrain(qtbot, project_window)
    assert engine.trained[0].start.network == "u2net-small"
    assert box.currentText() == "Version 1, in use"
    retrain(qtbot, project_window)
    assert engine.trained[1].start.file == engine.trained[0].out


def test_the_size_is_offered_to_tools_that_have_one(project_window: MainWindow) -> None:
    spin = project_window.tool_options.size_spin
    for tool, has_size in (("polygon", False), ("brush", True), ("fill", False), ("eraser", True)):
        project_window.actions_[f"tool_{tool}"].trigger()
        assert spin.isVisible() == has_size


def test_confirming_closes_a_polygon_first_wherever_the_focus_is(project_window: MainWindow) -> None:
    window = project_window
    window.actions_["tool_polygon"].trigger()
    for corner in ((10, 10), (30, 10), (30, 30)):
        place = window.canvas.to_widget((corner[0] + 0.5, corner[1] + 0.5)).toPoint()
        QTest.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=place)
    window.actions_["confirm"].trigger()
    assert window.bench.document is not None
    assert window.bench.document.mask.labels[12, 25] == 1
    assert window.bench.samples[0].state is State.CORRECTED


def test_keys_are_for_the_canvas_once_a_project_is_open(project_window: MainWindow) -> None:
    assert project_window.focusWidget() is project_window.canvas


def test_a_recent_project_is_opened_from_the_menu(
    qtbot: QtBot, project_window: MainWindow, tmp_path: Path
) -> None:
    window = project_window
    assert window.bench.project is not None
    first = window.bench.project.folder
    window.bench.create_project(tmp_path / "second.segdesk", ["thing"], [])
    window.menus.recent.aboutToShow.emit()
    labels = [action.text() for action in window.menus.recent.actions()]
    assert labels == ["second", first.stem]
    with qtbot.waitSignal(window.bench.picture_ready):
        window.menus.recent.actions()[1].trigger()
    assert window.bench.project.folder == first
