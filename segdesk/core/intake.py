"""From what a person points at (files and folders) to the samples of a project."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from segdesk.core.errors import ImageError
from segdesk.core.images import ImageSource, inspect_image, list_images
from segdesk.core.project import NewSample
from segdesk.core.project.fingerprint import fingerprint
from segdesk.core.translation import tr


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
                samples += _samples_in(file)
            except ImageError as error:
                problems.append(str(error))
    return Intake(tuple(samples), tuple(problems))


def _samples_in(file: Path) -> list[NewSample]:
    first = inspect_image(file)
    pages = [first, *(inspect_image(file, page) for page in range(1, first.pages))]
    known = fingerprint(file)
    return [
        NewSample(ImageSource(file, page), found.width, found.height, known)
        for page, found in enumerate(pages)
    ]


def _images_in(folder: Path) -> list[Path]:
    files = list_images(folder)
    if not files:
        raise ImageError(
            tr("There are no images in {folder}; choose the folder that holds the image files.").format(
                folder=folder
            )
        )
    return files
