"""The budget of a round, and what of the time counts."""

from __future__ import annotations

import pytest

from segdesk.core.jobs import Job, Progress
from segdesk.nn.clock import LEAST_STEPS, Clock, counted


class Watch:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    watch = Watch()
    monkeypatch.setattr("segdesk.nn.clock.time.monotonic", watch)
    return watch


def test_seconds_leave_room_for_what_comes_after(watch: Watch) -> None:
    clock = Clock(10.0, None)
    watch.now += 2
    clock.learn_now(reserve=3.0)
    assert clock.fraction == 0
    assert clock.seconds_left == pytest.approx(8.0)
    clock.done = LEAST_STEPS
    watch.now += 2.5
    assert clock.fraction == pytest.approx(0.5)
    watch.now += 2.5
    assert clock.fraction == 1.0


def test_a_slow_start_still_leaves_time_to_learn(watch: Watch) -> None:
    clock = Clock(10.0, None)
    watch.now += 20
    clock.learn_now(reserve=3.0)
    assert clock.fraction == 0
    clock.done = LEAST_STEPS
    watch.now += 0.5
    assert clock.fraction == pytest.approx(0.5, abs=0.01)
    assert clock.seconds_left == 0.0


def test_a_busy_machine_gets_more_time_for_the_least_steps_but_not_for_ever(watch: Watch) -> None:
    clock = Clock(10.0, None)
    watch.now += 5
    clock.learn_now(reserve=1.0)
    watch.now += 9
    clock.done = LEAST_STEPS - 1
    assert (clock.fraction, clock.fell_short) == ((LEAST_STEPS - 1) / LEAST_STEPS, True)
    assert clock.seconds_left == pytest.approx(9 / (LEAST_STEPS - 1)), (
        "the budget is used up, the round goes on"
    )
    clock.done = LEAST_STEPS
    assert (clock.fraction, clock.fell_short) == (1.0, False)
    clock.done = 1
    watch.now += 1
    assert (clock.fraction, clock.fell_short) == (1.0, True)


def test_steps_do_not_look_at_the_time(watch: Watch) -> None:
    clock = Clock(None, 4)
    clock.learn_now(reserve=1.0)
    assert clock.seconds_left is None
    watch.now += 1000
    assert clock.fraction == 0
    clock.done = 1
    assert clock.fraction == 0.25
    assert clock.seconds_left == pytest.approx(3000)


def test_a_budget_is_seconds_or_steps() -> None:
    with pytest.raises(ValueError, match="seconds or steps"):
        Clock(1.0, 1)


def test_without_a_budget_nobody_knows_the_end(watch: Watch) -> None:
    clock = Clock(None, None)
    clock.learn_now(reserve=1.0)
    clock.done = 1000
    watch.now += 1000
    assert clock.fraction == 0
    assert clock.progress("Learning").fraction is None
    assert clock.seconds_left is None


def test_a_pause_costs_nothing_of_the_budget(watch: Watch) -> None:
    clock = Clock(10.0, None)
    clock.learn_now(reserve=0.0)

    def job() -> Job[float]:
        for _ in range(4):
            watch.now += 1.0  # work
            yield clock.progress("Learning")
        return clock.elapsed

    counting = counted(job(), clock)
    for pause in (0.0, 100.0, 0.2, 0.0):  # the third is what any screen needs, and counts
        next(counting)
        watch.now += pause
    with pytest.raises(StopIteration) as ended:
        next(counting)
    assert ended.value.value == pytest.approx(4.2)
    assert clock.seconds_left == pytest.approx(5.8)


def test_closing_a_counted_job_cleans_up_behind_it() -> None:
    cleaned = []

    def job() -> Job[None]:
        try:
            while True:
                yield Progress(None, "")
        finally:
            cleaned.append(True)

    counting = counted(job(), Clock(1.0, None))
    next(counting)
    counting.close()
    assert cleaned


def test_a_clock_goes_on_where_it_stood(watch: Watch) -> None:
    clock = Clock(10.0, None)
    watch.now += 1
    clock.learn_now(reserve=1.0)
    watch.now += 4
    clock.done = 70
    facts = clock.facts()
    watch.now += 500
    again = Clock(10.0, None)
    watch.now += 0.5
    again.learn_now(reserve=1.0)
    again.restore(facts)
    assert again.elapsed == pytest.approx(5.0)
    assert again.done == 70
    assert again.fraction == pytest.approx(0.5)
