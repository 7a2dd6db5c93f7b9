"""Which keys mean which order: the table's own, those of another tool that hands are used to, and a person's.

shortcuts = Shortcuts(settings, actions)
shortcuts.keys("tool_brush")          ("B",)
shortcuts.set_keys("tool_brush", ("Ctrl+1",))
shortcuts.choose("labelme")           a preset; the person's own keys stay
shortcuts.changed                     signal

No key ever means two things: a person's choice takes the key from whatever a preset gave it to, and a
preset's from whatever the table gave it to.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence

from segdesk.core.settings import SettingsFile
from segdesk.core.translation import tr
from segdesk.gui.actions import Actions, Order

Keys = tuple[str, ...]

# What a preset changes of the table, for what the other program can do as well: labelme's keys as its
# default configuration has them, ISAT's as the description of its window does. ISAT finds objects by a point
# (Q) and by a box (W), joins what is selected by Ctrl+A, and takes what is drawn by E; what loses its key to
# that and has none there has another one here.
PRESETS: Mapping[str, Mapping[str, Keys]] = {
    "SegDesk": {},
    "labelme": {
        "open_folder": ("Ctrl+U",),
        "tool_polygon": ("Ctrl+N", "P"),
        "tool_rectangle": ("Ctrl+R", "R"),
        "tool_select": ("Ctrl+J",),
        "next": ("D", "Ctrl+Shift+D", "PgDown"),
        "previous": ("A", "Ctrl+Shift+A", "PgUp"),
        "new_project": ("Ctrl+Alt+N",),
        "smooth_objects": ("Ctrl+Alt+Shift+R",),
    },
    "ISAT": {
        "tool_polygon": ("C", "P"),
        "tool_grabcut": ("W",),
        "tool_wand": ("Q",),
        "confirm": ("E", "Enter", "Return"),
        "tool_eraser": ("X",),
        "fit": ("F", "Ctrl+F"),
        "tool_fill": ("G",),
        "save": ("S", "Ctrl+S"),
        "merge_objects": ("Ctrl+A", "Ctrl+M"),
        "tool_superpixel": ("Shift+S",),
        "tool_select": ("Shift+Q",),
    },
}


def reserved() -> dict[str, str]:
    """Keys that the canvas needs for itself, and what for."""
    return {
        "Space": tr("Space moves the image while it is held."),
        "V": tr("V shows and hides the mask."),
        "Backspace": tr("Backspace takes back the last point of an outline."),
    }


class Shortcuts(QObject):
    """The keys in use; each change is kept with the settings at once."""

    changed = Signal()

    def __init__(self, settings: SettingsFile, actions: Actions) -> None:
        """actions: that the keys are for; they must have those of the table until now."""
        super().__init__(actions)
        self._settings = settings
        self._actions = actions
        self._table = {order.id: order.keys for order in actions.orders}
        self._own = _read(settings.values.shortcuts, self._table)
        self._keys = self._resolved()
        actions.use_keys(self.keys)

    @property
    def orders(self) -> Sequence[Order]:
        """All that can be ordered, with the keys in use."""
        return self._actions.orders

    @property
    def preset(self) -> str:
        return self._settings.values.shortcut_preset

    def keys(self, order_id: str) -> Keys:
        """The keys that mean an order."""
        return self._keys[order_id]

    def is_own(self, order_id: str) -> bool:
        """Whether a person has chosen its keys, be it none."""
        return order_id in self._own

    def meaning(self, key: str) -> str | None:
        """The id of the order that a key means now."""
        wanted = normal(key)
        return next((order for order, keys in self._keys.items() if wanted in keys), None)

    def choose(self, preset: str) -> None:
        """Use the keys of a preset, where a person has not chosen others.

        Raises:
            ValueError: there is none of that name.
            SegdeskError: it cannot be kept; it holds until the program ends.
        """
        if preset not in PRESETS:
            raise ValueError(f"no preset {preset!r}")
        self._keep(shortcut_preset=preset)

    def set_keys(self, order_id: str, keys: Sequence[str]) -> None:
        """Let these keys, and no others, mean an order; none at all are fine.

        Another order that a person had given one of them loses it. Raises SegdeskError as `choose`.
        """
        wanted = tuple(normal(key) for key in keys)
        for other, theirs in self._own.items():
            self._own[other] = tuple(key for key in theirs if key not in wanted)
        self._own[order_id] = wanted
        self._keep_own()

    def reset(self, order_id: str | None = None) -> None:
        """Take back what a person chose for an order, or for all of them. Raises SegdeskError as `choose`."""
        if order_id is None:
            self._own.clear()
        else:
            self._own.pop(order_id, None)
        self._keep_own()

    def _keep_own(self) -> None:
        self._keep(shortcuts=tuple(json.dumps([order, *keys]) for order, keys in sorted(self._own.items())))

    def _keep(self, **changes: object) -> None:
        try:
            self._settings.change(**changes)
        finally:
            self._keys = self._resolved()
            self._actions.use_keys(self.keys)
            self.changed.emit()

    def _resolved(self) -> dict[str, Keys]:
        taken: set[str] = set()
        found: dict[str, Keys] = {}
        preset = PRESETS.get(self.preset, {})
        for layer in (self._own, preset, self._table):
            news = {
                order: keys for order, keys in layer.items() if order in self._table and order not in found
            }
            for order, keys in news.items():
                free = tuple(dict.fromkeys(key for key in map(normal, keys) if key and key not in taken))
                found[order] = free
                taken.update(free)
        return found


def normal(key: str) -> str:
    """A key as Qt writes it, the same for every way to write it; "" where it is none."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)


def _read(stored: Sequence[str], known: Mapping[str, Keys]) -> dict[str, Keys]:
    own: dict[str, Keys] = {}
    for text in stored:
        try:
            order, *keys = json.loads(text)
        except (ValueError, TypeError):
            continue
        if order in known and all(isinstance(key, str) for key in keys):
            own[order] = tuple(keys)
    return own
