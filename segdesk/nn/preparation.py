"""A model's recipe: how images come to the size and colours that it learned from, and what its outputs mean.

Published networks differ in this as much as in their weights, and say nothing when it is done wrongly. What
is done to the values of the pixels afterwards is in segdesk.nn.normalise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from segdesk.core.errors import ModelError
from segdesk.core.translation import tr

Pixels: TypeAlias = NDArray[Any]
Values: TypeAlias = NDArray[np.float32]

COLORS = ("rgb", "bgr")
SIZES = ("any", "stretch", "letterbox", "scale")
FILTERS = ("plain", "gaussian", "bicubic", "lanczos")
OUTPUTS = ("softmax", "sigmoid", "saliency")
CHOICES = {"color": COLORS, "size": SIZES, "filter": FILTERS, "output": OUTPUTS}
_LONGEST = 8192  # pixels of a side of the size that a network wants
_GRAY = 128 / 255
_BAND = 1 << 22  # values that are enlarged at a time
_PILLOW = {"bicubic": Image.Resampling.BICUBIC, "lanczos": Image.Resampling.LANCZOS}


@dataclass(frozen=True)
class Preparation:
    """What is done to an image before a network reads it, and to what it says.

    color: the order of three channels.
    size: "any" leaves the image as it is; "stretch" makes it height x width whatever its aspect; "letterbox"
        fits it in there between gray bars; "scale" makes its sides `scale` times as long.
    filter: how pixels are found in between. "gaussian" smooths before it shrinks and is linear then,
        "plain" is linear without that.
    output: "softmax" of classes that exclude one another; "sigmoid" a class, where the most probable one
        above one half counts and background is where there is none; "saliency" is the foreground stretched
        from 0 to 1, for an image that is known to hold an object.
    """

    color: str = "rgb"
    size: str = "any"
    height: int = 0
    width: int = 0
    scale: float = 1.0
    filter: str = "plain"
    output: str = "softmax"

    def __post_init__(self) -> None:
        """Raises ValueError, with the field's name, where a value is none of those above."""
        fixed = self.size in ("stretch", "letterbox")
        checks = {
            "color": self.color in COLORS,
            "size": self.size in SIZES,
            "height": not fixed or 1 <= self.height <= _LONGEST,
            "width": not fixed or 1 <= self.width <= _LONGEST,
            "scale": 0.01 <= self.scale <= 10,
            "filter": self.filter in FILTERS,
            # The stretch needs the whole image at a time.
            "output": self.output in OUTPUTS and (fixed or self.output != "saliency"),
        }
        for name, good in checks.items():
            if not good:
                raise ValueError(name)

    @property
    def resizes(self) -> bool:
        """Whether the network reads an image of another size than the person's."""
        return self.whole or (self.size == "scale" and self.scale != 1)

    @property
    def changes_pixels(self) -> bool:
        """Whether the network reads other pixels than the image's own."""
        return self.resizes or self.color != "rgb"

    @property
    def whole(self) -> bool:
        """Whether the network reads all of an image at once."""
        return self.size in ("stretch", "letterbox")

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Preparation:
        """From what JSON holds; what is missing is as usual. Raises ValueError with a field's name."""
        kinds = {"height": int, "width": int, "scale": float}
        found: dict[str, Any] = {}
        for each in fields(cls):
            if each.name in values:
                try:
                    found[each.name] = kinds.get(each.name, str)(values[each.name])
                except (ValueError, TypeError, OverflowError) as error:
                    raise ValueError(each.name) from error
        return cls(**found)

    def changed(self, changes: Mapping[str, str | int | float]) -> Preparation:
        """The same with other values; raises ModelError where one is not possible."""
        try:
            unknown = changes.keys() - asdict(self).keys()
            if unknown:
                raise ValueError(min(unknown))
            return self.of({**asdict(self), **changes})
        except ValueError as error:
            raise ModelError(
                tr("A recipe cannot have this {what}; see the values that are offered.").format(
                    what=error.args[0]
                )
            ) from error


PLAIN = Preparation()


def prepared(image: Pixels, preparation: Preparation) -> Pixels:
    """An image (H, W) or (H, W, C) of any numeric type, in the size and colours that the network wants."""
    if preparation.color == "bgr" and image.ndim == 3 and image.shape[2] >= 3:
        image = np.concatenate([image[..., 2::-1], image[..., 3:]], axis=2)
    if not preparation.resizes or not image.size:
        return image
    height, width, top, left = _frame(image.shape[0], image.shape[1], preparation)
    resized = _channelwise(image, lambda plane: _resized(plane, height, width, preparation.filter))
    if preparation.size != "letterbox":
        return resized
    gray = _GRAY * (np.iinfo(image.dtype).max if image.dtype.kind in "iu" else max(1.0, float(image.max())))
    shape = (preparation.height, preparation.width, *image.shape[2:])
    canvas = np.full(shape, round(gray) if image.dtype.kind in "iu" else gray, resized.dtype)
    canvas[top : top + height, left : left + width] = resized
    return canvas


