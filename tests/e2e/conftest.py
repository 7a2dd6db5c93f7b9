from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings, projects and logs of a person who has never used SegDesk."""
    monkeypatch.setenv("SEGDESK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"
