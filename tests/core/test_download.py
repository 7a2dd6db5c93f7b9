"""Downloading from a server on this computer: resumed, checked, cancelled, and what can go wrong."""

from __future__ import annotations

import errno
import hashlib
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from segdesk.core import catalogue
from segdesk.core.catalogue import Published
from segdesk.core.download import Downloading, download, remove
from segdesk.core.errors import ModelError, SegdeskError
from segdesk.core.jobs import run

DATA = bytes(range(256)) * 4096  # 1 MB
TAG = '"one"'


@dataclass
class Server:
    """How the server behaves, and what it has been asked.

    cut: bytes after which it drops the connection.   ranges: whether it can send a part.
    """

    port: int = 0
    data: bytes = DATA
    tag: str = TAG
    cut: int | None = None
    ranges: bool = True
    status: int = 200
    where: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)

    def entry(self, **other: object) -> Published:
        entry = Published(
            "net", "Net", "Things", f"http://127.0.0.1:{self.port}/net.onnx", len(DATA), digest("sha256")
        )
        return replace(entry, **other)  # type: ignore[arg-type]


def digest(algorithm: str) -> str:
    return hashlib.new(algorithm, DATA).hexdigest()


@pytest.fixture
def server() -> Iterator[Server]:
    behaviour = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            behaviour.asked.append(dict(self.headers))
            if behaviour.status != 200:
                self.send_response(behaviour.status)
                if behaviour.where:
                    self.send_header("Location", behaviour.where)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            start, total = 0, len(behaviour.data)
            asked = self.headers.get("Range", "")
            if behaviour.ranges and asked and self.headers["If-Range"] == behaviour.tag:
                start = int(asked.removeprefix("bytes=").removesuffix("-"))
            self.send_response(206 if start else 200)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
            self.send_header("Content-Length", str(total - start))
            self.send_header("ETag", behaviour.tag)
            self.end_headers()
            body = behaviour.data[start:][: behaviour.cut]
            behaviour.sent.append(len(body))
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        behaviour.port = http.server_address[1]
        thread = Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        yield behaviour
        http.shutdown()
        thread.join()


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def broken(entry: Published, folder: Path) -> None:
    with pytest.raises(ModelError, match="The connection broke while Net arrived"):
        run(download(entry, folder))


@pytest.mark.parametrize("by", ["sha256", "md5"])
def test_it_arrives_whole_with_progress(server: Server, tmp_path: Path, by: str) -> None:
    entry = server.entry(**{"sha256": "", "md5": "", by: digest(by)})
    seen = list(download(entry, tmp_path / "models"))
    assert (tmp_path / "models" / "net.onnx").read_bytes() == DATA
    assert left_in(tmp_path / "models") == ["net.onnx"]
    downloading = [p for p in seen if isinstance(p, Downloading) and p.text.startswith("Downloading Net")]
    assert [p.done for p in downloading] == sorted(p.done for p in downloading)
    assert downloading[0].fraction == 0 and downloading[-1].done == len(DATA) == downloading[-1].total
    assert "1.0 of 1.0 MB" in downloading[-1].text
    assert seen[-1].text == "Checking Net"


def test_a_whole_file_is_not_fetched_again_unless_it_is_damaged(server: Server, tmp_path: Path) -> None:
    file = run(download(server.entry(), tmp_path))
    assert catalogue.state(server.entry(), tmp_path) == catalogue.State(file, len(DATA))
    assert run(download(server.entry(), tmp_path)) == file
    assert len(server.asked) == 1
    file.write_bytes(DATA[:-1] + b"x")
    assert run(download(server.entry(), tmp_path)).read_bytes() == DATA
    assert len(server.asked) == 2
    remove(server.entry(), tmp_path)
    assert left_in(tmp_path) == []


def test_after_a_cut_connection_it_goes_on_where_it_stopped(server: Server, tmp_path: Path) -> None:
    server.cut = 300_000
    broken(server.entry(), tmp_path)
    assert catalogue.state(server.entry(), tmp_path) == catalogue.State(None, 300_000)
    assert all(name.startswith(".") and not name.endswith(catalogue.SUFFIXES) for name in left_in(tmp_path))
    server.cut = None
    assert run(download(server.entry(), tmp_path)).read_bytes() == DATA
    assert server.asked[-1]["Range"] == "bytes=300000-"
    assert server.sent == [300_000, len(DATA) - 300_000]
    assert left_in(tmp_path) == ["net.onnx"]


