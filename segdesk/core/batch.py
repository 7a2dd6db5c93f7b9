"""Predicting folders of any size without a project, so that an interrupted batch goes on where it stopped.

The network never waits for files: the next images are read ahead, and what comes of the last ones is written
by a few threads. Each file appears under its final name when it is whole.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from segdesk.core.batch_files import BatchFile, Search, find_files, none_found
from segdesk.core.batch_plan import BatchItem, Plan, make_plan
from segdesk.core.batch_record import Record
from segdesk.core.errors import ImageError, ModelError, SegdeskError
from segdesk.core.files import check_links
from segdesk.core.jobs import Job, Predicted, PredictItem, PredictRequest, Progress
from segdesk.core.mask import Plane
from segdesk.core.translation import tr

Predict = Callable[[PredictRequest], Job[None]]
Finish = Callable[[BatchItem, Plane | None], bytes | None]
"""Writes all files of an image, in a thread, and gives its measurements where they are asked for. Without
labels, its mask stands already. Raises ImageError where only this image is at fault."""

_THREADS = 8  # that write, and mostly wait for the disk
_WAITING_PIXELS = 64 * 2**20  # of masks that wait to be written
_LOOK_EVERY = 2.0  # seconds, at a folder that is watched
_BEAT = 0.25  # seconds between the moments at which a watch can be ended


@dataclass(frozen=True)
class BatchRequest:
    """What to predict, and what is wanted of it.

    out: the folder for masks, with the record of what is done.   overlays: the one for overlays, or None.
    measure: the objects are measured, too.   again: nothing that was done before counts.
    """

    model: Path
    search: Search
    out: Path
    overlays: Path | None = None
    measure: bool = False
    again: bool = False
    device: str = "auto"


@dataclass(frozen=True)
class Told(Progress):
    """Progress with a sentence that a person wants to read as it happens."""

    sentence: str = ""


@dataclass
class BatchSummary:
    """What has come of a batch so far.

    items: all pages that it is about.   files: masks written by it.   kept: pages that were done before.
    problems: a sentence by name for each file that failed.   unreadable: the names of those without pages.
    pixels / seconds: what was predicted, and the time it took.
    """

    items: tuple[BatchItem, ...] = ()
    files: list[Path] = field(default_factory=list)
    kept: int = 0
    problems: dict[str, str] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    pixels: int = 0
    seconds: float = 0.0

    @property
    def speed(self) -> float:
        """Megapixels a second; 0 where nothing was predicted."""
        return self.pixels / 1e6 / self.seconds if self.seconds > 0 else 0.0

    @property
    def images(self) -> int:
        """How many images there are, with those that cannot be read."""
        return len(self.items) + len(self.unreadable)


class Batch:
    """One batch; `summary` tells what it has done at any time, even where it was interrupted."""

    def __init__(self, request: BatchRequest, predict: Predict, finish: Finish) -> None:
        self._request = request
        self._predict = predict
        self._finish = finish
        self._keeps_model = False  # in memory, for the next images that arrive
        self.summary = BatchSummary()

    def run(self) -> Job[BatchSummary]:
        """Predict what is not done yet; yields Told for each file that fails.

        Raises:
            ImageError: there is nothing to predict.
            ModelError: the model cannot be used.
            SegdeskError: the results cannot be written.
        """
        with closing(self._record()) as record:
            yield from self._begin(record)
            files, problems = find_files(self._request.search)
            if not files:
                raise ImageError(" ".join(problems)) if problems else none_found(self._request.search.paths)
            for problem in problems:
                yield self._failed(problem, problem)
            yield from self._pass(record, files)
        return self.summary

    def watch(self, wait: Callable[[float], None] = time.sleep) -> Job[BatchSummary]:
        """Predict what is there and then what arrives, until it is closed; see `run`.

        A file is taken when it has not changed between two looks, so that none is read while it is written.
        A file that failed is tried again when it has changed.
        wait: lets so many seconds pass.
        """
        with closing(self._record()) as record:
            yield from self._begin(record)
            self._keeps_model = True
            before: set[BatchFile] = set()
            taken: set[BatchFile] = set()
            told: set[str] = set()
            while True:
                files, problems = find_files(self._request.search)
                for problem in problems:
                    if problem not in told:
                        yield Told(None, tr("Watching"), sentence=problem)
                told = set(problems)
                ready = [file for file in files if file in before and file not in taken]
                before = set(files)
                taken &= before
                if ready:
                    taken |= set(ready)
                    yield from self._pass(record, ready)
                for _ in range(round(_LOOK_EVERY / _BEAT)):
                    yield Progress(None, tr("Waiting for new images"))
                    wait(_BEAT)

    def _record(self) -> Record:
        request = self._request
        for folder in (request.out, *([request.overlays] if request.overlays else [])):
            check_links(folder)
            if any(path.is_dir() and _same(folder, path) for path in request.search.paths):
                raise SegdeskError(
                    tr("Results never go among the images in {folder}; choose another folder.").format(
                        folder=folder
                    )
                )
        if request.overlays is not None and _same(request.overlays, request.out):
            raise SegdeskError(tr("Overlays and masks have the same names; choose two folders for them."))
        self._model = model_digest(request.model)
        return Record(request.out)

    def _begin(self, record: Record) -> Job[None]:
        yield Progress(0.0, tr("Looking for images"))
        if record.begin(self._model):
            sentence = tr("The model is another one than before, so everything is predicted anew.")
            yield Told(0.0, tr("Looking for images"), sentence=sentence)
        if self._request.again:
            record.forget()

    def _pass(self, record: Record, files: Sequence[BatchFile]) -> Job[None]:
        """Do all that is missing of some files."""
        plan: Plan = yield from make_plan(files, record, self._request.out, overwrite=self._request.again)
        self.summary.unreadable -= {file.name for file in files}
        self.summary.unreadable |= plan.problems.keys()
        for name, problem in plan.problems.items():
            yield self._failed(name, problem)
        anew = {file.path for file in files}  # watched, and changed since an earlier look
        before = tuple(item for item in self.summary.items if item.source.path not in anew)
        self.summary.items = before + plan.items
        for item in plan.items:
            self.summary.problems.pop(item.name, None)  # of an earlier look
        to_predict = [item for item in plan.items if not item.done]
        to_finish = [item for item in plan.items if item.done and self._lacks(item)]
        self.summary.kept += len(plan.items) - len(to_predict)
        writing = _Writing(record, self._finish, self.summary)
        with closing(writing):
            for item in to_finish:
                for name, problem in writing.add(item, None):
                    yield self._failed(name, problem)
            if to_predict:
                yield from self._predicted(to_predict, writing)
            for name, problem in writing.finish():
                yield self._failed(name, problem)

    def _predicted(self, items: list[BatchItem], writing: _Writing) -> Job[None]:
        wanted = tuple(PredictItem(number, item.source, item.pixels) for number, item in enumerate(items))
        request = PredictRequest(
            self._request.model, wanted, self._request.device, keep_model=self._keeps_model
        )
        began, before = time.monotonic(), self.summary.seconds
        with closing(self._predict(request)) as job:
            for progress in job:
                if isinstance(progress, Predicted):
                    item = items[progress.sample_id]
                    if progress.error is not None:
                        yield self._failed(item.name, progress.error)
                    if progress.prediction is not None:
                        self.summary.pixels += item.pixels
                        for name, problem in writing.add(item, progress.prediction.labels):
                            yield self._failed(name, problem)
                self.summary.seconds = before + time.monotonic() - began
                yield Progress(progress.fraction, progress.text, progress.seconds_left)

    def _lacks(self, item: BatchItem) -> bool:
        overlays = self._request.overlays
        if overlays is not None and not (overlays / item.target).exists():
            return True
        return self._request.measure and not item.measured

    def _failed(self, name: str, problem: str) -> Told:
        self.summary.problems[name] = problem
        return Told(None, tr("Predicting"), sentence=problem)


class _Writing:
    """The threads that write, and the record of what they have written; close it in the end."""

    def __init__(self, record: Record, finish: Finish, summary: BatchSummary) -> None:
        self._record = record
        self._finish = finish
        self._summary = summary
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="writing")
        self._waiting: deque[tuple[BatchItem, bool, Future[bytes | None]]] = deque()

    def add(self, item: BatchItem, labels: Plane | None) -> Iterable[tuple[str, str]]:
        """Have the files of an image written; gives names and sentences of those that could not be.

        It waits where too many wait already.
        """
        self._waiting.append((item, labels is not None, self._threads.submit(self._finish, item, labels)))
        problems = []
        while self._waiting and (self._waiting[0][2].done() or self._is_full()):
            problems += self._take()
        return problems

    def finish(self) -> Iterable[tuple[str, str]]:
        """Wait for all of them."""
        while self._waiting:
            yield from self._take()

    def close(self) -> None:
        """Wait for all of them, whatever has happened: what was predicted is kept."""
        try:
            for _ in self.finish():
                pass
        finally:
            self._threads.shutdown(cancel_futures=True)

    def _is_full(self) -> bool:
        pixels = sum(item.pixels for item, _, _ in self._waiting)
        return len(self._waiting) > 1 and (pixels > _WAITING_PIXELS or len(self._waiting) > 4 * _THREADS)

    def _take(self) -> list[tuple[str, str]]:
        item, is_new, future = self._waiting.popleft()
        try:
            objects = future.result()
        except ImageError as error:
            if not is_new:
                self._record.unfinish(item.key, item.source.page)
            return [(item.name, str(error))]
        self._record.finish(item.key, item.source.page, objects)
        if is_new:
            self._summary.files.append(item.mask)
        return []


def model_digest(path: Path) -> str:
    """What a model file is known by; raises ModelError where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(
            tr("Cannot read the model {path} ({reason}); choose another one.").format(
                path=path, reason=error.strerror or error
            )
        ) from error


def _same(one: Path, other: Path) -> bool:
    return os.path.normcase(os.path.realpath(one)) == os.path.normcase(os.path.realpath(other))
