"""What is under the pointer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Hover:
    """The pixel under the pointer: where, its channels, its class, and whether a person said so.

    values: as they are in the file; () while they are not known yet.
    """

    x: int
    y: int
    values: tuple[float, ...]
    class_index: int | None
    corrected: bool
