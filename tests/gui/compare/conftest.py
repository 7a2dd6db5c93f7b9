from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from segdesk.gui.compare import CompareWindow
from segdesk.gui.window import MainWindow
from tests.gui.compare.kit import TwoMinds, look
from tests.gui.conftest import paint, retrain
from tests.gui.fake_engine import better


@pytest.fixture
def engine() -> Iterator[TwoMinds]:
    fake = TwoMinds(better)
    yield fake
    fake.gate.set()


@pytest.fixture
def learned(qtbot: QtBot, project_window: MainWindow) -> MainWindow:
    """The window on a project of three versions and three images of 64 x 48."""
    paint(project_window, (10, 30), (40, 30))
    for _ in range(3):
        retrain(qtbot, project_window)
    return project_window


@pytest.fixture
def shown(qtbot: QtBot, learned: MainWindow) -> CompareWindow:
    """Versions 1 and 2 side by side on the second image, predicted."""
    learned.bench.next()
    return look(qtbot, learned, 1, 2)
