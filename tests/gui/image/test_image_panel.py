"""The panel that sets how the image is shown, and that the file's values stay what they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from segdesk.core.images import ImageSource, Look, Window, read_image
from segdesk.gui.image.panel import ImagePanel
from segdesk.gui.qimage import from_qimage
from segdesk.gui.window import MainWindow


@pytest.fixture
def panel(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> ImagePanel:
    """The panel, with the first of two gray images of 12 of 16 bits on screen."""
    folder = tmp_path / "images"
    folder.mkdir()
    for number in range(2):
        values = np.linspace(0, 4000, 60 * 80).reshape(60, 80).astype(np.uint16) + number
        tifffile.imwrite(folder / f"g{number}.tif", values)
    with qtbot.waitSignal(window.bench.picture_ready):
        window.bench.open_paths([folder])
    window.actions_["image_panel"].trigger()
    assert window.image.panel.isVisible()
    return window.image.panel


def brightness(window: MainWindow) -> int:
    """Of the middle of the image, as painted."""
    canvas = window.canvas
    at = canvas.to_widget((40, 30)).toPoint()
    return int(from_qimage(canvas.grab().toImage())[at.y(), at.x()].astype(int).max())


def drag(panel: ImagePanel, start: float, end: float) -> None:
    histogram = panel.histogram
    places = [QPoint(round(8 + share * (histogram.width() - 16)), 20) for share in (start, end)]
    QTest.mousePress(histogram, Qt.MouseButton.LeftButton, pos=places[0])
    QTest.mouseMove(histogram, places[1])
    QTest.mouseRelease(histogram, Qt.MouseButton.LeftButton, pos=places[1])


def test_dragging_the_white_end_brightens_the_screen_alone(window: MainWindow, panel: ImagePanel) -> None:
    picture = window.bench.picture
    assert picture is not None
    before, values = brightness(window), picture.raw.copy()
    drag(panel, panel.histogram._window.high / 4000, 0.6)
    assert brightness(window) > before + 50
    assert panel.high.value() == pytest.approx(2400, abs=60)
    assert np.array_equal(picture.raw, values)
    assert np.array_equal(read_image(picture.source), values)
    drag(panel, 0.3, 0.4)
    assert panel.low.value() == pytest.approx(400, abs=80)
    assert brightness(window) < 255


def test_keys_move_the_ends(panel: ImagePanel) -> None:
    before = panel.high.value()
    QTest.keyClick(panel.histogram, Qt.Key.Key_Left)
    assert panel.high.value() < before
    low = panel.low.value()
    QTest.keyClick(panel.histogram, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert panel.low.value() > low


def test_a_look_is_remembered_with_its_image(qtbot: QtBot, window: MainWindow, panel: ImagePanel) -> None:
    first = window.bench.samples[0]
    panel.inverted.setChecked(True)
    panel.gamma.setValue(2.0)
    panel.map.setCurrentIndex(panel.map.findData("viridis"))
    panel.map.activated.emit(panel.map.currentIndex())
    window.bench.next()
    assert window.canvas.look == Look()
    assert not panel.inverted.isChecked()
    window.bench.previous()
    look = window.canvas.look
    assert look is not None
    assert (look.inverted, look.gamma, look.color_map) == (True, 2.0, "viridis")
    assert panel.gamma.value() == 2.0
    project = window.bench.project
    assert project is not None
    assert project.looks.of(first.id) == look
    panel.reset.click()
    assert window.canvas.look == Look()


def test_all_images_alike(window: MainWindow, panel: ImagePanel) -> None:
    panel.low.setValue(1000)
    panel.shared.setChecked(True)
    window.bench.next()
    assert window.canvas.look is not None
    assert window.canvas.look.channel(0).window is not None
    assert panel.low.value() == 1000
    panel.high.setValue(2000)
    window.bench.previous()
    assert panel.high.value() == 2000
    panel.shared.setChecked(False)
    window.bench.next()
    assert window.canvas.look == Look()


def test_fitting_the_contrast(window: MainWindow, panel: ImagePanel) -> None:
    panel.low.setValue(-500)
    window.actions_["fit_contrast"].trigger()
    assert 0 < panel.low.value() < 60
    assert 3940 < panel.high.value() < 4000


def test_channels_are_switched(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    values = np.zeros((40, 50, 4), np.uint8)
    values[..., 1], values[..., 3] = 200, 100
    path = tmp_path / "many.tif"
    tifffile.imwrite(path, values, photometric="minisblack", planarconfig="contig", extrasamples=[0, 0, 0])
    with qtbot.waitSignal(window.bench.picture_ready):
        window.bench.open_paths([path])
    window.actions_["image_panel"].trigger()
    panel, canvas = window.image.panel, window.canvas
    assert [box.isChecked() for box in panel.channels.boxes] == [True, True, True, False]
    assert not panel.map.isVisible()

    def color() -> list[int]:
        at = canvas.to_widget((25, 20)).toPoint()
        shown: list[int] = from_qimage(canvas.grab().toImage())[at.y(), at.x()].tolist()
        return shown

    assert color() == [0, 200, 0]
    panel.channels.boxes[1].click()
    assert color() == [0, 0, 0]
    panel.channels.boxes[3].click()
    assert color() == [0, 100, 100]
    panel.channels.coloured.emit(3, (255, 0, 0))
    assert color() == [100, 0, 0]


def test_without_an_image_nothing_can_be_set(window: MainWindow) -> None:
    assert not window.image.panel.isEnabled()
    window.image.looks.look = Look(gamma=3)
    window.image.looks.fit_contrast()
    window.image.looks.share(True)
    window.image.looks.calibrate(None)


def test_pixel_size(window: MainWindow, panel: ImagePanel) -> None:
    first, second = window.bench.samples
    panel.pixel_size.side.setValue(0.25)
    size = window.image.looks.pixel_size
    assert size is not None
    assert (size.x, size.unit) == (0.25, "µm")
    canvas = window.canvas
    QApplication.processEvents()  # all have their places
    QTest.mouseMove(canvas, canvas.to_widget((10.5, 20.5)).toPoint())
    assert "10, 20" in window.pixel.text()
    assert "2.625, 5.125 µm" in window.pixel.text()
    panel.pixel_size.everywhere.click()
    project = window.bench.project
    assert project is not None
    assert project.looks.pixel_size(second.id) == project.looks.pixel_size(first.id) == size
    panel.pixel_size.side.setValue(0)
    assert window.image.looks.pixel_size is None


def test_the_picture_knows_its_windows(window: MainWindow, panel: ImagePanel) -> None:
    assert panel.isEnabled()
    picture = window.bench.picture
    assert picture is not None
    assert picture.source == ImageSource(picture.source.path)
    assert isinstance(picture.windows[0], Window)
