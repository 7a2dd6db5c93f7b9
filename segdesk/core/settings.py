"""What a person prefers: one table of settings, kept in one JSON file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from segdesk.core.files import write_text
from segdesk.core.limits import MOST
from segdesk.core.paths import user_config

_RECENT = 10


def _choice(default: str, *choices: str) -> str:
    value: str = field(default=default, metadata={"choices": choices})
    return value


def _number(default: float, low: float, high: float) -> Any:
    return field(default=default, metadata={"range": (low, high)})


@dataclass(frozen=True)
class Settings:
    """Every setting with its default; the field's type is the setting's type.

    language: "system", or a language such as "de" or "zh_CN".
    theme: "system", "light" or "dark".
    device: "auto", "cpu" or "cuda" and its like.
    network: what a first round starts from, by its name in the registry.
    network_options: what differs from that network's own options, such as "width=24".
    round_seconds: wall-clock budget of a round; 0 lets the device decide.
    recipe: how a training learns that goes on until it stops improving, by its name.
    learn_by_itself: a round begins when `corrections_per_round` corrections have come in.
    rebuild_when_idle: the model is learned anew after `idle_minutes` in which nobody used the window.
    brush_size: diameter in image pixels.
    shortcut_preset: whose keys are used.
    shortcuts: the person's own keys, each a JSON list of an order and its keys.
    tool_options: what tools are set to, each as "tool.option=value".
    overlay_opacity: 0 (nothing of the mask) to 1 (nothing of the image).
    outline_width: pixels of the screen.
    sample_order: of the list of images.
    stacks: the list shows the pages of a file, or slices of a series, as one entry that opens and closes.
    backups: how many dated copies of a project's database are kept, one a day; 0 makes none.
    scale_bar, minimap, crosshair, rulers: whether the canvas has them.
    keep_view: another image is shown at the place and scale of the one before.
    image_memory: MB that images may take beside the masks.
    limits: how many times larger than usual files may be that somebody else made.
    recent_projects: folders, the last one opened first.
    """

    language: str = "system"
    theme: str = _choice("system", "system", "light", "dark")
    device: str = "auto"
    network: str = "unet"
    network_options: tuple[str, ...] = ()
    round_seconds: int = _number(0, 0, 24 * 3600)
    recipe: str = "corrections"
    learn_by_itself: bool = False
    corrections_per_round: int = _number(10, 1, 1000)
    rebuild_when_idle: bool = False
    idle_minutes: int = _number(5, 1, 24 * 60)
    brush_size: int = _number(16, 1, 2000)
    shortcut_preset: str = _choice("SegDesk", "SegDesk", "labelme", "ISAT")
    shortcuts: tuple[str, ...] = ()
    tool_options: tuple[str, ...] = ()
    overlay_opacity: float = _number(0.5, 0, 1)
    overlay_style: str = _choice("filled", "filled", "outline", "both")
    outline_width: int = _number(2, 1, 12)
    sample_order: str = _choice("added", "added", "name", "uncertainty", "disagreement")
    stacks: bool = True
    backups: int = _number(7, 0, 1000)
    scale_bar: bool = False
    minimap: bool = True
    crosshair: bool = False
    rulers: bool = False
    keep_view: bool = False
    image_memory: int = _number(800, 256, 1_000_000)
    limits: int = _number(1, 1, MOST)
    recent_projects: tuple[str, ...] = ()


class SettingsFile:
    """The settings in use; each change is on disk when the call returns."""

    def __init__(self, path: Path | None = None) -> None:
        """Read `path`; None means the user's own file. What cannot be read has its default."""
        self._path = path or user_config() / "settings.json"
        self.values = _read(self._path)

    def change(self, **changes: Any) -> None:
        """Change some settings by name.

        Raises:
            ValueError: a value is of another type, or outside of its range or choices.
            SegdeskError: the file cannot be written; the change holds until the program ends.
        """
        for name, value in changes.items():
            if not _fits(name, value):
                raise ValueError(f"{value!r} does not fit the setting {name}")
        changed = replace(self.values, **changes)
        if changed != self.values:
            self.values = changed
            write_text(self._path, json.dumps(asdict(changed), indent=2, ensure_ascii=False) + "\n")

    def add_recent(self, folder: Path) -> None:
        """Put a project in front of the recent ones."""
        others = [name for name in self.values.recent_projects if name != str(folder)]
        self.change(recent_projects=tuple([str(folder), *others][:_RECENT]))


def _read(path: Path) -> Settings:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return Settings()
    if not isinstance(stored, Mapping):
        return Settings()
    known = {f.name for f in fields(Settings)}
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in stored.items()
        if name in known
    }
    fitting = {name: value for name, value in values.items() if _fits(name, value)}
    return Settings(**fitting)


def _fits(name: str, value: object) -> bool:
    setting = next((f for f in fields(Settings) if f.name == name), None)
    if setting is None:
        return False
    if isinstance(setting.default, bool):
        return isinstance(value, bool)
    if isinstance(setting.default, tuple):
        return isinstance(value, tuple) and all(isinstance(item, str) for item in value)
    if isinstance(setting.default, str):
        return isinstance(value, str) and value in setting.metadata.get("choices", (value,))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if isinstance(setting.default, int) and not isinstance(value, int):
        return False
    low, high = setting.metadata["range"]
    return bool(low <= value <= high)
