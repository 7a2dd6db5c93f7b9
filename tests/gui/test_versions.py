"""The list of model versions: choosing, naming, deleting, exporting and importing them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMessageBox
from pytestqt.qtbot import QtBot

from segdesk.core.patch import State
from segdesk.core.project import Project
from segdesk.gui.panels import versions_menu
from segdesk.gui.panels.versions_row import paint_curve
from segdesk.gui.panels.versions_text import duration
from segdesk.gui.qimage import from_qimage
from segdesk.gui.theme import LIGHT
from segdesk.gui.window import MainWindow
from tests.gui.conftest import paint, retrain
from tests.gui.fake_engine import FakeEngine


@pytest.fixture
def learned(qtbot: QtBot, project_window: MainWindow) -> MainWindow:
    """The window on a project of three versions, the last one in use; the list has the focus."""
    paint(project_window, (10, 30), (40, 30))
    for _ in range(3):
        retrain(qtbot, project_window)
    project_window.model.versions.setFocus()
    return project_window


def project_of(window: MainWindow) -> Project:
    assert window.bench.project is not None
    return window.bench.project


def select(window: MainWindow, *numbers: int) -> None:
    """Click these rows, with Ctrl from the second one on."""
    versions = window.model.versions
    for count, number in enumerate(numbers):
        row = [versions.item(i).text().split()[1].strip(",") for i in range(versions.count())].index(
            str(number)
        )
        keys = Qt.KeyboardModifier.ControlModifier if count else Qt.KeyboardModifier.NoModifier
        place = versions.visualItemRect(versions.item(row)).center()
        QTest.mouseClick(versions.viewport(), Qt.MouseButton.LeftButton, keys, place)


def numbers(window: MainWindow) -> list[int]:
    return [v.number for v in project_of(window).versions.all()]


def in_use(window: MainWindow) -> int | None:
    version = project_of(window).versions.in_use()
    return version.number if version is not None else None


def answer(qtbot: QtBot, window: MainWindow, text: str) -> None:
    """Press a button of the question on screen."""
    question = window.findChild(QMessageBox)
    assert question is not None
    button = next(b for b in question.buttons() if b.text() == text)
    with qtbot.waitSignal(question.destroyed):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def use_sheet(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until the sheet on screen has recognised its file, and press "Use in this project"."""
    sheet = window.models.sheet
    assert sheet is not None
    qtbot.waitUntil(lambda: sheet.report is not None)
    with qtbot.waitSignal(window.files.idle):
        QTest.mouseClick(sheet.use, Qt.MouseButton.LeftButton)


def test_enter_uses_a_version_and_confirms_nothing(learned: MainWindow) -> None:
    before = learned.bench.current
    assert before is not None
    select(learned, 1)
    QTest.keyClick(learned.model.versions, Qt.Key.Key_Return)
    assert in_use(learned) == 1
    assert learned.bench.current is not None
    assert learned.bench.current.id == before.id
    assert learned.bench.current.state is State.CORRECTED
    assert learned.model.versions.item(2).data(Qt.ItemDataRole.UserRole + 1)  # the row is marked
    assert not learned.model.use.isEnabled()


def test_a_tooltip_tells_what_is_known(learned: MainWindow) -> None:
    tip = learned.model.versions.item(0).toolTip()
    for words in ("Version 3 · in use", "0.780 on held-out", "0.710 before", "Went on from version 2"):
        assert words in tip
    assert "Learned from 1 image, 0 of them confirmed" in tip
    assert "Network: unet" in tip


