"""Which step of the loop makes sense next."""

from __future__ import annotations

import pytest

from segdesk.core.patch import State
from segdesk.gui.steps import Situation, steps


@pytest.mark.parametrize(
    ("now", "step"),
    [
        (Situation(None), ""),
        (Situation(State.NEW), ""),
        (Situation(State.CORRECTED, corrections=True, fresh=True), "retrain"),
        (Situation(State.CONFIRMED, corrections=True), "retrain"),
        (Situation(State.NEW, model=True, corrections=True), "predict"),
        (Situation(State.NEW, model=True, corrections=True, predicting=True), ""),
        (Situation(State.PREDICTED, model=True, corrections=True), "confirm"),
        (Situation(State.CORRECTED, model=True, corrections=True, fresh=True), "retrain"),
        (Situation(State.CORRECTED, model=True, corrections=True), "confirm"),
        (Situation(State.CORRECTED, model=True, corrections=True, fresh=True, learning=True), ""),
        (Situation(State.CONFIRMED, model=True, corrections=True, all_confirmed=True), ""),
    ],
)
def test_the_accent(now: Situation, step: str) -> None:
    found = steps(now)
    assert found.next == step
    assert step not in found.why_not  # what is accented can be done


@pytest.mark.parametrize(
    ("now", "cannot"),
    [
        (Situation(None), {"predict", "confirm", "retrain"}),
        (Situation(State.NEW), {"predict", "retrain"}),
        (Situation(State.NEW, corrections=True), {"predict"}),
        (Situation(State.NEW, model=True, corrections=True), set()),
        (Situation(State.CONFIRMED, model=True, corrections=True), {"predict", "confirm"}),
        (Situation(State.PREDICTED, model=True, corrections=True, learning=True), {"retrain"}),
    ],
)
def test_what_cannot_be_done_says_why(now: Situation, cannot: set[str]) -> None:
    why_not = steps(now).why_not
    assert set(why_not) == cannot
    assert all(reason.endswith(".") for reason in why_not.values())


def test_what_learns_by_itself_says_when() -> None:
    now = Situation(State.CORRECTED, model=True, corrections=True, fresh=True, by_itself=(3, 10))
    assert "3 of 10" in steps(now).advice
    assert "retrain" not in steps(now).why_not  # nobody has to wait for it


def test_a_paused_round_says_so() -> None:
    now = Situation(State.CORRECTED, corrections=True, learning=True, paused=True)
    assert "paused" in steps(now).advice
    assert "paused" not in steps(Situation(State.CORRECTED, paused=True, predicting=True)).advice


def test_who_has_confirmed_images_need_not_paint_before_the_first_round() -> None:
    assert "confirmed" in steps(Situation(State.CONFIRMED, corrections=True)).advice
    assert "Paint" in steps(Situation(State.CORRECTED, corrections=True, fresh=True)).advice
