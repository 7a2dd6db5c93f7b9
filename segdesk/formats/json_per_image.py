"""Reading formats that keep a JSON file for each image: one file after the other, entry by entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from segdesk.core.errors import FormatError
from segdesk.core.jobs import Job, Progress
from segdesk.core.naming import natural_key
from segdesk.core.translation import tr
from segdesk.formats.foreign import Collector, Drawing, Images, Reading, Target
from segdesk.formats.json_files import read_json

Numbered = Iterable[tuple[int, Any]]
Opener = Callable[[Any, Path, Images], tuple[Target | None, Numbered]]
Drawer = Callable[[Any, int, Drawing, Collector], None]


def files_of(path: Path, *endings: str) -> list[Path]:
    """The file itself, or those in the folder, that end like this, in their natural order."""
    if path.is_file():
        return [path] if path.suffix.lower() in endings else []
    found = (file for ending in endings for file in path.glob(f"*{ending}") if file.is_file())
    return sorted(found, key=lambda file: natural_key(file.name))


def read_each(files: Sequence[Path], images: Images, place: str, open_: Opener, draw: Drawer) -> Job[Reading]:
    """Read these files; what is wrong with one, or with an entry, keeps none of the others away.

    place: how an entry is named in sentences, with {name} (of the file) and {number}.
    open_: the image that a file's content is about (None: none of them), and its entries in the order in
    which they are drawn, each with its number in the file. draw: draws an entry, given with its number.
    Both raise FormatError.
    """
    collector = Collector(images)
    for done, file in enumerate(files):
        yield Progress(done / len(files), tr("Reading labels"))
        try:
            content = read_json(file)
        except FormatError as error:
            collector.problems.append(str(error))  # it names the file, and the line
            continue
        try:
            target, entries = open_(content, file, images)
        except FormatError as error:
            collector.complain(file.name, error)
            continue
        if target is None:
            collector.unmatched.append(file.name)
            continue
        drawing = Drawing(target)
        taken = 0
        for number, entry in entries:
            try:
                draw(entry, number, drawing, collector)
                taken += 1
            except FormatError as error:
                collector.complain(place.format(name=file.name, number=number), error)
        collector.add(target, drawing.labels, file.name, taken, ids=drawing.ids)
    return collector.reading()
