"""From an image as it is stored to what a network reads: channels first, float32, about zero."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from segdesk.core.geometry import Box

Pixels: TypeAlias = NDArray[Any]
Values: TypeAlias = NDArray[np.float32]
_SAMPLE = 1 << 18  # pixels that statistics are taken from; more change nothing
_ABSURD = 1e15  # from here on a value of floating point is no measurement, and would drown all others
_COUNTED = (np.uint8, np.uint16, np.int16)
_AT_ONCE = 4  # channels that OpenCV measures together
_COLOUR = 3
_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
_SPREAD = np.array([0.229, 0.224, 0.225], np.float32)


def _channel(values: Values, top: float | None) -> tuple[Values, Values]:
    # Channel by channel, a sum is ten times as fast and does not lose digits.
    channels = np.ascontiguousarray(values.T)
    return channels.mean(axis=1), channels.std(axis=1)


def _channel_of_integers(values: Pixels) -> tuple[Values, Values]:
    """The same in a tenth of the time; short integers add up exactly."""
    mean, spread = cv2.meanStdDev(np.ascontiguousarray(values)[None])
    return mean[:, 0].astype(np.float32), spread[:, 0].astype(np.float32)


def _image(values: Values, top: float | None) -> tuple[Values, Values]:
    channels = values.shape[1]
    return np.full(channels, values.mean()), np.full(channels, values.std())


def _percentile(values: Values, top: float | None) -> tuple[Values, Values]:
    low, high = np.percentile(values, (1, 99), axis=0)
    return (low + high) / 2, (high - low) / 4


def _scale(values: Values, top: float | None) -> float:
    # Floating point has no useful maximum: values within 0..1 stay, and others are divided by the largest.
    return max(1.0, float(np.abs(values).max())) if top is None else top


def _range(values: Values, top: float | None) -> tuple[Values, Values]:
    channels, scale = values.shape[1], _scale(values, top)
    return np.zeros(channels, np.float32), np.full(channels, scale, np.float32)


def _half(values: Values, top: float | None) -> tuple[Values, Values]:
    channels, half = values.shape[1], _scale(values, top) / 2
    return np.full(channels, half, np.float32), np.full(channels, half, np.float32)


def _photographs(values: Values, scale: float) -> tuple[Values, Values]:
    """Red, green and blue of ImageNet's photographs; gray counts as all three, further channels as blue."""
    colour = [*range(_COLOUR), *[_COLOUR - 1] * (values.shape[1] - _COLOUR)]
    if 1 < values.shape[1] < _COLOUR:
        colour = colour[: values.shape[1]]
    return _MEAN[colour] * scale, _SPREAD[colour] * scale


def _imagenet(values: Values, top: float | None) -> tuple[Values, Values]:
    return _photographs(values, _scale(values, top))


def _imagenet_of_maximum(values: Values, top: float | None) -> tuple[Values, Values]:
    return _photographs(values, float(values.max()))


# Each gives (centre, spread) of every channel from values (n, channels) and the largest value that the
# image's type can hold (255 for 8 bits), None for floating point. Gray may get those of three channels.
# "channel", "image" and "percentile" measure the image. The others are how published networks were trained:
# "range" divides by the largest value of the type, "half" takes that to -1..1, "imagenet" makes it deviations
# from photographs' mean, and "imagenet-max" does so with the image's own maximum.
NORMALISERS: dict[str, Callable[[Values, float | None], tuple[Values, Values]]] = {
    "channel": _channel,
    "image": _image,
    "percentile": _percentile,
    "range": _range,
    "half": _half,
    "imagenet": _imagenet,
    "imagenet-max": _imagenet_of_maximum,
}


def colour_channels(image: Pixels) -> int:
    """How many channels of an image (H, W) or (H, W, C) say something: an opaque alpha does not."""
    if image.ndim == 2:
        return 1
    channels = int(image.shape[2])
    if channels in (2, 4) and image.size and (image[..., -1] == image[0, 0, -1]).all():
        return channels - 1
    return channels


