"""What a round tells on the way: loss, held-out Dice and the view so far, at a small share of its time."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from segdesk.core.errors import ImageError
from segdesk.core.jobs import Job, Preview, Progress, TrainRequest
from segdesk.core.translation import tr
from segdesk.nn.clock import LEAST_STEPS, Clock
from segdesk.nn.exam import Examiner
from segdesk.nn.networks.blocks import Network
from segdesk.nn.picture import normalised
from segdesk.nn.predict import preview
from segdesk.nn.spec import NetworkSpec
from segdesk.nn.tiling import TILE, chances

_BREATH = 0.05  # seconds between two steps of the job, where a step of learning does not take longer
_REPORT = 0.2  # seconds between two reports of figures
_ASIDE = 0.04  # share of the time that may go into previews, and into held-out figures on the way
_GLANCE = 1.0  # seconds that a preview may take; it shows as much of the view as fits into them
_CURVE = 2000  # points that are kept

Point = tuple[float, float, float]  # seconds since the start, loss, held-out Dice or NaN


class Reports:
    """Reports after each step what there is to say; never takes more than its share of the time.

    network: what previews show.   examiner: a few questions for a held-out figure now and then; None where
    the training is examined anyway.   tile_seconds: how long the network takes for one tile.
    curve: loss and held-out figures so far; once it is long, every other point without a figure goes.
    """

    def __init__(
        self,
        request: TrainRequest,
        spec: NetworkSpec,
        network: Network,
        examiner: Examiner | None,
        tile_seconds: float,
    ) -> None:
        self.curve: list[Point] = []
        self._recent: list[float] = []
        self._network = network
        self._side = TILE * int(np.clip(math.sqrt(_GLANCE / tile_seconds), 1, 4))
        self._examiner = examiner
        self._view = request.view
        self._yielded = self._reported = self._next_preview = self._next_dice = 0.0
        self._image = None
        if request.view is not None:
            try:
                self._image = normalised(request.view.source, spec)
            except ImageError:
                self._image = None  # the round does not depend on what is on screen

    @property
    def loss(self) -> float:
        """Mean of the last few steps."""
        return float(np.mean(self._recent))

    def after_step(
        self, clock: Clock, loss: float, examined: float | None, strip: NDArray[np.uint8] | None
    ) -> Job[None]:
        """Yield what is due: figures and previews rarely, a sign of life nearly always.

        examined: held-out Dice, where the training was just examined.   strip: a picture, where one was made.
        """
        self._recent = [*self._recent[-19:], loss]
        now = clock.elapsed
        news = examined is not None or strip is not None or clock.done == LEAST_STEPS
        if now - self._reported < _REPORT and not news:
            if now - self._yielded >= _BREATH:
                yield clock.progress(tr("Learning"))
                self._yielded = clock.elapsed
            return
        self._reported = now
        figures = {"loss": self.loss}
        dice = examined
        if dice is None:
            dice = yield from self._dice(clock)
        if dice is not None:
            figures["dice"] = dice
        self.curve.append((clock.elapsed, self.loss, math.nan if dice is None else dice))
        if len(self.curve) > _CURVE:
            self.curve = [p for index, p in enumerate(self.curve) if index % 2 or not math.isnan(p[2])]
        said = clock.progress(tr("Learning"))
        yield Progress(said.fraction, said.text, said.seconds_left, figures, self._preview(clock), strip)
        self._yielded = clock.elapsed

    def _preview(self, clock: Clock) -> Preview | None:
        """The view as the network sees it by now, where one is due."""
        if self._image is None or self._view is None:
            return None
        if clock.done < LEAST_STEPS or clock.elapsed < self._next_preview:
            return None
        began = clock.elapsed
        training = self._network.training
        self._network.eval()
        shown = preview(self._network, self._image, self._view, self._side)
        self._network.train(training)
        self._next_preview = clock.elapsed + max(3.0, (clock.elapsed - began) / _ASIDE)
        return shown

    def _dice(self, clock: Clock) -> Job[float | None]:
        """Held-out Dice by now, on a few tiles, where it is due and something is held out."""
        if self._examiner is None or not self._examiner.tiles or clock.elapsed < self._next_dice:
            return None
        began = clock.elapsed
        exam = yield from self._examiner.examine(self._network, clock.progress(tr("Learning")))
        self._next_dice = clock.elapsed + max(2.0, (clock.elapsed - began) / _ASIDE)
        return exam.held

    def tensors(self) -> dict[str, Tensor]:
        """A checkpoint keeps facts alone."""
        return {}

    def facts(self) -> dict[str, Any]:
        return {"recent": self._recent, "curve": self.curve}

    def restore(self, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
        """Go on from what `facts` gave."""
        self._recent = list(facts["recent"])
        self.curve = [(seconds, loss, dice) for seconds, loss, dice in facts["curve"]]


def seconds_of_a_tile(network: Network, spec: NetworkSpec) -> float:
    """How long the network takes for one tile."""
    network.eval()
    noise = np.zeros((spec.in_channels, TILE, TILE), np.float32)
    chances(network, noise)
    began = time.monotonic()
    chances(network, noise)
    return time.monotonic() - began
