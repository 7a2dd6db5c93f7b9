"""An engine for the child process that does nothing but count its steps, in a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from segdesk.core.jobs import Job, PredictRequest, Progress, TrainRequest
from segdesk.core.translation import language_in_use

QUIET_STEPS = 5_000


def language() -> str:
    """What the child speaks."""
    return language_in_use()


def train(request: TrainRequest) -> Job[int]:
    """Count `steps` steps; each is told, since its figures matter. The file gets a byte a step."""
    steps = request.steps or 0
    try:
        for number in range(1, steps + 1):
            with request.out.open("ab") as log:
                log.write(b".")
            yield Progress(number / steps, "Counting", figures={"n": number})
        return steps
    finally:
        with request.out.open("ab") as log:
            log.write(b"end")


def predict(request: PredictRequest) -> Job[int]:
    """Many steps that say nothing new, and a strip among them."""
    for number in range(QUIET_STEPS):
        strip = np.full((4, 12, 3), 7, np.uint8) if number == QUIET_STEPS // 2 else None
        yield Progress(number / QUIET_STEPS, "Counting", strip=strip)
    return QUIET_STEPS


def steps_in(log: Path) -> int:
    """How many steps a file knows of."""
    return log.read_bytes().count(b".") if log.exists() else 0
