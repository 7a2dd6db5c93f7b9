"""Model files that come in: recognised or refused, tried on the image, used, kept; by drop as by dialog."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from segdesk.core import catalogue
from segdesk.core.model_library import library_files, origin_of
from segdesk.core.project import Project
from segdesk.gui.models.sheet import ImportSheet
from segdesk.gui.window import MainWindow
from tests.gui.conftest import MakeImages
from tests.gui.fake_engine import FakeEngine

Weights = Callable[..., Path]


@pytest.fixture
def weights(tmp_path: Path) -> Weights:
    def make(name: str = "theirs.pth", content: bytes = b"weights") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return make


def drop(target: QWidget, *paths: Path) -> None:
    """Drag files from outside over a window, and let go."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    at, copy = QPoint(50, 50), Qt.DropAction.CopyAction
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(at, copy, data, buttons, keys)
    target.dragEnterEvent(enter)
    assert enter.isAccepted()
    target.dropEvent(QDropEvent(QPointF(at), copy, data, buttons, keys))


def click(button: QPushButton) -> None:
    assert button.isEnabled(), button.toolTip()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def sheet_of(qtbot: QtBot, window: MainWindow) -> ImportSheet:
    """The sheet on screen, as soon as it knows what the file is."""
    sheet = window.models.sheet
    assert sheet is not None
    qtbot.waitUntil(lambda: not sheet.sentence.text().startswith("Finding out"))
    return sheet


def project_of(window: MainWindow) -> Project:
    assert window.bench.project is not None
    return window.bench.project


def test_a_dropped_model_is_recognised_and_used(
    qtbot: QtBot, project_window: MainWindow, weights: Weights
) -> None:
    drop(project_window, weights("people.onnx"))
    sheet = sheet_of(qtbot, project_window)
    assert sheet.sentence.text() == "Recognised: U2-Net."
    facts = dict(sheet.facts.facts)
    assert facts["Classes"] == "one thing against its background"
    assert facts["Retrainable"].startswith("Yes")
    assert "ImageNet" in facts["Recipe"]
    with qtbot.waitSignal(project_window.bench.versions_changed):
        click(sheet.use)
    in_use = project_of(project_window).versions.in_use()
    assert in_use is not None
    assert in_use.name == "people"
    assert project_window.models.sheet is None


def test_images_and_models_dropped_together_go_their_ways(
    qtbot: QtBot, window: MainWindow, weights: Weights, make_images: MakeImages
) -> None:
    with qtbot.waitSignal(window.bench.picture_ready):
        drop(window, *make_images(2), weights())
    assert len(window.bench.samples) == 2
    assert sheet_of(qtbot, window).path.name == "theirs.pth"


