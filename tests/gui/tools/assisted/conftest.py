from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from segdesk.core.patch import State, Status
from tests.core.assisted.scenes import blob
from tests.gui.canvas.kit import Bench, make_bench


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    """A canvas on a picture of 400 x 300 with one object of known outline; a change reaches the tools."""
    made = make_bench(qtbot, tmp_path, blob()[0])
    made.canvas.stroke_finished.connect(lambda patch: made.canvas.show_change(patch.box))
    yield made
    made.project.close()


@pytest.fixture
def predicted(bench: Bench) -> Bench:
    """The same, with the left half predicted as class 1 by a model."""
    labels = bench.labels.copy()
    labels[:, :200] = 1
    bench.document.predict(labels, None)
    bench.document.status = Status(State.PREDICTED, 1)
    bench.canvas.show_change(bench.document.mask.box)
    return bench
