"""Reading a folder a class of black-and-white pictures: CLASS/STEM.png, 255 inside."""

from __future__ import annotations

from pathlib import Path

from segdesk.core.errors import FormatError, ImageError
from segdesk.core.images import list_images, read_labels
from segdesk.core.jobs import Job, Progress
from segdesk.core.mask import Plane
from segdesk.core.naming import natural_key
from segdesk.core.translation import tr
from segdesk.formats.foreign import Collector, Images, Reading, Target, blank
from segdesk.formats.layouts import find_pairs


def recognise(path: Path) -> bool:
    """Whether there are folders of nothing but label pictures, and no other layout that is known."""
    if not path.is_dir() or find_pairs(path) or list_images(path):
        return False
    folders = _folders(path)
    try:
        return bool(folders) and all(bool(read_labels(list_images(f)[0]).size) for f in folders)
    except (ImageError, IndexError):
        return False


def read(path: Path, images: Images) -> Job[Reading]:
    """Folders in the order of their names, a later class over an earlier one.

    An image with one bad picture is left out: without that class, its labels would be wrong.
    """
    collector = Collector(images)
    labels: dict[tuple[Path, int], Plane] = {}
    spoilt: set[tuple[Path, int]] = set()
    targets: dict[tuple[Path, int], Target] = {}
    folders = _folders(path)
    for done, folder in enumerate(folders):
        yield Progress(done / len(folders), tr("Reading labels"))
        for file in list_images(folder):
            target = collector.find(file.name)
            if target is None:
                continue
            where = f"{folder.name}/{file.name}"
            try:
                here = read_labels(file) > 0
                if here.shape != (target.height, target.width):
                    raise FormatError(tr("it has another size than its image"))
                plane = labels.setdefault(target.key, blank(target))
                plane[here] = collector.number(folder.name)
                targets[target.key] = target
            except (FormatError, ImageError) as error:
                spoilt.add(target.key)
                collector.complain(where, error)
    for key, plane in labels.items():
        if key in targets and key not in spoilt:
            collector.add(targets[key], plane, targets[key].source.path.name)
    return collector.reading()


def _folders(path: Path) -> list[Path]:
    found = [p for p in path.iterdir() if p.is_dir() and not p.name.startswith(".")]
    return sorted(found, key=lambda p: natural_key(p.name))
