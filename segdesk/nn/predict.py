"""Predicting images with a model file."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from segdesk.core.errors import ImageError
from segdesk.core.geometry import Box
from segdesk.core.images import ImageSource, inspect_image
from segdesk.core.jobs import (
    Job,
    Predicted,
    Prediction,
    PredictItem,
    PredictRequest,
    Preview,
    Progress,
    View,
)
from segdesk.core.translation import tr
from segdesk.nn import devices, model_file
from segdesk.nn.fast import PROBE, fast_form
from segdesk.nn.memory import kept
from segdesk.nn.networks.blocks import Network
from segdesk.nn.picture import opened
from segdesk.nn.resized import Resized, glimpse, predict_image
from segdesk.nn.spec import NetworkSpec
from segdesk.nn.tiling import TILE, Readable, Said, chances

_MARGIN = 32  # pixels around a view that the network sees as well
_AHEAD_PIXELS = 64 * 2**20  # of images that are read while the one before is predicted

_Opened: TypeAlias = tuple[Readable, ExitStack]  # an image, and what lets its file go


def predict(request: PredictRequest) -> Job[None]:
    """Predict the images of a request in its order; yields Predicted for each, and Progress in between.

    The view comes first, as a Preview. An image that cannot be read is reported, and the others go on.

    Raises:
        ModelError: the model cannot be used, or the device is not there.
    """
    device = devices.choose(request.device)
    spec, network = model_file.load(request.model)
    began, text = time.monotonic(), tr("Predicting")
    yield Progress(0.0, text)

    fast: Network | None = None
    if request.view is not None:
        try:
            with opened(request.view.source, spec) as image:
                fast = fast_form(network, device, _probe(image))
                shown = preview(fast, image, request.view)
        except ImageError:
            pass  # it is reported when its turn comes among the items
        else:
            yield Progress(0.0, text, preview=shown)

    total = len(request.items)
    with kept(), closing(_Ahead(request.items, spec)) as images:
        for number, item in enumerate(request.items):
            fraction = (number + 1) / total
            try:
                with images.open(number) as image:
                    fast = fast or fast_form(network, device, _probe(image))
                    tiles = predict_image(
                        fast,
                        image,
                        with_map=request.uncertainty,
                        with_probabilities=request.probabilities,
                    )
                    with closing(tiles):
                        said = yield from _told(tiles, number, total, text, began)
            except ImageError as error:
                yield Predicted(fraction, text, error=str(error), sample_id=item.sample_id)
                continue
            yield Predicted(
                fraction,
                text,
                _left(began, fraction),
                prediction=Prediction(
                    item.sample_id, said.labels, said.uncertainty, said.uncertainty_map, said.probabilities
                ),
                sample_id=item.sample_id,
            )


class _Ahead:
    """The images of a request, each opened while the one before it is predicted; close it in the end."""

    def __init__(self, items: Sequence[PredictItem], spec: NetworkSpec) -> None:
        self._sources = [item.source for item in items]
        self._spec = spec
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="images")
        self._next: Future[_Opened | None] | None = None

    @contextmanager
    def open(self, number: int) -> Iterator[Readable]:
        """The image of an item, while this lasts; they are asked for in order. Raises ImageError."""
        ready = self._next.result() if self._next is not None else None
        self._next = None
        if number + 1 < len(self._sources):
            self._next = self._thread.submit(self._small, self._sources[number + 1])
        image, files = ready or self._opened(self._sources[number])
        with files:
            yield image

    def close(self) -> None:
        """End the thread, and let go what was opened for nobody."""
        self._thread.shutdown(cancel_futures=True)
        if self._next is not None and not self._next.cancelled() and (ready := self._next.result()):
            ready[1].close()

    def _opened(self, source: ImageSource) -> _Opened:
        with ExitStack() as files:
            image = files.enter_context(opened(source, self._spec))
            return image, files.pop_all()

    def _small(self, source: ImageSource) -> _Opened | None:
        """None where it is better opened when its turn comes: it is large, or there is something wrong."""
        try:
            info = inspect_image(source.path, source.page)
            return self._opened(source) if info.width * info.height <= _AHEAD_PIXELS else None
        except ImageError:
            return None


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
