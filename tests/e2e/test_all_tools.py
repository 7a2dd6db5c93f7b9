"""Every tool there is, by mouse and keys in the real window, on the kinds of images that people have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from segdesk.core.document import Document
from segdesk.core.geometry import Box
from segdesk.core.mask import Plane
from segdesk.core.settings import SettingsFile
from segdesk.gui.theme import Theme
from segdesk.gui.tools import TOOLS
from segdesk.gui.window import MainWindow
from tests.core.assisted.scenes import blob
from tests.data import data_dir
from tests.e2e.person import Person, Point
from tests.gui.fake_engine import FakeEngine, better

RIGHT = Qt.MouseButton.RightButton
ENTER = Qt.Key.Key_Return
_SEEN = 320, 240  # pixels around the middle of the image that a person zooms in to


def _stack(folder: Path) -> Path:
    """Three pages of 16 bits, whose values use a small part of their range."""
    gray = np.pad(blob()[0].mean(axis=2), 200, mode="edge")
    pages = np.stack([(gray * 8 + 900 + 50 * page).astype(np.uint16) for page in range(3)])
    tifffile.imwrite(folder / "stack.tif", pages, photometric="minisblack")
    return folder / "stack.tif"


IMAGES: dict[str, tuple[Callable[[Path], Path], list[str]]] = {
    "vessels": (lambda _: sorted((data_dir("drive") / "images").iterdir())[0], ["vessel", "other"]),
    "roots": (lambda _: sorted((data_dir("roots_segroot") / "images").iterdir())[0], ["root", "other"]),
    "street": (
        lambda _: sorted((data_dir("camvid") / "images").iterdir())[0],
        [f"class {number}" for number in range(1, 12)],
    ),
    "16-bit stack": (_stack, ["cell", "other"]),
}


@dataclass
class Hands:
    """A person who has zoomed in to the middle of an image, and counts in shares of what is seen."""

    person: Person
    qtbot: QtBot
    document: Document
    seen: Box

    def at(self, *places: tuple[float, float]) -> list[Point]:
        return [
            (round(self.seen.x + x * self.seen.width), round(self.seen.y + y * self.seen.height))
            for x, y in places
        ]

    def drags(self, *places: tuple[float, float], button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
        self.person.drags(self.at(*places), button)

    def clicks(self, *places: tuple[float, float]) -> None:
        for point in self.at(*places):
            self.person.clicks(point)
            self.rests()

    def rests(self) -> None:
        """Wait for what a tool does in the background."""
        canvas = self.person.canvas
        self.qtbot.waitUntil(lambda: not (canvas._background.is_busy or canvas._changes.is_busy))

    def label(self, x: float, y: float) -> int:
        ((column, row),) = self.at((x, y))
        return int(self.labels[int(row), int(column)])

    @property
    def labels(self) -> Plane:
        return self.document.mask.labels

    def boxes(self, *corners: tuple[float, float, float, float]) -> None:
        """Draw what the tool under test works on."""
        self.person.window.actions_["tool_rectangle"].trigger()
        for left, top, right, bottom in corners:
            self.drags((left, top), (right, bottom))


def _brush(hands: Hands) -> bool:
    hands.drags((0.3, 0.3), (0.5, 0.3), (0.7, 0.35))
    return hands.label(0.5, 0.3) == 1


def _eraser(hands: Hands) -> bool:
    hands.drags((0.3, 0.3), (0.7, 0.3))
    return hands.label(0.5, 0.3) == 0 and bool(hands.document.mask.corrected.any())


def _outline(hands: Hands) -> bool:
    hands.clicks((0.3, 0.3), (0.7, 0.32), (0.66, 0.7), (0.35, 0.66))
    hands.person.presses(ENTER)
    return hands.label(0.5, 0.5) == 1


def _dragged(hands: Hands) -> bool:
    hands.drags((0.35, 0.35), (0.65, 0.35), (0.65, 0.65), (0.4, 0.62))
    if hands.person.canvas.tool.id != "lasso":
        hands.drags((0.3, 0.3), (0.7, 0.7))
    return hands.label(0.55, 0.5) == 1


def _line(hands: Hands) -> bool:
    hands.drags((0.3, 0.5), (0.7, 0.5))
    return hands.label(0.5, 0.5) == 1


def _fill(hands: Hands) -> bool:
    hands.clicks((0.1, 0.1))
    return bool((hands.labels == 1).all())


def _fill_holes(hands: Hands) -> bool:
    hands.boxes((0.2, 0.2, 0.8, 0.3), (0.2, 0.7, 0.8, 0.8), (0.2, 0.2, 0.3, 0.8), (0.7, 0.2, 0.8, 0.8))
    hands.person.window.actions_["tool_fill_holes"].trigger()
    hands.clicks((0.25, 0.5))
    return hands.label(0.5, 0.5) == 1 and hands.label(0.1, 0.1) == 0


def _clicked(hands: Hands) -> bool:
    hands.clicks((0.5, 0.5))
    return hands.label(0.5, 0.5) == 1


def _box_cut(hands: Hands) -> bool:
    hands.drags((0.25, 0.25), (0.5, 0.5), (0.75, 0.75))
    hands.rests()
    hands.drags((0.45, 0.5), (0.55, 0.5))
    hands.rests()
    hands.drags((0.27, 0.3), (0.27, 0.6), button=RIGHT)
    hands.rests()
    hands.person.presses(ENTER)
    return hands.label(0.5, 0.5) == 1


def _superpixels(hands: Hands) -> bool:
    hands.drags((0.4, 0.5), (0.5, 0.5), (0.5, 0.6))
    hands.rests()
    return hands.label(0.5, 0.5) == 1


def _threshold(hands: Hands) -> bool:
    hands.person.canvas.options.brush_size = 40
    hands.drags((0.45, 0.5), (0.5, 0.5))
    return hands.label(0.45, 0.5) == 1


def _accept(hands: Hands) -> bool:
    hands.document.predict(np.ones_like(hands.labels), 1)
    hands.person.canvas.show_change(hands.document.mask.box)
    hands.drags((0.3, 0.4), (0.7, 0.4))
    hands.drags((0.3, 0.7), (0.7, 0.7), button=RIGHT)
    ((column, row),) = hands.at((0.5, 0.4))
    accepted = hands.document.mask.corrected[int(row), int(column)] == 1 and hands.label(0.5, 0.4) == 1
    return bool(accepted) and hands.label(0.5, 0.7) == 0


def _select(hands: Hands) -> bool:
    hands.boxes((0.3, 0.3, 0.5, 0.5), (0.6, 0.6, 0.8, 0.8))
    hands.person.window.actions_["tool_select"].trigger()
    hands.clicks((0.4, 0.4))
    hands.person.window.actions_["delete_objects"].trigger()
    return hands.label(0.4, 0.4) == 0 and hands.label(0.7, 0.7) == 1


def _cut(hands: Hands) -> bool:
    hands.boxes((0.3, 0.3, 0.7, 0.7))
    hands.person.window.actions_["tool_cut"].trigger()
    hands.drags((0.5, 0.2), (0.5, 0.8))
    return hands.document.history.undo == TOOLS["cut"].title()


def _split(hands: Hands) -> bool:
    hands.boxes((0.2, 0.3, 0.45, 0.7), (0.55, 0.3, 0.8, 0.7), (0.4, 0.47, 0.6, 0.53))
    hands.person.window.actions_["tool_split"].trigger()
    hands.clicks((0.3, 0.5))
    hands.person.presses(ENTER)
    return hands.document.history.undo == TOOLS["split"].title()


def _eyedropper(hands: Hands) -> bool:
    hands.boxes((0.3, 0.3, 0.7, 0.7))
    hands.person.presses(Qt.Key.Key_0)
    hands.person.window.actions_["tool_eyedropper"].trigger()
    hands.clicks((0.5, 0.5))
    return hands.person.canvas.options.active_class == 1


def _pan(hands: Hands) -> bool:
    canvas = hands.person.canvas
    before = canvas.to_image(canvas.rect().center().toPointF())
    hands.drags((0.5, 0.5), (0.4, 0.45))
    after = canvas.to_image(canvas.rect().center().toPointF())
    canvas.show_box(hands.seen)
    return after[0] > before[0] and after[1] > before[1]


USES: dict[str, Callable[[Hands], bool]] = {
    "brush": _brush,
    "eraser": _eraser,
    "polygon": _outline,
    "lasso": _dragged,
    "rectangle": _dragged,
    "ellipse": _dragged,
    "line": _line,
    "fill": _fill,
    "fill_holes": _fill_holes,
    "wand": _clicked,
    "livewire": _outline,
    "grabcut": _box_cut,
    "superpixel": _superpixels,
    "threshold": _threshold,
    "accept": _accept,
    "select": _select,
    "cut": _cut,
    "split": _split,
    "eyedropper": _eyedropper,
    "pan": _pan,
}


# What is done with objects: how many of two are selected, and whether there are more pixels of them then.
ORDERS = {
    "delete_objects": (1, False),
    "keep_largest": (1, False),
    "smooth_objects": (2, False),
    "grow_objects": (2, True),
    "shrink_objects": (2, False),
    "merge_objects": (2, True),
    "fill_holes": (1, True),
    "duplicate_objects": (1, True),
}


def _orders(hands: Hands) -> None:
    """Do each of them with two objects, one of which has a hole, and take it back."""
    actions = hands.person.window.actions_
    hands.boxes((0.3, 0.3, 0.45, 0.45), (0.6, 0.6, 0.85, 0.85))
    hands.drags((0.35, 0.35), (0.4, 0.4), button=RIGHT)
    actions["tool_select"].trigger()
    before = hands.labels.copy()
    for order, (selected, more) in ORDERS.items():
        hands.clicks((0.32, 0.32))
        if selected == 2:
            ((x, y),) = hands.at((0.7, 0.7))
            place = hands.person.canvas.to_widget((x + 0.5, y + 0.5)).toPoint()
            shift = Qt.KeyboardModifier.ShiftModifier
            QTest.mouseClick(hands.person.canvas, Qt.MouseButton.LeftButton, shift, place)
        assert len(hands.person.canvas.selection.objects) == selected
        actions[order].trigger()
        hands.rests()
        there = int((hands.labels == 1).sum())
        assert there > (before == 1).sum() if more else there < (before == 1).sum(), order
        actions["undo"].trigger()
        assert (hands.labels == before).all(), f"undo leaves something of {order}"


def _snaps(hands: Hands) -> None:
    """Let a stroke snap to what is there, or hear that nothing is."""
    window = hands.person.window
    hints: list[str] = []
    window.canvas.hint.connect(hints.append)
    for order, name in (("snap_edges", "Snap to edges"), ("snap_neighbours", "Snap to neighbours")):
        window.actions_["tool_ellipse"].trigger()
        hands.drags((0.3, 0.3), (0.7, 0.7))
        window.actions_[order].trigger()
        hands.qtbot.waitUntil(lambda: not window.snapping.is_busy)
        assert hands.document.history.undo == name or any("stays" in hint for hint in hints)
        hints.clear()


def open_window(qtbot: QtBot, path: Path, classes: list[str], folder: Path, theme: str) -> Hands:
    """A shown window on a new project of one image, zoomed in to its middle."""
    window = MainWindow(SettingsFile(), Theme(theme), lambda: FakeEngine(better))
    qtbot.addWidget(window)
    window.resize(1280, 800)
    with qtbot.waitExposed(window):
        window.show()
    window.bench.intake.pick_pages = lambda files: {file: range(count) for file, count in files.items()}
    with qtbot.waitSignal(window.bench.picture_ready):
        window.bench.create_project(folder / "tools.segdesk", classes, [path])
    document = window.bench.document
    assert document is not None
    height, width = document.mask.labels.shape
    seen = Box((width - _SEEN[0]) // 2, (height - _SEEN[1]) // 2, *_SEEN)
    window.canvas.show_box(seen)
    return Hands(Person(window), qtbot, document, seen)


@pytest.fixture(params=list(IMAGES))
def hands(request: pytest.FixtureRequest, qtbot: QtBot, tmp_path: Path) -> Iterator[Hands]:
    find, classes = IMAGES[request.param]
    made = open_window(qtbot, find(tmp_path), classes, tmp_path, "light")
    yield made
    made.person.window.close()


def test_every_tool_does_its_work_and_undo_takes_it_back(hands: Hands) -> None:
    assert set(USES) == set(TOOLS)
    window = hands.person.window
    for tool, use in USES.items():
        window.canvas.options.active_class = 1
        window.canvas.options.brush_size = 20
        window.actions_[f"tool_{tool}"].trigger()
        assert window.canvas.tool.id == tool
        assert use(hands), f"{tool} did not do its work"
        _nothing_is_left(hands, tool)
    for orders in (_orders, _snaps):
        window.canvas.options.active_class = 1
        orders(hands)
        _nothing_is_left(hands, orders.__name__)


def _nothing_is_left(hands: Hands, by: str) -> None:
    while hands.document.history.undo is not None:
        hands.person.window.actions_["undo"].trigger()
    assert not hands.labels.any(), f"undo leaves something of {by}"
    assert not hands.document.mask.corrected.any(), f"undo leaves something of {by}"
