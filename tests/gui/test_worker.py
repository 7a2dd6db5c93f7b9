"""The queue of jobs, without a window."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from segdesk.core.errors import LearningError, ProjectError
from segdesk.core.jobs import Job, Progress
from segdesk.gui.worker import LazyEngine, Task, Worker
from tests.gui.fake_engine import FakeEngine, better


@pytest.fixture
def worker(qtbot: QtBot) -> Iterator[Worker]:
    made = Worker()
    yield made
    made.close()


def count(upto: int, log: list[str] | None = None) -> Job[int]:
    try:
        for number in range(upto):
            yield Progress(number / upto, "Counting", figures={"n": number})
        return upto
    finally:
        if log is not None:
            log.append("cleaned up")


def endless(started: threading.Event, log: list[str]) -> Job[None]:
    try:
        while True:
            yield Progress(None, "Waiting")
            started.set()
    finally:
        log.append("cleaned up")


def fails(error: BaseException) -> Job[None]:
    yield Progress(None, "Failing")
    raise error


def test_results_and_progress_come_on_the_gui_thread_in_order(qtbot: QtBot, worker: Worker) -> None:
    here = QThread.currentThread()
    seen: list[object] = []
    threads: list[bool] = []

    def note(value: object) -> None:
        seen.append(value.figures["n"] if isinstance(value, Progress) else value)
        threads.append(QThread.currentThread() == here)

    with qtbot.waitSignal(worker.idle):
        worker.submit(Task("a", lambda: count(3), finished=note, progress=note))
        worker.submit(Task("b", lambda: count(1), finished=note, progress=note))
    assert seen == [0, 1, 2, 3, 0, 1]
    assert all(threads)


def test_cancelling_closes_the_job(qtbot: QtBot, worker: Worker) -> None:
    started, log = threading.Event(), list[str]()
    worker.submit(Task("a", lambda: endless(started, log), cancelled=lambda: log.append("cancelled")))
    assert started.wait(60)
    with qtbot.waitSignal(worker.idle):
        worker.cancel()
    assert log == ["cleaned up", "cancelled"]


def test_an_unforeseen_error_comes_with_a_report(qtbot: QtBot, worker: Worker) -> None:
    with qtbot.waitSignal(worker.failed) as caught:
        worker.submit(Task("a", lambda: fails(KeyError("what"))))
    sentence, report = caught.args or ["", ""]
    assert "KeyError" not in sentence
    assert "KeyError: 'what'" in report


def test_a_foreseen_error_is_its_own_sentence(qtbot: QtBot, worker: Worker) -> None:
    with qtbot.waitSignal(worker.failed) as caught:
        worker.submit(Task("a", lambda: fails(LearningError("Paint first."))))
    assert caught.args == ["Paint first.", ""]


def test_a_result_that_cannot_be_kept_is_told_and_the_queue_goes_on(qtbot: QtBot, worker: Worker) -> None:
    told: list[str] = []
    worker.failed.connect(lambda text, _: told.append(text))
    results: list[int] = []

    def full(_: object) -> None:
        raise ProjectError("The disk is full.")

    with qtbot.waitSignal(worker.idle):
        worker.submit(Task("a", lambda: count(1), finished=full))
        worker.submit(Task("b", lambda: count(2), finished=results.append))
    assert told == ["The disk is full."]
    assert results == [2]


def test_closing_ends_what_runs_and_drops_what_waits(qtbot: QtBot, worker: Worker) -> None:
    started, log = threading.Event(), list[str]()
    worker.submit(Task("a", lambda: endless(started, log)))
    worker.submit(Task("b", lambda: count(1, log)))
    assert started.wait(60)
    worker.close()
    assert log == ["cleaned up"]


def test_the_engine_is_made_by_the_first_job_in_its_thread(qtbot: QtBot, worker: Worker) -> None:
    threads: list[bool] = []
    here = threading.get_ident()

    def make() -> FakeEngine:
        threads.append(threading.get_ident() == here)
        return FakeEngine(better)

    engine = LazyEngine(make)
    assert threads == []
    with qtbot.waitSignal(worker.idle):
        worker.submit(Task("", engine.meet, quiet=True))
        worker.submit(Task("", engine.meet, quiet=True))
    assert threads == [False]


def test_a_paused_job_takes_no_step_until_it_goes_on(qtbot: QtBot, worker: Worker) -> None:
    seen, held = list[float](), list[bool]()
    worker.paused.connect(held.append)

    def hold(progress: Progress) -> None:
        seen.append(progress.figures["n"])
        if progress.figures["n"] == 2:
            worker.pause(True)

    steps, may = list[int](), threading.Semaphore(4)

    def counting() -> Job[int]:
        for number in range(100):
            may.acquire()
            steps.append(number)
            yield Progress(None, "Counting", figures={"n": number})
        return 100

    worker.submit(Task("a", counting, progress=hold))
    with qtbot.waitSignal(worker.paused):
        pass
    assert worker.is_paused
    for _ in range(200):
        may.release()
    # The step that was under way may end; had it not been held, it would run on to the end.
    with qtbot.waitSignal(worker.idle):
        qtbot.waitUntil(lambda: seen[-1] == steps[-1])
        assert len(steps) <= 5
        worker.pause(False)
    assert held == [True, False]
    assert steps == list(range(100))


def test_a_paused_job_can_be_cancelled_and_the_next_one_runs(qtbot: QtBot, worker: Worker) -> None:
    started, log = threading.Event(), list[str]()
    worker.submit(Task("a", lambda: endless(started, log)))
    assert started.wait(60)
    worker.pause(True)
    results: list[int] = []
    with qtbot.waitSignal(worker.idle):
        worker.cancel()
        worker.submit(Task("b", lambda: count(2), finished=results.append))
    assert log == ["cleaned up"]
    assert results == [2]
    assert not worker.is_paused


def test_closing_while_paused_ends_the_job(qtbot: QtBot, worker: Worker) -> None:
    started, log = threading.Event(), list[str]()
    worker.submit(Task("a", lambda: endless(started, log)))
    assert started.wait(60)
    worker.pause(True)
    worker.close()
    assert log == ["cleaned up"]


def test_pausing_where_nothing_runs_does_nothing(qtbot: QtBot, worker: Worker) -> None:
    worker.pause(True)
    assert not worker.is_paused
    with qtbot.waitSignal(worker.idle):
        worker.submit(Task("a", lambda: count(1)))


def test_what_gives_way_is_cancelled_when_something_else_comes_in(qtbot: QtBot, worker: Worker) -> None:
    started, log, results = threading.Event(), list[str](), list[int]()
    worker.submit(Task("a", lambda: endless(started, log), gives_way=True))
    assert started.wait(60)
    with qtbot.waitSignal(worker.idle):
        worker.submit(Task("b", lambda: count(2), finished=results.append))
    assert log == ["cleaned up"]
    assert results == [2]
