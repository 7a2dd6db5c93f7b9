"""Bringing a damaged project in order, and getting out of it what can be read."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image

from segdesk.core.errors import ProjectError
from segdesk.core.files import atomic_write, write_bytes, write_text
from segdesk.core.jobs import Job, Progress
from segdesk.core.mask import Plane, tile_box
from segdesk.core.naming import unique_stems
from segdesk.core.objects.numbering import Numbering
from segdesk.core.patch import State
from segdesk.core.project.ahead import (
    BORDERS,
    LABELS,
    Place,
    changed,
    changes_of,
    keep,
    patches_ahead,
    stored_tile,
)
from segdesk.core.project.backups import backups
from segdesk.core.project.claim import take
from segdesk.core.project.health import is_whole_tile, model_problem
from segdesk.core.project.salvage import salvage
from segdesk.core.project.samples import Sample, SampleTable
from segdesk.core.project.schema import BACKUPS
from segdesk.core.project.soundness import drop_rows
from segdesk.core.project.store import DATABASE, MODELS, Project
from segdesk.core.project.versions import drop_unknown_versions
from segdesk.core.spreadsheet import csv_bytes
from segdesk.core.translation import tr


@dataclass(frozen=True)
class Rescued:
    """What could be got out of a damaged project: how much of it, and a sentence for each loss."""

    masks: int
    models: int
    losses: tuple[str, ...]


def repair(folder: Path) -> Job[list[str]]:
    """Build the project's database anew from what can be read of it, or of its newest whole backup.

    The damaged one is kept among the backups. Gives what was done and lost, in sentences.

    Raises:
        ProjectError: somebody else has the project open, or there is nothing to build it from.
        SegdeskError: the folder cannot be written.
    """
    claim = take(folder)
    try:
        if claim.holder is not None:
            raise ProjectError(
                tr("{name} is open in another SegDesk ({holder}); close it there, then try again.").format(
                    name=folder.name, holder=claim.holder
                )
            )
        yield Progress(None, tr("Repairing the project"))
        try:
            return _repair(folder)
        except OSError as error:
            raise ProjectError(
                tr("{name} cannot be repaired ({reason}); free some space or check the folder's rights.")
                .format(name=folder.name, reason=error.strerror or error)
            ) from error  # fmt: skip
    finally:
        claim.release()


def rescue(folder: Path, out: Path) -> Job[Rescued]:
    """Write what can be read of a project, damaged or not, into a folder of plain files.

    masks/NAME.png: class indices.   corrections/NAME.png: the same where a person said so, 255 elsewhere.
    objects/NAME.tif: 32 bits, an object a number; only where objects of one class touch.
    models/: the model files that are whole.   classes.json and samples.csv say what they are.
    The project itself is not touched.

    Raises:
        ProjectError: nothing can be read, of its backups neither.
        SegdeskError: the folder cannot be written.
    """
    yield Progress(0.0, tr("Reading the project"))
    with tempfile.TemporaryDirectory() as temporary:
        # Beside nothing: the relative ways to the images lead from the project's own folder.
        reading = Path(temporary) / folder.name
        reading.mkdir()
        losses = _rebuild(folder, reading / DATABASE)
        project = Project(reading, write=False)
        try:
            samples = project.samples.all()
            stems = unique_stems([s.source for s in samples])
            rows: list[list[object]] = [["name", "image", "page", "width", "height", "state"]]
            for done, (sample, stem) in enumerate(zip(samples, stems, strict=True)):
                yield Progress(done / len(samples), tr("Reading the project"))
                mask = project.masks.load(sample)
                if mask.labels.any() or mask.corrected.any():
                    _write_png(out / "masks" / f"{stem}.png", mask.labels)
                    _write_png(out / "corrections" / f"{stem}.png", mask.corrections())
                if mask.borders is not None:
                    ids = Numbering(mask.labels, mask.borders, project.numbers.of(sample.id)).ids
                    with atomic_write(out / "objects" / f"{stem}.tif") as target:
                        tifffile.imwrite(target, ids.astype(np.uint32), compression="zlib", metadata=None)
                place, state = str(sample.source.path), sample.state.value
                rows.append([stem, place, sample.source.page, sample.width, sample.height, state])
            write_bytes(out / "samples.csv", csv_bytes(rows))
            names = [{"index": c.index, "name": c.name, "color": c.color} for c in project.classes.all()]
            write_text(out / "classes.json", json.dumps(names, ensure_ascii=False, indent=2) + "\n")
        finally:
            project.close()
    models = 0
    for file in sorted((folder / MODELS).glob("*.safetensors")):
        problem = model_problem(file)
        if problem is not None:
            losses.append(problem)
            continue
        with atomic_write(out / "models" / file.name) as target:
            shutil.copyfile(file, target)
        models += 1
    masks = out / "masks"
    return Rescued(len(list(masks.glob("*.png"))) if masks.is_dir() else 0, models, tuple(losses))


def _write_png(path: Path, plane: Plane) -> None:
    with atomic_write(path) as temporary:
        Image.fromarray(plane).save(temporary, format="PNG")


def _repair(folder: Path) -> list[str]:
    done: list[str] = []
    database = folder / DATABASE
    kept = folder / BACKUPS / datetime.now().strftime("damaged-%Y-%m-%d-%H%M%S.sqlite")
    kept.parent.mkdir(exist_ok=True)
    if database.exists():
        shutil.copyfile(database, kept)
        log = database.with_name(database.name + "-wal")
        if log.exists():
            shutil.copyfile(log, kept.with_name(kept.name + "-wal"))
        done.append(tr("The database as it was is kept as {path}.").format(path=kept))
    with atomic_write(database) as fresh:
        fresh.unlink()
        done += _rebuild(folder, fresh)
        # A log that is left would be written into the new database, which it does not belong to.
        for suffix in ("-wal", "-shm", "-journal"):
            database.with_name(database.name + suffix).unlink(missing_ok=True)
    project = Project(folder)
    try:
        for version in project.versions.all():
            problem = model_problem(version.file, project.versions.digest(version.number))
            if problem is not None:
                project.versions.forget(version.number)
                if version.file.exists():
                    version.file.replace(kept.with_name(f"damaged-{version.file.name}"))
                done.append(
                    tr("Version {number} is taken out: {problem}").format(
                        number=version.number, problem=problem
                    )
                )
    finally:
        project.close()
    return done


def _rebuild(folder: Path, target: Path) -> list[str]:
    """Make a whole database out of the project's own, or else of a backup; gives what was lost."""
    sources = [folder / DATABASE, *backups(folder)]
    for source in sources:
        if not source.is_file():
            continue
        try:
            losses = salvage(source, target)
            losses += _clean(target, anything_lost=bool(losses))
        except (ProjectError, sqlite3.Error):
            target.unlink(missing_ok=True)
            continue
        if source is not sources[0]:
            losses.insert(
                0, tr("The database could not be read; this is the backup {name}.").format(name=source.name)
            )
        return losses
    raise ProjectError(
        tr("Nothing can be read from {name}, and it has no whole backup; restore a copy of its folder.")
        .format(name=folder.name)
    )  # fmt: skip


