"""Model files on their way into a project and out of it.

Nothing here knows the database, so copying a large model may run in any thread.
"""

from __future__ import annotations

import json
import shutil
import uuid
from pathlib import Path

from segdesk.core.errors import ModelError, ProjectError
from segdesk.core.files import atomic_write
from segdesk.core.jobs import ModelFacts
from segdesk.core.translation import tr

MODEL_SUFFIX = ".safetensors"
_LENGTH = 8  # bytes that say how long the header of a safetensors file is
_LONGEST = 100_000_000


def copy_in(source: Path, folder: Path) -> Path:
    """Copy a model file into a project's folder of models, all or nothing, under a name that is free.

    The name differs from what any round writes its candidate to, as one may be under way.

    Raises:
        ModelError: the file cannot be read.
        SegdeskError: the folder cannot be written.
    """
    target = free_file(folder)
    _copy(source, target)
    return target


def copy_to(source: Path, target: Path) -> None:
    """Copy a model file to this place, all or nothing; raises as `copy_in` does."""
    _copy(source, target)


def free_file(folder: Path) -> Path:
    """A file name in a project's folder of models that no version and no round will ever have."""
    return folder / f"imported-{uuid.uuid4().hex[:12]}{MODEL_SUFFIX}"


def is_foreign(path: Path) -> bool:
    """Whether a file, if it is a model at all, was written by another program and must be converted.

    Another suffix than ours says so, and so does safetensors without our description.
    """
    if path.suffix.lower() != MODEL_SUFFIX:
        return True
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(_LENGTH), "little")
            header = json.loads(file.read(length)) if length <= _LONGEST else None
    except (OSError, ValueError, RecursionError):
        return False  # it is no model, and whoever reads it says so
    if not isinstance(header, dict):
        return False
    metadata = header.get("__metadata__")
    return not isinstance(metadata, dict) or "segdesk" not in metadata


def copy_out(file: Path, target: Path) -> None:
    """Copy a version's file to a place of a person's choice, all or nothing.

    Raises:
        ProjectError: the target is among the project's own models, which are never overwritten.
        ModelError: the version's file is missing.
        SegdeskError: the target cannot be written.
    """
    check_target(file, target)
    _copy(file, target)


def check_target(file: Path, target: Path) -> None:
    """Refuse a place that a version's file may not be written to; raises ProjectError as `copy_out` does."""
    if target.absolute().parent.resolve() == file.parent.resolve():
        raise ProjectError(
            tr("{folder} holds the project's own models; choose another folder.").format(folder=target.parent)
        )
    if target.is_dir():
        raise ProjectError(tr("{path} is a folder; choose a file name.").format(path=target))


def check_classes(name: str, facts: ModelFacts, count: int) -> None:
    """Refuse a model that could predict a class which the project does not have.

    name: of the model's file. count: how many classes the project has, with the background.

    Raises:
        ModelError: the model knows more classes.
    """
    if len(facts.classes) > count:
        raise ModelError(
            tr(
                "{name} knows {theirs} classes, but the project has {ours}; add the missing classes first."
            ).format(name=name, theirs=len(facts.classes) - 1, ours=count - 1)
        )


def _copy(source: Path, target: Path) -> None:
    try:
        reader = source.open("rb")
    except OSError as error:
        raise ModelError(
            tr("The model file {name} cannot be read ({reason}); choose another one.").format(
                name=source.name, reason=error.strerror or error
            )
        ) from error
    with reader, atomic_write(target) as temporary, temporary.open("wb") as writer:
        shutil.copyfileobj(reader, writer, 1024 * 1024)
