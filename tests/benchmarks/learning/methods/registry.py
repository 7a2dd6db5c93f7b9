"""The lines of the tables; a new baseline is an entry more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from segdesk.core.jobs import ModelChoice
from tests.benchmarks.learning.methods import forest
from tests.benchmarks.learning.methods.method import Method
from tests.benchmarks.learning.methods.plain import Plain
from tests.benchmarks.learning.methods.rootpainter import RootPainter
from tests.benchmarks.learning.methods.segdesk import SegDesk
from tests.benchmarks.learning.sets import Task

Make = Callable[[Task, Path, str], Method]  # from a set, a folder for files, and a device

# By the name to choose them with: the name in the tables, and what makes them.
BASELINES: dict[str, tuple[str, Make]] = {
    "rootpainter": ("RootPainter's recipe", lambda task, folder, device: RootPainter(task, device=device)),
    "plain": ("plain cross-entropy", lambda task, folder, device: Plain(task, device=device)),
    forest.NAME: ("pixel forest", lambda task, folder, device: forest.Forest(task)),
}


@dataclass(frozen=True)
class Entry:
    """A line of the tables.

    pace: the name under which its steps a second are known.   start: where SegDesk starts; None for others.
    seen: sets that it must not be measured on, as its starter model learned from them.
    """

    name: str
    pace: str
    make: Make
    start: ModelChoice | None = None
    seen: frozenset[str] = frozenset()


def shipped(network: str | None) -> Entry:
    """SegDesk as it comes, with a network of the registry (None: the default) and its starter, if any."""
    return _segdesk(_name(network), _name(network), ModelChoice(network=network))


def scratch(network: str | None) -> Entry:
    """SegDesk from fresh weights."""
    name = _name(network)
    return _segdesk(f"{name} from scratch", name, ModelChoice(network=network, bare=True))


def starter(file: Path, seen: frozenset[str]) -> Entry:
    """SegDesk from a starter model, which learned from the sets `seen`."""
    return _segdesk(f"segdesk from starter {file.stem}", "segdesk", ModelChoice(file=file), seen)


def baseline(name: str) -> Entry:
    """One of the others."""
    return Entry(BASELINES[name][0], name, BASELINES[name][1])


def _name(network: str | None) -> str:
    return "segdesk" if network is None else f"segdesk, {network}"


def _segdesk(name: str, pace: str, start: ModelChoice, seen: frozenset[str] = frozenset()) -> Entry:
    def make(task: Task, folder: Path, device: str) -> Method:
        return SegDesk(task, folder, device=device, start=start)

    return Entry(name, pace, make, start, seen)