def _clean(database: Path, *, anything_lost: bool) -> list[str]:
    """Take out of a database what cannot be understood, and give a sentence for each loss."""
    losses: list[str] = []
    folder = database.parent
    connection = sqlite3.connect(database, isolation_level=None)
    try:
        connection.execute("BEGIN")
        senseless = tr("Some rows of the table {table} made no sense.")
        dropped = [senseless.format(table=table) for table in drop_rows(connection)]
        for sample in SampleTable(connection, folder).all():
            lost = _bring_up_to_date(connection, sample)
            if lost:
                dropped.append(_lost_parts(lost, sample))
        if anything_lost:
            # A history with a hole in it would undo what it never did.
            connection.execute("DELETE FROM patches")
            losses.append(tr("What could be undone is forgotten; the masks themselves stay."))
        losses += dropped
        drop_unknown_versions(connection)
        for table in ("tiles", "patches", "scores"):
            connection.execute(f"DELETE FROM {table} WHERE sample NOT IN (SELECT id FROM samples)")
        connection.execute("DELETE FROM patch_tiles WHERE patch NOT IN (SELECT id FROM patches)")
        if not connection.execute("SELECT 1 FROM classes WHERE position = 0").fetchone():
            connection.execute("INSERT INTO classes VALUES (0, 'background', '#000000')")
        connection.execute("COMMIT")
    finally:
        connection.close()
    losses += _clean_masks(database, folder)
    return losses


