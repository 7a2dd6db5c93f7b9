"""What the window's own process does with the engine never loads torch there."""

from __future__ import annotations

import subprocess
import sys

import pytest

_PROGRAM = """
import sys
from segdesk.nn.child import ChildEngine

if __name__ == "__main__":
    engine = ChildEngine()
    assert engine.networks() and engine.devices()
    engine.close()
    print("torch" in sys.modules)
"""


@pytest.mark.slow
def test_asking_the_child_loads_no_torch_here(tmp_path_factory: pytest.TempPathFactory) -> None:
    program = tmp_path_factory.mktemp("program") / "ask.py"
    program.write_text(_PROGRAM)
    done = subprocess.run([sys.executable, str(program)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
