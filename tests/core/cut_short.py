"""Run as a program: save things while the disk takes ever more bytes, and see that nothing is half done.

python -m tests.core.cut_short FOLDER limit|full

limit: the system lets no file grow beyond a number of bytes, which goes through every size of the save.
full: FOLDER is a small disk of its own, which is filled up to ever less free room.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from segdesk.core.document import Document
from segdesk.core.errors import SegdeskError
from segdesk.core.files import write_bytes
from segdesk.core.geometry import Box
from segdesk.core.images import ImageSource
from segdesk.core.jobs import run
from segdesk.core.mask import Mask
from segdesk.core.project import NewSample, Project
from segdesk.core.project.backups import back_up, backups
from segdesk.core.project.health import examine
from segdesk.core.project.model_files import copy_in, copy_out
from segdesk.core.settings import SettingsFile
from segdesk.formats.images import write_png

Save = Callable[[], object]


@contextmanager
def at_most(count: int) -> Iterator[None]:
    """No file grows beyond so many bytes; a write that would is cut short there."""
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (count, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def cut_every_byte(folder: Path, name: str, save: Save, old: dict[str, bytes], step: int = 1) -> int:
    """Save with each limit until it goes well; before, everything is as it was. Gives the last limit."""
    limit = 0
    while True:
        try:
            with at_most(limit):
                save()
        except SegdeskError as error:
            assert str(error), name
            assert files_of(folder) == old, f"{name}, cut at {limit}: something is half done"
            limit += step
        else:
            return limit


def files(folder: Path) -> None:
    """Settings, pictures, models and their copies."""
    source = folder.parent / "source.safetensors"
    source.write_bytes(os.urandom(300))
    plane = np.random.default_rng(1).integers(0, 5, (20, 20), np.uint8)
    state: dict[str, str] = {"theme": "light"}

    def settings() -> None:
        SettingsFile(folder / "settings.json").change(**state)

    settings()
    state["theme"] = "dark"
    saves: dict[str, Save] = {
        "settings": settings,
        "new file": lambda: write_bytes(folder / "new.bin", b"x" * 150),
        "old file": lambda: write_bytes(folder / "new.bin", b"y" * 200),
        "picture": lambda: write_png(folder / "mask.png", plane),
        "model in": lambda: copy_in(source, folder / "models"),
        "model out": lambda: copy_out(source, folder / "out.safetensors"),
    }
    (folder / "models").mkdir()
    for name, save in saves.items():
        count = cut_every_byte(folder, name, save, files_of(folder))
        sys.stdout.write(f"{name}: cut {count} times\n")
        assert count > 100, name


def strokes(folder: Path, limits: Callable[[int], object]) -> None:
    """Strokes in a project: each is whole or absent, in memory and on disk."""
    project = Project.create(folder / "p.segdesk", ["one"])
    (sample,) = project.samples.add([NewSample(ImageSource(folder / "a.png"), 300, 300)])
    document = Document(project, sample)
    rng = np.random.default_rng(0)
    kept = lost = 0
    log = project.folder / "project.sqlite-wal"
    for number in range(120):
        before = document.mask.copy()
        box = Box(number, number, 100, 100)
        covered = rng.random((100, 100)) < 0.5
        try:
            with at_most(log.stat().st_size + number * 331):
                document.correct("Brush", lambda e, b=box, c=covered: e.assert_class(b, c, 1))  # type: ignore[misc]
            kept += 1
        except SegdeskError as error:
            assert "cannot be saved" in str(error), error
            assert same(document.mask, before), "what could not be saved shows"
            lost += 1
        seen = Project(project.folder, write=False)
        assert same(seen.masks.load(sample), document.mask), "memory and disk differ"
        seen.close()
    sys.stdout.write(f"strokes: {kept} kept, {lost} refused\n")
    assert kept and lost
    for limit in range(0, 200_000, 7919):
        count = len(backups(project.folder))
        try:
            with at_most(limit):
                run(back_up(project.folder, 100))
        except SegdeskError:
            assert len(backups(project.folder)) == count
        else:
            break
    project.close()
    assert run(examine(project.folder, images=False)) == []


def same(a: Mask, b: Mask) -> bool:
    return bool((a.labels == b.labels).all() and (a.corrected == b.corrected).all())


def fill(folder: Path, free: int) -> Path:
    """Fill the disk but for so many bytes."""
    ballast = folder / "ballast"
    ballast.unlink(missing_ok=True)
    room = os.statvfs(folder)
    with ballast.open("wb") as file:
        left = room.f_bavail * room.f_frsize - free
        file.write(b"\0" * max(0, left))
    return ballast


def full_disk(folder: Path) -> None:
    """Work on a disk that is full now and then: a stroke is refused, and the next one goes."""
    project = Project.create(folder / "p.segdesk", ["one"])
    (sample,) = project.samples.add([NewSample(ImageSource(folder / "a.png"), 300, 300)])
    document = Document(project, sample)
    rng = np.random.default_rng(0)
    kept = lost = 0
    for number in range(60):
        ballast = fill(folder, number % 12 * 8192)
        before = document.mask.copy()
        box, covered = Box(number, number, 100, 100), rng.random((100, 100)) < 0.5
        try:
            document.correct("Brush", lambda e, b=box, c=covered: e.assert_class(b, c, 1))  # type: ignore[misc]
            kept += 1
        except SegdeskError as error:
            assert "full" in str(error) or "disk" in str(error), error
            assert same(document.mask, before)
            lost += 1
        try:
            write_bytes(folder / "file.bin", bytes([number]) * 20_000)
        except SegdeskError as error:
            assert "No space left" in str(error), error
            assert not (folder / "file.bin").exists() or len((folder / "file.bin").read_bytes()) == 20_000
        ballast.unlink()
        seen = Project(project.folder, write=False)
        assert same(seen.masks.load(sample), document.mask)
        seen.close()
    sys.stdout.write(f"full disk: {kept} kept, {lost} refused\n")
    assert kept and lost
    project.close()
    assert run(examine(project.folder, images=False)) == []


def main() -> int:
    folder = Path(sys.argv[1])
    if sys.argv[2] == "full":
        full_disk(folder)
    else:
        for name, work in (("files", files), ("strokes", lambda f: strokes(f, at_most))):
            (folder / name).mkdir(parents=True)
            work(folder / name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
