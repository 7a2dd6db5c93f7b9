"""Batches: what is done is kept whatever happens, names stay apart, and watching waits for whole files."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdesk.core.batch import Batch, BatchRequest, Told
from segdesk.core.batch_files import Search
from segdesk.core.batch_plan import BatchItem
from segdesk.core.errors import ImageError, SegdeskError
from segdesk.core.images import read_image
from segdesk.core.jobs import Job, Predicted, Prediction, PredictRequest, run
from segdesk.core.mask import Plane

SIZE = (12, 16)


def write_mask(item: BatchItem, labels: Plane | None) -> bytes | None:
    from segdesk.formats.images import write_png

    assert labels is not None
    write_png(item.mask, labels)
    return None


def predict(request: PredictRequest) -> Job[None]:
    """Says of each pixel whether it is bright."""
    for item in request.items:
        try:
            labels = (read_image(item.source) > 127).astype(np.uint8)
        except ImageError as error:
            yield Predicted(0.5, "", error=str(error), sample_id=item.sample_id)
            continue
        found = Prediction(item.sample_id, labels)
        yield Predicted(0.5, "", prediction=found, sample_id=item.sample_id)


def picture(path: Path, level: int = 200) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full(SIZE, level, np.uint8)).save(path)


def masks(out: Path) -> dict[str, int]:
    """What each mask says, by its path."""
    found = {}
    for path in out.rglob("[!.]*"):
        if path.is_file():
            with Image.open(path) as image:
                found[path.relative_to(out).as_posix()] = int(np.asarray(image).max())
    return found


@pytest.fixture
def request_of(tmp_path: Path) -> Callable[[], BatchRequest]:
    (tmp_path / "model").write_bytes(b"weights")
    for number in range(12):
        picture(tmp_path / "in" / f"{number}.png")
    return lambda: BatchRequest(tmp_path / "model", Search((tmp_path / "in",)), tmp_path / "out")


Requested = Callable[[], BatchRequest]


def test_an_interrupted_batch_goes_on_where_it_stopped(request_of: Requested, tmp_path: Path) -> None:
    written = threading.Semaphore(0)

    def told(item: BatchItem, labels: Plane | None) -> bytes | None:
        write_mask(item, labels)
        written.release()
        return None

    def in_step(request: PredictRequest) -> Job[None]:
        for progress in predict(request):
            yield progress
            assert written.acquire(timeout=60)

    job = Batch(request_of(), in_step, told).run()
    while len(masks(tmp_path / "out")) < 3:
        next(job)
    job.close()
    finished = len(masks(tmp_path / "out"))
    assert 3 <= finished < 12
    assert {p.name for p in (tmp_path / "out").glob(".*")} == {".segdesk-batch"}, "nothing half written"
    summary = run(Batch(request_of(), predict, write_mask).run())
    assert (summary.kept, len(summary.files)) == (finished, 12 - finished)
    assert len(masks(tmp_path / "out")) == 12


def test_only_what_changed_is_done_again(request_of: Requested, tmp_path: Path) -> None:
    run(Batch(request_of(), predict, write_mask).run())
    picture(tmp_path / "in" / "3.png", 10)
    os.utime(tmp_path / "in" / "3.png", ns=(1, 1))
    (tmp_path / "out" / "4.png").unlink()
    summary = run(Batch(request_of(), predict, write_mask).run())
    assert sorted(f.name for f in summary.files) == ["3.png", "4.png"]
    assert masks(tmp_path / "out")["3.png"] == 0
    (tmp_path / "model").write_bytes(b"others")
    told = [p.sentence for p in Batch(request_of(), predict, write_mask).run() if isinstance(p, Told)]
    assert told == ["The model is another one than before, so everything is predicted anew."]


def test_names_stay_with_their_images(request_of: Requested, tmp_path: Path) -> None:
    run(Batch(request_of(), predict, write_mask).run())
    picture(tmp_path / "in" / "3.bmp", 10)  # comes before 3.png
    picture(tmp_path / "in" / "A" / "3.png", 10)
    picture(tmp_path / "in" / "odd.png" / "x.png", 10)  # a folder called like a mask
    picture(tmp_path / "in" / "odd.bmp")
    (tmp_path / "in" / "5.png").rename(tmp_path / "in" / "moved.png")
    picture(tmp_path / "in" / "5.bmp", 10)
    run(Batch(request_of(), predict, write_mask).run())
    found = masks(tmp_path / "out")
    assert found["3.png"] == 1
    assert found["3-2.png"] == 0
    assert (found["odd.png/x.png"], found["odd-2.png"]) == (0, 1)
    assert found["A/3.png"] == 0
    assert found["5.png"] == 0
    assert found["moved.png"] == 1


def test_two_at_once_are_refused(request_of: Requested) -> None:
    first = Batch(request_of(), predict, write_mask).run()
    next(first)
    with pytest.raises(SegdeskError, match="Another batch"):
        next(Batch(request_of(), predict, write_mask).run())
    first.close()
    assert len(run(Batch(request_of(), predict, write_mask).run()).files) == 12


def test_a_full_disk_ends_it_and_keeps_what_stands(request_of: Requested, tmp_path: Path) -> None:
    def fails(item: BatchItem, labels: Plane | None) -> bytes | None:
        if item.name == "6.png":
            raise SegdeskError("Cannot write.")
        return write_mask(item, labels)

    with pytest.raises(SegdeskError, match="Cannot write"):
        run(Batch(request_of(), predict, fails).run())
    finished = len(masks(tmp_path / "out"))
    summary = run(Batch(request_of(), predict, write_mask).run())
    assert (summary.kept, len(summary.files)) == (finished, 12 - finished)


def test_watching_takes_files_when_they_are_whole(request_of: Requested, tmp_path: Path) -> None:
    out, late = tmp_path / "out", tmp_path / "in" / "late.png"
    picture(tmp_path / "whole.png")
    whole = (tmp_path / "whole.png").read_bytes()
    states = iter((whole[:20], whole[:40], whole))
    looks: list[int] = []
    watch = Batch(request_of(), predict, write_mask)

    def wait(_: float) -> None:
        looks.append(len(masks(out)))
        if looks[-1] >= 12 and len(looks) % 8 == 0:
            data = next(states, None)
            if data is not None:
                late.write_bytes(data)

    with closing(watch.watch(wait)) as job:
        for _ in job:
            if (out / "late.png").exists():
                break
    assert looks[0] == 0, "the first look only notes what is there"
    assert not watch.summary.problems, "no file was read while it was written"
    assert masks(out)["late.png"] == 1


_KILLED = """
import sys
from pathlib import Path
from tests.core.test_batch import *
folder = Path(sys.argv[1])
request = BatchRequest(folder / "model", Search((folder / "in",)), folder / "out")
for progress in Batch(request, predict, write_mask).run():
    print(flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL to send")
@pytest.mark.parametrize("steps", [6, 11])
def test_a_killed_batch_leaves_whole_files_and_goes_on(
    steps: int, request_of: Requested, tmp_path: Path
) -> None:
    request = request_of()
    command = [sys.executable, "-c", _KILLED, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(steps):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    whole = {p.name for p in (tmp_path / "out").glob("[!.]*.png")}
    for name in whole:
        with Image.open(tmp_path / "out" / name) as image:
            assert np.asarray(image).shape == SIZE
    summary = run(Batch(request, predict, write_mask).run())
    assert summary.kept + len(summary.files) == 12
    assert len({p.name for p in (tmp_path / "out").glob("[!.]*.png")}) == 12


def test_watching_keeps_the_model_and_counts_no_image_twice(request_of: Requested, tmp_path: Path) -> None:
    asked: list[PredictRequest] = []

    def counted(request: PredictRequest) -> Job[None]:
        asked.append(request)
        yield from predict(request)

    watch = Batch(request_of(), counted, write_mask)
    with closing(watch.watch(lambda _: None)) as job:
        for _ in job:
            if len(asked) == 1 and len(masks(tmp_path / "out")) == 12:
                picture(tmp_path / "in" / "3.png", 10)
                os.utime(tmp_path / "in" / "3.png", ns=(1, 1))
            if len(asked) == 2 and masks(tmp_path / "out")["3.png"] == 0:
                break
    assert [len(request.items) for request in asked] == [12, 1]
    assert all(request.keep_model for request in asked)
    assert watch.summary.images == len(watch.summary.items) == 12
