"""Predicting one image after the other so that the network never waits for any of them.

Tiles of the images that come next are read, and what was said of the last ones is put together, while the
network works. Images that are smaller than a tile go through it several at a time. On a processor, each of
several threads reads tiles and lets the network look at them, see `segdesk.nn.lanes`; batches too large for
that, or too few, are looked at one by one with all cores.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import torch
from torch import Tensor

from segdesk.core.errors import ImageError
from segdesk.nn import devices, tile_batches
from segdesk.nn.lanes import Lanes, narrow
from segdesk.nn.layout import Layout, layout_for
from segdesk.nn.mosaic import Mosaic, Said
from segdesk.nn.networks.blocks import Network
from segdesk.nn.tile_batches import Batch, Readable, Seen, Tile, TiledImage, tiles_of

_AHEAD = 2  # batches that are read before the network asks for them, and that may wait to be put together


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
        self._tiles: deque[Tile] = deque()
        self._batches: deque[Batch] = deque()  # that nobody has begun with
        self._ahead: deque[_Ahead] = deque()
        self._put: deque[Future[None]] = deque()
        self._threads: _Threads | None = None

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
            if self._threads is not None:
                self._threads.close()

    def _fill(self) -> bool:
        """Have batches begun before the network is asked for them; whether there is one."""
        while self._gather(1):
            assert self._threads is not None
            batch, lanes = self._batches[0], self._threads.lanes
            pixels = len(batch) * batch[0].box.width * batch[0].box.height
            abreast = lanes.abreast(pixels)
            in_lane = abreast > 1 and (self._is_in_lanes() or self._gather(2 * abreast))
            # What is in lanes, and what needs all cores, wait for each other's end.
            if self._ahead and (
                in_lane != self._is_in_lanes() or len(self._ahead) >= (2 * abreast if in_lane else _AHEAD)
            ):
                break
            self._batches.popleft()
            if in_lane:
                work = lanes.submit(pixels, tile_batches.read_and_look, batch)
            else:
                work = self._threads.reader.submit(tile_batches.read, batch)
            self._ahead.append(_Ahead(batch, work, in_lane))
        return bool(self._ahead)

    def _is_in_lanes(self) -> bool:
        return bool(self._ahead) and self._ahead[-1].in_lane

    def _gather(self, count: int) -> bool:
        """Make batches of the tiles that are there, until there are so many; whether there are."""
        while len(self._batches) < count and self._has_tile(patient=not self._ahead and not self._batches):
            batch = [self._tiles.popleft()]
            first = batch[0]
            while (
                len(batch) < first.image.layout.batch
                and self._has_tile(patient=False)
                and self._tiles[0].goes_with(first)
            ):
                batch.append(self._tiles.popleft())
            self._batches.append(batch)
        return len(self._batches) >= count

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
        self._tiles += tiles_of(image, found, network)
        image.tiles = len(self._tiles)
        if self._threads is None:
            self._threads = _Threads(next(network.parameters()).device)

    def _too_large(self, image: TiledImage, error: MemoryError | RuntimeError) -> ImageError:
        """What to say of an image at which memory did not suffice; raises any other error."""
        if not devices.out_of_memory(error):
            raise error
        return self._feed.too_large(image.number, error)

    def _looked(self) -> Step:
        """Have the network look at the next batch."""
        assert self._threads is not None
        ahead = self._ahead.popleft()
        last = ahead.batch[-1].image
        for tiles, said in self._answers(ahead.work.result()):
            self._put.append(self._threads.finisher.submit(tile_batches.put, tiles, said))
        for tile in ahead.batch:
            image = tile.image
            image.passed += 1
            if image.passed == image.tiles:
                self._feed.done(image.number)
                image.put = self._put[-1] if self._put else None
        while len(self._put) > _AHEAD or (self._put and self._put[0].done()):
            self._put.popleft().result()
        return Step(last.number, last.passed / last.tiles)

    def _answers(self, seen: Seen) -> Iterator[tuple[Batch, Tensor]]:
        """Probabilities of a batch, in halves where memory does not suffice for all of it."""
        if not seen.tiles:
            return
        if seen.said is not None:
            yield seen.tiles, seen.said
            return
        first = seen.tiles[0]
        wait([ahead.work for ahead in self._ahead if ahead.in_lane])
        try:
            said = tile_batches.probabilities(seen.tiles, seen.pixels)
        except (MemoryError, RuntimeError) as error:
            too_large = self._too_large(first.image, error)
            if len(seen.tiles) == 1:
                first.image.error = too_large
                return
        else:
            yield seen.tiles, said
            return
        devices.let_go(next(first.network.parameters()).device)
        middle = len(seen.tiles) // 2
        yield from self._answers(Seen(seen.tiles[:middle], seen.pixels[:middle]))
        yield from self._answers(Seen(seen.tiles[middle:], seen.pixels[middle:]))

    def _on_its_own(self, image: _Image) -> Generator[Step, None, None]:
        assert image.alone is not None
        try:
            while True:
                try:
                    yield Step(image.number, next(image.alone))
                except StopIteration as stop:
                    image.said = stop.value
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
            yield self._images.popleft().told()


class _Image(TiledImage):
    """One that the stream is at."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.alone: Whole | None = None
        self.said: Said | None = None  # by itself

    def is_over(self, *, only_ready: bool) -> bool:
        if self.error is not None:
            return self.passed == self.tiles
        return self.said is not None or (self.put is not None and (self.put.done() or not only_ready))

    def told(self) -> Step:
        """What is said of it in the end."""
        if self.error is not None:
            return Step(self.number, 1.0, error=self.error)
        if self.put is not None:
            self.put.result()
            self.said = self.mosaic.said()
        return Step(self.number, 1.0, self.said)


@dataclass(frozen=True)
class _Ahead:
    """A batch that is read, or read and looked at, before it is asked for."""

    batch: Batch
    work: Future[Seen]
    in_lane: bool


class _Threads:
    """Those that work for a network on a device; close them in the end."""

    def __init__(self, device: torch.device) -> None:
        self.lanes = Lanes(device)
        pool = narrow if device.type == "cpu" else ThreadPoolExecutor
        self.reader = pool(1, "tiles-read")
        self.finisher = pool(1, "tiles-said")

    def close(self) -> None:
        self.lanes.close()
        self.reader.shutdown(cancel_futures=True)
        self.finisher.shutdown(cancel_futures=True)


def _usual_layout(network: Network, image: Readable) -> Layout:
    return layout_for(network, image.height, image.width, next(network.parameters()).device)