def test_f2_renames_in_the_list(qtbot: QtBot, learned: MainWindow) -> None:
    select(learned, 2)
    QTest.keyClick(learned.model.versions, Qt.Key.Key_F2)
    editor = learned.model.versions.findChild(QLineEdit)
    assert editor is not None
    assert editor.text() == ""
    QTest.keyClicks(editor, "the good one")
    with qtbot.waitSignal(learned.bench.versions_changed):
        QTest.keyClick(editor, Qt.Key.Key_Return)
    assert project_of(learned).versions.get(2).name == "the good one"
    assert learned.model.versions.item(1).text() == "Version 2, the good one · Dice 0.78"
    assert learned.model.versions.current() == 2  # it stays selected
    assert learned.bench.current is not None
    assert learned.bench.current.state is State.CORRECTED  # Enter did not confirm the image


def test_escape_leaves_the_name(qtbot: QtBot, learned: MainWindow) -> None:
    select(learned, 2)
    QTest.keyClick(learned.model.versions, Qt.Key.Key_F2)
    editor = learned.model.versions.findChild(QLineEdit)
    assert editor is not None
    QTest.keyClicks(editor, "oops")
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert project_of(learned).versions.get(2).name == ""


def test_deleting_asks_first(qtbot: QtBot, learned: MainWindow) -> None:
    file = project_of(learned).versions.get(1).file
    select(learned, 1)
    QTest.keyClick(learned.model.versions, Qt.Key.Key_Delete)
    answer(qtbot, learned, "Keep")
    assert numbers(learned) == [1, 2, 3]
    QTest.keyClick(learned.model.versions, Qt.Key.Key_Delete)
    answer(qtbot, learned, "Delete")
    assert numbers(learned) == [2, 3]
    assert not file.exists()
    assert "Version 1 was deleted" in learned.message.text()
    assert "version 1, since deleted" in learned.model.versions.item(1).toolTip()


def test_the_version_in_use_cannot_be_deleted(learned: MainWindow) -> None:
    select(learned, 3)
    QTest.keyClick(learned.model.versions, Qt.Key.Key_Delete)
    assert learned.findChild(QMessageBox) is None
    assert not learned.model.menu.delete.isEnabled()
    assert numbers(learned) == [1, 2, 3]


def test_nothing_is_deleted_while_a_round_may_need_it(
    qtbot: QtBot, learned: MainWindow, engine: FakeEngine
) -> None:
    engine.gate.clear()
    engine.under_way.clear()
    learned.learning.retrain()
    assert engine.under_way.wait(60)
    learned.versions.delete(1)
    assert "when it is done" in learned.notice.label.text()
    assert numbers(learned) == [1, 2, 3]
    with qtbot.waitSignal(learned.worker.idle):
        engine.gate.set()


