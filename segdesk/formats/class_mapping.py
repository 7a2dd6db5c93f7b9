"""Which class of the project each class of a file becomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import SegClass
from segdesk.core.errors import FormatError
from segdesk.core.mask import BACKGROUND, MAX_CLASSES, UNLABELLED
from segdesk.core.naming import safe_name
from segdesk.core.translation import tr
from segdesk.formats.foreign import ForeignClass

IGNORE, NEW = "ignore", "new"  # what a person may say instead of a class

_NOTHING = ("__ignore__", "_ignore_", "ignore", "void", "unlabelled", "unlabeled")


@dataclass(frozen=True)
class Becomes:
    """What a class of a file becomes: the class of this index, a new one of this name, or nothing."""

    index: int | None = None
    new: str = ""


ClassMap = Mapping[int, Becomes]


def default_mapping(foreign: Sequence[ForeignClass], classes: Sequence[SegClass]) -> dict[int, Becomes]:
    """By name (upper and lower case do not matter), else by number, else a new class."""
    # A folder of a class is named as file systems allow it.
    by_name = {safe_name(c.name).casefold(): c.index for c in classes}
    by_name |= {c.name.casefold(): c.index for c in classes}
    only = [entry for entry in foreign if entry.number != BACKGROUND]
    mapping: dict[int, Becomes] = {}
    for entry in foreign:
        name = entry.name.strip().casefold()
        if name in by_name:
            mapping[entry.number] = Becomes(by_name[name])
        elif name in _NOTHING:
            mapping[entry.number] = Becomes()
        elif name:
            mapping[entry.number] = Becomes(new=entry.name.strip())
        elif entry.number == BACKGROUND:
            mapping[entry.number] = Becomes(BACKGROUND)
        elif (made := called(entry).casefold()) in by_name:  # by an import before
            mapping[entry.number] = Becomes(by_name[made])
        elif len(only) == 1 and len(classes) == 2:  # black and white, and one class to be
            mapping[entry.number] = Becomes(1)
        elif entry.number < len(classes):
            mapping[entry.number] = Becomes(entry.number)
        elif len(only) == 1 and tr("object").casefold() in by_name:
            mapping[entry.number] = Becomes(by_name[tr("object").casefold()])
        else:
            mapping[entry.number] = Becomes(new=tr("object") if len(only) == 1 else called(entry))
    return mapping


def chosen_mapping(
    foreign: Sequence[ForeignClass], classes: Sequence[SegClass], wishes: Sequence[str]
) -> dict[int, Becomes]:
    """The default, changed by wishes such as "road=street", "7=2", "tree=new" or "void=ignore".

    Raises:
        FormatError: a wish is no such sentence, or names a class that neither side has.
    """
    mapping = default_mapping(foreign, classes)
    for wish in wishes:
        theirs, equals, mine = (part.strip() for part in wish.rpartition("="))
        if not equals or not theirs or not mine:
            raise FormatError(tr("{wish} maps nothing; write it as theirs=mine.").format(wish=wish))
        entry = _theirs(foreign, theirs)
        mapping[entry.number] = _mine(classes, entry, mine)
    return mapping


def new_names(mapping: ClassMap) -> list[str]:
    """The classes that the project is to be given, each once, in their order."""
    names: dict[str, str] = {}
    for becomes in mapping.values():
        if becomes.new:
            names.setdefault(becomes.new.strip().casefold(), becomes.new.strip())
    return list(names.values())


def lookup(mapping: ClassMap, classes: Sequence[SegClass]) -> NDArray[np.uint8]:
    """A table of 256: the project's class of each number, UNLABELLED where the file says nothing.

    classes: the project's, as they will be, those that are new included.

    Raises:
        FormatError: the classes are more than a mask can hold.
    """
    if len(classes) > MAX_CLASSES:
        raise FormatError(tr("A project holds at most {count} classes.").format(count=MAX_CLASSES - 1))
    by_name = {c.name.casefold(): c.index for c in classes}
    table = np.full(256, UNLABELLED, np.uint8)
    for number, becomes in mapping.items():
        if becomes.index is not None:
            table[number] = becomes.index
        elif becomes.new:
            table[number] = by_name[becomes.new.strip().casefold()]
    return table


def called(entry: ForeignClass) -> str:
    """The name of a new class for it."""
    return entry.name.strip() or tr("class {number}").format(number=entry.number)


def _theirs(foreign: Sequence[ForeignClass], word: str) -> ForeignClass:
    for entry in foreign:
        if entry.name.casefold() == word.casefold() or str(entry.number) == word:
            return entry
    raise FormatError(
        tr("The file has no class {name}; it has {names}.").format(
            name=word, names=", ".join(entry.title for entry in foreign)
        )
    )


def _mine(classes: Sequence[SegClass], entry: ForeignClass, word: str) -> Becomes:
    if word == IGNORE:
        return Becomes()
    for known in classes:
        if known.name.casefold() == word.casefold() or str(known.index) == word:
            return Becomes(known.index)
    if word == NEW:
        return Becomes(new=called(entry))
    if word.isdigit():
        raise FormatError(tr("The project has no class number {number}.").format(number=word))
    return Becomes(new=word)
