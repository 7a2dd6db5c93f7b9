"""How many steps a second this machine does, so that steps can stand for seconds when it is busy later."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from segdesk.core.files import atomic_write
from tests.benchmarks.learning.annotation import Person
from tests.benchmarks.learning.chain import run_chain
from tests.benchmarks.learning.methods.method import Budget, Method
from tests.benchmarks.learning.sets import Task


@dataclass
class Paces:
    """Steps a second by set and method.   machine: where they were measured, in words."""

    machine: str = field(default_factory=lambda: describe_machine())
    rates: dict[str, dict[str, float]] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> Paces:
        """Read what `save` wrote."""
        found = json.loads(path.read_text("utf-8"))
        return cls(found["machine"], found["rates"])

    def save(self, path: Path) -> None:
        with atomic_write(path) as temporary:
            temporary.write_text(
                json.dumps({"machine": self.machine, "rates": self.rates}, indent=1), "utf-8"
            )

    def steps(self, name: str, method: str, seconds: float) -> int:
        """The steps that stand for some seconds; KeyError where nobody measured that."""
        return max(1, round(self.rates[name][method] * seconds))

    def keep(self, name: str, method: str, rate: float) -> None:
        self.rates.setdefault(name, {})[method] = rate

    def known(self, name: str) -> Mapping[str, float]:
        return self.rates.get(name, {})


def measure_pace(task: Task, method: Method, person: Person, seconds: float, annotate: float) -> float:
    """Steps a second in the second of two short rounds, in which each figure that slows one down is taken."""
    rows = run_chain(
        task,
        method,
        person,
        rounds=2,
        annotate=annotate,
        budget=Budget(seconds=seconds),
        seed=0,
        tested=(),
    )
    return rows[-1].steps / rows[-1].training


def describe_machine() -> str:
    """The processor and how much of it there is, in words."""
    name = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        name = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), name)
    except OSError:
        pass  # no Linux; what the platform says will do
    return f"{name}, {os.cpu_count()} cores"
