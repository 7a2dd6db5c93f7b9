"""Choosing formats to export: what they need, and what can be set for them."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from segdesk.gui.dialogs.export import ExportDialog
from segdesk.gui.exporting import start_export
from segdesk.gui.window import MainWindow


def test_the_soft_edge_belongs_to_cut_outs(qtbot: QtBot, project_window: MainWindow, tmp_path: Path) -> None:
    dialog = ExportDialog(tmp_path, has_model=False)
    qtbot.addWidget(dialog)
    assert not dialog.soft_edge.isEnabled()
    assert dialog.soft_edge.text() == "none"
    dialog.boxes["cutout"].setChecked(True)
    assert dialog.soft_edge.isEnabled()
    dialog.soft_edge.stepBy(3)
    assert dialog.soft_edge.text() == "3 px"
    bench = project_window.bench
    assert bench.project is not None
    assert bench.document is not None
    disc = np.zeros((48, 64), np.uint8)
    disc[10:30, 10:30] = 1
    bench.document.predict(disc, None)
    with qtbot.waitSignal(project_window.files.idle):
        start_export(
            bench, project_window.files, bench.project, ["cutout"], tmp_path / "out",
            soft_edge=dialog.soft_edge.value(),
        )  # fmt: skip
    (file,) = (tmp_path / "out" / "cutout").iterdir()
    with Image.open(file) as picture:
        alpha = np.asarray(picture)[:, :, 3]
    assert set(np.unique(alpha)) - {0, 255}


def test_what_a_format_lacks_is_said_with_what_to_do(
    qtbot: QtBot, project_window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    dialog = ExportDialog(tmp_path, has_model=False, parent=project_window)
    for name, extra in (("nifti", "nifti"), ("dicom-seg", "dicom")):
        assert not dialog.boxes[name].isEnabled()
        assert f"pip install segdesk[{extra}]" in dialog.words[name].text()
    assert dialog.boxes["coco"].isEnabled()
