from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def pytest_itemcollected(item: pytest.Item) -> None:
    # The offscreen platform says so of each window that is shown; it means nothing there.
    item.add_marker(pytest.mark.qt_log_ignore("propagateSizeHints"))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings, projects and logs of a person who has never used SegDesk."""
    monkeypatch.setenv("SEGDESK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"
