"""What can be done with the classes of a project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from segdesk.core.classes import RGB
from segdesk.gui.told import told

if TYPE_CHECKING:
    from segdesk.gui.workbench import Workbench


class ClassVerbs(QObject):
    """Add, rename and recolour the classes of the project on the workbench."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self._bench = bench
        self.error = bench.error

    @told
    def add(self, name: str) -> None:
        """Add a class after the last one."""
        if self._bench.project is not None:
            self._bench.project.classes.add(name)
            self._bench.classes_changed.emit()

    @told
    def rename(self, index: int, name: str) -> None:
        """Give a class another name."""
        if self._bench.project is not None:
            try:
                self._bench.project.classes.rename(index, name)
            finally:
                self._bench.classes_changed.emit()  # a refused name must not stay in the list

    @told
    def recolor(self, index: int, color: RGB) -> None:
        """Show a class in another colour."""
        if self._bench.project is not None:
            self._bench.project.classes.recolor(index, color)
            self._bench.classes_changed.emit()
            if self._bench.document is not None:
                self._bench.document_changed.emit(self._bench.document.mask.box)
