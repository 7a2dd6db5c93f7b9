"""The classes of a project."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from segdesk.core.classes import RGB, SegClass, default_color
from segdesk.core.errors import ProjectError
from segdesk.core.mask import MAX_CLASSES
from segdesk.core.project.transaction import transaction
from segdesk.core.translation import tr


class ClassTable:
    """The classes of a project by their index in masks; the background is always there, at 0."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def all(self) -> tuple[SegClass, ...]:
        rows = self._connection.execute("SELECT position, name, color FROM classes ORDER BY position")
        return tuple(SegClass(index, name, _from_hex(color)) for index, name, color in rows)

    def add(self, name: str) -> SegClass:
        """Add a class after the last one.

        Raises:
            ProjectError: the name is empty or taken, or a mask can hold no more classes.
        """
        return self.add_all([name])[0]

    def add_all(self, names: Sequence[str]) -> list[SegClass]:
        """Add several classes, or none of them; raises as `add` does."""
        added: list[SegClass] = []
        with transaction(self._connection):
            for name in names:
                checked = self._checked(name, None)
                index = len(self.all())
                if index >= MAX_CLASSES:
                    raise ProjectError(
                        tr("A project holds at most {count} classes.").format(count=MAX_CLASSES - 1)
                    )
                new = SegClass(index, checked, default_color(index))
                self._connection.execute(
                    "INSERT INTO classes VALUES (?, ?, ?)", (index, new.name, _to_hex(new.color))
                )
                added.append(new)
        return added

    def rename(self, index: int, name: str) -> None:
        """Give a class another name; raises ProjectError where it is empty or taken."""
        checked = self._checked(name, index)
        with transaction(self._connection):
            self._connection.execute("UPDATE classes SET name = ? WHERE position = ?", (checked, index))

    def recolor(self, index: int, color: RGB) -> None:
        """Show a class in another colour."""
        with transaction(self._connection):
            self._connection.execute(
                "UPDATE classes SET color = ? WHERE position = ?", (_to_hex(color), index)
            )

    def _checked(self, name: str, own: int | None) -> str:
        stripped = name.strip()
        if not stripped:
            raise ProjectError(tr("A class needs a name."))
        if any(c.name.casefold() == stripped.casefold() and c.index != own for c in self.all()):
            raise ProjectError(
                tr("There is a class named {name} already; choose another name.").format(name=stripped)
            )
        return stripped


def _to_hex(color: RGB) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)


def _from_hex(text: str) -> RGB:
    red, green, blue = bytes.fromhex(text.removeprefix("#"))
    return red, green, blue
