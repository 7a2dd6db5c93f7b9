"""A project: a folder NAME.segdesk with a database and model files, apart from the images it is about."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from segdesk.core.errors import ProjectError
from segdesk.core.project.classes import ClassTable
from segdesk.core.project.masks import MaskTable, copy_database
from segdesk.core.project.samples import SampleTable
from segdesk.core.project.schema import connect
from segdesk.core.project.scores import ScoreTable
from segdesk.core.project.transaction import transaction
from segdesk.core.project.versions import VersionTable
from segdesk.core.translation import tr

SUFFIX = ".segdesk"
_DATABASE = "project.sqlite"
_MODELS = "models"


class Project:
    """An open project. Its tables write through: whatever a method has done is on disk when it returns.

    It belongs to the thread that opened it; jobs get values, never the project.
    """

    def __init__(self, folder: Path) -> None:
        """Open the project in `folder`.

        Raises:
            ProjectError: there is no project, it is damaged, or a newer SegDesk made it.
        """
        if not (folder / _DATABASE).is_file():
            raise ProjectError(
                tr("{folder} is not a SegDesk project; choose a folder whose name ends in {suffix}.").format(
                    folder=folder, suffix=SUFFIX
                )
            )
        self._open(folder)

    @classmethod
    def create(cls, folder: Path, classes: Sequence[str]) -> Project:
        """Make a new project in `folder`, which must not exist or be empty; the background comes by itself.

        Raises:
            ProjectError: the folder is in use or cannot be written, or the classes' names do not do.
        """
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise ProjectError(
                tr("{folder} exists already; choose another name for the project.").format(folder=folder)
            )
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _cannot_make(folder, error) from error
        project = cls.__new__(cls)
        try:
            project._open(folder)
            project.classes.add_all(["background", *classes])
        except BaseException:
            if hasattr(project, "_connection"):
                project.close()
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return project

    def _open(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self._connection = connect(folder / _DATABASE)
        try:
            (folder / _MODELS).mkdir(exist_ok=True)
            self.classes = ClassTable(self._connection)
            self.samples = SampleTable(self._connection, self.folder)
            self.masks = MaskTable(self._connection)
            self.scores = ScoreTable(self._connection)
            self.versions = VersionTable(self._connection, self.folder / _MODELS)
        except (OSError, sqlite3.Error) as error:
            self._connection.close()
            raise _cannot_make(folder, error) from error

    def at_once(self) -> AbstractContextManager[None]:
        """What the block writes becomes durable as one, or not at all; raises ProjectError."""
        return transaction(self._connection)

    @property
    def name(self) -> str:
        return self.folder.name.removesuffix(SUFFIX)

    def save_as(self, folder: Path) -> Project:
        """Copy the whole project to a new folder and open it there; this one stays as it is.

        Raises:
            ProjectError: the folder exists already or cannot be written.
        """
        if folder.exists():
            raise ProjectError(
                tr("{folder} exists already; choose another name for the project.").format(folder=folder)
            )
        try:
            folder.mkdir(parents=True)
            shutil.copytree(self.versions.folder, folder / _MODELS)
            copy_database(self._connection, folder / _DATABASE)
            copy = Project(folder)
            copy.samples.relate_to(copy.folder)
        except (OSError, sqlite3.Error) as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise _cannot_make(folder, error) from error
        return copy

    def close(self) -> None:
        """Let the files go; the project cannot be used after this."""
        self._connection.close()


def is_project(path: Path) -> bool:
    """Whether the path is a project's folder."""
    return (path / _DATABASE).is_file()


def _cannot_make(folder: Path, error: Exception) -> ProjectError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else error
    return ProjectError(
        tr("Cannot write the project {folder} ({reason}); choose another folder.").format(
            folder=folder, reason=reason
        )
    )
