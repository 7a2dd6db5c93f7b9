"""How a network learns, by name: a dict is the registry, and a new recipe is one entry more."""

from __future__ import annotations

from dataclasses import dataclass

from segdesk.core.errors import LearningError
from segdesk.core.translation import tr
from segdesk.nn.learner import OPTIMISERS
from segdesk.nn.losses import LOSSES

SCHEDULES = ("one-cycle", "constant")


@dataclass(frozen=True)
class Recipe:
    """How a round learns.

    crop: side of the training crops in pixels.   batch: crops a step.
    rate / rate_on: highest learning rate, from fresh weights and from trained ones.
    anchor: weight of the prediction that the person saw, against 1 for a correction.
    blank: weight of the background that a mask begins with, where there was no prediction yet. It keeps what
        is rare from spreading, and hides what is everywhere: after the first round, one seed each, Dice with
        0.02 and without it was 0.26 and 0.07 on roots, 0.60 and 0.55 on vessels, 0.33 and 0.60 on membranes.
    renewals: after which fractions of the round the anchor is renewed with what the network says by then;
        where nobody knows the end, it is renewed now and then unless this is empty.
    decay: the optimiser's weight decay.   shading: how far contrast and brightness are varied.
    normalisation: of images, where the network is fresh.
    loss: "corrections" is cross-entropy plus soft Dice, "cross-entropy" that alone; both of labelled pixels.
    optimiser: "muon", "adamw" or "adam".
    schedule: "one-cycle" raises the rate and lowers it again, "constant" leaves it alone.
    focus: one half of the crops lie around corrections, each class as often as the others; else anywhere.
    zoom: the chance that a crop is enlarged or reduced.   turns: whether crops are flipped and turned.
    """

    crop: int = 128
    batch: int = 4
    rate: float = 2e-3
    rate_on: float = 2e-3
    anchor: float = 0.1
    blank: float = 0.02
    renewals: tuple[float, ...] = (0.3, 0.6)
    decay: float = 1e-4
    shading: float = 0.2
    normalisation: str = "channel"
    loss: str = "corrections"
    optimiser: str = "muon"
    schedule: str = "one-cycle"
    focus: bool = True
    zoom: float = 0.75
    turns: bool = True

    def __post_init__(self) -> None:
        for value, known in (
            (self.loss, LOSSES),
            (self.optimiser, OPTIMISERS),
            (self.schedule, SCHEDULES),
        ):
            if value not in known:
                raise ValueError(f"one of {tuple(known)}, not {value!r}")


RECIPES: dict[str, Recipe] = {
    # The figures were chosen by measuring on vessels and nuclei, mostly one seed each.
    "corrections": Recipe(),
    # The same with crops of four times the area, for objects that are larger than a crop of 128 pixels.
    "large-crops": Recipe(crop=256),
    # What U-Net tutorials do with images whose masks are complete: random crops as they are, binary
    # cross-entropy, Adam at a constant rate. Softmax over two classes depends on the difference of the two
    # logits alone and is the sigmoid of it, so cross-entropy over two outputs is the binary cross-entropy of
    # one; with more classes it is cross-entropy. Only what a person said is learned.
    "tutorial": Recipe(
        crop=256,
        batch=3,
        rate=1e-3,
        rate_on=1e-3,
        anchor=0.0,
        blank=0.0,
        renewals=(),
        decay=0.0,
        shading=0.0,
        normalisation="range",
        loss="cross-entropy",
        optimiser="adam",
        schedule="constant",
        focus=False,
        zoom=0.0,
        turns=False,
    ),
}


def named(name: str) -> Recipe:
    """A recipe by its name; raises LearningError, with the names there are, for any other."""
    recipe = RECIPES.get(name)
    if recipe is None:
        raise LearningError(
            tr("There is no recipe called '{name}'; choose one of {names}.").format(
                name=name, names=", ".join(RECIPES)
            )
        )
    return recipe
