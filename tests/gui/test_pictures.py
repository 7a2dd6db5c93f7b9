"""Thumbnails keep to their budget; pictures and thumbnails follow files that go, come back or move."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from segdesk.core.images import ImageSource
from segdesk.core.patch import Status
from segdesk.core.project import Sample
from segdesk.gui.pictures import THUMBNAIL, Pictures, Thumbnails
from tests.gui.conftest import MakeImages

ONE = THUMBNAIL * THUMBNAIL * 3 // 4 * 4  # bytes of an image of 4 to 3


@pytest.fixture
def thumbnails(qapp: object) -> Iterator[Thumbnails]:
    made = Thumbnails(budget=3 * ONE)
    yield made
    made.close()


def sample(number: int, path: Path) -> Sample:
    return Sample(number, ImageSource(path), 256, 192, Status())


def wanted(qtbot: QtBot, thumbnails: Thumbnails, asked: Sample) -> bool:
    """Ask for one and wait until it is there; tells whether it had to be made."""
    if thumbnails.get(asked) is not None:
        return False
    with qtbot.waitSignal(thumbnails.ready):
        pass
    assert thumbnails.get(asked) is not None
    return True


def test_those_not_looked_at_for_longest_make_room(
    qtbot: QtBot, thumbnails: Thumbnails, make_images: MakeImages
) -> None:
    samples = [sample(n, path) for n, path in enumerate(make_images(4, 256, 192))]
    first, second, third, fourth = samples
    for asked in (first, second, third):
        assert wanted(qtbot, thumbnails, asked)
    assert not wanted(qtbot, thumbnails, first)
    assert wanted(qtbot, thumbnails, fourth)
    assert [wanted(qtbot, thumbnails, asked) for asked in (first, third, fourth)] == [False] * 3
    assert wanted(qtbot, thumbnails, second)


def test_a_file_that_was_found_elsewhere(
    qtbot: QtBot, thumbnails: Thumbnails, make_images: MakeImages, tmp_path: Path
) -> None:
    (path,) = make_images(1)
    gone = sample(1, tmp_path / "gone.png")
    assert wanted(qtbot, thumbnails, gone)
    broken = thumbnails.get(gone)
    assert broken is not None and broken.isNull()
    found = replace(gone, source=ImageSource(path))
    assert wanted(qtbot, thumbnails, found)
    shown = thumbnails.get(found)
    assert shown is not None and not shown.isNull()


def test_a_file_that_came_back_while_it_was_read_in_advance(qtbot: QtBot, make_images: MakeImages) -> None:
    (path,) = make_images(1, 256, 192)
    kept = path.read_bytes()
    path.unlink()
    pictures = Pictures()
    told: list[str] = []
    pictures.failed.connect(lambda *_: told.append("failed"))
    pictures.loaded.connect(lambda *_: told.append("loaded"))
    pictures.prefetch(sample(1, path))
    pictures._pool.waitForDone()
    path.write_bytes(kept)
    pictures.load(sample(1, path))
    QCoreApplication.processEvents()
    assert told == ["loaded"]
    pictures.close()
