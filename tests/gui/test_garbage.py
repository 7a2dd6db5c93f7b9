"""Widgets that refer to each other are freed by the GUI thread, whoever makes garbage meanwhile."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest

from segdesk.gui.garbage import GarbageCollection


class Circle:
    """Freed by a collection alone; notes which thread that was."""

    def __init__(self, freed_by: list[threading.Thread]) -> None:
        self.itself = self
        weakref.finalize(self, lambda: freed_by.append(threading.current_thread()))


@pytest.fixture
def collection(qapp: object) -> Iterator[GarbageCollection]:
    made = GarbageCollection()
    yield made
    made.stop()
    gc.disable()  # as the module has it


def litter() -> None:
    for _ in range(20):
        kept: list[list[int]] = [[] for _ in range(gc.get_threshold()[0] + 10)]
        del kept


def test_another_thread_collects_nothing(collection: GarbageCollection) -> None:
    freed_by: list[threading.Thread] = []
    Circle(freed_by)
    thread = threading.Thread(target=litter)
    thread.start()
    thread.join()
    assert not freed_by
    kept: list[list[int]] = [[] for _ in range(gc.get_threshold()[0] + 10)]
    assert collection.collect() is not None
    assert freed_by == [threading.main_thread()]
    assert kept


def test_what_was_left_out_is_freed_once_nobody_is_there(
    collection: GarbageCollection, monkeypatch: pytest.MonkeyPatch
) -> None:
    freed_by: list[threading.Thread] = []
    circle = [Circle(freed_by)]
    monkeypatch.setattr(gc, "get_count", lambda: (10_000, 100, 100))
    assert collection.collect() == 2
    circle.clear()
    assert collection.collect() == 2
    assert not freed_by
    collection.collect_everything()
    assert len(freed_by) == 1


def test_nothing_is_done_while_there_is_little_garbage(collection: GarbageCollection) -> None:
    gc.collect()
    assert collection.collect() is None


def test_in_the_end_python_does_it_again(collection: GarbageCollection) -> None:
    assert not gc.isenabled()
    collection.stop()
    assert gc.isenabled()
