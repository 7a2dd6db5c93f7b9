from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from segdesk.core.errors import SegdeskError
from segdesk.gui.tools.background import Background


class Stage:
    """A Background and what came of it; the stamp can be changed."""

    def __init__(self) -> None:
        self.stamp = 0
        self.results: list[object] = []
        self.threads: list[object] = []
        self.background = Background(lambda: self.stamp)
        self.go = threading.Event()

    def slow(self, result: object) -> object:
        self.go.wait(60)
        self.threads.append(threading.current_thread())
        return result


@pytest.fixture
def stage(qtbot: QtBot) -> Iterator[Stage]:
    made = Stage()
    yield made
    made.go.set()
    made.background.close()


def is_idle(stage: Stage) -> bool:
    return not stage.background.is_busy


def test_the_result_comes_on_the_gui_thread(qtbot: QtBot, stage: Stage) -> None:
    came: list[object] = []

    def done(result: object) -> None:
        came.append(threading.current_thread())
        stage.results.append(result)

    stage.go.set()
    stage.background.run(lambda: stage.slow(3), done)
    qtbot.waitUntil(lambda: bool(stage.results))
    assert stage.results == [3]
    assert came == [threading.main_thread()]
    assert stage.threads != came


def test_only_the_newest_work_matters(qtbot: QtBot, stage: Stage) -> None:
    for number in range(5):
        stage.background.run(lambda number=number: stage.slow(number), stage.results.append)  # type: ignore[misc]
    stage.go.set()
    qtbot.waitUntil(lambda: bool(stage.results))
    qtbot.waitUntil(lambda: is_idle(stage))
    assert stage.results == [4]
    assert len(stage.threads) == 2  # the one under way, and the newest


@pytest.mark.parametrize("what", ["stamp", "cancel"])
def test_a_stale_result_is_dropped(qtbot: QtBot, stage: Stage, what: str) -> None:
    stage.background.run(lambda: stage.slow(1), stage.results.append)
    if what == "stamp":
        stage.stamp = 1
    else:
        stage.background.cancel()
    with qtbot.waitSignal(stage.background.busy, check_params_cb=lambda busy: not busy):
        stage.go.set()
    assert stage.results == []


def test_failures_are_told_and_the_next_work_runs(qtbot: QtBot, stage: Stage) -> None:
    def fail() -> None:
        raise SegdeskError("No way.")

    with qtbot.waitSignal(stage.background.failed) as told:
        stage.background.run(fail, stage.results.append)
    assert told.args == ["No way."]
    stage.go.set()
    stage.background.run(lambda: stage.slow(2), stage.results.append)
    qtbot.waitUntil(lambda: stage.results == [2])
