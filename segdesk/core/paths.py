"""Where SegDesk keeps things: its own resources, and the user's settings, projects and logs."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

_APP = "SegDesk"


def resources() -> Path:
    """The folder of icons, translations and sample material, in the wheel or in a checkout."""
    packaged = Path(__file__).parents[1] / "resources"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "resources"


def user_data() -> Path:
    """The folder for projects made without a place of their own; SEGDESK_HOME moves it."""
    return _home("data") or platformdirs.user_data_path(_APP, appauthor=False)


def user_config() -> Path:
    """The folder of the user's settings; SEGDESK_HOME moves it."""
    return _home("config") or platformdirs.user_config_path(_APP, appauthor=False)


def user_logs() -> Path:
    """The folder of log files; SEGDESK_HOME moves it."""
    return _home("logs") or platformdirs.user_log_path(_APP, appauthor=False)


def _home(name: str) -> Path | None:
    home = os.environ.get("SEGDESK_HOME")
    return Path(home) / name if home else None
