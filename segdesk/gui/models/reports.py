"""What model files are, as the engine recognises them: asked once, and kept while a file stays the same."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from segdesk.core.errors import SegdeskError
from segdesk.core.jobs import Job, ModelReport
from segdesk.core.translation import tr
from segdesk.gui.worker import LazyEngine, Task, Worker

Found = ModelReport | str  # a sentence where the file cannot be loaded

_Stamp = tuple[int, int]


class Reports(QObject):
    """changed: it is known now what this file (a Path) is."""

    changed = Signal(object)

    def __init__(self, worker: Worker, engine: LazyEngine, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._engine = engine
        self._known: dict[Path, tuple[_Stamp, Found]] = {}
        self._asked: set[Path] = set()

    def get(self, path: Path) -> Found | None:
        """A report, or a sentence on why there can be none; None while it is being found out."""
        stamp = _stamp(path)
        if stamp is None:
            return tr("The file {name} is missing; choose another model.").format(name=path.name)
        known = self._known.get(path)
        if known is not None and known[0] == stamp:
            return known[1]
        if path not in self._asked:
            self._asked.add(path)
            self._worker.submit(
                Task(
                    tr("Reading the model"),
                    partial(_recognised, self._engine, path),
                    finished=partial(self._on_found, path, stamp),
                    failed=partial(self._on_failed, path, stamp),
                    ended=partial(self._asked.discard, path),
                    quiet=True,
                )
            )
        return None

    def _on_found(self, path: Path, stamp: _Stamp, found: Found) -> None:
        self._known[path] = (stamp, found)
        self.changed.emit(path)

    def _on_failed(self, path: Path, stamp: _Stamp, sentence: str, _: str) -> None:
        self._on_found(path, stamp, sentence)


def _recognised(engine: LazyEngine, path: Path) -> Job[Found]:
    try:
        return (yield from engine.inspect(path))
    except SegdeskError as error:
        return str(error)  # it belongs beside the file, not over the image


def _stamp(path: Path) -> _Stamp | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size
