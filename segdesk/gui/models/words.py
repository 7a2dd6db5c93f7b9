"""Models in words: what a file is, how large, and what it wants to be shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from segdesk.core.jobs import ModelReport, Offer
from segdesk.core.translation import tr

_MOST_CLASSES = 6
_PROGRAM = "onnx"  # what models are called that predict and cannot learn


def title_of(offer: Offer) -> str:
    """The name of a network: what stands before the colon of its description."""
    return offer.description.split(":", 1)[0].strip()


def merits_of(offer: Offer) -> str:
    """What a network is good for: what stands after the colon; "" where there is none."""
    words = offer.description.partition(":")[2].strip()
    return words[:1].upper() + words[1:]


def network_title(name: str, networks: Iterable[Offer]) -> str:
    """What a network of the registry is called; its name where nobody offers it."""
    if name == _PROGRAM:
        return tr("A program in an ONNX file")
    return next((title_of(offer) for offer in networks if offer.name == name), name)


def size_text(path: Path) -> str:
    """How large a file is: "4.7 MB"; "" where it is gone."""
    try:
        return bytes_text(path.stat().st_size)
    except OSError:
        return ""


def bytes_text(size: int) -> str:
    """Bytes in words, by thousands as download pages count: "176 MB"."""
    if size < 1_000_000:
        return tr("{count} KB").format(count=max(1, round(size / 1000)))
    if size < 10_000_000:
        return tr("{count} MB").format(count=f"{size / 1e6:.1f}")
    if size < 1_000_000_000:
        return tr("{count} MB").format(count=round(size / 1e6))
    return tr("{count} GB").format(count=f"{size / 1e9:.1f}")


def channels_text(count: int) -> str:
    """What images it reads."""
    words = {1: tr("gray"), 3: tr("colour, or gray"), 4: tr("four channels")}
    return words.get(count, tr("{count} channels").format(count=count))


def classes_text(report: ModelReport) -> str:
    """What it tells apart, by name where it says so."""
    if report.starter:
        return tr("none of its own; it learns yours")
    names = report.classes[1:]
    if any(names):
        more = tr("{count} more").format(count=len(names) - _MOST_CLASSES)
        return ", ".join([*names[:_MOST_CLASSES], *([more] if len(names) > _MOST_CLASSES else [])])
    if report.outputs == 1:
        return tr("one thing against its background")
    return tr("{count} classes besides the background").format(count=report.outputs - 1)


def parameters_text(count: int) -> str:
    """How many numbers a network learned: "44.0 million"; nothing where that is not known."""
    if not count:
        return ""
    if count < 1_000_000:
        return tr("{count} thousand parameters").format(count=round(count / 1000))
    return tr("{count} million parameters").format(count=f"{count / 1e6:.1f}")


def retrain_text(report: ModelReport) -> str:
    if report.trainable:
        return tr("Yes; rounds go on from it")
    return tr("No; it can only predict")


def missing_classes(report: ModelReport, count: int) -> int:
    """How many classes a project of `count` (with the background) lacks for a model."""
    needed = 2 if report.outputs <= 1 else report.outputs
    return 0 if report.starter else max(0, needed - count)


def new_class_names(report: ModelReport, known: Sequence[str], count: int) -> list[str]:
    """Names for `count` classes to come after `known`: the model's own where it has some."""
    names: list[str] = []
    taken = {name.casefold() for name in known}
    for index in range(len(known), len(known) + count):
        name = report.classes[index] if index < len(report.classes) else ""
        if not name or name.casefold() in taken:
            name = tr("class {number}").format(number=index)
        taken.add(name.casefold())
        names.append(name)
    return names
