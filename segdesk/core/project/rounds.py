"""What is known of a model version and of the round that made it, as values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Curve = tuple[tuple[float, float | None, float | None], ...]


@dataclass(frozen=True)
class Learned:
    """What a round learned from.

    samples: ids of the corrected or confirmed samples; confirmed: how many of them were confirmed.
    corrections: strokes and the like so far, over all samples.   seconds: of annotation so far, likewise.
    """

    samples: tuple[int, ...] = ()
    confirmed: int = 0
    corrections: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Round:
    """One retraining: what it started from, what it yielded and the figures it earned.

    version: the model version it yielded; None where the gate refused the candidate.
    parent: the version it started from; None for fresh weights or a file.
    dice_before / dice_after: held-out Dice, 0 to 1; None where nothing was held out or there was no version.
    samples: how many corrected or confirmed samples it learned from.
    curve: (seconds, loss or None, held-out Dice or None) as it ran.
    learned: what it learned from; `samples` alone is known of rounds of older projects.
    """

    finished: str
    version: int | None
    parent: int | None
    network: str
    dice_before: float | None
    dice_after: float | None
    samples: int
    figures: Mapping[str, float]
    curve: Curve
    note: str
    learned: Learned


@dataclass(frozen=True)
class Origin:
    """Where an imported version comes from: its network, by the registry's name, and the file's name."""

    network: str = ""
    file: str = ""


@dataclass(frozen=True)
class ModelVersion:
    """A model of the project: its number, file and name, and the round that made it.

    round: None where it was imported, and `origin` says from where.
    """

    number: int
    file: Path
    name: str
    created: str
    round: Round | None
    origin: Origin | None = None

    @property
    def network(self) -> str:
        """The registry's name of the network; "" where nobody noted it."""
        if self.round is not None:
            return self.round.network
        return self.origin.network if self.origin is not None else ""

    @property
    def parent(self) -> int | None:
        """The version that its round started from; it may have been deleted since."""
        return self.round.parent if self.round is not None else None

    @property
    def dice(self) -> float | None:
        """Dice on held-out corrections, 0 to 1."""
        return self.round.dice_after if self.round is not None else None

    @property
    def seconds(self) -> float | None:
        """How long its round learned."""
        return self.round.figures.get("seconds") if self.round is not None else None

    @property
    def curve(self) -> Curve:
        """How its round went; empty for an imported version."""
        return self.round.curve if self.round is not None else ()


def read_round(row: Any) -> Round:
    """A round from its row: the columns in the order of the fields."""
    finished, version, parent, network, before, after, samples, figures, curve, note, learned = row
    return Round(
        finished=finished,
        version=version,
        parent=parent,
        network=network,
        dice_before=before,
        dice_after=after,
        samples=samples,
        figures=json.loads(figures),
        curve=tuple((point[0], point[1], point[2]) for point in json.loads(curve)),
        note=note,
        learned=_learned(json.loads(learned)),
    )


def _learned(data: Mapping[str, Any]) -> Learned:
    return Learned(**{**data, "samples": tuple(data["samples"])}) if data else Learned()
