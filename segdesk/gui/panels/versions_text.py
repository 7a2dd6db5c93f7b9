"""Model versions in words."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QDateTime, QLocale, Qt

from segdesk.core.project import ModelVersion, Round
from segdesk.core.translation import tr


def version_title(version: ModelVersion) -> str:
    """Its number with the name that a person gave it, or in words where there is none."""
    if version.name:
        return tr("{number} · {name}").format(number=version.number, name=version.name)
    return version_number(version.number)


def version_number(number: int) -> str:
    """Such as "Version 3"."""
    return tr("Version {number}").format(number=number)


def version_choice(version: ModelVersion) -> str:
    """Number and name on one line: "Version 3, the good one"."""
    number = version_number(version.number)
    return tr("{number}, {name}").format(number=number, name=version.name) if version.name else number


def version_line(version: ModelVersion) -> str:
    """A version in a few words: "Version 3, the good one · Dice 0.78"."""
    return " · ".join(filter(None, (version_choice(version), dice_text(version))))


def second_line(version: ModelVersion, *, in_use: bool) -> str:
    """What stands below the title in a row."""
    if version.round is None:
        parts = [tr("imported")]
    else:
        parts = [dice_text(version) or count_images(version.round.samples)]
    return " · ".join([*parts, tr("in use")] if in_use else parts)


def dice_text(version: ModelVersion) -> str:
    """Such as "Dice 0.78", on held-out corrections; nothing where none were held out."""
    return "" if version.dice is None else tr("Dice {dice}").format(dice=f"{version.dice:.2f}")


def count_images(count: int) -> str:
    return tr("1 image") if count == 1 else tr("{count} images").format(count=count)


def version_details(version: ModelVersion, *, in_use: bool, known: Collection[int]) -> str:
    """What is known of a version, a line each; `known`: the numbers of the versions that there are."""
    lines = [version_choice(version) + (" · " + tr("in use") if in_use else "")]
    if version.round is not None:
        lines += _round_lines(version.round, version.seconds, known)
    elif version.origin is not None and version.origin.file:
        lines.append(tr("Imported from {file}").format(file=version.origin.file))
    if version.network:
        lines.append(tr("Network: {name}").format(name=version.network))
    made = QDateTime.fromString(version.created, Qt.DateFormat.ISODate)
    if made.isValid():
        date = QLocale().toString(made.toLocalTime(), QLocale.FormatType.ShortFormat)
        lines.append(tr("Made: {date}").format(date=date))
    return "\n".join(lines)


def _round_lines(made_by: Round, seconds: float | None, known: Collection[int]) -> list[str]:
    lines = []
    if made_by.dice_after is not None:
        text = tr("Dice {after} on held-out corrections")
        if made_by.dice_before is not None:
            text = tr("Dice {after} on held-out corrections, {before} before")
        before = "" if made_by.dice_before is None else f"{made_by.dice_before:.3f}"
        lines.append(text.format(after=f"{made_by.dice_after:.3f}", before=before))
    if made_by.parent is None:
        lines.append(tr("Began afresh"))
    elif made_by.parent in known:
        lines.append(tr("Went on from version {number}").format(number=made_by.parent))
    else:
        lines.append(tr("Went on from version {number}, since deleted").format(number=made_by.parent))
    learned = made_by.learned
    images = tr("Learned from {images}").format(images=count_images(made_by.samples))
    if learned.samples:
        images = tr("Learned from {images}, {count} of them confirmed").format(
            images=count_images(made_by.samples), count=learned.confirmed
        )
    lines.append(images)
    if learned.corrections:
        lines.append(
            tr("{count} corrections, {time} of annotation").format(
                count=learned.corrections, time=duration(learned.seconds)
            )
        )
    if seconds is not None:
        lines.append(tr("{time} of learning").format(time=duration(seconds)))
    return lines


def duration(seconds: float) -> str:
    """Seconds in words: "45 s", "6 min", "2 h"."""
    if seconds < 99.5:
        return tr("{count} s").format(count=round(seconds))
    if seconds < 99.5 * 60:
        return tr("{count} min").format(count=round(seconds / 60))
    return tr("{count} h").format(count=round(seconds / 3600))
