"""Every reader of files that somebody else may have made, each with a file that it can read.

A reader is called with a path and reads all that it can; a SegdeskError says that it cannot. Run as a
program, it is fed with broken files for a while:

python -m tests.fuzz.readers NAME|all SECONDS [SEED]
"""

from __future__ import annotations

import gc
import io
import json
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from segdesk.core.classes import SegClass, default_color
from segdesk.core.document import Document
from segdesk.core.errors import SegdeskError
from segdesk.core.images import inspect_image
from segdesk.core.jobs import run
from segdesk.core.project import Project
from segdesk.core.project.claim import LOCK
from segdesk.core.project.health import examine, model_problem
from segdesk.core.project.repair import repair, rescue
from segdesk.core.settings import SettingsFile
from segdesk.formats.label_import import LabelKind, read_truth
from tests.core.damage import make_project, model_bytes


@dataclass(frozen=True)
class Reader:
    """suffix: of the file. seed: makes the bytes of a whole one. read: takes the path of a file."""

    suffix: str
    seed: Callable[[Path], bytes]
    read: Callable[[Path], object]


def _project_bytes(folder: Path) -> bytes:
    project = make_project(folder / "seed", images=2, strokes=2)
    project.close()
    data = (project.folder / "project.sqlite").read_bytes()
    shutil.rmtree(folder / "seed")
    return data


def _read_project(path: Path) -> None:
    folder = path.parent / "p.segdesk"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "models").mkdir(parents=True)
    shutil.copyfile(path, folder / "project.sqlite")
    _tolerant(lambda: use_project(folder))
    _tolerant(lambda: run(examine(folder)))
    _tolerant(lambda: run(rescue(folder, path.parent / "out")))
    shutil.rmtree(path.parent / "out", ignore_errors=True)
    try:
        run(repair(folder))
    except SegdeskError:
        return
    use_project(folder)  # a repaired one is whole
    assert [f for f in run(examine(folder, images=False)) if f.mends] == []


def use_project(folder: Path) -> None:
    """Read everything in a project, and do a little in it."""
    project = Project(folder)
    try:
        project.classes.all()
        project.versions.all()
        project.versions.rounds()
        project.versions.in_use()
        project.scores.all()
        for sample in project.samples.all():
            if sample.width * sample.height > 10_000_000:
                continue  # as large as an image can be, and its mask with it
            project.masks.first_prediction(sample)
            document = Document(project, sample)
            while document.undo() is not None:
                pass
            document.redo()
            document.confirm()
    finally:
        project.close()


def _record_bytes(folder: Path) -> bytes:
    return json.dumps({"user": "a", "host": "b", "pid": 1, "since": ""}).encode()


def _read_record(path: Path) -> None:
    folder = path.parent / "p.segdesk"
    if not folder.exists():
        Project.create(folder, ["a"]).close()
    shutil.copyfile(path, folder / LOCK)
    Project(folder).close()


def _settings_bytes(folder: Path) -> bytes:
    path = folder / "settings.json"
    SettingsFile(path).change(theme="dark", brush_size=3, recent_projects=("/a", "ä"))
    return path.read_bytes()


def _read_settings(path: Path) -> None:
    settings = SettingsFile(path)
    settings.change(brush_size=5)
    settings.add_recent(path.parent)
    assert SettingsFile(path).values == settings.values


def _mask_bytes(folder: Path) -> bytes:
    data = io.BytesIO()
    Image.fromarray(np.arange(48, dtype=np.uint8).reshape(6, 8) % 3).save(data, format="PNG")
    return data.getvalue()


def _read_mask(path: Path) -> None:
    classes = tuple(SegClass(i, f"c{i}", default_color(i)) for i in range(3))
    for kind in LabelKind:
        _tolerant(lambda k=kind: read_truth(path, k, classes))  # type: ignore[misc]
    _tolerant(lambda: inspect_image(path))


def _model_bytes(folder: Path) -> bytes:
    from segdesk.nn import model_file
    from segdesk.nn.networks.blocks import Network
    from segdesk.nn.networks.registry import build
    from segdesk.nn.spec import NetworkSpec

    spec = NetworkSpec("unet", in_channels=1, classes=("background", "a"), options={"width": 4, "depth": 2})
    network: Network = build(spec.network, spec.in_channels, len(spec.classes), spec.options)
    model_file.save(folder / "m.safetensors", spec, network.state_dict())
    return (folder / "m.safetensors").read_bytes()


