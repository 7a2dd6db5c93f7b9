"""On a real disk that is full, everything that is written says so and leaves nothing half done."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.small_disk import linux_only, run_on_small_disk

pytestmark = [pytest.mark.slow, linux_only]


def test_whatever_is_written(tmp_path: Path) -> None:
    run_on_small_disk(tmp_path, 48, "tests.e2e.full_disk")
