"""What is measured of an object: the columns of every table, on screen and in files."""

from __future__ import annotations

from dataclasses import dataclass

from segdesk.core.translation import tr


@dataclass(frozen=True)
class Column:
    """One figure of an object.

    name: in files. title: for people. power: of the pixel's size that turns it into physical units; 0 where
    it has none. whole: it is a whole number (in pixels).
    """

    name: str
    title: str
    power: int = 0
    whole: bool = False
    help: str = ""


def shape_columns() -> tuple[Column, ...]:
    """What every object has, in the language in use."""
    return (
        Column("area", tr("Area"), 2, whole=True, help=tr("How many pixels it has")),
        Column("perimeter", tr("Perimeter"), 1, help=tr("How long its border is")),
        Column("centroid_x", tr("Centre x"), 1, help=tr("Its centre of mass, from the first pixel's centre")),
        Column("centroid_y", tr("Centre y"), 1, help=tr("Its centre of mass, from the first pixel's centre")),
        Column("box_x", tr("Left"), 1, whole=True, help=tr("Where its box begins")),
        Column("box_y", tr("Top"), 1, whole=True, help=tr("Where its box begins")),
        Column("box_width", tr("Width"), 1, whole=True, help=tr("How wide its box is")),
        Column("box_height", tr("Height"), 1, whole=True, help=tr("How high its box is")),
        Column("equivalent_diameter", tr("Diameter"), 1, help=tr("Of a circle of the same area")),
        Column("major_axis", tr("Long axis"), 1, help=tr("Of the ellipse with the same moments")),
        Column("minor_axis", tr("Short axis"), 1, help=tr("Of the ellipse with the same moments")),
        Column("orientation", tr("Orientation"), help=tr("Between downwards and the long axis, in radians")),
        Column("eccentricity", tr("Eccentricity"), help=tr("0 for a circle, nearly 1 for a line")),
        Column("solidity", tr("Solidity"), help=tr("Its area as a part of its convex hull's")),
    )


def skeleton_columns() -> tuple[Column, ...]:
    """What long and thin objects are measured by."""
    return (
        Column("skeleton_length", tr("Length"), 1, help=tr("Of its middle line, with all branches")),
        Column("mean_width", tr("Mean width"), 1, help=tr("How wide it is along its middle line")),
    )


def intensity_columns(channels: int) -> tuple[Column, ...]:
    """What the image's values are within the object, a channel after the other."""
    columns: list[Column] = []
    for channel in range(1, channels + 1):
        mark = f"_{channel}" if channels > 1 else ""
        number = f" {channel}" if channels > 1 else ""
        columns += [
            Column(f"intensity_mean{mark}", tr("Mean") + number, help=tr("Of the image's values in it")),
            Column(f"intensity_min{mark}", tr("Lowest") + number, help=tr("Of the image's values in it")),
            Column(f"intensity_max{mark}", tr("Highest") + number, help=tr("Of the image's values in it")),
            Column(
                f"intensity_std{mark}", tr("Spread") + number, help=tr("Standard deviation of the values")
            ),
        ]
    return tuple(columns)
