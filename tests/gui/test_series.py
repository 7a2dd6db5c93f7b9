"""The slices of a DICOM series in the list of images."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from segdesk.core.jobs import run
from segdesk.core.project import Project
from segdesk.core.project.series import Series
from segdesk.formats import dicom_series as series_files
from segdesk.gui.window import MainWindow
from tests.formats.medical import dicom_series
from tests.gui.conftest import MakeImages

pydicom = pytest.importorskip("pydicom", reason="pydicom is not installed: pip install segdesk[dicom]")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Slices whose last name comes first in space. One of them is missing."""
    return dicom_series(tmp_path / "scan", (0, 1, 3, 4), uid="1.2.3", step=3)


def open_images(qtbot: QtBot, window: MainWindow, *paths: Path) -> None:
    with qtbot.waitSignal(window.bench.picture_ready):
        window.bench.open_paths(list(paths))
    known(qtbot, window)


def known(qtbot: QtBot, window: MainWindow) -> None:
    bench = window.bench
    qtbot.waitUntil(
        lambda: {s.id for s in bench.samples if s.source.path.suffix == ".dcm"} <= bench.series.known
    )


def names(window: MainWindow) -> list[str]:
    model = window.samples.model
    return [model.index(row).data() for row in range(model.rowCount())]


def on_screen(window: MainWindow) -> str:
    assert window.bench.current is not None
    return window.bench.current.source.path.name


def test_a_series_is_one_row_in_the_order_of_space(
    qtbot: QtBot, window: MainWindow, folder: Path, make_images: MakeImages
) -> None:
    plain, other = make_images(2)
    open_images(qtbot, window, plain, folder, other)
    assert names(window) == ["img0.png", "s4.dcm (4)", "img1.png"]
    assert window.area.pages.isHidden()
    with qtbot.waitSignal(window.bench.picture_ready):
        QTest.keyClick(window.samples.list, Qt.Key.Key_Down)
    assert on_screen(window) == "s4.dcm"
    assert names(window)[1] == "s4.dcm, slice 1"
    with qtbot.waitSignal(window.bench.picture_ready):
        window.actions_["next_page"].trigger()
    assert on_screen(window) == "s3.dcm"
    assert window.area.pages.slider.value() == 1
    assert window.area.pages.label.text() == "Slice 2 of 4"
    QTest.keyClick(window.samples.list, Qt.Key.Key_Right)
    assert names(window) == ["img0.png", "s4.dcm (4)", "Slice 1", "Slice 2", "Slice 3", "Slice 4", "img1.png"]
    assert window.samples.list.currentIndex().row() == 3


def test_headers_are_read_once(
    qtbot: QtBot, window: MainWindow, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_images(qtbot, window, folder)
    project, kept = window.bench.project, window.bench.series
    assert project is not None
    assert project.series.all() == kept
    asked: list[object] = []
    monkeypatch.setattr("segdesk.gui.series.series_of", asked.append)
    window.bench.work_on(Project.create(folder.parent / "other.segdesk", ["cell"]))
    window.bench.open_project(project.folder)
    assert names(window) == ["s4.dcm, slice 1"] or names(window) == ["s0.dcm, slice 4"]
    assert window.bench.series == kept
    assert not asked


def test_a_slice_that_comes_later_finds_its_place(qtbot: QtBot, window: MainWindow, folder: Path) -> None:
    open_images(qtbot, window, folder)
    dicom_series(folder, [2], uid="1.2.3", step=3)
    window.bench.open_paths([folder / "s2.dcm"])
    qtbot.waitUntil(lambda: len(window.bench.samples) == 5)
    known(qtbot, window)
    slices = [window.bench.samples[row].source.path.name for row in window.bench.listing.stacks.pages(0)]
    assert slices == ["s4.dcm", "s3.dcm", "s2.dcm", "s1.dcm", "s0.dcm"]
    assert window.area.pages.label.text().endswith("of 5")
    window.bench.remove_samples([window.bench.samples[0].id])
    assert len(window.bench.listing.stacks.pages(0)) == 4


def test_what_lies_elsewhere_or_turned_is_no_slice(tmp_path: Path) -> None:
    one, two = (
        dicom_series(tmp_path / "a", (0, 1), uid="1.2.3", step=3),
        dicom_series(tmp_path / "b", [5], uid="1.2.3", step=3),
    )
    across = pydicom.dcmread(one / "s1.dcm")
    across.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    across.save_as(one / "s9.dcm")
    (one / "s8.dcm").write_bytes(b"nothing of that kind")
    files = {1: one / "s0.dcm", 2: one / "s1.dcm", 3: one / "s9.dcm", 4: two / "s5.dcm", 5: one / "s8.dcm"}
    assert run(series_files.series_of(files | {6: one / "gone.dcm"})) == Series(((2, 1),), (5, 3, 4))


def test_slices_that_lie_nowhere_go_by_their_numbers(tmp_path: Path) -> None:
    folder = dicom_series(tmp_path / "a", (0, 1, 2), uid="1.2.3", step=3)
    for number in range(3):
        data = pydicom.dcmread(folder / f"s{number}.dcm")
        del data.ImagePositionPatient
        data.InstanceNumber = 9 - number
        data.save_as(folder / f"s{number}.dcm")
    assert run(series_files.series_of({n: folder / f"s{n}.dcm" for n in range(3)})).volumes == ((2, 1, 0),)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"volumes": [[1], [1]], "alone": []}', '{"volumes": 3}'])
def test_what_was_noted_and_makes_no_sense_is_found_anew(tmp_path: Path, text: str) -> None:
    project = Project.create(tmp_path / "p.segdesk", ["cell"])
    project.series.keep(Series(((2, 1),), (3,)))
    assert project.series.all() == Series(((2, 1),), (3,))
    project.raw.execute("UPDATE meta SET value = ? WHERE key = 'series'", (text,))
    assert project.series.all() == Series()
    project.close()
