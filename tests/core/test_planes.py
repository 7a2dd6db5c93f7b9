from __future__ import annotations

import resource
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from segdesk.core import planes
from segdesk.core.geometry import Box
from segdesk.core.planes import LookAhead, blank_plane, warm

LARGE = (3000, 2001)  # pixels: more than planes that are made like any other


def _finish() -> None:
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and thread.name.startswith("warm"):
            thread.join()


@pytest.mark.parametrize("size", [(3, 5), LARGE, (0, 7)])
def test_a_blank_plane_is_zero_and_can_be_written_to(size: tuple[int, int]) -> None:
    plane = blank_plane(*size)
    assert plane.shape == size
    assert plane.dtype == np.uint8
    assert plane.flags.c_contiguous
    assert not plane.any()
    plane[1:, 2:] = 7
    assert plane.sum() == 7 * max(0, size[0] - 1) * max(0, size[1] - 2)


def test_warming_changes_nothing() -> None:
    plane, small = blank_plane(*LARGE), blank_plane(3, 3)
    plane[::7, ::5] = 3
    before = plane.copy()
    warm(plane, small, before)
    plane[5, 5] = before[5, 5] = 9
    _finish()
    assert (plane == before).all()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how memory was touched")
def test_painting_does_not_wait_for_warmed_memory() -> None:
    plane = blank_plane(*LARGE)
    warm(plane)
    _finish()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    plane[:, 0] = 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before < LARGE[0] // 10


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how memory was touched")
def test_painting_does_not_wait_for_memory_that_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planes, "_WARMED", 1000)
    plane = blank_plane(1000, 40_960)  # of rows that are pages of their own
    ahead = LookAhead()
    ahead.look([plane, np.zeros((3, 3), np.uint8)], Box(20_480, 0, 512, 500))
    ahead.wait()

    def faults(box: Box) -> int:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        plane[box.slices] = 1
        return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

    assert faults(Box(20_480, 0, 512, 500)) < 100
    assert faults(Box(20_480, 500, 512, 500)) >= 500


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how much memory is taken")
def test_looking_all_over_an_immense_plane_takes_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planes, "_WARMED", 1000)
    monkeypatch.setattr(planes, "_LOOKED_AT", 1000)

    def taken() -> int:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        return pages * resource.getpagesize()

    plane = blank_plane(10_000, 10_000)
    before = taken()
    assert not plane.any()
    assert taken() - before < plane.nbytes // 10
    plane[:5000] = 1
    assert taken() - before >= plane.nbytes // 2


def test_very_large_planes_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planes, "_WARMED", 1000)
    count = threading.active_count()
    warm(blank_plane(*LARGE))
    assert threading.active_count() == count


def test_too_much_memory_is_an_error_that_is_understood() -> None:
    with pytest.raises(MemoryError):
        blank_plane(2**31, 2**31)
