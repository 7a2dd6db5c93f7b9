"""The log: it never grows large, holds no pixels, and knows what native code and Qt have to say."""

from __future__ import annotations

import faulthandler
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import qInstallMessageHandler, qWarning

from segdesk.core.errors import FaultError
from segdesk.gui import logs
from segdesk.gui.report import report


@pytest.fixture
def log(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Logging as in the application; afterwards, as it was."""
    root = logging.getLogger()
    handlers, level, enabled = list(root.handlers), root.level, faulthandler.is_enabled()
    monkeypatch.setattr(logs, "_MOST_BYTES", 2000)
    logs.start_logging()
    yield home / "logs" / "segdesk.log"
    qInstallMessageHandler(None)
    for handler in [h for h in root.handlers if h not in handlers]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    faulthandler.disable()
    if logs._crashes is not None:
        logs._crashes.close()
    if enabled and sys.__stderr__ is not None:
        faulthandler.enable(sys.__stderr__)


def test_old_entries_make_way(log: Path) -> None:
    for number in range(300):
        logging.getLogger("segdesk").info("entry %d %s", number, "x" * 80)
    files = sorted(log.parent.glob("segdesk.log*"))
    assert len(files) == 4
    assert all(file.stat().st_size <= 2000 for file in files)
    assert "entry 299" in log.read_text(encoding="utf-8")


def test_what_qt_says_is_in_it(log: Path) -> None:
    qWarning("a warning of Qt")
    assert "WARNING qt: a warning of Qt" in log.read_text(encoding="utf-8")


def test_a_crash_of_native_code_leaves_where_it_was(log: Path) -> None:
    assert faulthandler.is_enabled()
    program = (
        "import os; from segdesk.gui.logs import start_logging; start_logging();"
        "import faulthandler; faulthandler._sigsegv()"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, check=False)
    assert done.returncode != 0
    assert "Segmentation fault" in (log.parent / "crash.log").read_text(encoding="utf-8", errors="replace")


def test_a_report_holds_no_pixels() -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (300, 300), np.uint8)
    try:
        raise ValueError(f"this does not go: {pixels.tobytes().hex()} {pixels.tolist()}")
    except ValueError as error:
        told = report(error)
    assert "this does not go" in told
    assert len(told) < 3000


def test_the_report_of_a_fault_tells_its_cause() -> None:
    told = report(FaultError("The driver failed.", "Traceback\nRuntimeError: CUDA error: launch failure"))
    assert "CUDA error: launch failure" in told
