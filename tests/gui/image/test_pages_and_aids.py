"""Pages of a file, images too large to be held, and what helps to find one's way."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from segdesk.core.images import PixelSize, overview, picture
from segdesk.gui.canvas.lazy_pyramid import LazyPyramid
from segdesk.gui.image.aids import length_text, round_length
from segdesk.gui.qimage import from_qimage
from segdesk.gui.window import MainWindow
from tests.gui.conftest import MakeImages


def open_file(qtbot: QtBot, window: MainWindow, path: Path) -> None:
    with qtbot.waitSignal(window.bench.picture_ready):
        window.bench.open_paths([path])


def every_page(window: MainWindow) -> None:
    window.bench.intake.pick_pages = lambda files: {path: range(count) for path, count in files.items()}


@pytest.fixture
def stack(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> MainWindow:
    every_page(window)
    path = tmp_path / "stack.tif"
    tifffile.imwrite(path, np.arange(5, dtype=np.uint8)[:, None, None] * np.full((5, 60, 80), 40, np.uint8))
    open_file(qtbot, window, path)
    return window


def test_the_slider_goes_through_the_pages(stack: MainWindow) -> None:
    bar = stack.area.pages
    assert bar.isVisible()
    assert bar.label.text() == "Page 1 of 5"
    stack.canvas.zoom(3)
    scale = stack.canvas.scale
    QTest.keyClick(bar.slider, Qt.Key.Key_Right)
    QTest.qWait(0)
    assert stack.bench.current is not None
    assert stack.bench.current.source.page == 1
    stack.actions_["next_page"].trigger()
    QTest.qWait(0)
    assert stack.bench.current.source.page == 2
    assert bar.label.text() == "Page 3 of 5"
    assert stack.canvas.scale == scale
    QTest.keyClick(bar.slider, Qt.Key.Key_End)
    QTest.qWait(0)
    said: list[str] = []
    stack.bench.message.connect(said.append)
    stack.actions_["next_page"].trigger()
    assert said == ["This is the last page."]


def test_a_file_of_one_page_has_no_slider(project_window: MainWindow) -> None:
    assert not project_window.area.pages.isVisible()
    said: list[str] = []
    project_window.bench.message.connect(said.append)
    project_window.actions_["next_page"].trigger()
    assert said == ["This file has no other pages."]


@pytest.fixture
def large(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[MainWindow, np.ndarray[tuple[int, int], np.dtype[np.uint16]], Path]:
    """An image that is read in parts: its first piece cannot be read."""
    monkeypatch.setattr(picture, "HELD", 1000)
    monkeypatch.setattr(picture.open_picture, "__defaults__", (1000,))
    monkeypatch.setattr(overview, "_MOST_PIXELS", 100_000)
    monkeypatch.setattr(overview, "_MOST_READ", 200_000)
    image = np.random.default_rng(2).integers(0, 4000, (1200, 1500)).astype(np.uint16)
    path = tmp_path / "large.tif"
    tifffile.imwrite(path, image, tile=(256, 256), compression="zlib")
    open_file(qtbot, window, path)
    return window, image, path


def test_a_large_image_is_read_where_one_looks(
    qtbot: QtBot, large: tuple[MainWindow, np.ndarray[tuple[int, int], np.dtype[np.uint16]], Path]
) -> None:
    window, image, _ = large
    canvas = window.canvas
    levels = canvas.levels
    assert isinstance(levels, LazyPyramid)
    canvas.actual_size()
    QApplication.processEvents()
    canvas.repaint()
    qtbot.waitUntil(lambda: levels.is_complete)
    box = canvas.visible_box()
    canvas.overlay_visible = False
    at = canvas.to_widget((box.x + 100, box.y + 100)).toPoint()
    QTest.mouseMove(canvas, at)
    x, y = box.x + 100, box.y + 100
    qtbot.waitUntil(lambda: f"{x}, {y}   {image[y, x]}" in window.pixel.text())
    part = image[y : y + 50, x : x + 60]
    renderer = levels.renderer
    shown = from_qimage(canvas.grab().toImage())[at.y() : at.y() + 50, at.x() : at.x() + 60, 0]
    crosses = np.abs(shown.astype(int) - renderer.paint(part)) > 1  # the brush's circle is drawn over it
    assert crosses.mean() < 0.1


def test_a_part_that_cannot_be_read_is_told_once(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture.open_picture, "__defaults__", (1000,))
    image = np.random.default_rng(2).integers(0, 255, (1200, 1500)).astype(np.uint8)
    path = tmp_path / "large.tif"
    with tifffile.TiffWriter(path) as writer:
        writer.write(image, tile=(256, 256), compression="zlib", subifds=1)
        writer.write(image[::4, ::4], tile=(256, 256), compression="zlib", subfiletype=1)
    with tifffile.TiffFile(path) as tiff:
        offsets = tiff.pages[0].dataoffsets
    with path.open("r+b") as file:
        for offset in offsets:
            file.seek(offset)
            file.write(bytes(100))
    monkeypatch.setattr(overview, "_MOST_PIXELS", 200_000)
    monkeypatch.setattr(overview, "_MOST_READ", 200_000)
    errors: list[str] = []
    window.bench.error.connect(errors.append)
    open_file(qtbot, window, path)
    levels = window.canvas.levels
    assert isinstance(levels, LazyPyramid)
    window.canvas.actual_size()
    window.canvas.repaint()
    qtbot.waitUntil(lambda: bool(errors) and not levels._reading)
    assert len(errors) == 1
    assert "large.tif" in errors[0]


def test_the_minimap_is_there_when_zoomed_in_and_goes_where_it_is_pressed(project_window: MainWindow) -> None:
    minimap, canvas = project_window.image.minimap, project_window.canvas
    assert not minimap.isVisible()
    canvas.zoom(4)
    assert minimap.isVisible()
    QTest.mousePress(
        minimap, Qt.MouseButton.LeftButton, pos=QPoint(minimap.width() // 4, minimap.height() // 4)
    )
    QTest.mouseRelease(minimap, Qt.MouseButton.LeftButton)
    seen = canvas.visible_box()
    assert abs(seen.x + seen.width / 2 - 16) <= 3
    assert abs(seen.y + seen.height / 2 - 12) <= 3
    project_window.actions_["minimap"].trigger()
    assert not minimap.isVisible()


def test_scale_bar_and_rulers_count_in_the_unit_of_the_pixels(project_window: MainWindow) -> None:
    window = project_window
    window.actions_["scale_bar"].trigger()
    window.actions_["rulers"].trigger()
    bar, ruler = window.image.scale_bar, window.area.ruled.rulers[0]
    assert bar.isVisible()
    assert ruler.isVisible()
    length, text = bar.length()
    assert text.endswith(" px")
    assert length == pytest.approx(float(text.split()[0]) * window.canvas.widget_scale())
    window.image.looks.calibrate(PixelSize(2.0, 2.0, "µm"))
    length, text = bar.length()
    assert text.endswith(" µm")
    assert length == pytest.approx(float(text.split()[0]) / 2 * window.canvas.widget_scale())
    assert len(ruler.ticks()) > 3
    for place, words in ruler.ticks():
        assert place == pytest.approx(window.canvas.to_widget((float(words) / 2, 0)).x())
    assert window.bench.settings.values.rulers


def test_the_crosshair_follows_the_pointer(project_window: MainWindow) -> None:
    project_window.actions_["crosshair"].trigger()
    canvas, (across, down) = project_window.canvas, project_window.image.crosshair.lines
    QApplication.processEvents()  # all have their places
    at = canvas.to_widget((20.5, 30.5)).toPoint()
    QTest.mouseMove(canvas, at)
    assert across.isVisible()
    assert abs(across.geometry().center().y() - at.y()) <= 1
    assert abs(down.geometry().center().x() - at.x()) <= 1
    project_window.actions_["crosshair"].trigger()
    assert not across.isVisible()


def test_the_view_is_kept_where_one_wants_that(project_window: MainWindow) -> None:
    canvas, bench = project_window.canvas, project_window.bench
    canvas.zoom(5)
    scale, seen = canvas.scale, canvas.visible_box()
    bench.next()
    assert canvas.scale != scale
    bench.previous()
    canvas.zoom(scale / canvas.scale)
    project_window.actions_["keep_view"].trigger()
    seen = canvas.visible_box()
    bench.next()
    assert canvas.scale == scale
    assert canvas.visible_box() == seen


def test_round_lengths() -> None:
    assert [round_length(most) for most in (1, 1.9, 2, 4.9, 7, 10, 0.03)] == pytest.approx(
        [1, 1, 2, 2, 5, 10, 0.02]
    )
    assert [length_text(metres) for metres in (5e-9, 2e-6, 5e-4, 0.02, 3)] == [
        "5 nm",
        "2 µm",
        "500 µm",
        "20 mm",
        "3 m",
    ]


def test_many_images_make_no_difference(qtbot: QtBot, window: MainWindow, make_images: MakeImages) -> None:
    """Images of one page each, after a stack: the slider goes."""
    open_file(qtbot, window, make_images(2)[0])
    assert not window.area.pages.isVisible()
