"""Files of several pages in the list of images."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from segdesk.core.images import ImageSource
from segdesk.core.patch import State, Status
from segdesk.core.project import Sample, Score
from segdesk.gui.dialogs.pages import PagesDialog
from segdesk.gui.listing import Listing, Order
from segdesk.gui.panels.sample_model import SAMPLE
from segdesk.gui.panels.sample_row import FIGURE
from segdesk.gui.stacks import Stacks, fold
from segdesk.gui.window import MainWindow
from tests.gui.conftest import MakeImages, paint

NAMES = ["a", "z", "z", "b", "y", "z", "y"]
PAGES = [0, 0, 1, 0, 3, 2, 1]


def sample(row: int, state: State = State.NEW) -> Sample:
    source = ImageSource(Path(f"/{NAMES[row]}.tif"), PAGES[row])
    return Sample(row + 1, source, 8, 6, Status(state))


@pytest.fixture
def listing() -> Listing:
    """a; z with three pages, one of them apart; b; y with two pages, the last one first."""
    states = [State.NEW, State.CONFIRMED, State.NEW, State.NEW, State.PREDICTED, State.CORRECTED, State.NEW]
    scores = {1: Score(1, 0.3, None), 3: Score(1, 0.1, None), 4: Score(1, 0.5, None), 6: Score(1, 0.9, None)}
    listing = Listing()
    listing.take([sample(row, state) for row, state in enumerate(states)], scores)
    return listing


def test_pages_of_a_file_stand_side_by_side_in_every_order(listing: Listing) -> None:
    assert listing.rows == [0, 1, 2, 5, 3, 4, 6]
    listing.sort(Order.NAME)
    assert listing.rows == [0, 3, 4, 6, 1, 2, 5]
    listing.sort(Order.UNCERTAINTY)
    assert listing.rows == [5, 2, 1, 3, 0, 4, 6]  # z leads by its best page; what is confirmed is its last
    listing.stacked = False
    listing.sort()
    assert listing.rows == [5, 3, 0, 2, 4, 6, 1]


def test_pages_and_the_page_before(listing: Listing) -> None:
    assert listing.stacks.pages(5).tolist() == [1, 2, 5]
    assert listing.stacks.pages(4).tolist() == [6, 4]
    assert listing.stacks.pages(0).tolist() == [0]
    listing.sort(Order.UNCERTAINTY)
    assert listing.before(5) == 2
    assert listing.before(4) == 6
    assert listing.before(3) == 1


def test_a_closed_stack_is_one_line_and_an_open_one_has_its_pages_below(listing: Listing) -> None:
    closed = fold(listing.rows, listing.stacks, ())
    assert closed.rows.tolist() == [0, 1, 3, 4]
    assert closed.is_stack.tolist() == [False, True, False, True]
    assert [closed.place_of(row) for row in range(7)] == [0, 1, 1, 2, 3, 1, 3]
    opened = fold(listing.rows, listing.stacks, {Path("/z.tif")})
    assert opened.rows.tolist() == [0, 1, 1, 2, 5, 3, 4]
    assert opened.is_stack.tolist() == [False, True, False, False, False, False, True]
    assert [opened.place_of(row) for row in range(7)] == [0, 2, 3, 5, 6, 4, 6]
    assert opened.above(3) == 1
    apart = fold(listing.rows, listing.stacks, (), together=False)
    assert apart.rows.tolist() == listing.rows
    assert not apart.is_stack.any()


def test_a_filter_leaves_the_pages_of_that_state(listing: Listing) -> None:
    listing.filter(None, [State.CORRECTED, State.PREDICTED])
    shown = fold(listing.rows, listing.stacks, {Path("/z.tif"), Path("/y.tif")})
    assert shown.rows.tolist() == [5, 5, 4, 4]
    assert shown.place_of(1) is None
    assert listing.counts_of(listing.stacks.pages(5)) == {
        State.CONFIRMED: 1,
        State.NEW: 1,
        State.CORRECTED: 1,
    }


def test_an_empty_list_has_no_lines() -> None:
    assert len(fold([], Stacks(), ())) == 0


def test_of_a_hundred_thousand_pages_only_open_stacks_show_theirs() -> None:
    samples = [
        Sample(n, ImageSource(Path(f"/{n // 400}.tif"), n % 400), 8, 6, Status(State.NEW))
        for n in range(100_000)
    ]
    listing = Listing()
    listing.take(samples, {})
    entries = fold(listing.rows, listing.stacks, {Path("/7.tif")})
    assert len(entries) == 250 + 400


@pytest.fixture
def stack(qtbot: QtBot, window: MainWindow, make_images: MakeImages, tmp_path: Path) -> MainWindow:
    """An image, a file of four pages, the first one on screen, and another image."""
    path = tmp_path / "stack.tif"
    pages = np.arange(4, dtype=np.uint8)[:, None, None] * np.full((4, 48, 64), 40, np.uint8)
    tifffile.imwrite(path, pages, photometric="minisblack")
    first, last = make_images(2)
    window.bench.intake.pick_pages = lambda files: {file: range(count) for file, count in files.items()}
    with qtbot.waitSignal(window.bench.picture_ready):
        window.bench.open_paths([first, path, last])
    go(qtbot, window, 1)
    window.samples.list.setFocus()
    return window


def go(qtbot: QtBot, window: MainWindow, row: int) -> None:
    with qtbot.waitSignal(window.bench.picture_ready):
        window.bench.go_to(window.bench.samples[row].id)


def names(window: MainWindow) -> list[str]:
    model = window.samples.model
    return [model.index(row).data() for row in range(model.rowCount())]


def current(window: MainWindow) -> tuple[str, int]:
    assert window.bench.current is not None
    return window.bench.current.source.path.name, window.bench.current.source.page


def test_a_stack_is_one_row_that_says_which_page_is_on_screen(qtbot: QtBot, stack: MainWindow) -> None:
    assert names(stack) == ["img0.png", "stack.tif, page 1", "img1.png"]
    for action in ("next", "next_page"):
        with qtbot.waitSignal(stack.bench.picture_ready):
            stack.actions_[action].trigger()
    assert names(stack) == ["img0.png", "stack.tif, page 3", "img1.png"]
    assert stack.area.pages.slider.value() == 2
    assert stack.samples.list.currentIndex().row() == 1
    go(qtbot, stack, 5)
    assert names(stack) == ["img0.png", "stack.tif (4)", "img1.png"]


def test_a_stack_opens_and_closes_by_keys(qtbot: QtBot, stack: MainWindow) -> None:
    rows = stack.samples.list
    QTest.keyClick(rows, Qt.Key.Key_Right)
    assert names(stack) == [
        "img0.png", "stack.tif (4)", "Page 1", "Page 2", "Page 3", "Page 4", "img1.png"
    ]  # fmt: skip
    assert rows.currentIndex().row() == 2
    with qtbot.waitSignal(stack.bench.picture_ready):
        QTest.keyClick(rows, Qt.Key.Key_Down)
    assert current(stack) == ("stack.tif", 1)
    QTest.keyClick(rows, Qt.Key.Key_Up)
    QTest.keyClick(rows, Qt.Key.Key_Up)
    assert rows.currentIndex().row() == 1
    with qtbot.waitSignal(stack.bench.picture_ready):
        QTest.keyClick(rows, Qt.Key.Key_Up)
    assert current(stack) == ("img0.png", 0)
    QTest.keyClick(rows, Qt.Key.Key_Down)
    QTest.keyClick(rows, Qt.Key.Key_Left)
    assert len(names(stack)) == 3
    QTest.keyClick(rows, Qt.Key.Key_Down)
    QTest.keyClick(rows, Qt.Key.Key_Down)
    assert current(stack) == ("img1.png", 0)


def test_a_stack_opens_by_its_arrow_and_by_a_double_click(qtbot: QtBot, stack: MainWindow) -> None:
    rows, left = stack.samples.list, Qt.MouseButton.LeftButton
    go(qtbot, stack, 0)
    rect = rows.visualRect(stack.samples.model.index(1))
    QTest.mouseClick(rows.viewport(), left, pos=QPoint(rows.viewport().width() - 10, rect.center().y()))
    assert len(names(stack)) == 7
    assert current(stack) == ("img0.png", 0)
    QTest.mouseDClick(rows.viewport(), left, pos=rect.center())
    assert len(names(stack)) == 3


def test_badges_sum_up_the_pages(stack: MainWindow) -> None:
    paint(stack, (5, 5), (20, 20))
    index = stack.samples.model.index(1)
    told = stack.samples.model.stack(index)
    assert told is not None
    assert told.counts == {State.CORRECTED: 1, State.NEW: 3}
    assert "4 pages" in index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert "Corrected: 1" in index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert index.data(FIGURE) is None
    assert stack.samples.filter.itemText(3).endswith("(1)")
    stack.bench.show_states([State.CORRECTED])
    assert names(stack) == ["stack.tif, page 1"]
    stack.samples.model.open_stack(stack.samples.model.index(0), True)
    assert names(stack) == ["stack.tif (4)", "Page 1"]


def test_each_page_as_an_image_of_its_own_is_remembered(stack: MainWindow) -> None:
    assert stack.actions_["stacks"].isChecked()
    stack.actions_["stacks"].trigger()
    assert names(stack) == ["img0.png", *(f"stack.tif, page {n}" for n in range(1, 5)), "img1.png"]
    assert stack.samples.list.currentIndex().row() == 1
    assert not stack.bench.settings.values.stacks
    assert not stack.samples.model.open_stack(stack.samples.model.index(1))
    QTest.keyClick(stack.samples.list, Qt.Key.Key_Right)
    assert len(names(stack)) == 6
    assert stack.actions_["stacks"] in stack.samples.order.menu().actions()


@pytest.mark.parametrize("stacked", [True, False])
def test_the_choice_is_offered_when_pages_are_chosen(window: MainWindow, stacked: bool) -> None:
    dialog = PagesDialog({Path("stack.tif"): 3}, window, stacked=not stacked)
    (dialog.stacked if stacked else dialog.apart).click()
    assert dialog.stacked.isChecked() is stacked
    assert dialog.apart.isChecked() is not stacked


def test_what_is_in_sight_is_predicted_first(stack: MainWindow) -> None:
    shown = [stack.samples.model.index(row).data(SAMPLE).id for row in range(3)]
    assert stack.samples.visible_samples() == shown


def test_the_mask_of_the_page_before_comes_over_in_any_order(qtbot: QtBot, stack: MainWindow) -> None:
    paint(stack, (5, 5), (20, 20))
    drawn = stack.canvas.document
    assert drawn is not None
    painted = drawn.mask.labels.copy()
    stack.bench.order_by(Order.UNCERTAINTY)
    go(qtbot, stack, 2)
    stack.actions_["paste_from_previous"].trigger()
    document = stack.canvas.document
    assert document is not None
    assert painted.any()
    assert (document.mask.labels == painted).all()


def test_a_page_that_cannot_be_read_is_passed_by_without_harm(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    """The data of the third page is broken, which only reading it tells."""
    path = tmp_path / "stack.tif"
    pages = np.random.default_rng(0).integers(0, 255, (5, 96, 128), np.uint8)
    with tifffile.TiffWriter(path) as writer:
        for page in pages:
            writer.write(page, photometric="minisblack", compression="deflate", metadata=None)
    with tifffile.TiffFile(path) as tiff:
        start, length = tiff.pages[2].dataoffsets[0], tiff.pages[2].databytecounts[0]
    stored = bytearray(path.read_bytes())
    stored[start : start + length] = b"\xff" * length
    path.write_bytes(stored)
    window.bench.intake.pick_pages = lambda files: {file: range(count) for file, count in files.items()}
    with qtbot.waitSignal(window.bench.picture_ready):
        window.bench.open_paths([path])
    assert len(window.bench.samples) == 5
    go(qtbot, window, 1)
    with qtbot.waitSignal(window.bench.picture_missing) as told:
        window.actions_["next_page"].trigger()
    assert "stack.tif" in told.args[0]
    assert not window.area.shows_image
    assert names(window) == ["stack.tif, page 3"]
    window.canvas.set_tool("brush")
    with qtbot.waitSignal(window.canvas.hint):
        QTest.mouseClick(window.canvas, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(window.bench.picture_ready):
        window.actions_["next_page"].trigger()
    assert current(window) == ("stack.tif", 3)
    paint(window, (5, 5), (20, 20))
    assert window.bench.document is not None
    assert window.bench.document.mask.labels.any()
