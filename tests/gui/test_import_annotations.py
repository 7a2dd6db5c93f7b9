"""Importing annotations in the window: a summary first, then all of it, or nothing."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from segdesk.core.patch import State
from segdesk.formats.class_mapping import Becomes
from segdesk.gui.dialogs.export import ExportDialog
from segdesk.gui.dialogs.import_annotations import ImportDialog
from segdesk.gui.exporting import foresee, start_export
from segdesk.gui.window import MainWindow
from tests.data import data_dir


def write(folder: Path, name: str, labels: NDArray[np.uint8]) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(cv2.imencode(".png", labels)[1].tobytes())


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    plane = np.zeros((48, 64), np.uint8)
    plane[8:24, 4:20] = 1
    plane[30:40, 30:40] = 2
    for name in ("img0.png", "img1.png"):
        write(tmp_path / "labels", name, plane)
    return tmp_path / "labels"


def opened(qtbot: QtBot, window: MainWindow, folder: Path) -> ImportDialog:
    """The dialog, ordered by its shortcut, with what the folder holds."""
    window.actions_["import_annotations"].trigger()
    dialog = window.annotations.dialog
    assert dialog is not None
    assert not dialog.go.isEnabled()
    with qtbot.waitSignal(window.files.idle):
        dialog.path.setText(str(folder))
        QTest.keyClick(dialog.path, Qt.Key.Key_Return)
    return dialog


def test_labels_come_in_after_a_summary(qtbot: QtBot, project_window: MainWindow, labels: Path) -> None:
    bench = project_window.bench
    dialog = opened(qtbot, project_window, labels)
    assert "2 images get labels" in dialog.summary.text()
    assert "New classes: class 2" in dialog.summary.text()
    assert all(s.state is State.NEW for s in bench.samples), "nothing has happened yet"
    with qtbot.waitSignal(dialog.finished):
        QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    assert [s.state for s in bench.samples] == [State.CONFIRMED, State.CONFIRMED, State.NEW]
    assert [c.name for c in bench.classes][2] == "class 2"
    assert bench.document is not None
    assert bench.document.mask.labels[35, 35] == 2, "what is on screen is what was imported"
    assert project_window.annotations.dialog is None


def test_the_same_labels_come_in_again(qtbot: QtBot, project_window: MainWindow, labels: Path) -> None:
    write(labels, "img2.png", np.full((48, 64), 77, np.uint8))
    for told in ("New classes: class 2, class 77.", "0 images get labels. 3 images stay as they are"):
        dialog = opened(qtbot, project_window, labels)
        assert told in dialog.summary.text()
        with qtbot.waitSignal(dialog.finished):
            QTest.mouseClick(
                dialog.go, Qt.MouseButton.LeftButton
            ) if dialog.go.isEnabled() else dialog.reject()
        assert [c.name for c in project_window.bench.classes][2:] == ["class 2", "class 77"]


def test_a_class_can_be_ignored(qtbot: QtBot, project_window: MainWindow, labels: Path) -> None:
    dialog = opened(qtbot, project_window, labels)
    (box,) = [b for b in dialog.findChildren(type(dialog.format)) if b.accessibleName() == "What 2 becomes"]
    row = [box.itemData(i) for i in range(box.count())].index(Becomes())
    box.setCurrentIndex(row)
    box.activated.emit(row)
    assert "New classes" not in dialog.summary.text()
    with qtbot.waitSignal(dialog.finished):
        QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    assert len(project_window.bench.classes) == 2
    assert project_window.bench.samples[0].state is State.CORRECTED, "ignored pixels say nothing"


def test_bad_files_need_a_yes(qtbot: QtBot, project_window: MainWindow, labels: Path) -> None:
    write(labels, "img2.png", np.zeros((9, 9), np.uint8))
    dialog = opened(qtbot, project_window, labels)
    assert "img2.png: it is 9 x 9 pixels" in dialog.problems.toPlainText()
    assert not dialog.go.isEnabled()
    dialog.despite.setChecked(True)
    assert dialog.go.isEnabled()
    with qtbot.waitSignal(dialog.finished):
        QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    assert project_window.bench.samples[2].state is State.NEW


def test_what_is_no_annotation_is_said_and_nothing_happens(
    qtbot: QtBot, project_window: MainWindow, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    dialog = opened(qtbot, project_window, tmp_path / "empty")
    assert "holds no annotations" in dialog.summary.text()
    assert not dialog.go.isEnabled()
    with qtbot.waitSignal(dialog.finished):
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert all(s.state is State.NEW for s in project_window.bench.samples)


def test_an_export_says_before_and_after_what_it_cannot_hold(
    qtbot: QtBot, project_window: MainWindow, tmp_path: Path
) -> None:
    bench = project_window.bench
    assert bench.project is not None
    assert bench.document is not None
    ring = np.zeros((48, 64), np.uint8)
    ring[5:30, 5:30] = 1
    ring[10:20, 10:20] = 0
    bench.document.predict(ring, None)
    bench.document.confirm()
    dialog = ExportDialog(tmp_path, has_model=False)
    qtbot.addWidget(dialog)
    with qtbot.waitSignal(project_window.files.idle):
        foresee(project_window.files, bench.project, dialog)
    assert "1 objects have holes, which will be filled" in dialog.words["coco-polygons"].text()
    assert "hole" not in dialog.words["coco"].text()
    told: list[str] = []
    bench.error.connect(told.append)
    with qtbot.waitSignal(project_window.files.idle):
        formats = ["coco", "coco-polygons"]
        start_export(bench, project_window.files, bench.project, formats, tmp_path / "out", check=True)
    (sentence,) = told
    assert sentence.startswith("COCO JSON with polygons: Read back: 0 of 1 images are exact")


def test_a_set_of_photographs_comes_in_with_its_masks(qtbot: QtBot, project_window: MainWindow) -> None:
    folder = data_dir("salient_coco")
    dialog = opened(qtbot, project_window, folder)
    assert "Read as: Label images of classes." in dialog.summary.text()
    assert "21 images get labels. 21 of them are added to the project." in dialog.summary.text()
    assert dialog.problems.isHidden()
    with qtbot.waitSignal(dialog.finished):
        QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    added = [s for s in project_window.bench.samples if folder in s.source.path.parents]
    assert len(added) == 21
    assert all(s.state is State.CONFIRMED for s in added)
    assert project_window.bench.project is not None
    mask = project_window.bench.project.masks.load(added[0])
    stem = added[0].source.path.stem
    truth = cv2.imread(str(folder / "masks" / f"{stem}.png"), cv2.IMREAD_GRAYSCALE)
    assert truth is not None
    assert np.array_equal(mask.labels > 0, truth > 0)