def _read_model(path: Path) -> None:
    from segdesk.nn import model_file
    from segdesk.nn.foreign.reading import read_weights

    model_problem(path)
    _tolerant(lambda: model_file.read_spec(path))
    _tolerant(lambda: model_file.load(path))
    _tolerant(lambda: read_weights(path))


def _pth_bytes(folder: Path) -> bytes:
    import torch

    data = io.BytesIO()
    torch.save({"state_dict": {"inc.weight": torch.zeros(2, 3), "epoch": 4}, "note": "x"}, data)
    return data.getvalue()


def _read_pth(path: Path) -> None:
    from segdesk.nn.foreign.reading import read_weights

    _tolerant(lambda: read_weights(path))


READERS = {
    "project": Reader(".sqlite", _project_bytes, _read_project),
    "record": Reader(".lock", _record_bytes, _read_record),
    "settings": Reader(".json", _settings_bytes, _read_settings),
    "mask": Reader(".png", _mask_bytes, _read_mask),
    "model header": Reader(".safetensors", lambda _: model_bytes(), lambda path: model_problem(path)),
    "model": Reader(".safetensors", _model_bytes, _read_model),
    "checkpoint": Reader(".pth", _pth_bytes, _read_pth),
}  # fmt: skip


def _tolerant(work: Callable[[], object]) -> None:
    try:
        work()
    except SegdeskError as error:
        assert str(error)


AWKWARD = (
    b"", b"\0", b"\xff" * 8, b"[" * 50_000, b'{"a":' * 50_000, b"-1", b"1e999", b"NaN", b'"\\ud800"',
    b"9" * 5000, b"\x1b[31m", b"../../x", b"\x80\x02c", b"\x7f" * 300,
)  # fmt: skip


def broken(whole: bytes, changes: list[tuple[str, float, bytes]]) -> bytes:
    """A file with changes: what is done, where (0 to 1), and with which bytes."""
    data = bytearray(whole)
    for what, place, piece in changes:
        at = int(place * len(data))
        if what == "write":
            data[at : at + len(piece)] = piece
        elif what == "insert":
            data[at:at] = piece
        elif what == "cut":
            del data[at:]
        elif what == "drop":
            del data[at : at + len(piece)]
        else:
            data[at:] = piece
    return bytes(data)


VALUES = (None, -1, 0, 10**15, 2**62, 1e300, "", "x", "../../y", "[" * 9999, b"\0x", "NaN")
KINDS = ("write", "insert", "cut", "drop", "end with")


def break_rows(database: Path, choice: random.Random) -> None:
    """Put a value into a place of the database where it does not belong."""
    connection = sqlite3.connect(database)
    try:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        tables = [name for name in tables if not name.startswith("sqlite_")]
        for _ in range(choice.randint(1, 3)):
            table = choice.choice(tables)
            column = choice.choice([row[1] for row in connection.execute(f"PRAGMA table_info({table})")])
            value = choice.choice(
                [None, -1, 0, 10**15, 2**62, 1e300, "", "x", "../../y", "[" * 9999, b"\0x", "NaN"]
            )
            try:
                connection.execute(f"UPDATE {table} SET {column} = ?", (value,))
            except (sqlite3.IntegrityError, sqlite3.OperationalError):
                continue  # this one the table's own rules do not let in
        connection.commit()
    finally:
        connection.close()


def feed(name: str, seconds: float, seed: int, folder: Path) -> int:
    """Read broken files for a while; gives how many it were."""
    reader, choice = READERS[name], random.Random(seed)
    whole, path = reader.seed(folder), folder / f"broken{reader.suffix}"
    end, count = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        changes = [
            (choice.choice(KINDS), choice.random(), choice.choice([choice.randbytes(4), *AWKWARD]))
            for _ in range(choice.randint(1, 4))
        ]
        if name == "project" and count % 2:
            path.write_bytes(whole)
            break_rows(path, choice)
        else:
            path.write_bytes(broken(whole, changes))
        try:
            reader.read(path)
        except SegdeskError:
            pass
        except BaseException:
            kept = Path(tempfile.gettempdir()) / f"segdesk-fuzz-{name}-{seed}-{count}{reader.suffix}"
            shutil.copyfile(path, kept)
            sys.stderr.write(f"{name}, seed {seed}, file {count}: kept as {kept}\n")
            raise
        count += 1
        if count % 50 == 0:
            gc.collect()
    return count


def main() -> int:
    names = list(READERS) if sys.argv[1] == "all" else [sys.argv[1]]
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            count = feed(name, float(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0, Path(folder))
            sys.stdout.write(f"{name}: {count} files\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
