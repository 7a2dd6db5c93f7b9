"""What a pixel can be: the classes of a project and their colours."""

from __future__ import annotations

from dataclasses import dataclass

from segdesk.core.mask import MAX_CLASSES

RGB = tuple[int, int, int]

# Hues that people with the common forms of colour blindness can tell apart (Okabe and Ito 2008, "Color
# Universal Design"), ordered so that the first ones stand out on gray images. In place of their black, which
# is the background's here, comes a violet that is far from the others for everybody.
_PALETTE: tuple[RGB, ...] = (
    (230, 159, 0),
    (86, 180, 233),
    (0, 158, 115),
    (204, 121, 167),
    (240, 228, 66),
    (0, 114, 178),
    (213, 94, 0),
    (136, 34, 255),
)
# Each further turn through the palette is darker, so that a colour never comes back unchanged; the second one
# by so much that orange and vermilion do not meet for those who do not see green.
_SHADES = (1.0, 0.55, 0.77, 0.4, 0.66, 0.88, 0.47, 0.72)


@dataclass(frozen=True)
class SegClass:
    """One class: its index in masks (0 is the background), its name and its colour on screen."""

    index: int
    name: str
    color: RGB


def default_color(index: int) -> RGB:
    """A colour for the class of this index, the same in every project; the background is black."""
    if index == 0:
        return (0, 0, 0)
    red, green, blue = _PALETTE[(index - 1) % len(_PALETTE)]
    shade = _SHADES[(index - 1) // len(_PALETTE) % len(_SHADES)]
    return round(red * shade), round(green * shade), round(blue * shade)


def make_classes(names: list[str]) -> tuple[SegClass, ...]:
    """The background, then one class a name.

    Raises:
        ValueError: more names than a mask can hold.
    """
    if len(names) >= MAX_CLASSES:
        raise ValueError(f"{len(names)} classes; at most {MAX_CLASSES - 1} fit")
    every = ["background", *names]
    return tuple(SegClass(index, name, default_color(index)) for index, name in enumerate(every))
