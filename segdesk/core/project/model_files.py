"""Model files on their way into a project and out of it.

Nothing here knows the database, so copying a large model may run in any thread.
"""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path

from segdesk.core.errors import ModelError, ProjectError
from segdesk.core.files import atomic_write
from segdesk.core.jobs import ModelFacts
from segdesk.core.translation import tr

MODEL_SUFFIX = ".safetensors"


def copy_in(source: Path, folder: Path) -> Path:
    """Copy a model file into a project's folder of models, all or nothing, under a name that is free.

    The name differs from what any round writes its candidate to, as one may be under way.

    Raises:
        ModelError: the file cannot be read.
        SegdeskError: the folder cannot be written.
    """
    target = folder / f"imported-{uuid.uuid4().hex[:12]}{MODEL_SUFFIX}"
    _copy(source, target)
    return target


def copy_out(file: Path, target: Path) -> None:
    """Copy a version's file to a place of a person's choice, all or nothing.

    Raises:
        ProjectError: the target is among the project's own models, which are never overwritten.
        ModelError: the version's file is missing.
        SegdeskError: the target cannot be written.
    """
    if target.absolute().parent.resolve() == file.parent.resolve():
        raise ProjectError(
            tr("{folder} holds the project's own models; choose another folder.").format(folder=target.parent)
        )
    if target.is_dir():
        raise ProjectError(tr("{path} is a folder; choose a file name.").format(path=target))
    _copy(file, target)


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
