"""Predicting one image after the other so that the network never waits for any of them.

Tiles of the images that come next are read, and what was said of the last ones is put together, while the
network works. Images that are smaller than a tile go through it several at a time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from segdesk.core.errors import ImageError
from segdesk.core.geometry import Box
from segdesk.nn import devices
from segdesk.nn.fast import look
from segdesk.nn.layout import Layout, layout_for
from segdesk.nn.mosaic import Mosaic, Said
from segdesk.nn.networks.blocks import Network, mirror

_AHEAD = 2  # batches that are read before the network asks for them, and that may wait to be put together


class Readable(Protocol):
    """An image as a network reads it, in parts; another thread may do so."""

    @property
    def height(self) -> int: ...

    @property
    def width(self) -> int: ...

    def read(self, box: Box) -> NDArray[np.float32]:
        """(channels, box.height, box.width), about zero; the box lies inside."""


class Feed(Protocol):
    """Gives the images in their order, numbered from 0."""

    def is_ready(self) -> bool:
        """Whether the next one is there, so that `take` would not wait; False when there are no more."""

    def take(self) -> Readable | ImageError | None:
        """The next one, or why it cannot be read; None when there are no more."""

    def done(self, number: int) -> None:
        """Nothing is read of this one any more."""

    def too_large(self, number: int, error: MemoryError | RuntimeError) -> ImageError:
        """What to say of one that memory did not suffice for; or raises the error, which then ends it all."""


@dataclass(frozen=True)
class Step:
    """How far the network is with an image; at the image's end either `said` or `error`."""

    number: int
    fraction: float
    said: Said | None = None
    error: ImageError | None = None


Whole: TypeAlias = Generator[float, None, Said]
"""The prediction of one image by itself, which yields the fraction done."""


def _in_tiles(image: Readable) -> Whole | None:
    return None


class Stream:
    """Predicts the images of a feed. No more than one row of tiles of each is held as probabilities."""

    def __init__(
        self,
        network: Callable[[Readable], Network],
        feed: Feed,
        layout: Callable[[Network, Readable], Layout] | None = None,
        by_itself: Callable[[Readable], Whole | None] = _in_tiles,
        *,
        with_map: bool = False,
        with_probabilities: bool = False,
    ) -> None:
        """
        network: the one for an image, from the first on the same one.   layout: of its tiles.
        by_itself: gives the prediction of an image that is not cut into tiles, and None for others.
        """
        self._network_for = network
        self._feed = feed
        self._layout_for = layout or _usual_layout
        self._last: tuple[tuple[int, int, int], Layout] | None = None  # most images are of one size
        self._by_itself = by_itself
        self._with_map, self._with_probabilities = with_map, with_probabilities
        self._images: deque[_Image] = deque()  # begun, and not told yet
        self._begun = 0
        self._alone: _Image | None = None  # comes next, when the tiles before it are done
        self._tiles: deque[_Tile] = deque()
        self._read: deque[tuple[Sequence[_Tile], Future[_Batch]]] = deque()
        self._said: deque[Future[None]] = deque()
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="tiles-read")
        self._finisher = ThreadPoolExecutor(1, thread_name_prefix="tiles-said")

    def run(self) -> Generator[Step, None, None]:
        """Yields after each batch of tiles, and at the end of each image, in order.

        The threads are gone when this ends or is closed. While nobody asks for its next value they do no
        more than they have begun.
        """
        try:
            while True:
                if self._fill():
                    yield self._looked()
                elif self._alone is not None:
                    yield from self._told()
                    yield from self._on_its_own(self._alone)
                    self._alone = None
                else:
                    break
                yield from self._told(only_ready=True)
            yield from self._told()
        finally:
            self._reader.shutdown(cancel_futures=True)
            self._finisher.shutdown(cancel_futures=True)

    def _fill(self) -> bool:
        """Have tiles read ahead; whether there is a batch for the network."""
        while len(self._read) < _AHEAD and self._has_tile(patient=not self._read):
            batch = [self._tiles.popleft()]
            first = batch[0]
            while (
                len(batch) < first.image.layout.batch
                and self._has_tile(patient=False)
                and self._tiles[0].goes_with(first)
            ):
                batch.append(self._tiles.popleft())
            self._read.append((batch, self._reader.submit(_read, batch)))
        return bool(self._read)

    def _has_tile(self, *, patient: bool) -> bool:
        """Whether there is another tile; one that is patient waits for the next image where it must."""
        while not self._tiles:
            if self._alone is not None or not (patient or self._feed.is_ready()):
                return False
            found = self._feed.take()
            if found is None:
                return False
            self._begin(found)
        return True

    def _begin(self, found: Readable | ImageError) -> None:
        image = _Image(self._begun)
        self._begun += 1
        self._images.append(image)
        if isinstance(found, ImageError):
            image.error = found
            return
        try:
            self._prepare(image, found)
        except ImageError as error:
            image.error = error
        except (MemoryError, RuntimeError) as error:
            image.error = self._too_large(image, error)
        if image.error is not None:
            self._feed.done(image.number)

    def _prepare(self, image: _Image, found: Readable) -> None:
        network = self._network_for(found)
        image.alone = self._by_itself(found)
        if image.alone is not None:
            self._alone = image
            return
        size = id(network), found.height, found.width
        if self._last is None or self._last[0] != size:
            self._last = size, self._layout_for(network, found)
        image.layout = self._last[1]
        image.mosaic = Mosaic(
            network.classes,
            image.layout,
            with_map=self._with_map,
            with_probabilities=self._with_probabilities,
        )
        self._tiles += _tiles(image, found, network)
        image.tiles = len(self._tiles)

    def _too_large(self, image: _Image, error: MemoryError | RuntimeError) -> ImageError:
        """What to say of an image at which memory did not suffice; raises any other error."""
        if not devices.out_of_memory(error):
            raise error
        return self._feed.too_large(image.number, error)

    def _looked(self) -> Step:
        """Let the network look at the next batch."""
        batch, read = self._read.popleft()
        last = batch[-1].image
        for tiles, said in self._answers(*read.result()):
            self._said.append(self._finisher.submit(_put, tiles, said))
        for tile in batch:
            image = tile.image
            image.passed += 1
            if image.passed == image.tiles:
                self._feed.done(image.number)
                if image.error is None:
                    image.said = self._finisher.submit(image.mosaic.said)
        while len(self._said) > _AHEAD or (self._said and self._said[0].done()):
            self._said.popleft().result()
        return Step(last.number, last.passed / last.tiles)

    def _answers(self, tiles: list[_Tile], pixels: list[Tensor]) -> Iterator[tuple[list[_Tile], Tensor]]:
        """Probabilities of a batch, in halves where memory does not suffice for all of it."""
        if not tiles:
            return
        first = tiles[0]
        try:
            said = look(first.network, torch.cat(pixels))
        except (MemoryError, RuntimeError) as error:
            too_large = self._too_large(first.image, error)
            if len(tiles) == 1:
                first.image.error = too_large
                return
        else:
            yield tiles, said[..., : first.box.height, : first.box.width]
            return
        devices.let_go(next(first.network.parameters()).device)
        middle = len(tiles) // 2
        yield from self._answers(tiles[:middle], pixels[:middle])
        yield from self._answers(tiles[middle:], pixels[middle:])

    def _on_its_own(self, image: _Image) -> Generator[Step, None, None]:
        assert image.alone is not None
        try:
            while True:
                try:
                    yield Step(image.number, next(image.alone))
                except StopIteration as stop:
                    image.said = Future()
                    image.said.set_result(stop.value)
                    return
        except ImageError as error:
            image.error = error
        except (MemoryError, RuntimeError) as error:
            image.error = self._too_large(image, error)
        finally:
            image.alone.close()
            self._feed.done(image.number)

    def _told(self, *, only_ready: bool = False) -> Generator[Step, None, None]:
        """The images that are finished; all that can be, unless only those at hand are asked for."""
        while self._images and self._images[0].is_over(only_ready=only_ready):
            image = self._images.popleft()
            said = image.said.result() if image.said is not None and image.error is None else None
            yield Step(image.number, 1.0, said, image.error)


