"""Predicting a folder from the window, with an engine that needs no torch."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from segdesk.core.jobs import Job, Progress
from segdesk.gui.batch.window import BatchWindow
from segdesk.gui.window import MainWindow
from segdesk.gui.worker import Task
from tests.gui.conftest import MakeImages
from tests.gui.fake_engine import FakeEngine


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "cells.safetensors"
    path.write_bytes(b"a model")
    return path


@pytest.fixture
def batch(qtbot: QtBot, window: MainWindow, model: Path, make_images: MakeImages) -> BatchWindow:
    """The window of batches, as a person has filled it in: three images, one of them in a folder below."""
    images = make_images(3)
    below = images[0].parent / "day 1"
    below.mkdir()
    images[2].rename(below / "img2.png")
    window.actions_["predict_folder"].trigger()
    shown = window.batches.window
    assert shown is not None
    qtbot.waitExposed(shown)
    shown.form.take_model(model)
    shown.form.images.setText(str(images[0].parent))
    return shown


def click(button: object) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)  # type: ignore[call-overload]


def out(batch: BatchWindow) -> Path:
    return Path(batch.form.out.text())


def failed(batch: BatchWindow) -> list[str]:
    """The files in the list of failures, as it is shown."""
    rows = (batch.state.failures.topLevelItem(row) for row in range(batch.state.failures.topLevelItemCount()))
    return [row.text(0) for row in rows if row is not None]


def held(window: MainWindow) -> bool:
    return window.batches.worker.is_paused


def do(qtbot: QtBot, window: MainWindow, batch: BatchWindow) -> None:
    with qtbot.waitSignal(window.batches.worker.idle):
        click(batch.start)


def test_a_folder_is_predicted_without_a_project(
    qtbot: QtBot, window: MainWindow, batch: BatchWindow
) -> None:
    assert window.bench.project is None
    assert out(batch).name == "images predicted"
    batch.form.overlays.setChecked(True)
    batch.form.measure.setChecked(True)
    do(qtbot, window, batch)
    found = sorted(p.relative_to(out(batch)).as_posix() for p in out(batch).rglob("[!.]*.*"))
    masks = ["masks/day 1/img2.png", "masks/img0.png", "masks/img1.png"]
    assert found == sorted(["objects.csv", *masks, *(m.replace("masks", "overlays") for m in masks)])
    with Image.open(out(batch) / "masks" / "img1.png") as image:
        labels = np.asarray(image)
    assert labels[8:24, 8:24].all()
    assert labels.sum() == 16 * 16
    with (out(batch) / "objects.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["image"] for row in csv.DictReader(file)] == ["img0.png", "img1.png", "day 1/img2.png"]
    assert "3 new masks" in batch.state.words.text()
    assert "3 objects" in batch.state.words.text()
    assert failed(batch) == []
    do(qtbot, window, batch)
    assert "0 new masks · 3 from before" in batch.state.words.text()


def test_files_that_fail_are_named_and_the_others_are_done(
    qtbot: QtBot, window: MainWindow, batch: BatchWindow
) -> None:
    folder = Path(batch.form.images.text())
    (folder / "day 1" / "broken.png").write_bytes(b"no image at all")
    do(qtbot, window, batch)
    assert failed(batch) == ["day 1/broken.png"]
    assert batch.state.failures.isVisible()
    assert "3 new masks" in batch.state.words.text()
    assert "1 failed" in batch.state.words.text()


def test_a_batch_that_is_stopped_goes_on_where_it_was(
    qtbot: QtBot, window: MainWindow, batch: BatchWindow, engine: FakeEngine
) -> None:
    engine.gate.clear()
    with qtbot.waitSignal(window.batches.worker.started):
        click(batch.start)
    qtbot.waitUntil(lambda: len(engine.predicted) == 1)
    assert not batch.form.isEnabled()
    assert batch.stop.isVisible()
    click(batch.stop)
    with qtbot.waitSignal(window.batches.worker.idle):
        engine.gate.set()
    assert "Stopped" in batch.state.words.text()
    assert batch.form.isEnabled()
    written = len(list((out(batch) / "masks").rglob("img*.png")))
    assert written < 3
    do(qtbot, window, batch)
    assert len(list((out(batch) / "masks").rglob("img*.png"))) == 3
    assert f"{3 - written} new masks" in batch.state.words.text()


def test_the_project_goes_first(
    qtbot: QtBot, window: MainWindow, batch: BatchWindow, engine: FakeEngine
) -> None:
    """Work of the project's own holds the batch, and its end lets the batch go on."""
    engine.gate.clear()
    click(batch.start)
    qtbot.waitUntil(lambda: len(engine.predicted) == 1)

    def learning() -> Job[None]:
        yield Progress(0.0, "Learning")
        engine.gate.wait()

    with qtbot.waitSignal(window.worker.started):
        window.worker.submit(Task("Learning", learning))
    assert held(window)
    assert "Waiting" in batch.state.words.text()
    with qtbot.waitSignals([window.worker.idle, window.batches.worker.idle]):
        engine.gate.set()
    assert "3 new masks" in batch.state.words.text()


