"""From what a person points at (files and folders) to the samples of a project."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from segdesk.core.errors import ImageError
from segdesk.core.images import ImageSource, inspect_image, list_images
from segdesk.core.naming import is_text
from segdesk.core.project import NewSample
from segdesk.core.project.fingerprint import fingerprint
from segdesk.core.translation import tr

_NAMED = 5  # bad pages of a file that are told one by one


@dataclass(frozen=True)
class Intake:
    """The images that can be read, every page a sample, and a sentence for each path that cannot."""

    samples: tuple[NewSample, ...]
    problems: tuple[str, ...]


def find_images(paths: Iterable[Path]) -> Intake:
    """Look into files, and into folders (not into folders within them), in the order given."""
    samples: list[NewSample] = []
    problems: list[str] = []
    for path in paths:
        try:
            files = _images_in(path) if path.is_dir() else [path]
        except ImageError as error:
            problems.append(str(error))
            continue
        for file in files:
            try:
                found, bad = _samples_in(file)
            except ImageError as error:
                problems.append(str(error))
                continue
            samples += found
            if bad:
                problems.append(_left_out(file, bad))
    return Intake(tuple(samples), tuple(problems))


def _samples_in(file: Path) -> tuple[list[NewSample], list[int]]:
    """The pages of a file, and those after the first that cannot be read, counted from 0."""
    if not is_text(file):
        raise ImageError(
            tr("The name of {file} is not in UTF-8; rename the file, or the folder it is in.").format(
                file=file
            )
        )
    first = inspect_image(file)
    pages, bad = {0: first}, []
    for page in range(1, first.pages):
        try:
            pages[page] = inspect_image(file, page)
        except ImageError:
            bad.append(page)
    known = fingerprint(file)
    samples = [
        NewSample(ImageSource(file, page), found.width, found.height, known) for page, found in pages.items()
    ]
    return samples, bad


def _left_out(file: Path, pages: Sequence[int]) -> str:
    named = ", ".join(str(page + 1) for page in pages[:_NAMED])
    if len(pages) > _NAMED:
        named += ", …"
    return tr("Of '{name}', these pages cannot be read and are left out: {pages}.").format(
        name=file.name, pages=named
    )


def _images_in(folder: Path) -> list[Path]:
    files = list_images(folder)
    if not files:
        raise ImageError(
            tr("There are no images in {folder}; choose the folder that holds the image files.").format(
                folder=folder
            )
        )
    return files
