"""Every reader of files that somebody else may have made, each with a file that it can read.

A reader is called with a path and reads all that it can; a SegdeskError says that it cannot. Run as a
program, it is fed with broken files for a while:

python -m tests.fuzz.readers NAME|all SECONDS [SEED]
"""

from __future__ import annotations

import gc
import io
import json
import os
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from segdesk.core import batch_record, catalogue
from segdesk.core.batch import Batch, BatchRequest
from segdesk.core.batch_files import Search
from segdesk.core.classes import SegClass, default_color, make_classes
from segdesk.core.document import Document
from segdesk.core.errors import SegdeskError
from segdesk.core.images import inspect_image
from segdesk.core.jobs import Job, Predicted, Prediction, PredictRequest, run
from segdesk.core.paths import resources
from segdesk.core.project import Project
from segdesk.core.project.claim import LOCK
from segdesk.core.project.health import examine, model_problem
from segdesk.core.project.repair import repair, rescue
from segdesk.core.settings import SettingsFile
from segdesk.formats.batch import BatchWriter, write_table
from segdesk.formats.label_import import LabelKind, read_truth
from tests.core.damage import make_project, model_bytes
from tests.fuzz import annotations as formats
from tests.fuzz import pictures
from tests.fuzz.reader import Reader, tolerant

if TYPE_CHECKING:
    from segdesk.nn.checkpoint import Checkpoint


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
    tolerant(lambda: use_project(folder))
    tolerant(lambda: run(examine(folder)))
    tolerant(lambda: run(rescue(folder, path.parent / "out")))
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
        tolerant(lambda k=kind: read_truth(path, k, classes))  # type: ignore[misc]
    tolerant(lambda: inspect_image(path))


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
    tolerant(lambda: model_file.read_spec(path))
    tolerant(lambda: model_file.load(path))
    tolerant(lambda: read_weights(path))


def _pth_bytes(folder: Path) -> bytes:
    import torch

    data = io.BytesIO()
    torch.save({"state_dict": {"inc.weight": torch.zeros(2, 3), "epoch": 4}, "note": "x"}, data)
    return data.getvalue()


def _read_pth(path: Path) -> None:
    from segdesk.nn.foreign.reading import read_weights

    tolerant(lambda: read_weights(path))


def _onnx_bytes(folder: Path) -> bytes:
    from segdesk.nn.export import export_model

    (folder / "m.safetensors").write_bytes(_model_bytes(folder))
    export_model(folder / "m.safetensors", folder / "m.onnx", "onnx")
    return (folder / "m.onnx").read_bytes()


def _training_bytes(folder: Path) -> bytes:
    checkpoint = _checkpoint(folder / "c.checkpoint")
    checkpoint.keep()
    return (folder / "c.checkpoint").read_bytes()


def _checkpoint(path: Path) -> Checkpoint:
    """Of the generators of chance alone, which is a part like any other."""
    from segdesk.nn.checkpoint import Chance, Checkpoint
    from segdesk.nn.clock import Clock

    return Checkpoint(path, "f", {"chance": Chance(np.random.default_rng(0))}, Clock(None, 10))


def _read_training(path: Path) -> None:
    assert _checkpoint(path).resume()


def _recipe_bytes(folder: Path) -> bytes:
    from segdesk.nn.spec import NetworkSpec

    return NetworkSpec("unet", 3, ("background", "a"), {"width": 4, "depth": 2}).to_json().encode()


def _read_recipe(path: Path) -> None:
    from segdesk.nn.spec import NetworkSpec

    spec = NetworkSpec.from_json(path.read_text(encoding="utf-8", errors="replace"))
    if all(not isinstance(v, int) or abs(v) < 64 for v in spec.options.values()) and spec.in_channels < 64:
        spec.build()


def _catalogue_bytes(folder: Path) -> bytes:
    return (resources() / catalogue.FILE).read_bytes()


def _read_catalogue(path: Path) -> None:
    home = path.parent / "home"
    (home / "config").mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, home / "config" / catalogue.FILE)
    before = os.environ.get("SEGDESK_HOME")
    os.environ["SEGDESK_HOME"] = str(home)
    try:
        assert all(catalogue.problems())
        for entry in catalogue.published():
            assert entry.file_name == Path(entry.file_name).name
    finally:
        if before is None:
            del os.environ["SEGDESK_HOME"]
        else:
            os.environ["SEGDESK_HOME"] = before


def _batch_bytes(folder: Path) -> bytes:
    images, out = folder / "images", folder / "seed-out"
    images.mkdir(exist_ok=True)
    shutil.rmtree(out, ignore_errors=True)
    for name in ("a.png", "b.png"):
        (images / name).write_bytes(_mask_bytes(folder))
    (folder / "model").write_bytes(b"a model")
    run(_batch(folder, out).run())
    return (out / batch_record.NAME).read_bytes()


def _batch(folder: Path, out: Path) -> Batch:
    def predict(request: PredictRequest) -> Job[None]:
        for number, item in enumerate(request.items):
            labels = np.zeros((6, 8), np.uint8)
            said = Prediction(item.sample_id, labels)
            yield Predicted(number / 2, "", prediction=said, sample_id=item.sample_id)

    asked = BatchRequest(folder / "model", Search((folder / "images",)), out, measure=True)
    return Batch(asked, predict, BatchWriter(make_classes(["a"]), measure=True))


def _read_batch(path: Path) -> None:
    out = path.parent / "out"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    shutil.copyfile(path, out / batch_record.NAME)
    batch = _batch(path.parent, out)
    run(batch.run())
    write_table(out / "t.csv", out, batch.summary.items)
    names = {p.name for p in path.parent.iterdir()}
    assert names <= {"images", "out", "seed-out", "model", path.name}, names


READERS = {
    "project": Reader(".sqlite", _project_bytes, _read_project),
    "record": Reader(".lock", _record_bytes, _read_record),
    "settings": Reader(".json", _settings_bytes, _read_settings),
    "mask": Reader(".png", _mask_bytes, _read_mask),
    "model header": Reader(".safetensors", lambda _: model_bytes(), lambda path: model_problem(path)),
    "model": Reader(".safetensors", _model_bytes, _read_model),
    "checkpoint": Reader(".pth", _pth_bytes, _read_pth),
    "onnx": Reader(".onnx", _onnx_bytes, _read_pth),
    "training": Reader(".checkpoint", _training_bytes, _read_training),
    "recipe": Reader(".json", _recipe_bytes, _read_recipe),
    "catalogue": Reader(".json", _catalogue_bytes, _read_catalogue),
    "batch record": Reader(".sqlite", _batch_bytes, _read_batch),
    **formats.readers(),
    **pictures.readers(),
}  # fmt: skip


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


class NotHereError(Exception):
    """A library is missing that such files need."""


def feed(name: str, seconds: float, seed: int, folder: Path) -> int:
    """Read broken files for a while; gives how many it were. Raises NotHereError."""
    reader, choice = READERS[name], random.Random(seed)
    try:
        whole = reader.seed(folder)
    except SegdeskError as error:
        raise NotHereError(str(error)) from error
    path = folder / f"broken{reader.suffix}"
    end, count = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        changes = [
            (choice.choice(KINDS), choice.random(), choice.choice([choice.randbytes(4), *AWKWARD]))
            for _ in range(choice.randint(1, 4))
        ]
        if name in ("project", "batch record") and count % 2:
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
            try:
                count = feed(
                    name, float(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0, Path(folder)
                )
                sys.stdout.write(f"{name}: {count} files\n")
            except NotHereError as error:
                sys.stdout.write(f"{name}: {error}\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
