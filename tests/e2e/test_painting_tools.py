"""Each painting tool, driven by mouse and keys through the real window, and taken back by undo."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from segdesk.core.mask import Plane
from segdesk.core.settings import SettingsFile
from segdesk.gui.theme import Theme
from segdesk.gui.window import MainWindow
from tests.data import data_dir
from tests.e2e.person import Person
from tests.gui.fake_engine import FakeEngine, better

RIGHT = Qt.MouseButton.RightButton
SETS = {
    "drive": ["vessel"],
    "roots_segroot": ["root"],
    "camvid": [f"class {number}" for number in range(1, 12)],
}


@pytest.fixture
def person(qtbot: QtBot, tmp_path: Path) -> Iterator[Person]:
    """Someone at the window, on an image of 16 bits."""
    pixels = np.random.default_rng(0).integers(0, 4000, (300, 400), np.uint16)
    image = tmp_path / "Bild 16 bit.png"
    image.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    yield from _at_the_window(qtbot, tmp_path, image, ["thing", "other"])


@pytest.fixture(params=list(SETS))
def real_person(request: pytest.FixtureRequest, qtbot: QtBot, tmp_path: Path) -> Iterator[Person]:
    """The same on an image as people have them."""
    image = sorted((data_dir(request.param) / "images").iterdir())[0]
    yield from _at_the_window(qtbot, tmp_path, image, SETS[request.param])


def _at_the_window(qtbot: QtBot, tmp_path: Path, image: Path, classes: list[str]) -> Iterator[Person]:
    window = MainWindow(SettingsFile(), Theme("light"), lambda: FakeEngine(better))
    qtbot.addWidget(window)
    window.resize(1300, 850)
    with qtbot.waitExposed(window):
        window.show()
    with qtbot.waitSignal(window.bench.picture_ready):
        window.bench.create_project(tmp_path / "p.segdesk", classes, [image])
    window.canvas.options.brush_size = max(_size(window)) // 40
    yield Person(window)
    window.close()


def _size(window: MainWindow) -> tuple[int, int]:
    document = window.bench.document
    assert document is not None
    return document.mask.labels.shape


def _at(person: Person, *places: tuple[float, float]) -> list[tuple[float, float]]:
    """Pixels of the image, from shares of its sides."""
    height, width = _size(person.window)
    return [(x * width, y * height) for x, y in places]


def _labels(person: Person) -> Plane:
    document = person.window.bench.document
    assert document is not None
    return document.mask.labels


def _seen(person: Person, x: float, y: float) -> int:
    ((column, row),) = _at(person, (x, y))
    return int(_labels(person)[int(row), int(column)])


def _steps(person: Person) -> int:
    """How many steps of undo lead to an empty mask; it does them."""
    count = 0
    document = person.window.bench.document
    assert document is not None
    while document.history.undo is not None:
        person.presses(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        count += 1
    assert not _labels(person).any()
    assert not document.mask.corrected.any()
    return count


def test_brush_and_eraser(person: Person) -> None:
    person.presses(Qt.Key.Key_B)
    person.drags(_at(person, (0.3, 0.3), (0.5, 0.3), (0.7, 0.3)))
    assert _seen(person, 0.5, 0.3) == 1
    person.drags(_at(person, (0.4, 0.3), (0.5, 0.3)), RIGHT)
    assert _seen(person, 0.45, 0.3) == 0
    person.presses(Qt.Key.Key_E)
    person.drags(_at(person, (0.6, 0.3), (0.7, 0.3)))
    assert _seen(person, 0.65, 0.3) == 0
    assert _steps(person) == 3


def test_polygon_with_editing(person: Person) -> None:
    person.presses(Qt.Key.Key_P)
    for spot in _at(person, (0.3, 0.3), (0.6, 0.3), (0.6, 0.6), (0.3, 0.6)):
        person.clicks(spot)
    person.presses(Qt.Key.Key_Return)
    assert _seen(person, 0.55, 0.55) == 1
    person.drags(_at(person, (0.6, 0.6), (0.8, 0.8)))
    assert _seen(person, 0.7, 0.7) == 1
    assert _steps(person) == 1


SHAPES = [(Qt.Key.Key_R, (0.45, 0.45)), (Qt.Key.Key_O, (0.5, 0.5)), (Qt.Key.Key_L, (0.55, 0.4))]


@pytest.mark.parametrize(("key", "inside"), SHAPES)
def test_shapes_that_are_dragged(person: Person, key: Qt.Key, inside: tuple[float, float]) -> None:
    person.presses(key)
    person.drags(_at(person, (0.4, 0.35), (0.65, 0.35), (0.6, 0.6)))
    assert _seen(person, *inside) == 1
    person.drags(_at(person, (0.4, 0.35), (0.65, 0.35), (0.6, 0.6)), RIGHT)
    assert not _labels(person).any()
    assert _steps(person) == 2


def test_line(person: Person) -> None:
    person.presses(Qt.Key.Key_K)
    person.drags(_at(person, (0.3, 0.5), (0.6, 0.5)))
    assert _seen(person, 0.45, 0.5) == 1
    for spot in _at(person, (0.3, 0.7), (0.6, 0.7), (0.6, 0.9)):
        person.clicks(spot)
    person.presses(Qt.Key.Key_Return)
    assert _seen(person, 0.6, 0.8) == 1
    assert _steps(person) == 2


def test_fill_fill_holes_and_eyedropper(qtbot: QtBot, person: Person) -> None:
    person.presses(Qt.Key.Key_B)
    ring = _at(person, (0.3, 0.3), (0.6, 0.3), (0.6, 0.6), (0.3, 0.6), (0.3, 0.3))
    person.drags(ring)
    person.presses(Qt.Key.Key_F, Qt.KeyboardModifier.ShiftModifier)
    person.clicks(ring[0])
    qtbot.waitUntil(lambda: _seen(person, 0.45, 0.45) == 1)
    person.presses(Qt.Key.Key_0)
    person.presses(Qt.Key.Key_I)
    person.clicks(ring[0])
    assert person.canvas.options.active_class == 1
    person.presses(Qt.Key.Key_F)
    person.clicks(_at(person, (0.1, 0.1))[0])
    qtbot.waitUntil(lambda: bool((_labels(person) == 1).all()))
    assert _steps(person) == 3


def test_every_tool_on_real_images(qtbot: QtBot, real_person: Person) -> None:
    test_brush_and_eraser(real_person)
    test_polygon_with_editing(real_person)
    for key, inside in SHAPES:
        test_shapes_that_are_dragged(real_person, key, inside)
    test_line(real_person)
    test_fill_fill_holes_and_eyedropper(qtbot, real_person)


def test_a_locked_class_says_so(qtbot: QtBot, person: Person) -> None:
    actions = person.window.actions_
    person.drags(_at(person, (0.3, 0.3), (0.5, 0.3)))
    actions["lock_class"].trigger()
    with qtbot.waitSignal(person.canvas.hint):
        person.drags(_at(person, (0.3, 0.5), (0.5, 0.5)))
    with qtbot.waitSignal(person.canvas.hint):
        person.presses(Qt.Key.Key_E)
        person.drags(_at(person, (0.4, 0.3), (0.45, 0.3)))
    assert _seen(person, 0.42, 0.3) == 1
    actions["lock_class"].trigger()
    person.drags(_at(person, (0.4, 0.3), (0.45, 0.3)))
    assert _seen(person, 0.42, 0.3) == 0


def test_an_undo_in_the_middle_of_a_shape_breaks_nothing(person: Person) -> None:
    undo: Callable[[], None] = person.window.bench.undo
    person.drags(_at(person, (0.3, 0.3), (0.5, 0.3)))
    person.presses(Qt.Key.Key_P)
    for spot in _at(person, (0.3, 0.5), (0.6, 0.5), (0.6, 0.7)):
        person.clicks(spot)
    undo()
    assert not _labels(person).any()
    person.presses(Qt.Key.Key_Return)
    assert _seen(person, 0.58, 0.6) == 1
    undo()
    spot = _at(person, (0.6, 0.7))[0]
    QTest.mousePress(person.canvas, Qt.MouseButton.LeftButton, pos=person._place(spot))
    undo()
    QTest.mouseRelease(person.canvas, Qt.MouseButton.LeftButton, pos=person._place(spot))
    person.presses(Qt.Key.Key_Escape)
    assert not _labels(person).any()


def test_locks_end_with_the_project(qtbot: QtBot, person: Person, tmp_path: Path) -> None:
    bench = person.window.bench
    person.window.actions_["lock_class"].trigger()
    assert person.canvas.options.locked == {1}
    bench.create_project(tmp_path / "another.segdesk", ["thing"], [])
    assert person.canvas.options.locked == frozenset()
