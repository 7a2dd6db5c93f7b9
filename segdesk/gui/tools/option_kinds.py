"""What a tool can be set to, declared in a table: the panel of tool options makes its rows from it.

@staticmethod
def declare() -> tuple[Option, ...]:
    return (
        Whole("tolerance", tr("Tolerance"), 16, low=0, high=255),
        Flag("contiguous", tr("Connected only"), True, tr("Take only what hangs together")),
        Choice("in", tr("Look at"), "image", choices=(("image", tr("Image")), ("model", tr("Prediction")))),
    )

Texts are in the language in use, so that the table is made by a function and never when a module is imported.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Value: TypeAlias = bool | int | float | str


@dataclass(frozen=True)
class Option:
    """One thing a tool can be set to.

    id: unique within the tool; a person's value is kept under it.
    title: one or two words.
    help: the tooltip, a sentence without a full stop; "" where the title says it all.
    shared: one value for all tools that declare this id, such as the shape of the tip.
    when: another option of the tool, and the values of it with which this one matters; None: with any.
    """

    id: str
    title: str
    default: Value
    help: str = ""
    shared: bool = False
    when: tuple[str, frozenset[str]] | None = None

    def fitting(self, value: object) -> Value:
        """The value itself, the nearest allowed one, or the default where it is of another kind."""
        return value if isinstance(value, str) else self.default


@dataclass(frozen=True)
class Whole(Option):
    """A whole number from low to high; unit is written after it, such as " px"."""

    low: int = 0
    high: int = 100
    unit: str = ""

    def fitting(self, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return int(self.default)
        return min(max(round(value), self.low), self.high)


@dataclass(frozen=True)
class Fraction(Option):
    """Any number from low to high, shown with so many decimals."""

    low: float = 0.0
    high: float = 1.0
    decimals: int = 2
    unit: str = ""

    def fitting(self, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
            return float(self.default)
        return min(max(float(value), self.low), self.high)


@dataclass(frozen=True)
class Choice(Option):
    """One of a few: pairs of the value that is kept and the word that is shown."""

    choices: tuple[tuple[str, str], ...] = ()

    def fitting(self, value: object) -> str:
        there = [name for name, _ in self.choices]
        return value if isinstance(value, str) and value in there else str(self.default)


@dataclass(frozen=True)
class Flag(Option):
    """Yes or no."""

    def fitting(self, value: object) -> bool:
        return value if isinstance(value, bool) else bool(self.default)