def channels_for(image: Pixels) -> int:
    """The channels of a new network that learns from this image: at least three.

    Gray and colour images then go through the same network, and a project may mix them.
    """
    return max(_COLOUR, colour_channels(image))


def _top(dtype: np.dtype[Any]) -> float | None:
    """The largest value of a type of integers or truth values."""
    if dtype.kind == "b":
        return 1.0
    return float(np.iinfo(dtype).max) if dtype.kind in "iu" else None


@dataclass(frozen=True)
class Normalised:
    """An image beside what makes it readable for a network; parts are converted when asked for.

    Kept in its own type, an image takes a quarter of the memory or less.

    pixels: (H, W, C).   centre, spread: (C,) float32, or (channels,) of gray that becomes colour.
    channels: how many the network reads.
    """

    pixels: Pixels
    centre: NDArray[np.float32]
    spread: NDArray[np.float32]
    channels: int

    @classmethod
    def of(cls, image: Pixels, channels: int, recipe: str) -> Normalised:
        """Measure an image (H, W) or (H, W, C) of any numeric type.

        A gray image is repeated over the network's channels; channels that the network has beyond the
        image's stay zero, and those that it lacks are left out.
        """
        pixels = image[..., None] if image.ndim == 2 else image[..., : colour_channels(image)]
        pixels = pixels[..., :channels]
        flat = pixels.reshape(-1, pixels.shape[-1])
        some = flat[:: max(1, len(flat) // _SAMPLE)]
        if recipe == "channel" and some.dtype in _COUNTED and some.size and some.shape[1] <= _AT_ONCE:
            centre, spread = _channel_of_integers(some)
            return cls(pixels, centre, np.maximum(spread, 1e-6), channels)
        with np.errstate(over="ignore"):
            values = some.astype(np.float32)
        if pixels.dtype.kind == "f":
            values = values[(np.abs(values) < _ABSURD).all(axis=1)]
        if not len(values):
            values = np.zeros((1, pixels.shape[-1]), np.float32)
        centre, spread = NORMALISERS[recipe](values, _top(pixels.dtype))
        centre, spread = centre[:channels], spread[:channels]
        return cls(pixels, centre.astype(np.float32), np.maximum(spread, 1e-6).astype(np.float32), channels)

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    def part(self, box: Box) -> Normalised:
        """The same for a rectangle alone, copied, so that the whole image can be let go."""
        return Normalised(self.pixels[box.slices].copy(), self.centre, self.spread, self.channels)

    def read(self, box: Box) -> NDArray[np.float32]:
        """(channels, box.height, box.width) float32 as the normaliser scales it; the box lies inside."""
        pixels = self.pixels[box.slices]
        if pixels.dtype == np.uint8 and self.centre.shape == (pixels.shape[-1],):
            # There are few values, and looking one up takes a fifth of the time of computing it.
            part = np.empty((pixels.shape[-1], box.height, box.width), np.float32)
            for channel, table in enumerate(self._scaled(np.arange(256, dtype=np.float32)[:, None]).T):
                np.take(table, pixels[..., channel], out=part[channel], mode="clip")
        else:
            part = self._scaled(pixels).transpose(2, 0, 1)
        missing = self.channels - part.shape[0]
        if missing and part.shape[0] == 1:
            part = np.repeat(part, self.channels, axis=0)
        elif missing:
            part = np.concatenate([part, np.zeros((missing, *part.shape[1:]), np.float32)])
        return np.ascontiguousarray(part)

    def _scaled(self, pixels: Pixels) -> Values:
        with np.errstate(over="ignore", invalid="ignore"):  # what is beyond all bounds counts as nothing
            part = (pixels.astype(np.float32) - self.centre) / self.spread
        scaled: Values = np.clip(np.nan_to_num(part, posinf=0.0, neginf=0.0), -10.0, 10.0)
        return scaled