class _Image:
    """One that the stream is at."""

    layout: Layout
    mosaic: Mosaic

    def __init__(self, number: int) -> None:
        self.number = number
        self.tiles = 0
        self.passed = 0
        self.alone: Whole | None = None
        self.said: Future[Said] | None = None
        self.error: ImageError | None = None

    def is_over(self, *, only_ready: bool) -> bool:
        if self.error is not None:
            return self.passed == self.tiles
        return self.said is not None and (self.said.done() or not only_ready)


@dataclass(frozen=True, eq=False)
class _Tile:
    image: _Image
    source: Readable
    network: Network
    box: Box
    row: int
    column: int

    def goes_with(self, other: _Tile) -> bool:
        """Whether both can be in one batch."""
        return (self.box.width, self.box.height) == (other.box.width, other.box.height)


_Batch: TypeAlias = tuple[list[_Tile], list[Tensor]]


def _usual_layout(network: Network, image: Readable) -> Layout:
    return layout_for(network, image.height, image.width, next(network.parameters()).device)


def _tiles(image: _Image, source: Readable, network: Network) -> Iterator[_Tile]:
    for row in range(len(image.layout.rows.starts)):
        for column in range(len(image.layout.columns.starts)):
            yield _Tile(image, source, network, image.layout.box(row, column), row, column)


def _read(batch: Sequence[_Tile]) -> _Batch:
    """(1, channels, H, W) of each tile, grown by what the network wants to see around it.

    From where an image turns out to be damaged, its tiles are left out.
    """
    tiles: list[_Tile] = []
    pixels: list[Tensor] = []
    for tile in batch:
        if tile.image.error is None:
            try:
                pixels.append(_grown(tile.network, tile.source, tile.box))
                tiles.append(tile)
            except ImageError as error:
                tile.image.error = error
    return tiles, pixels


def _grown(network: Network, image: Readable, box: Box) -> Tensor:
    """The image's own pixels wherever it has some, and a mirror image beyond its borders."""
    above, below = network.context(box.height)
    before, after = network.context(box.width)
    wanted = Box(box.x - before, box.y - above, before + box.width + after, above + box.height + below)
    there = wanted.intersect(Box(0, 0, image.width, image.height))
    x = torch.from_numpy(image.read(there))[None]
    return mirror(
        x,
        (there.y - wanted.y, wanted.bottom - there.bottom),
        (there.x - wanted.x, wanted.right - there.right),
    )


def _put(batch: Sequence[_Tile], probabilities: Tensor) -> None:
    """Take a batch into the images that its tiles are of."""
    # Classes that lie apart are put together in a fraction of the time.
    for tile, said in zip(batch, probabilities.cpu().contiguous(), strict=True):
        tile.image.mosaic.add(tile.row, range(tile.column, tile.column + 1), said[None])
