"""One round of learning from corrections; the loop reads from top to bottom."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from segdesk.core.errors import LearningError
from segdesk.core.jobs import Job, Progress, TrainRequest, TrainResult
from segdesk.core.translation import tr
from segdesk.nn import devices, gate, model_file
from segdesk.nn.clock import Clock, one_cycle
from segdesk.nn.exam import Exam, Examiner
from segdesk.nn.losses import deep_loss
from segdesk.nn.material import Piece, gather
from segdesk.nn.networks import registry
from segdesk.nn.networks.blocks import Network, freeze
from segdesk.nn.normalise import Normalised
from segdesk.nn.predict import normalised, preview
from segdesk.nn.sampling import Batch, Sampler
from segdesk.nn.spec import NetworkSpec


@dataclass(frozen=True)
class Recipe:
    """How a round learns. The figures were chosen by measuring (tests/benchmarks/learning.py).

    crop: side of the training crops in pixels.   batch: crops a step.
    rate / rate_on: highest learning rate from fresh weights, and from trained ones.
    anchor: weight of the prediction that the person saw, against 1 for a correction.
    """

    crop: int = 128
    batch: int = 4
    rate: float = 2e-3
    rate_on: float = 1e-3
    anchor: float = 0.1
    decay: float = 1e-4
    normalisation: str = "channel"
    ema: float = 0.0


def train(request: TrainRequest, recipe: Recipe = Recipe()) -> Job[TrainResult]:  # noqa: B008
    """Learn from the samples of a request and put the outcome before the gate.

    Yields Progress a few times a second: loss and held-out Dice as figures, and now and then a Preview of
    the request's view. The model file is written only if the gate accepts it.

    Raises:
        LearningError: there is nothing to learn from.
        ImageError: an image cannot be read.
        ModelError: a model file or the device cannot be used.
    """
    clock = Clock(request.seconds, request.steps)
    text = tr("Learning")
    device = devices.choose(request.device)
    torch.manual_seed(request.seed)
    rng = np.random.default_rng(request.seed)

    # What to start from, what to learn, and what to be judged by.
    started = _start(request)
    pieces = yield from gather(
        request,
        started[0].in_channels if started else None,
        started[0].normalisation if started else recipe.normalisation,
        rng,
    )
    spec, network = started or _fresh(request, pieces, recipe)
    network.to(device, memory_format=torch.channels_last)
    examiner = Examiner(pieces, limit=64)
    ready = Progress(None, text, clock.seconds_left)
    baseline, before, exam_seconds = None, None, 0.0
    if request.baseline is not None:
        base_spec, base = model_file.load(request.baseline, request.classes)
        freeze(base).to(device, memory_format=torch.channels_last)
        began = time.monotonic()
        before = yield from examiner.examine(base, ready)
        exam_seconds = time.monotonic() - began
        if replace(base_spec, classes=spec.classes) == spec:
            baseline = base.state_dict()
    view = normalised(request.view.source, spec) if request.view else None

    sampler = Sampler(pieces, recipe.crop, recipe.anchor, rng)
    rate = recipe.rate if started is None else recipe.rate_on
    optimiser = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=recipe.decay, fused=True)
    network.train()
    clock.learn_now(reserve=exam_seconds + 0.3)
    average: dict[str, Tensor] = {}
    losses: list[float] = []
    curve: list[tuple[float, float, float]] = []
    while clock.fraction < 1.0:
        for group in optimiser.param_groups:
            group["lr"] = one_cycle(clock.fraction, rate)
        batch = sampler.batch(recipe.batch)
        with devices.fast_arithmetic(device):
            outputs = network.outputs(torch.from_numpy(batch.images).to(device, memory_format=torch.channels_last))
        loss = deep_loss(outputs, torch.from_numpy(batch.labels).to(device), torch.from_numpy(batch.weights).to(device))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        clock.done += 1
        losses.append(float(loss.detach()))
        if clock.done % 5 == 0:
            yield Progress(clock.fraction, text, clock.seconds_left, {"loss": float(np.mean(losses[-10:]))})
    verdict = yield from gate.decide(freeze(network), baseline, before, examiner, ready)
    if verdict.accepted:
        model_file.save(request.out, spec, network.state_dict())
    return TrainResult(
        verdict.accepted,
        before.held if before else None,
        verdict.exam.held,
        spec.network,
        {"loss": float(np.mean(losses[-20:])), "steps": float(clock.done), "seconds": clock.elapsed, "share": verdict.share},
        tuple(curve),
    )


def _start(request: TrainRequest) -> tuple[NetworkSpec, Network] | None:
    if request.start.file is None:
        return None
    return model_file.load(request.start.file, request.classes)


def _fresh(request: TrainRequest, pieces: list[Piece], recipe: Recipe) -> tuple[NetworkSpec, Network]:
    spec = NetworkSpec(
        network=request.start.network or registry.DEFAULT,
        in_channels=pieces[0].image.channels,
        classes=request.classes,
        normalisation=recipe.normalisation,
    )
    return spec, spec.build()
