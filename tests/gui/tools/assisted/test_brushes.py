from __future__ import annotations

import cv2
import numpy as np
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from segdesk.core.assisted.threshold import in_range
from segdesk.core.painting import round_stroke
from segdesk.gui.tools.assisted import SuperpixelBrush, ThresholdBrush
from segdesk.gui.tools.option_kinds import Option
from tests.core.assisted.scenes import blob, iou, whole
from tests.gui.canvas.kit import RIGHT, Bench


def _option(name: str) -> Option:
    return next(option for option in ThresholdBrush.declare() if option.id == name)


def test_superpixels_end_at_the_edge(bench: Bench, qtbot: QtBot) -> None:
    bench.canvas.set_tool("superpixel")
    inside = cv2.erode(blob()[1].astype(np.uint8), np.ones((7, 7), np.uint8))
    spots = [(x + 0.5, y + 0.5) for y in range(90, 211, 6) for x in range(110, 300, 8) if inside[y, x]]
    with qtbot.waitSignal(bench.canvas.stroke_finished):
        bench.drag(*spots)
    assert iou(bench.labels == 1, blob()[1]) > 0.9
    assert [patch.name for patch in bench.patches] == ["Superpixel brush"]


def test_a_click_paints_the_patch_that_was_shown(bench: Bench, qtbot: QtBot) -> None:
    bench.canvas.set_tool("superpixel")
    before = bench.canvas.grab().toImage()
    with qtbot.waitSignal(bench.canvas.busy, check_params_cb=lambda busy: not busy):
        bench.move((50, 50))
    assert bench.canvas.grab().toImage() != before
    bench.click((50, 50))
    assert bench.labels[50, 50] == 1
    assert 60 < (bench.labels == 1).sum() < 700
    bench.click((50, 50), RIGHT)
    assert not bench.labels.any()


def test_superpixels_across_tiles_and_off_the_image(bench: Bench, qtbot: QtBot) -> None:
    bench.canvas.set_tool("superpixel")
    bench.canvas.options.set("superpixel", SuperpixelBrush.declare()[0], 20)
    bench.canvas.zoom_out()
    with qtbot.waitSignal(bench.canvas.stroke_finished):
        bench.drag((-20, 100), (200, 100), (398, 290))
    assert (bench.labels[95:106, :200] == 1).any(axis=0).all()
    assert bench.labels[289, 397] == 1
    bench.click((-40, 50))
    assert "beside the image" in bench.hints[-1]


def test_esc_drops_superpixels(bench: Bench) -> None:
    bench.canvas.set_tool("superpixel")
    bench.press((50, 50))
    bench.move((90, 50))
    bench.key(Qt.Key.Key_Escape)
    bench.release((90, 50))
    assert not bench.patches


def test_the_threshold_brush_passes_over_what_differs(bench: Bench) -> None:
    bench.canvas.set_tool("threshold")
    bench.canvas.options.brush_size = 120
    bench.canvas.options.set("threshold", _option("tolerance"), 10)
    bench.drag((200.5, 150.5), (210.5, 150.5))
    painted = bench.labels == 1
    raw = bench.canvas.raw
    assert raw is not None
    away = blob()[1]
    assert painted[away].sum() > 0.6 * painted.sum()
    assert 0 < painted.sum() < 0.9 * np.pi * 60**2
    assert [patch.name for patch in bench.patches] == ["Threshold brush"]


def test_a_fixed_range_is_in_percent_of_the_images_own(bench: Bench) -> None:
    image = np.tile(np.linspace(1000, 5000, 400).astype(np.uint16), (300, 1))
    bench.canvas.set_document(bench.canvas.image, bench.document, image)
    bench.canvas.set_tool("threshold")
    for name, value in (("range", "fixed"), ("from", 25), ("to", 50)):
        bench.canvas.options.set("threshold", _option(name), value)
    bench.canvas.options.brush_size = 30
    bench.drag((10, 150), (390, 150))
    columns = np.flatnonzero((bench.labels == 1).any(axis=0))
    assert 98 <= columns[0] <= 101
    assert 198 <= columns[-1] <= 201


def test_the_threshold_brush_shows_what_a_click_paints(bench: Bench) -> None:
    bench.canvas.set_tool("threshold")
    bench.canvas.options.brush_size = 60
    bench.move((200.5, 110.5))
    before = bench.canvas.grab().toImage()
    bench.canvas.options.set("threshold", _option("tolerance"), 0)
    assert bench.canvas.grab().toImage() != before
    assert not bench.labels.any()
    bench.click((200.5, 110.5))
    pixels = bench.canvas.raw
    assert pixels is not None
    at = bench.canvas.to_image(bench.on_widget((200.5, 110.5)).toPointF())
    value = pixels[int(at[1]), int(at[0])].astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    disc = round_stroke(at, at, 60, bench.document.mask.box)
    assert (bench.labels == 1).sum() == whole(in_range(pixels, disc, value, value), pixels.shape).sum()


def test_accepting_asserts_what_is_predicted(predicted: Bench) -> None:
    predicted.canvas.set_tool("accept")
    predicted.canvas.options.brush_size = 20
    labels = predicted.labels.copy()
    predicted.drag((180, 150), (220, 150))
    assert (predicted.labels == labels).all()
    assert predicted.corrected[150, 180:220].all()
    assert not predicted.corrected[:130].any()
    assert [patch.name for patch in predicted.patches] == ["Accept prediction"]
    predicted.document.undo()
    assert not predicted.corrected.any()


def test_rejecting_makes_it_background_and_keeps_corrections(predicted: Bench) -> None:
    predicted.canvas.options.brush_size = 20
    predicted.drag((50, 150), (60, 150))  # with the brush: class 1, corrected
    predicted.canvas.set_tool("accept")
    predicted.drag((30, 150), (250, 150), button=RIGHT)
    assert predicted.labels[150, 55] == 1
    assert not predicted.labels[150, 75:200].any()
    assert predicted.corrected[150, 75:199].all()
    assert not predicted.corrected[150, 215:].any()  # nothing was predicted there
    assert predicted.patches[-1].name == "Reject prediction"


def test_accept_says_why_nothing_happened(predicted: Bench) -> None:
    predicted.canvas.set_tool("accept")
    predicted.click((300, 150), RIGHT)
    assert "nothing but background" in predicted.hints[-1]
    predicted.drag((100, 100), (120, 100))
    predicted.click((110, 100))
    assert "already" in predicted.hints[-1]
    assert len(predicted.patches) == 1


def test_without_a_prediction_there_is_nothing_to_accept(bench: Bench) -> None:
    bench.canvas.set_tool("accept")
    bench.click((100, 100))
    assert "no prediction" in bench.hints[-1]
    assert not bench.patches


def test_esc_takes_an_acceptance_back(predicted: Bench) -> None:
    predicted.canvas.set_tool("accept")
    predicted.press((100, 100))
    predicted.move((150, 100))
    predicted.key(Qt.Key.Key_Escape)
    predicted.release((150, 100))
    assert not predicted.corrected.any()
    assert not predicted.document.is_editing
