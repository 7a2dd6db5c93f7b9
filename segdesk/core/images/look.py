"""How a person wants an image shown. What is learned from, and what is exported, is never touched by it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from segdesk.core.images.display import Window, percentile_window, shade

RGB = tuple[int, int, int]

COLOR_MAPS: dict[str, int | None] = {
    "gray": None,
    "viridis": cv2.COLORMAP_VIRIDIS,
    "cividis": cv2.COLORMAP_CIVIDIS,
    "fire": cv2.COLORMAP_HOT,
    "inferno": cv2.COLORMAP_INFERNO,
    "magma": cv2.COLORMAP_MAGMA,
    "turbo": cv2.COLORMAP_TURBO,
}
"""For gray images, by name: OpenCV's number of it; None for gray itself."""

CHANNEL_COLORS: tuple[RGB, ...] = (
    (255, 0, 0), (0, 255, 0), (0, 0, 255), (0, 255, 255), (255, 0, 255), (255, 255, 0), (255, 255, 255),
)  # fmt: skip
"""What channels are shown in where nobody chose; they begin anew after the last."""

_COLOURED = 3  # channels that are shown where nobody chose
_FINE = 4096  # shades that values are sorted into before gamma, so that dark ones keep apart
LEAST_GAMMA, MOST_GAMMA = 0.1, 10.0


@dataclass(frozen=True)
class ChannelLook:
    """One channel. shown, color: None for what is usual. window: None for the automatic one."""

    window: Window | None = None
    shown: bool | None = None
    color: RGB | None = None


@dataclass(frozen=True)
class Look:
    """How an image is shown; the default is how `to_display` shows it.

    channels: of the first channels; those beyond are as usual.
    gamma: above 1 brightens what is dark.   color_map: a name of COLOR_MAPS, for gray images.
    """

    channels: tuple[ChannelLook, ...] = ()
    gamma: float = 1.0
    color_map: str = "gray"
    inverted: bool = False

    def channel(self, number: int) -> ChannelLook:
        return self.channels[number] if number < len(self.channels) else ChannelLook()

    def is_shown(self, number: int) -> bool:
        """Whether a channel is on."""
        shown = self.channel(number).shown
        return number < _COLOURED if shown is None else shown

    def color(self, number: int) -> RGB:
        """What a channel of several is shown in."""
        return self.channel(number).color or CHANNEL_COLORS[number % len(CHANNEL_COLORS)]

    def with_channel(self, number: int, **changes: Any) -> Look:
        """The same with another window, shown or color of one channel."""
        channels = [self.channel(each) for each in range(max(number + 1, len(self.channels)))]
        channels[number] = replace(channels[number], **changes)
        return replace(self, channels=tuple(channels))

    def to_json(self) -> str:
        channels = [
            {
                "window": None if c.window is None else [c.window.low, c.window.high],
                "shown": c.shown,
                "color": None if c.color is None else list(c.color),
            }
            for c in self.channels
        ]
        return json.dumps(
            {"channels": channels, "gamma": self.gamma, "map": self.color_map, "inverted": self.inverted}
        )

    @classmethod
    def from_json(cls, text: str | None) -> Look:
        """What `to_json` wrote; whatever cannot be understood is as usual."""
        try:
            stored = json.loads(text or "{}")
        except ValueError:
            return cls()
        if not isinstance(stored, Mapping):
            return cls()
        channels = stored.get("channels")
        name = stored.get("map")
        gamma = float(stored["gamma"]) if _is_number(stored.get("gamma")) else 1.0
        return cls(
            tuple(_channel(c) for c in channels) if isinstance(channels, list) else (),
            gamma if LEAST_GAMMA <= gamma <= MOST_GAMMA else 1.0,
            name if name in COLOR_MAPS else "gray",
            stored.get("inverted") is True,
        )


def automatic_windows(image: NDArray[Any]) -> tuple[Window, ...]:
    """The window that each channel of (H, W) or (H, W, C) values is shown with where nobody chose one.

    8 bits are shown as they are. The first three channels of others share one, so that colours stay true.
    """
    channels = 1 if image.ndim == 2 else int(image.shape[2])
    if image.dtype == np.uint8:
        return (Window(0.0, 255.0),) * channels
    together = percentile_window(image if image.ndim == 2 else image[..., :_COLOURED])
    others = (percentile_window(image[..., number]) for number in range(_COLOURED, channels))
    return (*((together,) * min(channels, _COLOURED)), *others)