@pytest.mark.parametrize("change", [{"ranges": False}, {"tag": '"another"'}])
def test_it_begins_anew_where_the_server_cannot_go_on(
    server: Server, tmp_path: Path, change: dict[str, object]
) -> None:
    server.cut = 300_000
    broken(server.entry(), tmp_path)
    server.cut = None
    for name, value in change.items():
        setattr(server, name, value)
    assert run(download(server.entry(), tmp_path)).read_bytes() == DATA
    assert server.sent[-1] == len(DATA)


def test_a_server_that_promises_nothing_is_not_asked_for_a_part(server: Server, tmp_path: Path) -> None:
    server.cut, server.tag = 300_000, 'W/"weak"'
    broken(server.entry(), tmp_path)
    server.cut = None
    assert run(download(server.entry(), tmp_path)).read_bytes() == DATA
    assert "Range" not in server.asked[-1]


def test_cancelled_it_keeps_what_arrived(server: Server, tmp_path: Path) -> None:
    job = download(server.entry(), tmp_path)
    while not (state := catalogue.state(server.entry(), tmp_path)).here:
        next(job)
    job.close()
    here = catalogue.state(server.entry(), tmp_path).here
    assert state.file is None and 0 < here < len(DATA)
    assert run(download(server.entry(), tmp_path)).read_bytes() == DATA
    assert server.asked[-1]["Range"] == f"bytes={here}-"


def test_a_part_that_is_complete_needs_no_server(tmp_path: Path) -> None:
    entry = Server(port=1).entry()
    catalogue.part_of(tmp_path / "net.onnx").write_bytes(DATA)
    assert run(download(entry, tmp_path)).read_bytes() == DATA


def test_a_wrong_checksum_leaves_nothing(server: Server, tmp_path: Path) -> None:
    server.data = DATA[:-1] + b"x"
    with pytest.raises(ModelError, match="is not what was published, so it was thrown away"):
        run(download(server.entry(), tmp_path))
    assert left_in(tmp_path) == []


@pytest.mark.parametrize("data", [DATA + b"more", DATA[:-5]])
def test_a_file_of_another_size_is_not_fetched(server: Server, tmp_path: Path, data: bytes) -> None:
    server.data = data
    with pytest.raises(ModelError, match="another file than the catalogue says for Net"):
        run(download(server.entry(), tmp_path))
    assert left_in(tmp_path) == []


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (404, "Net is no longer where it was published"),
        (503, r"does not give Net \(it answers 503\)"),
        (416, "cannot go on with Net where it stopped; try again"),
    ],
)
def test_what_a_server_refuses(server: Server, tmp_path: Path, status: int, sentence: str) -> None:
    server.status = status
    with pytest.raises(ModelError, match=sentence):
        run(download(server.entry(), tmp_path))
    assert left_in(tmp_path) == []


def test_offline(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(ModelError, match=r"Cannot reach 127\.0\.0\.1 for Net; check the connection"):
        run(download(Server(port=port).entry(), tmp_path))
    assert left_in(tmp_path) == []


def test_a_server_that_falls_silent(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        entry = Server(port=silent.getsockname()[1]).entry()
        with pytest.raises(ModelError, match="Cannot reach"):
            run(download(entry, tmp_path, timeout=0.05))


def test_it_follows_the_server_to_safe_places_only(server: Server, tmp_path: Path) -> None:
    server.status, server.where = 302, "http://example.org/net.onnx"
    with pytest.raises(ModelError, match="is not safe"):
        run(download(server.entry(), tmp_path))
    with pytest.raises(ModelError, match="is not safe"):
        run(download(server.entry(url="http://example.org/net.onnx"), tmp_path))
    assert left_in(tmp_path) == []


def test_a_full_disk(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    used = shutil.disk_usage(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: used._replace(free=1000))
        with pytest.raises(SegdeskError, match=r"no room for the 1\.0 MB of Net in .*; free some space"):
            run(download(server.entry(), tmp_path))
    assert not server.asked

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(SegdeskError, match="free some space"):
        run(download(server.entry(), tmp_path))


def test_a_folder_that_cannot_be_written(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SegdeskError, match="Cannot write"):
        run(download(server.entry(), tmp_path / "file"))
