"""Run as a program: write everything that SegDesk writes while the disk is full, and then with room again.

python -m tests.e2e.full_disk FOLDER

FOLDER is a small disk of its own. Each save says in a sentence that the disk is full, leaves what was there
as it was, and goes well once there is room.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from segdesk.core.batch import Batch, BatchRequest
from segdesk.core.batch_files import Search
from segdesk.core.document import Document
from segdesk.core.errors import SegdeskError
from segdesk.core.images import ImageSource
from segdesk.core.jobs import run
from segdesk.core.project import NewSample, Project
from segdesk.core.project.backups import back_up
from segdesk.core.project.model_files import copy_in, copy_out
from segdesk.core.project.repair import rescue
from segdesk.core.project.rounds import Origin
from segdesk.core.quality import measure
from segdesk.core.settings import SettingsFile
from segdesk.formats.batch import BatchWriter, write_table
from segdesk.formats.export import export
from segdesk.formats.items import ExportRequest, export_request
from segdesk.formats.measurements import measure_all
from segdesk.formats.quality import write_tables
from segdesk.formats.registry import export_formats
from segdesk.formats.sheets import write_sheet
from segdesk.nn import engine, model_file
from segdesk.nn.spec import NetworkSpec
from tests.core.cut_short import files_of, fill
from tests.formats.awkward import HEIGHT, WIDTH, awkward_labels
from tests.nn.makers import request, sample

ROOM = 8192  # bytes that a nearly full disk has left, so that some writes begin well
Saves = dict[str, Callable[[Path], object]]


def saves(disk: Path, away: Path) -> Saves:
    """Each is given a folder on the disk; what it reads lies elsewhere."""
    project = Project.create(away / "p.segdesk", ["cell", "wall"])
    rng = np.random.default_rng(0)
    (away / "images").mkdir()
    for number in range(2):
        path = away / "images" / f"{number}.png"
        Image.fromarray(rng.integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8)).save(path)
        (added,) = project.samples.add([NewSample(ImageSource(path), WIDTH, HEIGHT)])
        document = Document(project, added)
        document.predict(awkward_labels(), None)
        document.confirm()
    spec = NetworkSpec("unet", 3, ("background", "cell", "wall"), {"width": 4, "depth": 2})
    model = away / "model.safetensors"
    model_file.save(model, spec, spec.build().state_dict())
    version = project.versions.adopt(copy_in(model, project.versions.folder), "one", Origin("unet", "one"))
    project.versions.use(version.number)
    asked = export_request(project, disk)

    def exporting(name: str) -> Callable[[Path], object]:
        return lambda folder: run(export(_into(asked, folder), name))

    def written(ending: str) -> Callable[[Path], object]:
        sheet = run(measure_all(asked)).sheet
        return lambda folder: write_sheet(sheet, folder / f"table{ending}")

    def batch(folder: Path) -> None:
        wanted = BatchRequest(model, Search((away / "images",)), folder, folder / "over", measure=True)
        writer = BatchWriter(project.classes.all(), folder / "over", measure=True)
        job = Batch(wanted, engine.predict, writer)
        run(job.run())
        write_table(folder / "t.csv", folder, job.summary.items)

    def learning(folder: Path) -> None:
        samples = tuple(sample(away, seed, confirmed=True) for seed in (1, 2))
        asked = request(folder, samples, steps=2)
        run(engine.train(asked))

    def project_on(folder: Path) -> None:
        made = Project.create(folder / "q.segdesk", ["one"])
        try:
            made.samples.add([NewSample(ImageSource(folder / f"{n}.png"), 50, 50) for n in range(300)])
            made.classes.add_all(["two"])
        finally:
            made.close()

    def backup(folder: Path) -> None:
        # The folder holds the project, made while there was room.
        run(back_up(folder / "p.segdesk", 3))

    def settings(folder: Path) -> None:
        SettingsFile(folder / "settings.json").change(recent_projects=tuple("x" * 900 for _ in range(10)))

    everything: Saves = {f"export {name}": exporting(name) for name in export_formats()}
    everything |= {f"model as {form}": _model(model, form) for form in ("pth", "torchscript", "onnx")}
    everything |= {f"table{ending}": written(ending) for ending in (".csv", ".xlsx", ".parquet")}
    return everything | {
        "model out": lambda folder: copy_out(model, folder / "m.safetensors"),
        "model in": lambda folder: copy_in(model, folder / "models"),
        "recipe": lambda folder: engine.change_recipe(
            model, folder / "r.safetensors", {"normalisation": "range"}
        ),
        "quality": lambda folder: run(write_tables(run(measure(project.folder)), folder / "q.csv")),
        "rescue": lambda folder: run(rescue(project.folder, folder / "rescued")),
        "settings": settings,
        "batch": batch,
        "learning": learning,
        "new project": project_on,
        "backup": backup,
    }


def _into(asked: ExportRequest, folder: Path) -> ExportRequest:
    from dataclasses import replace

    return replace(asked, out=folder / "out")


def _model(model: Path, form: str) -> Callable[[Path], object]:
    return lambda folder: engine.export_model(model, folder / f"m.{form}", form)


def try_each(disk: Path, away: Path) -> int:
    """Gives how many saves said that the disk is full."""
    full = 0
    for name, save in saves(disk, away).items():
        for free in (0, ROOM):
            folder = disk / f"{name} {free}".replace(" ", "-").replace(".", "-")
            folder.mkdir()
            if name == "backup":
                Project.create(folder / "p.segdesk", ["one"]).close()
            before = files_of(folder)
            ballast = fill(disk, free)
            try:
                save(folder)
            except SegdeskError as error:
                told = str(error)
                if "pip install" in told:
                    ballast.unlink()
                    continue  # a library that is not here
                assert "No space left" in told or "full" in told, f"{name}, {free} free: {told}"
                assert "\n" not in told, f"{name}: {told}"
                full += 1
                _nothing_half(name, folder, before)
            else:
                assert free, f"{name}: wrote onto a full disk"
            ballast.unlink()
            save(folder)
        _log(disk)
        sys.stdout.write(f"{name}\n")
    return full


def _nothing_half(name: str, folder: Path, before: dict[str, bytes]) -> None:
    """What was there is there, nothing has a temporary name, and what is new is whole."""
    after = files_of(folder)
    assert {path: after.get(path) for path in before} == before, f"{name}: what was there has changed"
    for path, data in after.items():
        last = path.rsplit("/", 1)[-1]
        if path not in before and ".segdesk" not in path and "-wal" not in last and ".sqlite" not in last:
            assert not last.startswith(".") or last.endswith(
                (".lock", ".segdesk-batch", ".segdesk-export")
            ), f"{name}: {path} is left"
            if path.endswith(".png"):
                Image.open(folder / path).load()
            assert data or path.endswith((".txt", ".lock")), f"{name}: {path} is empty"


def _log(disk: Path) -> None:
    """A log that cannot be written stops nobody."""
    from segdesk.gui.logs import start_logging

    os.environ["SEGDESK_HOME"] = str(disk / "home")
    root = logging.getLogger()
    kept = list(root.handlers)
    start_logging()
    ballast = fill(disk, 0)
    logging.getLogger("segdesk").warning("x" * 100_000)
    ballast.unlink()
    logging.getLogger("segdesk").warning("there is room again")
    for handler in [h for h in root.handlers if h not in kept]:
        root.removeHandler(handler)
        handler.close()
    logs = "".join(p.read_text() for p in (disk / "home").rglob("*.log*"))
    assert "there is room again" in logs


def main() -> int:
    import tempfile

    with tempfile.TemporaryDirectory() as away:
        full = try_each(Path(sys.argv[1]), Path(away))
    sys.stdout.write(f"{full} saves said that the disk is full\n")
    return 0 if full else 1


if __name__ == "__main__":
    sys.exit(main())