class Renderer:
    """Turns values into what is shown, a piece at a time.

    look: how. windows: those of the channels whose window nobody chose. dtype: of the values.
    """

    def __init__(self, look: Look, windows: tuple[Window, ...], dtype: np.dtype[Any]) -> None:
        self.look = look
        self.windows = windows
        self.channels = len(windows)
        self.shown = tuple(n for n in range(self.channels) if self.channels == 1 or look.is_shown(n))
        self.dtype = dtype
        self._bend = _bend(look)
        self._tables = {number: self._table(number) for number in self.shown}
        self._map = _map_table(look.color_map) if self.channels == 1 else None
        self._is_plain = all(self._leaves_as_it_is(number) for number in self.shown)

    def window(self, number: int) -> Window:
        """What a channel is shown with."""
        return self.look.channel(number).window or self.windows[number]

    def pick(self, values: NDArray[Any]) -> NDArray[Any]:
        """Of (h, w, channels) values, those that are shown; a view where it can be one."""
        if values.ndim == 2 or len(self.shown) == self.channels:
            return values
        if self.shown == tuple(range(len(self.shown))):
            return values[..., : len(self.shown)]
        return values[..., list(self.shown)]

    def paint(self, values: NDArray[Any]) -> NDArray[np.uint8]:
        """(h, w) or (h, w, 3) uint8 of what `pick` gave, resampled or not."""
        if values.ndim == 2:
            shades = np.asarray(values, np.uint8) if self._is_plain else self._shades(values, 0)
            shades = np.ascontiguousarray(shades) if self._map is not None else shades
            return shades if self._map is None else np.asarray(cv2.applyColorMap(shades, self._map), np.uint8)
        planes = [
            values[..., at] if self._is_plain else self._shades(values[..., at], number)
            for at, number in enumerate(self.shown)
        ]
        colors = [self.look.color(number) for number in self.shown]
        if self._is_plain and tuple(colors) == CHANNEL_COLORS[:3]:
            return np.asarray(values, np.uint8)
        return _mixed(planes, colors, values.shape[:2])

    def _leaves_as_it_is(self, number: int) -> bool:
        return bool(
            self.dtype == np.uint8 and self._bend is None and self.window(number) == Window(0.0, 255.0)
        )

    def _table(self, number: int) -> NDArray[np.uint8] | None:
        """The shade of each value that 16 bits can hold; None for other types."""
        if self.dtype not in (np.uint8, np.uint16, np.int16):
            return None
        limits = np.iinfo(self.dtype)
        # Negative values index from the end, so the table starts at 0.
        values = np.roll(np.arange(limits.min, limits.max + 1), limits.min)
        if self._bend is None:
            return shade(values, self.window(number))
        return self._bend[_fine(values, self.window(number))]

    def _shades(self, values: NDArray[Any], number: int) -> NDArray[np.uint8]:
        table = self._tables[number]
        if table is not None and values.dtype == np.uint8:
            return np.asarray(cv2.LUT(np.ascontiguousarray(values), table), np.uint8)
        if table is not None:
            return table.take(values.astype(np.intp, copy=False), mode="wrap")
        if self._bend is None:
            return shade(values, self.window(number))
        return self._bend[_fine(values, self.window(number))]


def _bend(look: Look) -> NDArray[np.uint8] | None:
    """The shade of each of the _FINE steps from black to white; None where it is just that."""
    if look.gamma == 1.0 and not look.inverted:
        return None
    steps = np.linspace(0, 1, _FINE) ** (1 / look.gamma)
    return np.round((1 - steps if look.inverted else steps) * 255).astype(np.uint8)


def _fine(values: NDArray[Any], window: Window) -> NDArray[np.uint16]:
    """The step from black (0) to white (_FINE - 1) of each value; what is not a number is black."""
    low, high = window.low, window.high
    exact = values.astype(np.float64)
    if not low < high:
        steps = np.where(exact < low, 0.0, np.where(exact > low, 1.0, 0.5))
    else:
        unit = 1.0 if math.isfinite(high - low) else 0.5
        steps = (np.clip(exact, low, high) * unit - low * unit) / (high * unit - low * unit)
    return np.round(np.nan_to_num(steps, nan=0.0) * (_FINE - 1)).astype(np.uint16)


def _map_table(name: str) -> NDArray[np.uint8] | None:
    """(256, 1, 3) red, green, blue of each shade; None for gray."""
    number = COLOR_MAPS[name]
    if number is None:
        return None
    bgr = cv2.applyColorMap(np.arange(256, dtype=np.uint8)[:, None], number)
    return np.ascontiguousarray(bgr[..., ::-1], np.uint8)


def _mixed(planes: list[NDArray[np.uint8]], colors: list[RGB], shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """The light of all planes, each in its colour, added up."""
    out = np.zeros((*shape, 3), np.uint8)
    for at in range(3):
        for plane, color in zip(planes, colors, strict=True):
            if color[at] == 255 and not out[..., at].any():
                out[..., at] = plane
            elif color[at]:
                share = plane if color[at] == 255 else cv2.convertScaleAbs(plane, alpha=color[at] / 255)
                out[..., at] = cv2.add(np.ascontiguousarray(out[..., at]), np.ascontiguousarray(share))
    return out


def _channel(stored: object) -> ChannelLook:
    if not isinstance(stored, Mapping):
        return ChannelLook()
    window, shown, color = stored.get("window"), stored.get("shown"), stored.get("color")
    return ChannelLook(
        Window(float(window[0]), float(window[1]))
        if isinstance(window, list) and len(window) == 2 and all(_is_number(value) for value in window)
        else None,
        shown if isinstance(shown, bool) else None,
        (int(color[0]), int(color[1]), int(color[2]))
        if isinstance(color, list)
        and len(color) == 3
        and all(isinstance(value, int) and 0 <= value <= 255 for value in color)
        else None,
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