def test_a_version_goes_out_and_comes_back(
    qtbot: QtBot, learned: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "friend.safetensors"
    monkeypatch.setattr(versions_menu, "model_to_save", lambda *_: target)
    monkeypatch.setattr(versions_menu, "model_to_open", lambda *_: target)
    select(learned, 1)
    with qtbot.waitSignal(learned.files.idle):
        learned.model.menu.export.trigger()
    assert target.read_bytes() == project_of(learned).versions.get(1).file.read_bytes()
    assert "Version 1 is in" in learned.message.text()

    learned.actions_["import_model"].trigger()
    use_sheet(qtbot, learned)
    version = project_of(learned).versions.get(4)
    assert (version.name, version.network, version.round) == ("friend", "unet", None)
    assert in_use(learned) == 4
    assert learned.model.versions.item(0).text() == "Version 4, friend"
    assert "Imported from friend.safetensors" in learned.model.versions.item(0).toolTip()


def test_the_first_model_of_a_project_may_be_an_imported_one(
    qtbot: QtBot, project_window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "m.safetensors"
    source.write_bytes(b"a model")
    monkeypatch.setattr(versions_menu, "model_to_open", lambda *_: source)
    assert project_window.model.bring.isVisibleTo(project_window.model)
    QTest.mouseClick(project_window.model.bring, Qt.MouseButton.LeftButton)
    use_sheet(qtbot, project_window)
    assert in_use(project_window) == 1
    assert project_window.actions_["predict"].isEnabled()


def test_what_is_no_model_is_told(qtbot: QtBot, learned: MainWindow, tmp_path: Path) -> None:
    source = tmp_path / "m.safetensors"
    source.write_bytes(b"poetry")
    with qtbot.waitSignal(learned.worker.idle):
        learned.versions.import_model(source)
    assert "is no model" in learned.notice.label.text()
    assert numbers(learned) == [1, 2, 3]


def test_a_checkpoint_of_another_program_is_converted(
    qtbot: QtBot, learned: MainWindow, tmp_path: Path
) -> None:
    source = tmp_path / "theirs.pth"
    source.write_bytes(b"weights")
    with qtbot.waitSignal(learned.worker.idle):
        learned.versions.import_model(source)
    version = project_of(learned).versions.get(4)
    assert (version.name, version.network) == ("theirs", "unet-64")
    assert version.file.read_bytes() == b"a model"
    source.write_bytes(b"poetry")
    files = set(project_of(learned).versions.folder.iterdir())
    with qtbot.waitSignal(learned.worker.idle):
        learned.versions.import_model(source)
    assert "is no checkpoint" in learned.notice.label.text()
    assert numbers(learned) == [1, 2, 3, 4]
    assert set(project_of(learned).versions.folder.iterdir()) == files


def test_an_import_for_a_project_that_was_left_is_dropped(
    qtbot: QtBot, learned: MainWindow, tmp_path: Path
) -> None:
    source = tmp_path / "m.safetensors"
    source.write_bytes(b"a model")
    old = project_of(learned)
    files = set(old.versions.folder.iterdir())
    learned.versions.import_model(source)
    learned.bench.create_project(tmp_path / "other.segdesk", ["cell"], [])
    qtbot.waitUntil(lambda: learned.worker.is_idle and learned.files.is_idle)
    assert numbers(learned) == []
    assert set(old.versions.folder.iterdir()) == files


@pytest.mark.parametrize(
    ("chosen", "pair"),
    [((1, 3), (1, 3)), ((1, 2), (1, 2)), ((1,), (1, 3)), ((3,), (2, 3)), ((1, 2, 3), None)],
)
def test_which_two_are_compared(
    learned: MainWindow, chosen: tuple[int, ...], pair: tuple[int, int] | None
) -> None:
    select(learned, *chosen)
    assert learned.model.menu.pair() == pair
    assert learned.model.compare.isEnabled() == (pair is not None)


def test_one_version_cannot_be_compared(qtbot: QtBot, project_window: MainWindow) -> None:
    paint(project_window, (10, 30), (40, 30))
    retrain(qtbot, project_window)
    assert not project_window.actions_["compare_versions"].isEnabled()
    project_window.model.menu.compare_selected()
    assert "no two versions" in project_window.message.text()


def test_a_thumbnail_shows_loss_and_dice(qtbot: QtBot) -> None:
    def drawn(curve: tuple[tuple[float, float | None, float | None], ...]) -> set[tuple[int, ...]]:
        image = QImage(80, 40, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        paint_curve(painter, QRectF(QPointF(8, 4), QPointF(72, 32)), curve, LIGHT)
        painter.end()
        pixels = from_qimage(image).reshape(-1, 3)
        return {tuple(int(c) for c in pixel) for pixel in np.unique(pixels, axis=0)}

    accent, quiet = (0x4B, 0x4A, 0xC4), (0x58, 0x58, 0x58)
    assert drawn(()) == {(255, 255, 255)}
    both = drawn(((1.0, 0.9, None), (2.0, 0.5, 0.5), (3.0, 0.4, 0.7)))
    assert {accent, quiet} <= both
    assert accent not in drawn(((1.0, 0.9, None), (2.0, 0.5, None)))
    assert quiet not in drawn(((1.0, None, 0.4), (2.0, None, 0.5)))


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 s"), (99, "99 s"), (100, "2 min"), (5400, "90 min"), (7200, "2 h")]
)
def test_seconds_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words
