"""A project as a data set, in figures: how much of what there is, and in which part of the split."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from segdesk.core.classes import SegClass
from segdesk.core.dataset.contents import Content
from segdesk.core.dataset.drawing import Member
from segdesk.core.patch import State
from segdesk.core.project import Sample
from segdesk.core.project.splits import Split

PARTS: tuple[Split | None, ...] = (*Split, None)
"""The parts in the order in which they are shown; None for the images in no part."""


@dataclass(frozen=True)
class PartFigures:
    """One part of the split, or the images in none.

    labelled: images with a mask, whoever made it.   seconds: of annotation.
    """

    images: int
    labelled: int
    confirmed: int
    seconds: float


@dataclass(frozen=True)
class ClassFigures:
    """One class, over all labelled images or those of one part.

    images: how many it is in.   objects: that hang together; None where an image is too large to count them.
    share: of all pixels of those images, 0 to 1.
    """

    images: int
    objects: int | None
    pixels: int
    share: float


class _Tally:
    """Counts of classes over some images."""

    def __init__(self) -> None:
        self.images: Counter[int] = Counter()
        self.pixels: Counter[int] = Counter()
        self.objects: Counter[int] = Counter()
        self.uncounted: set[int] = set()  # classes whose objects are not known in some image

    def count(self, content: Content) -> None:
        for index, pixels in content.pixels.items():
            self.images[index] += 1
            self.pixels[index] += pixels
        if content.objects is None:
            self.uncounted.update(content.pixels)
        else:
            for index, objects in content.objects.items():
                self.objects[index] += objects

    def add(self, other: _Tally) -> None:
        self.images.update(other.images)
        self.pixels.update(other.pixels)
        self.objects.update(other.objects)
        self.uncounted |= other.uncounted

    def figures(self, classes: Sequence[SegClass]) -> Mapping[int, ClassFigures]:
        total = sum(self.pixels.values()) or 1
        return {
            c.index: ClassFigures(
                self.images[c.index],
                None if c.index in self.uncounted or c.index == 0 else self.objects[c.index],
                self.pixels[c.index],
                self.pixels[c.index] / total,
            )
            for c in classes
        }


@dataclass(frozen=True)
class Overview:
    """Everything that is known of a data set at one moment.

    contents: of the labelled samples, by id; those that are still being counted are missing.
    learned: ids of samples that the version in use has learned from.
    problems: a sentence for each mask that cannot be read.
    """

    classes: tuple[SegClass, ...]
    samples: tuple[Sample, ...]
    contents: Mapping[int, Content]
    learned: frozenset[int] = frozenset()
    problems: tuple[str, ...] = ()

    @cached_property
    def labelled(self) -> tuple[Sample, ...]:
        """The samples with a mask."""
        return tuple(s for s in self.samples if s.state is not State.NEW)

    @property
    def is_complete(self) -> bool:
        """Whether every mask that can be read has been counted."""
        return len(self.contents) + len(self.problems) >= len(self.labelled)

    @property
    def is_split(self) -> bool:
        return any(s.split is not None for s in self.samples)

    @cached_property
    def parts(self) -> Mapping[Split | None, PartFigures]:
        """Every part there is, and None where images are in none."""
        found: dict[Split | None, list[Sample]] = defaultdict(list)
        for sample in self.samples:
            found[sample.split].append(sample)
        return {
            part: PartFigures(
                len(found[part]),
                sum(s.state is not State.NEW for s in found[part]),
                sum(s.state is State.CONFIRMED for s in found[part]),
                sum(s.seconds for s in found[part]),
            )
            for part in PARTS
            if part is not None or found[None]
        }

    @cached_property
    def balance(self) -> Mapping[int, ClassFigures]:
        """Each class by its index, the background too, over all that has been counted."""
        total = _Tally()
        for tally in self._tallies.values():
            total.add(tally)
        return total.figures(self.classes)

    @cached_property
    def balance_by_part(self) -> Mapping[Split | None, Mapping[int, ClassFigures]]:
        """The same for each part."""
        return {part: self._tallies[part].figures(self.classes) for part in self.parts}

    @cached_property
    def _tallies(self) -> Mapping[Split | None, _Tally]:
        tallies = {part: _Tally() for part in PARTS}
        for sample in self.samples:
            content = self.contents.get(sample.id)
            if content is not None:
                tallies[sample.split].count(content)
        return tallies

    @cached_property
    def states(self) -> Mapping[State, int]:
        counts = Counter(s.state for s in self.samples)
        return {state: counts[state] for state in State}

    @cached_property
    def sizes(self) -> tuple[tuple[tuple[int, int], int], ...]:
        """((width, height), how many images), the most frequent first."""
        return tuple(Counter((s.width, s.height) for s in self.samples).most_common())

    @property
    def seconds(self) -> float:
        """Of annotation, over all images."""
        return sum(s.seconds for s in self.samples)

    @cached_property
    def uncorrected(self) -> tuple[Sample, ...]:
        """The samples that no person has corrected or confirmed."""
        return tuple(s for s in self.samples if s.state in (State.NEW, State.PREDICTED))

    @cached_property
    def duplicates(self) -> tuple[tuple[Sample, ...], ...]:
        """Samples whose files are alike, as far as their fingerprints tell, together."""
        return duplicates(self.samples)

    @cached_property
    def learned_test(self) -> tuple[Sample, ...]:
        """Test samples that the version in use has seen: its figures on them say little."""
        return tuple(s for s in self.samples if s.split is Split.TEST and s.id in self.learned)


def duplicates(samples: Sequence[Sample]) -> tuple[tuple[Sample, ...], ...]:
    """Samples of the same page of files that are alike, two or more at a time."""
    alike: dict[tuple[str, int], list[Sample]] = defaultdict(list)
    for sample in samples:
        if sample.fingerprint.digest is not None:
            alike[(sample.fingerprint.digest, sample.source.page)].append(sample)
    return tuple(tuple(found) for found in alike.values() if len(found) > 1)


def members(
    samples: Sequence[Sample], contents: Mapping[int, Content], groups: Mapping[int, str | None]
) -> list[Member]:
    """The samples as a drawing sees them; copies of one file stay together, whatever their groups."""
    names = {s.id: f"group {groups[s.id]}" if groups.get(s.id) else f"image {s.id}" for s in samples}
    joined: dict[str, str] = {}

    def root(name: str) -> str:
        while name in joined:
            name = joined[name]
        return name

    for copies in duplicates(samples):
        first = root(names[copies[0].id])
        for copy in copies[1:]:
            other = root(names[copy.id])
            if other != first:
                joined[other] = first
    return [
        Member(
            s.id,
            root(names[s.id]),
            contents[s.id].amounts if s.id in contents else None,
            s.split if s.split_fixed else None,
        )
        for s in samples
    ]


def learned_ids(versions: Mapping[int, tuple[int | None, Collection[int]]], number: int | None) -> set[int]:
    """Ids of the samples that a version has learned from, itself or in a version that it comes from.

    versions: by number, the parent of each and what its round learned from.
    """
    ids: set[int] = set()
    seen: set[int] = set()
    while number is not None and number in versions and number not in seen:
        seen.add(number)
        number, learned = versions[number]
        ids.update(learned)
    return ids
