"""A project: a folder NAME.segdesk with a database and model files, apart from the images it is about."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from segdesk.core.errors import ProjectError
from segdesk.core.project.claim import take
from segdesk.core.project.classes import ClassTable
from segdesk.core.project.connection import Connection
from segdesk.core.project.counts import CountTable
from segdesk.core.project.looks import LookTable
from segdesk.core.project.masks import MaskTable
from segdesk.core.project.numbers import NumberTable
from segdesk.core.project.samples import SampleTable
from segdesk.core.project.schema import connect, look_into
from segdesk.core.project.scores import ScoreTable
from segdesk.core.project.series import SeriesTable
from segdesk.core.project.splits import SplitTable
from segdesk.core.project.transaction import transaction
from segdesk.core.project.versions import VersionTable
from segdesk.core.translation import tr

SUFFIX = ".segdesk"
DATABASE = "project.sqlite"
MODELS = "models"


class Project:
    """An open project. Its tables write through: whatever a method has done is on disk when it returns.

    It belongs to the thread that opened it; jobs get values, never the project.
    """

    def __init__(self, folder: Path, *, write: bool = True, by_force: bool = False) -> None:
        """Open the project in `folder`.

        write: False only looks into it, whoever works on it. Where somebody else has it, or the folder is
            read-only, it is opened to be looked into as well, and whatever would write says why it cannot.
        by_force: take it over from a process on another computer that is known to have ended.

        Raises:
            ProjectError: there is no project, it is damaged, or a newer SegDesk made it.
        """
        if not (folder / DATABASE).is_file():
            raise ProjectError(
                tr("{folder} is not a SegDesk project; choose a folder whose name ends in {suffix}.").format(
                    folder=folder, suffix=SUFFIX
                )
            )
        self._open(folder, write, by_force)

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
            raise cannot_make(folder, error) from error
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

    def _open(self, folder: Path, write: bool = True, by_force: bool = False) -> None:
        self.folder = folder.absolute()
        self.claim = take(self.folder, by_force=by_force) if write else None
        try:
            refusal = self._refusal()
            database = self.folder / DATABASE
            self._connection = connect(database) if refusal is None else look_into(database, refusal)
        except BaseException:
            self._let_go()
            raise
        try:
            if refusal is None:
                (folder / MODELS).mkdir(exist_ok=True)
            self.classes = ClassTable(self._connection)
            self.counts = CountTable(self._connection)
            self.samples = SampleTable(self._connection, self.folder)
            self.looks = LookTable(self._connection)
            self.masks = MaskTable(self._connection)
            self.numbers = NumberTable(self._connection)
            self.scores = ScoreTable(self._connection)
            self.series = SeriesTable(self._connection)
            self.splits = SplitTable(self._connection)
            self.versions = VersionTable(self._connection, self.folder / MODELS)
        except (OSError, sqlite3.Error) as error:
            self._connection.close()
            self._let_go()
            raise cannot_make(folder, error) from error

    def _refusal(self) -> str | None:
        """Why nothing may be written; None where it may."""
        if self.claim is None:
            return tr("{name} was opened to be looked at only.").format(name=self.name)
        if self.claim.holder is not None:
            return tr("{name} is open in another SegDesk ({holder}); close it there, then try again.").format(
                name=self.name, holder=self.claim.holder
            )
        if self.claim.read_only:
            return tr("The folder of {name} is read-only; save the project elsewhere to work on it.").format(
                name=self.name
            )
        return None

    @property
    def refusal(self) -> str | None:
        """Why nothing can be written, as one sentence; None where it can."""
        return self._connection.refusal

    def check_writable(self) -> None:
        """Raises ProjectError where nothing can be written, before long work is done for nothing."""
        if self._connection.refusal is not None:
            raise ProjectError(self._connection.refusal)

    @property
    def raw(self) -> Connection:
        """The connection itself, for those who look the tables over."""
        return self._connection

    @property
    def was_cut_off(self) -> bool:
        """Whether the last one to write did not close it in order, so that it should be looked over."""
        return self.claim is not None and self.claim.cut_off

    def at_once(self) -> AbstractContextManager[None]:
        """What the block writes becomes durable as one, or not at all; raises ProjectError."""
        return transaction(self._connection)

    @property
    def name(self) -> str:
        return self.folder.name.removesuffix(SUFFIX)

    def close(self) -> None:
        """Let the files go; the project cannot be used after this."""
        if hasattr(self, "masks"):
            self.masks.end()
        self._connection.close()
        self._let_go()

    def _let_go(self) -> None:
        claim, self.claim = self.claim, None
        if claim is not None:
            claim.release()


def is_project(path: Path) -> bool:
    """Whether the path is a project's folder."""
    return (path / DATABASE).is_file()


def cannot_make(folder: Path, error: Exception) -> ProjectError:
    """What to raise where a project's folder cannot be written."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else error
    return ProjectError(
        tr("Cannot write the project {folder} ({reason}); choose another folder.").format(
            folder=folder, reason=reason
        )
    )