def prepared_mask(plane: NDArray[np.uint8], preparation: Preparation, outside: int) -> NDArray[np.uint8]:
    """A plane (H, W) of a mask in the same size; `outside` fills the bars beside it."""
    if not preparation.resizes or not plane.size:
        return plane
    height, width, top, left = _frame(plane.shape[0], plane.shape[1], preparation)
    resized = cv2.resize(plane, (width, height), interpolation=cv2.INTER_NEAREST_EXACT)
    if preparation.size != "letterbox":
        return np.asarray(resized, np.uint8)
    canvas = np.full((preparation.height, preparation.width), outside, np.uint8)
    canvas[top : top + height, left : left + width] = resized
    return canvas


def restored(
    probabilities: Values, preparation: Preparation, height: int, width: int
) -> Iterator[tuple[int, Values]]:
    """What a network said (classes, h, w) of a prepared image, in the size of the image itself.

    Yields bands from top to bottom: the first row, and (classes, rows, width) float32.
    """
    if preparation.output == "saliency" and len(probabilities) == 2:
        low, high = probabilities[1].min(), probabilities[1].max()
        object_ = (probabilities[1] - low) / max(float(high - low), 1e-8)
        probabilities = np.stack([1 - object_, object_])
    tall, wide, top, left = _frame(height, width, preparation)
    said = probabilities[:, top : top + tall, left : left + wide]
    # The program that scales images enlarges what the network says before its softmax.
    logarithmic = preparation.size == "scale"
    if logarithmic:
        said = np.log(np.maximum(said, 1e-30))
    rows = max(1, _BAND // (len(said) * width))
    for first in range(0, height, rows):
        last = min(height, first + rows)
        if preparation.filter == "lanczos":
            box = (0.0, first * tall / height, float(wide), last * tall / height)
            band = np.stack(
                [
                    np.asarray(
                        Image.fromarray(np.ascontiguousarray(plane)).resize(
                            (width, last - first), Image.Resampling.LANCZOS, box=box
                        )
                    )
                    for plane in said
                ]
            ).clip(0, 1)
        else:
            band = _linear(_linear(said, 1, height, first, last), 2, width, 0, width)
        if logarithmic:
            band = np.exp(band - band.max(0))
            band /= band.sum(0)
        yield first, band.astype(np.float32)


def _frame(height: int, width: int, preparation: Preparation) -> tuple[int, int, int, int]:
    """Height and width of an image when it has been prepared, and where it lies: top and left."""
    if preparation.size == "stretch":
        return preparation.height, preparation.width, 0, 0
    if preparation.size == "scale":
        return max(1, int(height * preparation.scale)), max(1, int(width * preparation.scale)), 0, 0
    if preparation.size == "letterbox":
        scale = min(preparation.width / width, preparation.height / height)
        tall, wide = max(1, int(height * scale)), max(1, int(width * scale))
        return tall, wide, (preparation.height - tall) // 2, (preparation.width - wide) // 2
    return height, width, 0, 0


def _channelwise(image: Pixels, resize: Callable[[Pixels], Pixels]) -> Pixels:
    if image.ndim == 2:
        return resize(image)
    return np.stack([resize(np.ascontiguousarray(image[..., c])) for c in range(image.shape[2])], axis=2)


def _resized(plane: Pixels, height: int, width: int, kind: str) -> Pixels:
    """A plane (H, W) in another size, of the same type; truth values and others become float32."""
    if kind in _PILLOW and plane.dtype == np.uint8:
        return np.asarray(Image.fromarray(plane).resize((width, height), _PILLOW[kind]))
    values = plane.astype(np.float32)
    if kind in _PILLOW:
        values = np.asarray(Image.fromarray(values).resize((width, height), _PILLOW[kind]))
    else:
        if kind == "gaussian":
            down, across = (
                max(0.0, (was / is_ - 1) / 2) for was, is_ in zip(plane.shape, (height, width), strict=True)
            )
            if down or across:
                values = cv2.GaussianBlur(
                    values, (_reach(across), _reach(down)), max(across, 1e-3), max(down, 1e-3)
                ).astype(np.float32)
        values = cv2.resize(values, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.float32)
    if plane.dtype.kind not in "iu":
        return values
    limits = np.iinfo(plane.dtype)
    return np.clip(np.rint(values), limits.min, limits.max).astype(plane.dtype)


def _reach(sigma: float) -> int:
    """Pixels of a kernel that holds four deviations on both sides."""
    return 2 * int(4 * sigma + 0.5) + 1


def _linear(values: Values, axis: int, length: int, first: int, last: int) -> Values:
    """Places `first` to `last` along an axis that is drawn out or shrunk to `length`, linearly in between."""
    had = values.shape[axis]
    place = ((np.arange(first, last) + 0.5) * (had / length) - 0.5).clip(0, had - 1)
    low = place.astype(np.int64)
    high = np.minimum(low + 1, had - 1)
    shape = [1, 1, 1]
    shape[axis] = -1
    part = (place - low).astype(np.float32).reshape(shape)
    found: Values = values.take(low, axis) * (1 - part) + values.take(high, axis) * part
    return found
