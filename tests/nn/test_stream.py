"""Many images one after the other: none waits for another, and none is another's fault."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from torch import Tensor

import segdesk.nn  # noqa: F401  (before torch is imported, since it sets OpenMP up)
from segdesk.core.errors import ImageError
from segdesk.core.geometry import Box
from segdesk.core.images import ImageSource
from segdesk.core.jobs import Predicted, PredictItem, PredictRequest
from segdesk.nn import engine, feed, model_file, predict
from segdesk.nn.feed import ImageFeed
from segdesk.nn.networks.blocks import Network, freeze
from segdesk.nn.normalise import Normalised
from segdesk.nn.picture import opened
from segdesk.nn.spec import NetworkSpec
from segdesk.nn.stream import Step, Stream
from segdesk.nn.tile_batches import Readable
from tests.nn.makers import tiny_spec
from tests.nn.test_tiling import Slope, image_of


class Listed:
    """A feed of images that are there already."""

    def __init__(self, images: Sequence[Readable | ImageError]) -> None:
        self.images = list(images)
        self.ended: list[int] = []

    def is_ready(self) -> bool:
        return bool(self.images)

    def take(self) -> Readable | ImageError | None:
        return self.images.pop(0) if self.images else None

    def done(self, number: int) -> None:
        self.ended.append(number)

    def too_large(self, number: int, error: MemoryError | RuntimeError) -> ImageError:
        return ImageError(f"Picture {number} is too large.")


class Damaged:
    """An image whose lower half cannot be read."""

    height, width = 600, 40

    def read(self, box: Box) -> np.ndarray:
        if box.bottom > 400:
            raise ImageError("It is damaged.")
        return np.zeros((1, box.height, box.width), np.float32)


class Counted(Slope):
    """Knows what it was shown."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[tuple[int, ...]] = []

    def logits(self, x: Tensor) -> list[Tensor]:
        self.shown.append(tuple(x.shape))
        return super().logits(x)


def counting() -> Counted:
    network = Counted()
    freeze(network)
    return network


def pictures(count: int, side: int = 40) -> list[Normalised]:
    rng = np.random.default_rng(0)
    return [image_of(rng.integers(0, 255, (side, side)).astype(np.uint8)) for _ in range(count)]


def ends(images: Sequence[Readable | ImageError], network: Network) -> tuple[list[Step], Listed]:
    listed = Listed(images)
    steps = list(Stream(lambda _: network, listed, with_map=True).run())
    return [step for step in steps if step.said is not None or step.error is not None], listed


def test_small_images_go_through_the_network_together_and_say_the_same() -> None:
    images, network = pictures(9), counting()
    together, listed = ends(images, network)
    assert [step.number for step in together] == list(range(9))
    assert len(network.shown) < 4
    assert sorted(listed.ended) == list(range(9))
    for image, step in zip(images, together, strict=True):
        alone = ends([image], network)[0][0].said
        assert step.said is not None
        assert alone is not None
        assert np.array_equal(step.said.labels, alone.labels)
        assert step.said.uncertainty == pytest.approx(alone.uncertainty, abs=1e-6)


def test_images_of_other_sizes_stay_apart() -> None:
    sides = (40, 40, 56, 40)
    network = counting()
    found, _ = ends([image for side in sides for image in pictures(1, side)], network)
    assert [step.said.labels.shape[0] for step in found if step.said is not None] == list(sides)
    assert [shape[-1] for shape in network.shown] == [40, 56, 40]


def test_what_is_damaged_harms_nobody_else() -> None:
    first, *others = pictures(4)
    images: list[Readable | ImageError] = [first, ImageError("It is gone."), others[0], Damaged()]
    images += others[1:]
    found, listed = ends(images, freeze(Slope()))
    assert [step.number for step in found] == list(range(6))
    assert [str(step.error) for step in found if step.error] == ["It is gone.", "It is damaged."]
    assert [step.number for step in found if step.error] == [1, 3]
    assert sorted(listed.ended) == [0, 2, 3, 4, 5]


