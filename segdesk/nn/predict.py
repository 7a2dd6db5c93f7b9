"""Predicting images with a model file."""

from __future__ import annotations

import time
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from segdesk.core.errors import ImageError
from segdesk.core.geometry import Box
from segdesk.core.jobs import Job, Predicted, Prediction, PredictRequest, Preview, Progress, View
from segdesk.core.translation import tr
from segdesk.nn import devices, faults, model_file
from segdesk.nn.fast import PROBE, fast_form
from segdesk.nn.feed import ImageFeed
from segdesk.nn.memory import kept
from segdesk.nn.networks.blocks import Network
from segdesk.nn.picture import opened
from segdesk.nn.resized import Resized, glimpse, predict_image
from segdesk.nn.stream import Step, Stream, Whole
from segdesk.nn.tile_batches import Readable
from segdesk.nn.tiling import TILE, chances

_MARGIN = 32  # pixels around a view that the network sees as well


@faults.guarded
def predict(request: PredictRequest) -> Job[None]:
    """Predict the images of a request in its order; yields Predicted for each, and Progress in between.

    The view comes first, as a Preview. An image that cannot be read, or is too large for the memory, is
    reported, and the others go on.

    Raises:
        ModelError: the model cannot be used, or the device is not there.
        FaultError: there is no memory for the network, or the device fails.
    """
    ready = _loaded(request)
    spec = ready.spec
    began, text = time.monotonic(), tr("Predicting")
    yield Progress(0.0, text)

    if request.view is not None:
        try:
            with opened(request.view.source, spec) as image:
                shown = preview(ready.network_for(image), image, request.view)
        except ImageError:
            pass  # it is reported when its turn comes among the items
        else:
            yield Progress(0.0, text, preview=shown)

    total = len(request.items)
    with kept(), closing(ImageFeed(request.items, spec)) as images:
        stream = Stream(
            ready.network_for,
            images,
            by_itself=partial(_resized, ready, request),
            with_map=request.uncertainty,
            with_probabilities=request.probabilities,
        )
        with closing(stream.run()) as steps:
            for step in steps:
                fraction = (step.number + step.fraction) / total
                yield _told(step, request.items[step.number].sample_id, fraction, text, began)


class _Ready:
    """A model in memory, and the form of it that is the fastest, once an image has shown which that is."""

    def __init__(self, request: PredictRequest) -> None:
        self.model = _identity(request)
        self._device = devices.choose(request.device)
        self.spec, self._network = model_file.load(request.model)
        self._fast: Network | None = None

    def network_for(self, image: Readable) -> Network:
        """The form that predicts; `image` is what it is tried on the first time. Raises ImageError."""
        if self._fast is None:
            self._fast = fast_form(self._network, self._device, _probe(image))
        return self._fast


_Identity: TypeAlias = tuple[Path, str, int, int]

_held: _Ready | None = None  # for the next request, where the last one has asked for that


def _loaded(request: PredictRequest) -> _Ready:
    global _held
    ready, _held = _held, None
    if ready is None or ready.model != _identity(request):
        ready = _Ready(request)
    if request.keep_model:
        _held = ready
    return ready


def _identity(request: PredictRequest) -> _Identity | None:
    """What a loaded model is known by; None where there is no such file."""
    try:
        status = request.model.stat()
    except OSError:
        return None
    return request.model.absolute(), request.device, status.st_size, status.st_mtime_ns


def _resized(ready: _Ready, request: PredictRequest, image: Readable) -> Whole | None:
    if not isinstance(image, Resized):
        return None
    return predict_image(
        ready.network_for(image),
        image,
        with_map=request.uncertainty,
        with_probabilities=request.probabilities,
    )


def _told(step: Step, sample_id: int, fraction: float, text: str, began: float) -> Progress:
    left = _left(began, fraction)
    if step.error is not None:
        return Predicted(fraction, text, left, error=str(step.error), sample_id=sample_id)
    if step.said is None:
        return Progress(fraction, text, left)
    said = step.said
    prediction = Prediction(
        sample_id, said.labels, said.uncertainty, said.uncertainty_map, said.probabilities
    )
    return Predicted(fraction, text, left, prediction=prediction, sample_id=sample_id)


def preview(network: Network, image: Readable, view: View, side: int = TILE) -> Preview:
    """What the network says about the middle of what is on screen, at most `side` pixels square."""
    if isinstance(image, Resized):
        middle, shown = glimpse(network, image, _middle(view.box, side))
        return Preview(view.sample_id, middle, shown)
    whole = Box(0, 0, image.width, image.height)
    middle = _middle(view.box, side).intersect(whole)
    if middle.is_empty:
        return Preview(view.sample_id, middle, np.zeros((0, 0), np.uint8))
    around = middle.grow(_MARGIN).intersect(whole)
    said = chances(network, image.read(around)).argmax(0).astype(np.uint8)
    inside = Box(middle.x - around.x, middle.y - around.y, middle.width, middle.height)
    return Preview(view.sample_id, middle, said[inside.slices].copy())


def _probe(image: Readable) -> NDArray[np.float32]:
    """A piece of an image, on which a faster form of the network is tried."""
    return image.read(_middle(Box(0, 0, image.width, image.height), PROBE))


def _middle(box: Box, side: int) -> Box:
    """The middle of a box, at most `side` pixels square."""
    wide, tall = min(box.width, side), min(box.height, side)
    return Box(box.x + (box.width - wide) // 2, box.y + (box.height - tall) // 2, wide, tall)


def _left(began: float, fraction: float) -> float | None:
    return (time.monotonic() - began) * (1 - fraction) / fraction if fraction > 0 else None