def _bring_up_to_date(connection: sqlite3.Connection, sample: Sample) -> int:
    """Write what was still ahead of the stored tiles into them; gives in how many it cannot be read."""
    lost = 0
    patches = patches_ahead(connection, sample.id)
    tiles: dict[Place, bytes | None] = {}
    for place, changes in changes_of(connection, patches).items():
        y, x = place[1]
        stored = stored_tile(connection, sample.id, place)
        whole = [change for change in changes if is_whole_tile(change, sample, y, x)]
        lost += len(whole) < len(changes)
        if whole and (stored is None or is_whole_tile(stored, sample, y, x)):
            tiles[place] = changed(stored, whole, tile_box((y, x), sample.height, sample.width))
    keep(connection, sample.id, tiles, patches)
    return lost


def _lost_parts(count: int, sample: Sample) -> str:
    return tr("{count} parts of the mask of {name} are lost.").format(
        count=count, name=sample.source.path.name
    )


def _clean_masks(database: Path, folder: Path) -> list[str]:
    losses: list[str] = []
    connection = sqlite3.connect(database, isolation_level=None)
    try:
        connection.execute("BEGIN")
        for sample in SampleTable(connection, folder).all():
            tiles = connection.execute(
                "SELECT plane, y, x, data FROM tiles WHERE sample = ?", (sample.id,)
            ).fetchall()
            bad = [(p, y, x) for p, y, x, data in tiles if not is_whole_tile(data, sample, y, x)]
            for place in bad:
                connection.execute(
                    "DELETE FROM tiles WHERE sample = ? AND plane = ? AND y = ? AND x = ?",
                    (sample.id, *place),
                )
            for plane, y, x in bad:
                if plane == LABELS:  # or else they would come back with what is painted there next
                    connection.execute(
                        "DELETE FROM tiles WHERE sample = ? AND plane = ? AND y = ? AND x = ?",
                        (sample.id, BORDERS, y, x),
                    )
            if bad:
                connection.execute(
                    "UPDATE samples SET state = 'corrected' WHERE id = ? AND state = 'confirmed'",
                    (sample.id,),
                )
                losses.append(_lost_parts(len(bad), sample))
            if bad or not _history_is_whole(connection, sample):
                connection.execute("DELETE FROM patches WHERE sample = ?", (sample.id,))
                connection.execute("DELETE FROM patch_tiles WHERE patch NOT IN (SELECT id FROM patches)")
                losses.append(
                    tr("What could be undone on {name} is forgotten.").format(name=sample.source.path.name)
                )
        connection.execute("COMMIT")
    finally:
        connection.close()
    return losses


def _history_is_whole(connection: sqlite3.Connection, sample: Sample) -> bool:
    states = {state.value for state in State}
    for before, after in connection.execute(
        "SELECT state_before, state_after FROM patches WHERE sample = ?", (sample.id,)
    ):
        if before not in states or after not in states:
            return False
    rows = connection.execute(
        "SELECT t.y, t.x, t.labels, t.corrected, t.borders FROM patches AS p"
        " JOIN patch_tiles AS t ON t.patch = p.id WHERE p.sample = ?",
        (sample.id,),
    )
    return all(data is None or is_whole_tile(data, sample, y, x) for y, x, *planes in rows for data in planes)
