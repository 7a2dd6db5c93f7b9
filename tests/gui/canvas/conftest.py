from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.gui.canvas.kit import Bench, make_bench


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    """A canvas on a mid-gray image of 200 x 150."""
    made = make_bench(qtbot, tmp_path, np.full((150, 200), 100, np.uint8))
    yield made
    made.project.close()