def test_what_is_missing_is_said_and_nothing_begins(
    qtbot: QtBot, window: MainWindow, batch: BatchWindow, tmp_path: Path
) -> None:
    batch.form.images.setText(str(tmp_path / "nowhere"))
    click(batch.start)
    assert "nowhere" in batch.problem.text()
    assert batch.problem.isVisible()
    assert window.batches.worker.is_idle


def test_a_file_that_is_no_model_is_said(
    qtbot: QtBot, window: MainWindow, batch: BatchWindow, tmp_path: Path
) -> None:
    other = tmp_path / "other.safetensors"
    other.write_bytes(b"something")
    batch.form.take_model(other)
    do(qtbot, window, batch)
    assert "other.safetensors is no model" in batch.state.words.text()
    assert batch.start.isVisible()


def test_images_that_arrive_are_predicted_too(
    qtbot: QtBot, window: MainWindow, batch: BatchWindow, make_images: MakeImages, engine: FakeEngine
) -> None:
    batch.form.watch.setChecked(True)
    click(batch.start)
    qtbot.waitUntil(lambda: (out(batch) / "masks" / "day 1" / "img2.png").exists())
    assert engine.predicted[0].keep_model, "a model is read once, however many images arrive"
    with qtbot.waitSignal(window.batches.worker.idle):
        click(batch.stop)
    assert "3 new masks" in batch.state.words.text()


def test_the_window_may_close_meanwhile(
    qtbot: QtBot, window: MainWindow, batch: BatchWindow, engine: FakeEngine
) -> None:
    engine.gate.clear()
    click(batch.start)
    qtbot.waitUntil(lambda: len(engine.predicted) == 1)
    batch.close()
    with qtbot.waitSignal(window.batches.worker.idle):
        engine.gate.set()
    assert "3 new masks" in batch.state.words.text()
    window.actions_["predict_folder"].trigger()
    assert window.batches.window is batch
    assert batch.isVisible()


def test_a_batch_is_held_by_the_order_and_by_its_own_button(
    qtbot: QtBot, window: MainWindow, batch: BatchWindow, engine: FakeEngine
) -> None:
    engine.gate.clear()
    click(batch.start)
    qtbot.waitUntil(lambda: len(engine.predicted) == 1)
    window.actions_["pause"].trigger()
    assert held(window)
    assert batch.state.words.text().startswith("Paused")
    assert window.actions_["pause"].text() == batch.pause.text() == "Go on"
    click(batch.pause)
    assert not held(window)
    with qtbot.waitSignal(window.batches.worker.idle):
        engine.gate.set()
    assert "3 new masks" in batch.state.words.text()
