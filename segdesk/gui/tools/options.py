"""What the tools are set to, shared by the canvas and the panel that shows it.

options = ToolOptions()
options.brush_size               diameter in image pixels, 1 to MAX_BRUSH; assigning clamps
options.active_class             index of the class that is painted
options.over                     what may be painted over: an Over
options.locked                   classes whose pixels no tool changes
options.get("wand", option)      what a tool's declared option is set to
options.set("wand", option, 12)
options.changed                  signal, after any of them has taken another value
options.grow_brush()             the next step up; shrink_brush() the next one down
options.values / restore(...)    the declared options as text, to be remembered
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from segdesk.gui.tools.option_kinds import Option, Value

MAX_BRUSH = 2000
_STEP = 1.2
_SHARED = "all"


@dataclass(frozen=True)
class Over:
    """What strokes may change.

    only: the class that they may paint over; None for any. keep_corrected: not what a person has asserted.
    """

    only: int | None = None
    keep_corrected: bool = False


class ToolOptions(QObject):
    """The settings of all tools; see the module for how to use it."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._brush_size = 16
        self._active_class = 1
        self._over = Over()
        self._locked: frozenset[int] = frozenset()
        self._values: dict[str, Value] = {}

    @property
    def brush_size(self) -> int:
        """Diameter of brush and eraser, in image pixels."""
        return self._brush_size

    @brush_size.setter
    def brush_size(self, diameter: int) -> None:
        diameter = min(max(int(diameter), 1), MAX_BRUSH)
        if diameter != self._brush_size:
            self._brush_size = diameter
            self.changed.emit()

    @property
    def active_class(self) -> int:
        """The class that tools paint; 0 is the background."""
        return self._active_class

    @active_class.setter
    def active_class(self, index: int) -> None:
        if index != self._active_class:
            self._active_class = index
            self.changed.emit()

    @property
    def over(self) -> Over:
        """What strokes may change; of every tool."""
        return self._over

    @over.setter
    def over(self, over: Over) -> None:
        if over != self._over:
            self._over = over
            self.changed.emit()

    @property
    def locked(self) -> frozenset[int]:
        """Classes that are not painted with and whose pixels no stroke changes; until it is closed."""
        return self._locked

    @locked.setter
    def locked(self, classes: frozenset[int]) -> None:
        if classes != self._locked:
            self._locked = classes
            self.changed.emit()

    def grow_brush(self, steps: float = 1) -> None:
        """Take a diameter about a fifth larger, a step."""
        self.brush_size = max(self._brush_size + 1, round(self._brush_size * _STEP**steps))

    def shrink_brush(self, steps: float = 1) -> None:
        """Take a diameter about a fifth smaller, a step."""
        self.brush_size = min(self._brush_size - 1, round(self._brush_size / _STEP**steps))

    # What tools declare

    def get(self, tool_id: str, option: Option) -> Value:
        """What an option of a tool is set to."""
        return option.fitting(self._values.get(_key(tool_id, option), option.default))

    def set(self, tool_id: str, option: Option, value: Value) -> None:
        """Set an option of a tool; what does not fit is brought to the nearest value that does."""
        fitting = option.fitting(value)
        if fitting != self.get(tool_id, option):
            self._values[_key(tool_id, option)] = fitting
            self.changed.emit()

    @property
    def values(self) -> tuple[str, ...]:
        """Every option that was ever set, each as "tool.option=value"."""
        return tuple(f"{key}={json.dumps(value)}" for key, value in sorted(self._values.items()))

    def restore(self, values: Iterable[str]) -> None:
        """Set options as `values` told; what cannot be read is left at its default."""
        for text in values:
            key, _, written = text.partition("=")
            try:
                value = json.loads(written)
            except ValueError:
                continue
            if isinstance(value, bool | int | float | str):
                self._values[key] = value
        self.changed.emit()


def _key(tool_id: str, option: Option) -> str:
    return f"{_SHARED if option.shared else tool_id}.{option.id}"