def test_a_dropped_project_opens(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    folder = tmp_path / "cells.segdesk"
    Project.create(folder, ["cell"]).close()
    drop(window, folder)
    assert project_of(window).folder == folder
    assert window.models.sheet is None


def test_what_cannot_be_loaded_is_named(qtbot: QtBot, project_window: MainWindow, weights: Weights) -> None:
    drop(project_window, weights("isnet.pth", b"poetry"))
    sheet = sheet_of(qtbot, project_window)
    assert (
        sheet.sentence.text() == "isnet.pth is IS-Net, which SegDesk does not support; choose another model."
    )
    assert not any(b.isVisible() for b in (sheet.use, sheet.attempt, sheet.keep))
    assert not project_window.notice.isVisible()  # it is said where the person looks


def test_a_trial_shows_and_keeps_nothing(
    qtbot: QtBot, project_window: MainWindow, weights: Weights, engine: FakeEngine
) -> None:
    window = project_window
    assert window.bench.document is not None
    before = window.bench.document.mask.labels.copy()
    drop(window, weights())
    sheet = sheet_of(qtbot, window)
    click(sheet.attempt)
    trial, strip = window.models.trial, window.models.strip
    qtbot.waitUntil(lambda: trial.is_shown and not trial.is_running)
    preview = window.canvas._mask_layer.preview
    assert preview is not None
    assert preview.labels[10, 10] == 1  # the bright square
    assert preview.labels[40, 60] == 0
    assert "Nothing is kept" in strip.label.text()
    assert strip.isVisible()
    QTest.mouseClick(strip.label, Qt.MouseButton.LeftButton)  # which is over the image, but no part of it
    assert not window.bench.document.mask.corrected.any()
    window.learning.preview.emit(None)  # a prediction ends meanwhile
    qtbot.waitUntil(lambda: window.canvas._mask_layer.preview is not None)
    click(strip.away)
    assert window.canvas._mask_layer.preview is None
    assert not strip.isVisible()
    assert np.array_equal(window.bench.document.mask.labels, before)
    assert project_of(window).versions.all() == []
    assert engine.converted == [("theirs.pth", ("background", "object"), False)]


def test_a_trial_follows_to_the_next_image_and_can_be_used(
    qtbot: QtBot, project_window: MainWindow, weights: Weights, engine: FakeEngine
) -> None:
    window = project_window
    drop(window, weights())
    click(sheet_of(qtbot, window).attempt)
    trial = window.models.trial
    qtbot.waitUntil(lambda: trial.is_shown and not trial.is_running)
    with qtbot.waitSignal(window.bench.picture_ready):
        window.bench.next()
    qtbot.waitUntil(lambda: trial.is_shown and not trial.is_running)
    assert len(engine.predicted) == 2
    assert len(engine.converted) == 1
    with qtbot.waitSignal(window.bench.versions_changed):
        click(window.models.strip.use)
    assert project_of(window).versions.in_use() is not None
    assert trial.candidate is None


def test_closing_the_sheet_ends_its_trial(
    qtbot: QtBot, project_window: MainWindow, weights: Weights, engine: FakeEngine
) -> None:
    drop(project_window, weights())
    sheet = sheet_of(qtbot, project_window)
    engine.gate.clear()
    click(sheet.attempt)
    assert engine.under_way.wait(60)
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    engine.gate.set()
    qtbot.waitUntil(lambda: project_window.worker.is_idle)
    assert project_window.canvas._mask_layer.preview is None
    assert project_window.models.trial.candidate is None


def test_keys_that_serve_several_purposes_are_asked_for(
    qtbot: QtBot, project_window: MainWindow, weights: Weights, engine: FakeEngine
) -> None:
    drop(project_window, weights("model.pth", b"weights ?"))
    sheet = sheet_of(qtbot, project_window)
    assert sheet.purpose.isVisible()
    assert not sheet.use.isEnabled()
    assert "Say first" in sheet.use.toolTip()
    portrait = sheet.purpose.buttons["portrait"]
    QTest.mouseClick(portrait, Qt.MouseButton.LeftButton, pos=QPoint(10, portrait.height() // 2))
    with qtbot.waitSignal(project_window.bench.versions_changed):
        click(sheet.use)
    assert engine.converted == [("model.pth", ("background", "object"), True)]


def test_a_telling_name_answers_the_question(
    qtbot: QtBot, project_window: MainWindow, weights: Weights
) -> None:
    drop(project_window, weights("u2net_human_seg.pth", b"weights ?"))
    sheet = sheet_of(qtbot, project_window)
    assert sheet.purpose.is_answered
    assert not sheet.purpose.inverted
    assert sheet.use.isEnabled()


def test_missing_classes_are_added(
    qtbot: QtBot, project_window: MainWindow, weights: Weights, engine: FakeEngine
) -> None:
    drop(project_window, weights("three.pth", b"weights x3"))
    sheet = sheet_of(qtbot, project_window)
    assert "one is added" in sheet.hint.text()
    with qtbot.waitSignal(project_window.bench.versions_changed):
        click(sheet.use)
    assert [c.name for c in project_window.bench.classes] == ["background", "object", "class 2"]
    assert engine.converted == [("three.pth", ("background", "object", "class 2"), False)]


def test_without_a_project_a_model_can_be_kept(qtbot: QtBot, window: MainWindow, weights: Weights) -> None:
    drop(window, weights())
    sheet = sheet_of(qtbot, window)
    assert not sheet.use.isEnabled()
    assert not sheet.attempt.isEnabled()
    with qtbot.waitSignal(window.models.verbs.library_changed):
        click(sheet.keep)
    (kept,) = library_files()
    assert kept == catalogue.folder() / "theirs.safetensors"
    assert origin_of(kept) == "Imported from theirs.pth"


def test_several_models_are_looked_into_one_after_the_other(
    qtbot: QtBot, project_window: MainWindow, weights: Weights
) -> None:
    drop(project_window, weights("a.pth"), weights("b.pth"))
    first = sheet_of(qtbot, project_window)
    assert first.path.name == "a.pth"
    click(first.cancel)
    assert sheet_of(qtbot, project_window).path.name == "b.pth"
