"""The budget of a round, and its learning rate."""

from __future__ import annotations

import itertools

import pytest

from segdesk.nn.clock import Clock, one_cycle


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
    watch.now += 2.5
    assert clock.fraction == pytest.approx(0.5)
    watch.now += 2.5
    assert clock.fraction == 1.0


def test_a_slow_start_still_leaves_time_to_learn(watch: Watch) -> None:
    clock = Clock(10.0, None)
    watch.now += 20
    clock.learn_now(reserve=3.0)
    assert clock.fraction == 0
    watch.now += 0.5
    assert clock.fraction == pytest.approx(0.5, abs=0.01)
    assert clock.seconds_left == 0.0


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
    for seconds, steps in ((None, None), (1.0, 1)):
        with pytest.raises(ValueError, match="seconds or steps"):
            Clock(seconds, steps)


def test_the_rate_goes_up_once_and_down_once() -> None:
    rates = [one_cycle(step / 100, 1.0) for step in range(101)]
    top = rates.index(max(rates))
    assert max(rates) == pytest.approx(1.0)
    assert all(a <= b for a, b in itertools.pairwise(rates[: top + 1]))
    assert all(a >= b for a, b in itertools.pairwise(rates[top:]))
    assert 0 < rates[-1] < 0.01
    assert rates[0] < 0.1
