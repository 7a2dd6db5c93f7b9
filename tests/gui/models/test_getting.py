"""Getting weights from a server on this computer: progress, cancel, resume, and what goes wrong."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from segdesk.core import catalogue
from segdesk.core.paths import user_config
from segdesk.gui.models.getting import PublishedRow
from segdesk.gui.window import MainWindow

CONTENT = b"weights" + bytes(3_000_000)


@dataclass
class Published:
    """A server with one file. gate: it sends the second half only while this is set."""

    port: int = 0
    gate: threading.Event = field(default_factory=threading.Event)
    ranges: list[str] = field(default_factory=list)


@pytest.fixture
def server() -> Iterator[Published]:
    told = Published()
    told.gate.set()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range", "")
            told.ranges.append(asked)
            start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
            self.send_response(206 if asked else 200)
            if asked:
                self.send_header("Content-Range", f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}")
            self.send_header("Content-Length", str(len(CONTENT) - start))
            self.send_header("ETag", '"one"')
            self.end_headers()
            half = max(start, len(CONTENT) // 2)
            try:
                self.wfile.write(CONTENT[start:half])
                self.wfile.flush()
                told.gate.wait(30)
                self.wfile.write(CONTENT[half:])
            except OSError:
                pass  # the other side has hung up, as it does when it cancels

        def log_message(self, *_: object) -> None:
            pass

    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.daemon_threads = True
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    told.port = made.server_address[1]
    yield told
    told.gate.set()
    made.shutdown()
    made.server_close()
    thread.join()


def publish(port: int, *, content: bytes = CONTENT) -> None:
    """Let the person's own catalogue have an entry for the file."""
    entry = {
        "name": "local",
        "title": "Local weights",
        "good_for": "Trying things out",
        "url": f"http://127.0.0.1:{port}/local.pth",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "licence": "CC0",
    }
    folder = user_config()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "models.json").write_text(json.dumps({"models": [entry]}))


def row_of(qtbot: QtBot, window: MainWindow) -> PublishedRow:
    window.actions_["get_models"].trigger()
    assert window.models.getter is not None
    row = next(row for row in window.models.getter.rows if row.entry.name == "local")
    qtbot.waitUntil(row.get.isVisible)
    return row


def click(button: QPushButton) -> None:
    assert button.isVisible()
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def idle(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: window.models.worker.is_idle)


def test_weights_arrive_among_the_models(qtbot: QtBot, window: MainWindow, server: Published) -> None:
    publish(server.port)
    row = row_of(qtbot, window)
    assert row.get.text() == "Download"
    click(row.get)
    idle(qtbot, window)
    file = catalogue.folder() / "local.pth"
    assert file.read_bytes() == CONTENT
    assert row.get.text() == "Show"
    click(row.get)
    assert window.models.manager is not None
    shown = window.models.manager.details.entry
    assert shown is not None
    assert (shown.file, shown.title) == (file, "Local weights")
    assert shown.origin == "Downloaded from 127.0.0.1"


def test_a_cancelled_download_goes_on_where_it_stopped(
    qtbot: QtBot, window: MainWindow, server: Published
) -> None:
    publish(server.port)
    server.gate.clear()
    row = row_of(qtbot, window)
    click(row.get)

    def has_half() -> bool:
        return (catalogue.folder() / ".local.pth.part").exists() and row.bar.value() > 200

    qtbot.waitUntil(has_half)
    assert "of 3.0 MB" in row.status.text()
    click(row.cancel)
    server.gate.set()
    idle(qtbot, window)
    assert not (catalogue.folder() / "local.pth").exists()
    assert row.get.text() == "Resume"
    assert "have arrived" in row.status.text()
    click(row.get)
    idle(qtbot, window)
    assert (catalogue.folder() / "local.pth").read_bytes() == CONTENT
    assert server.ranges[-1].startswith("bytes=")


def test_a_wrong_checksum_is_told_and_leaves_nothing(
    qtbot: QtBot, window: MainWindow, server: Published
) -> None:
    publish(server.port, content=b"\1" + CONTENT[1:])
    row = row_of(qtbot, window)
    click(row.get)
    idle(qtbot, window)
    assert "not what was published" in row.status.text()
    assert list(catalogue.folder().iterdir()) == []
    assert not window.notice.isVisible()


def test_nobody_there_is_told(qtbot: QtBot, window: MainWindow, server: Published, tmp_path: Path) -> None:
    publish(1)  # a port that nobody listens at
    row = row_of(qtbot, window)
    click(row.get)
    idle(qtbot, window)
    assert "check the connection" in row.status.text()
    assert row.get.text() == "Download"
