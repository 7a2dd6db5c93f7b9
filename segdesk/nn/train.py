"""One round of learning from corrections; the loop reads from top to bottom."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from segdesk.core.errors import ImageError
from segdesk.core.jobs import Job, Preview, Progress, TrainRequest, TrainResult
from segdesk.core.translation import tr
from segdesk.nn import devices, gate, model_file
from segdesk.nn.anchors import renew
from segdesk.nn.clock import Clock, one_cycle
from segdesk.nn.exam import Exam, Examiner
from segdesk.nn.learner import Learner, Plan
from segdesk.nn.material import BLANK, Material, gather
from segdesk.nn.networks import registry
from segdesk.nn.networks.blocks import Network, freeze, place
from segdesk.nn.predict import normalised, preview
from segdesk.nn.sampling import Sampler
from segdesk.nn.spec import NetworkSpec
from segdesk.nn.tiling import TILE, chances

SECONDS_CPU, SECONDS_GPU = 45.0, 10.0  # a round for which nobody set a budget

_REPORT = 0.2  # seconds between two reports of progress
_FIRST_PREVIEW = 15  # steps; most of the gain is there by then
_ASIDE = 0.04  # share of the time that may go into previews, and into held-out figures on the way
_READING = 0.25  # share of the time after which no more confirmed samples are read
_GLANCE = 1.0  # seconds that a preview may take; it shows as much of the view as fits into them
_EXAM = 0.03  # share of the time that one examination may take
_RENEWAL = 0.03  # share of the time that renewing the anchor may take, each time
_TILES = 64  # predicted for each of these where nobody counts the seconds


@dataclass(frozen=True)
class Recipe:
    """How a round learns; the figures were chosen by measuring on vessels and nuclei, mostly one seed each.

    crop: side of the training crops in pixels.   batch: crops a step.
    rate / rate_on: highest learning rate, from fresh weights and from trained ones.
    anchor: weight of the prediction that the person saw, against 1 for a correction.
    blank: weight of the background that a mask begins with, where there was no prediction yet.
    renewals: after which fractions of the round the anchor is renewed with what the network says by then.
    decay: AdamW's weight decay.   shading: how far contrast and brightness are varied.
    normalisation: of images, where the network is fresh.
    """

    crop: int = 128
    batch: int = 4
    rate: float = 2e-3
    rate_on: float = 2e-3
    anchor: float = 0.1
    blank: float = 0.02
    renewals: tuple[float, ...] = (0.3, 0.6)
    decay: float = 1e-4
    shading: float = 0.2
    normalisation: str = "channel"


def train(request: TrainRequest, recipe: Recipe | None = None) -> Job[TrainResult]:
    """Learn from the samples of a request and put the outcome before the gate.

    Yields Progress a few times a second, with loss and held-out Dice as figures, and now and then a Preview
    of the request's view. The model file is written only if the gate accepts it. With a budget of steps the
    outcome depends on the seed alone; with one of seconds, examinations are within the budget.

    Raises:
        LearningError: there is nothing to learn from, or not enough memory.
        ImageError: not one of the images can be read.
        ModelError: a model file or the device cannot be used.
    """
    recipe = recipe or Recipe()
    device = devices.choose(request.device)
    seconds = request.seconds
    if seconds is None and request.steps is None:
        seconds = SECONDS_CPU if device.type == "cpu" else SECONDS_GPU
    clock = Clock(seconds, request.steps)
    torch.manual_seed(request.seed)
    rng = np.random.default_rng(request.seed)
    try:
        # What to start from, what to learn, and what to be judged by.
        trained = model_file.load(request.start.file, request.classes) if request.start.file else None
        channels = trained[0].in_channels if trained else None
        normalisation = trained[0].normalisation if trained else recipe.normalisation
        reading = Progress(None, tr("Reading the samples"), seconds)
        patience = None if seconds is None else _READING * seconds
        material = yield from gather(request, channels, normalisation, rng, patience)
        spec, network = trained or _fresh(request, material, recipe)
        learner = Learner(network, Plan(recipe.batch, recipe.crop, device), recipe.decay)
        pieces = material.pieces
        tile_seconds = _tile_seconds(network, spec)
        most = _tiles_within(_RENEWAL, seconds, tile_seconds)
        if trained:
            yield from renew(pieces, network, rng, reading, most=most, roles=(BLANK,))
        examiner = Examiner(pieces, _tiles_within(_EXAM, seconds, tile_seconds))
        base, before = yield from _baseline(request, spec, device, examiner, clock)

        sampler = Sampler(pieces, rng, anchor=recipe.anchor, blank=recipe.blank, shading=recipe.shading)
        rate = recipe.rate_on if trained else recipe.rate
        aside = _Aside(request, spec, network, examiner.quick(2), tile_seconds)
        recent: list[float] = []
        curve: list[tuple[float, float, float]] = []
        reported, due = 0.0, recipe.renewals
        clock.learn_now(reserve=1.2 * tile_seconds * examiner.tiles + 0.01 * (seconds or 0.0))
        while clock.fraction < 1.0 or not clock.done:
            batch = sampler.batch(learner.plan.batch, learner.plan.crop)
            loss = learner.step(batch, one_cycle(clock.fraction, rate))
            if loss is None:
                continue
            clock.done += 1
            if due and clock.fraction >= due[0]:
                due = due[1:]
                yield from renew(pieces, network, rng, clock.progress(tr("Learning")), most=most)
            recent = [*recent[-19:], loss]
            if clock.elapsed - reported < _REPORT and clock.done != _FIRST_PREVIEW:
                continue
            reported = clock.elapsed
            figures = {"loss": float(np.mean(recent))}
            dice = yield from aside.dice(clock)
            if dice is not None:
                figures["dice"] = dice
            curve.append((clock.elapsed, figures["loss"], math.nan if dice is None else dice))
            yield Progress(clock.fraction, tr("Learning"), clock.seconds_left, figures, aside.preview(clock))

        checking = Progress(1.0, tr("Checking the result"), clock.seconds_left)
        verdict = yield from gate.decide(freeze(network), base, before, examiner, checking)
        if verdict.accepted:
            model_file.save(request.out, spec, network.state_dict())
        return TrainResult(
            accepted=verdict.accepted,
            before=before.held if before else None,
            after=verdict.exam.held,
            network=spec.network,
            figures={
                "loss": float(np.mean(recent)),
                "steps": float(clock.done),
                "seconds": clock.elapsed,
                "share": verdict.share,
            },
            curve=tuple(curve),
            note=" ".join(note for note in (material.note, learner.note) if note),
        )
    finally:
        if device.type == "cuda":
            torch.cuda.empty_cache()


def _fresh(request: TrainRequest, material: Material, recipe: Recipe) -> tuple[NetworkSpec, Network]:
    spec = NetworkSpec(
        network=request.start.network or registry.DEFAULT,
        in_channels=material.pieces[0].image.channels,
        classes=request.classes,
        normalisation=recipe.normalisation,
    )
    return spec, spec.build()


def _baseline(
    request: TrainRequest, spec: NetworkSpec, device: torch.device, examiner: Examiner, clock: Clock
) -> Job[tuple[dict[str, Tensor] | None, Exam | None]]:
    """The weights in use, where the candidate starts from them, and how good they are."""
    if request.baseline is None:
        return None, None
    progress = Progress(0.0, tr("Looking at the version in use"), clock.seconds_left)
    base_spec, network = model_file.load(request.baseline, request.classes)
    place(freeze(network), device)
    before = yield from examiner.examine(network, progress)
    goes_on = request.start.file == request.baseline and base_spec == spec
    return (network.state_dict() if goes_on else None), before


def _tile_seconds(network: Network, spec: NetworkSpec) -> float:
    """How long the network takes for one tile."""
    network.eval()
    noise = np.zeros((spec.in_channels, TILE, TILE), np.float32)
    chances(network, noise)
    began = time.monotonic()
    chances(network, noise)
    return time.monotonic() - began


def _tiles_within(share: float, seconds: float | None, tile_seconds: float) -> int:
    """How many tiles can be predicted in a share of the round; a fixed number where nobody counts seconds."""
    return _TILES if seconds is None else max(2, int(share * seconds / tile_seconds))


class _Aside:
    """What is shown on the way, and never takes more than its share of the time."""

    def __init__(
        self,
        request: TrainRequest,
        spec: NetworkSpec,
        network: Network,
        examiner: Examiner,
        tile_seconds: float,
    ) -> None:
        self._network = network
        self._side = TILE * int(np.clip(math.sqrt(_GLANCE / tile_seconds), 1, 4))
        self._examiner = examiner
        self._view = request.view
        self._next_preview = self._next_dice = 0.0
        self._image = None
        if request.view is not None:
            try:
                self._image = normalised(request.view.source, spec)
            except ImageError:
                self._image = None  # the round does not depend on what is on screen

    def preview(self, clock: Clock) -> Preview | None:
        """The view as the network sees it by now, where one is due."""
        if self._image is None or self._view is None:
            return None
        if clock.done < _FIRST_PREVIEW or clock.elapsed < self._next_preview:
            return None
        began = time.monotonic()
        self._network.eval()
        shown = preview(self._network, self._image, self._view, self._side)
        self._next_preview = clock.elapsed + max(3.0, (time.monotonic() - began) / _ASIDE)
        return shown

    def dice(self, clock: Clock) -> Job[float | None]:
        """Held-out Dice by now, on a few tiles, where it is due and something is held out."""
        if not self._examiner.tiles or clock.elapsed < self._next_dice:
            return None
        began = time.monotonic()
        exam = yield from self._examiner.examine(self._network, clock.progress(tr("Learning")))
        self._next_dice = clock.elapsed + max(2.0, (time.monotonic() - began) / _ASIDE)
        return exam.held
