"""Networks in plain words: three that serve most people, for the window and the command line alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from segdesk.core.translation import tr

Option = int | float | str | bool


@dataclass(frozen=True)
class PlainChoice:
    """A network by what it is good for: its title, one sentence, and its name in the registry."""

    title: str
    sentence: str
    network: str


def plain_choices() -> tuple[PlainChoice, ...]:
    """The three of them, the usual one first, in the language in use."""
    return (
        PlainChoice(
            tr("Fast"),
            tr("Learns within seconds and predicts quickly; right for most projects."),
            "unet",
        ),
        PlainChoice(
            tr("Accurate"),
            tr("Draws finer outlines, and takes a few times as long to learn and to predict."),
            "unet-32",
        ),
        PlainChoice(
            tr("Cut out the main object"),
            tr("Sees far around each pixel, for images with one large thing in front of a background."),
            "u2net-small",
        ),
    )


def plain_choices_text() -> str:
    """The same on one line, with the names that a command takes."""
    parts = (f"{choice.network}: {choice.title.lower()}" for choice in plain_choices())
    return ", ".join(parts)


def options_to_text(options: Mapping[str, Option]) -> tuple[str, ...]:
    """Options of a network as settings keep them: "width=24" and so on."""
    return tuple(f"{name}={value}" for name, value in sorted(options.items()))


def options_from_text(texts: tuple[str, ...]) -> dict[str, Option]:
    """What `options_to_text` made; what is no such text is left out."""
    pairs = (text.split("=", 1) for text in texts if "=" in text)
    return {name: int(value) if value.isdigit() else value for name, value in pairs}
