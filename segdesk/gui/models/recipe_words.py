"""A model's recipe in words: what is done to an image before it, and what its output means."""

from __future__ import annotations

from collections.abc import Mapping

from segdesk.core.jobs import ModelReport
from segdesk.core.translation import tr

Value = str | int | float
Recipe = Mapping[str, Value]  # "normalisation", and the fields of a preparation

USUAL: Recipe = {
    "normalisation": "channel",
    "color": "rgb",
    "size": "any",
    "height": 0,
    "width": 0,
    "scale": 1.0,
    "filter": "plain",
    "output": "softmax",
}


def recipe_of(report: ModelReport) -> dict[str, Value]:
    """All of a model's recipe; what it does not say is as usual."""
    return {**USUAL, **report.preparation, "normalisation": report.normalisation}


def choices() -> dict[str, dict[str, str]]:
    """The values of each part of a recipe that has a few, in words."""
    return {
        "color": {"rgb": tr("red, green, blue"), "bgr": tr("blue, green, red")},
        "normalisation": {
            "channel": tr("each channel about its own mean, in units of its spread"),
            "image": tr("about the image's mean, in units of its spread"),
            "percentile": tr("between the darkest and the brightest hundredth"),
            "range": tr("divided by the largest possible value"),
            "half": tr("from -1 to 1 over the possible values"),
            "imagenet": tr("as photographs: ImageNet's mean and spread"),
            "imagenet-max": tr("divided by the image's maximum, then ImageNet's mean and spread"),
        },
        "size": {
            "any": tr("as the image is"),
            "stretch": tr("stretched to a fixed size"),
            "letterbox": tr("fitted into a fixed size, with gray bars"),
            "scale": tr("scaled by a factor"),
        },
        "filter": {
            "plain": tr("linear"),
            "gaussian": tr("smoothed, then linear"),
            "bicubic": tr("bicubic"),
            "lanczos": tr("Lanczos"),
        },
        "output": {
            "softmax": tr("the most probable class of each pixel"),
            "sigmoid": tr("each class by itself, where it is above one half"),
            "saliency": tr("stretched from nothing to certain; for images that hold an object"),
        },
    }


def titles() -> dict[str, str]:
    """What each part of a recipe is called."""
    return {
        "color": tr("Colour order"),
        "normalisation": tr("Scale of values"),
        "size": tr("Size"),
        "filter": tr("In between"),
        "output": tr("Output"),
    }


def recipe_lines(recipe: Recipe) -> list[tuple[str, str]]:
    """The whole recipe as (what, how) pairs."""
    words = choices()
    lines = []
    for part, title in titles().items():
        if part == "filter" and recipe["size"] == "any":
            continue
        value = str(recipe[part])
        text = words[part].get(value, value)
        if part == "size" and value in ("stretch", "letterbox"):
            text = tr("{how}: {width} x {height}").format(
                how=text, width=recipe["width"], height=recipe["height"]
            )
        elif part == "size" and value == "scale":
            text = tr("scaled by {factor}").format(factor=recipe["scale"])
        lines.append((title, text))
    return lines


def recipe_sentence(recipe: Recipe) -> str:
    """What matters of it on one line: colours, values, size, output."""
    return "; ".join(how for what, how in recipe_lines(recipe) if what != titles()["filter"])
