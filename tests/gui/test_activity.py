"""Seconds of annotation: what counts, and when it is written down."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from segdesk.core.project import Project
from segdesk.gui.activity import PAUSE, Activity
from segdesk.gui.window import MainWindow
from tests.gui.conftest import paint
from tests.gui.fake_engine import FakeEngine

_PLACES = count(step=3)  # Qt does not report a mouse that stays where it was


@dataclass
class Clock:
    """Time that passes when a test says so."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Person:
    """Moves over the canvas, some seconds apart."""

    window: MainWindow
    clock: Clock
    activity: Activity

    def move(self, *, after: float) -> None:
        self.clock.now += after
        QTest.mouseMove(self.window.canvas, QPoint(20 + next(_PLACES) % 200, 40))
        QApplication.processEvents()

    def rest(self, *, after: float) -> None:
        """Let Qt report a move to where the mouse is already."""
        self.clock.now += after
        place = QPointF(77, 44)
        none = Qt.MouseButton.NoButton
        event = QMouseEvent(QEvent.Type.MouseMove, place, place, none, none, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(self.window.canvas, event)

    def spent(self) -> list[float]:
        project = self.window.bench.project
        assert project is not None
        return [round(sample.seconds, 3) for sample in project.samples.all()]


@pytest.fixture
def person(project_window: MainWindow) -> Person:
    window = project_window
    clock = Clock()
    window.activity.clock = clock
    return Person(window, clock, window.activity)


def test_time_between_moves_counts_for_the_image_on_screen(qtbot: QtBot, person: Person) -> None:
    for after in (0, 2, 3):
        person.move(after=after)
    assert person.activity.seconds == 5
    person.clock.now += 1
    with qtbot.waitSignal(person.window.bench.picture_ready):
        person.window.bench.next()  # looking before going on counts as well
    assert person.spent() == [6, 0, 0]
    person.move(after=4)
    person.window.bench.previous()
    assert person.spent() == [6, 4, 0]


def test_a_pause_does_not_count(person: Person) -> None:
    for after in (0, 2, PAUSE + 1, 3):
        person.move(after=after)
    assert person.activity.seconds == 5
    person.clock.now += PAUSE + 1
    person.window.bench.next()
    assert person.spent() == [5, 0, 0]


def test_time_on_another_window_does_not_count(person: Person) -> None:
    person.move(after=0)
    person.move(after=1)
    QApplication.sendEvent(person.window.canvas, QEvent(QEvent.Type.WindowDeactivate))
    person.move(after=5)
    person.move(after=1)
    assert person.activity.seconds == 2


def test_a_mouse_that_rests_does_nothing(person: Person) -> None:
    for after in (0, 1, 2, 4):
        person.rest(after=after)
    assert person.activity.seconds == 0
    person.move(after=1)
    assert person.activity.seconds == 8


def test_painting_and_keys_count(qtbot: QtBot, person: Person) -> None:
    paint(person.window, (10, 30), (40, 30))
    person.clock.now += 3
    paint(person.window, (10, 40), (40, 40))
    person.clock.now += 2
    QTest.keyClick(person.window.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert person.activity.seconds == 5


def test_half_a_minute_is_the_most_that_a_crash_loses(person: Person) -> None:
    timer = person.activity.timer
    assert not timer.isActive()
    person.move(after=0)
    person.move(after=2)
    assert 0 < timer.remainingTime() <= 31_000
    timer.timeout.emit()
    assert person.spent() == [2, 0, 0]
    assert person.activity.seconds == 0
    assert not timer.isActive()


def test_nothing_is_written_in_the_middle_of_a_stroke(person: Person) -> None:
    canvas = person.window.canvas
    place = canvas.to_widget((20.5, 30.5)).toPoint()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=place)
    person.clock.now += 2
    QTest.mouseMove(canvas, place + QPoint(30, 0))
    person.activity.timer.timeout.emit()
    assert person.spent() == [0, 0, 0]
    assert person.activity.timer.isActive()  # it will be
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=place + QPoint(30, 0))
    person.activity.timer.timeout.emit()
    assert person.spent() == [2, 0, 0]


def test_a_round_knows_what_was_spent_until_then(qtbot: QtBot, person: Person, engine: FakeEngine) -> None:
    paint(person.window, (10, 30), (40, 30))
    person.move(after=4)
    engine.gate.clear()
    person.window.learning.retrain()
    assert person.spent() == [4, 0, 0]
    person.clock.now += 8  # waiting without doing anything is no work
    with qtbot.waitSignal(person.window.worker.idle):
        engine.gate.set()
    project = person.window.bench.project
    assert project is not None
    assert project.versions.rounds()[-1].learned.seconds == 4


def test_closing_keeps_it(person: Person) -> None:
    person.move(after=0)
    person.move(after=2.5)
    assert person.window.bench.project is not None
    folder = person.window.bench.project.folder
    person.window.close()
    again = Project(folder)
    assert again.samples.all()[0].seconds == 2.5
    again.close()