@pytest.fixture
def sources(tmp_path: Path) -> list[ImageSource]:
    found = []
    for number in range(12):
        path = tmp_path / f"{number}.png"
        pixels = np.random.default_rng(number).integers(0, 255, (32, 32)).astype(np.uint8)
        Image.fromarray(pixels).save(path)
        found.append(ImageSource(path))
    return found


def items(sources: Sequence[ImageSource], pixels: int = 0) -> list[PredictItem]:
    return [PredictItem(number, source, pixels) for number, source in enumerate(sources)]


def test_images_are_read_while_the_network_works(sources: list[ImageSource]) -> None:
    images = ImageFeed(items(sources), tiny_spec())
    assert images.take() is not None
    for future in images._coming:  # nobody has asked for these yet
        assert future.result(timeout=60) is not None
    assert len(images._coming) > 1
    assert images.is_ready()
    images.close()


def test_no_more_is_read_ahead_than_memory_allows(
    sources: list[ImageSource], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "_PIXELS", 2 * 32 * 32)
    most, held, lock = 0, 0, threading.Lock()

    def counted(
        source: ImageSource, spec: NetworkSpec, before: Callable[[int], None], pixels: int
    ) -> AbstractContextManager[Readable]:
        def admitted(found: int) -> None:
            nonlocal most, held
            before(found)
            with lock:
                held += 1
                most = max(most, held)

        return opened(source, spec, admitted, pixels)

    monkeypatch.setattr(feed, "opened", counted)
    images = ImageFeed(items(sources), tiny_spec())
    for number in range(len(sources)):
        assert images.take() is not None
        with lock:
            held -= 1
        images.done(number)
    assert images.take() is None
    images.close()
    assert most <= 3  # the one that somebody waits for always comes in


def test_small_images_are_read_far_ahead_and_large_ones_are_not(
    sources: list[ImageSource], monkeypatch: pytest.MonkeyPatch
) -> None:
    def ahead(small: int) -> int:
        monkeypatch.setattr(feed, "_SMALL", small)
        images = ImageFeed(items(sources, 32 * 32), tiny_spec())
        for future in images._coming:
            future.result(timeout=60)
        assert images.take() is not None
        found = len(images._coming)
        images.close()
        return found

    monkeypatch.setattr(feed, "_THREADS", 2)
    assert ahead(2**20) == len(sources) - 1
    assert ahead(0) < len(sources) - 1


def test_what_is_said_of_the_pixels_spares_a_look_into_the_file(
    sources: list[ImageSource], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: ImageSource) -> None:
        raise AssertionError("nobody has to look")

    monkeypatch.setattr("segdesk.nn.picture.open_regions", refuse)
    told: list[int] = []
    with opened(sources[0], tiny_spec(), told.append, 32 * 32) as image:
        assert (image.height, image.width, told) == (32, 32, [1024])
    with (
        pytest.raises(ImageError, match="no longer in"),
        opened(ImageSource(Path("gone.png")), tiny_spec(), told.append, 32 * 32),
    ):
        pass


def test_a_feed_that_is_closed_leaves_nobody_waiting(
    sources: list[ImageSource], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "_PIXELS", 1)
    before = set(threading.enumerate())
    images = ImageFeed(items(sources), tiny_spec())
    assert images.take() is not None
    images.close()
    assert set(threading.enumerate()) <= before


def test_a_model_stays_in_memory_as_long_as_requests_ask_for_it(
    sources: list[ImageSource], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = tmp_path / "model.safetensors"
    model_file.save(model, tiny_spec(), tiny_spec().build().state_dict())
    read: list[Path] = []
    load = model_file.load

    def counted(path: Path) -> tuple[NetworkSpec, Network]:
        read.append(path)
        return load(path)

    monkeypatch.setattr(model_file, "load", counted)
    asked = PredictRequest(model, (PredictItem(0, sources[0]),), "cpu", keep_model=True)

    def labels(request: PredictRequest) -> np.ndarray:
        found = [p.prediction for p in engine.predict(request) if isinstance(p, Predicted)]
        assert found[0] is not None
        return found[0].labels

    first = labels(asked)
    assert np.array_equal(labels(asked), first)
    assert len(read) == 1
    labels(replace(asked, keep_model=False))
    assert len(read) == 1
    assert predict._held is None
    labels(replace(asked, keep_model=False))
    assert len(read) == 2
