"""Predicting images with a model file."""

from __future__ import annotations

import time
from collections.abc import Generator

import numpy as np

from segdesk.core.errors import ImageError
from segdesk.core.geometry import Box
from segdesk.core.images import ImageSource, read_image
from segdesk.core.jobs import Job, Predicted, Prediction, PredictRequest, Preview, Progress, View
from segdesk.core.translation import tr
from segdesk.nn import devices, model_file
from segdesk.nn.networks.blocks import Network, freeze, place
from segdesk.nn.normalise import Normalised
from segdesk.nn.spec import NetworkSpec
from segdesk.nn.tiling import TILE, Said, chances, predict_image

_MARGIN = 32  # pixels around a view that the network sees as well


def predict(request: PredictRequest) -> Job[None]:
    """Predict the images of a request in its order; yields Predicted for each, and Progress in between.

    The view comes first, as a Preview. An image that cannot be read is reported, and the others go on.

    Raises:
        ModelError: the model cannot be used, or the device is not there.
    """
    device = devices.choose(request.device)
    spec, network = model_file.load(request.model)
    place(freeze(network), device)
    began, text = time.monotonic(), tr("Predicting")
    yield Progress(0.0, text)

    if request.view is not None:
        try:
            image = normalised(request.view.source, spec)
        except ImageError:
            pass  # it is reported when its turn comes among the items
        else:
            yield Progress(0.0, text, preview=preview(network, image, request.view))

    total = len(request.items)
    for number, item in enumerate(request.items):
        try:
            image = normalised(item.source, spec)
        except ImageError as error:
            yield Predicted((number + 1) / total, text, error=str(error), sample_id=item.sample_id)
            continue
        tiles = predict_image(network, image, with_map=request.uncertainty)
        said = yield from _told(tiles, number, total, text, began)
        fraction = (number + 1) / total
        yield Predicted(
            fraction,
            text,
            _left(began, fraction),
            prediction=Prediction(item.sample_id, said.labels, said.uncertainty, said.uncertainty_map),
            sample_id=item.sample_id,
        )


def normalised(source: ImageSource, spec: NetworkSpec) -> Normalised:
    """An image, ready to be read by a model; raises ImageError."""
    return Normalised.of(read_image(source), spec.in_channels, spec.normalisation)


def preview(network: Network, image: Normalised, view: View, side: int = TILE) -> Preview:
    """What the network says about the middle of what is on screen, at most `side` pixels square."""
    whole = Box(0, 0, image.width, image.height)
    wide, tall = min(view.box.width, side), min(view.box.height, side)
    middle = Box(
        view.box.x + (view.box.width - wide) // 2, view.box.y + (view.box.height - tall) // 2, wide, tall
    ).intersect(whole)
    if middle.is_empty:
        return Preview(view.sample_id, middle, np.zeros((0, 0), np.uint8))
    around = middle.grow(_MARGIN).intersect(whole)
    said = chances(network, image.read(around)).argmax(0).astype(np.uint8)
    inside = Box(middle.x - around.x, middle.y - around.y, middle.width, middle.height)
    return Preview(view.sample_id, middle, said[inside.slices].copy())


def _told(
    tiles: Generator[float, None, Said], number: int, total: int, text: str, began: float
) -> Generator[Progress, None, Said]:
    """The tiles of one image, as a part of the whole job."""
    while True:
        try:
            fraction = (number + next(tiles)) / total
        except StopIteration as stop:
            said: Said = stop.value
            return said
        yield Progress(fraction, text, _left(began, fraction))


def _left(began: float, fraction: float) -> float | None:
    return (time.monotonic() - began) * (1 - fraction) / fraction if fraction > 0 else None
