"""Lets tests import the scripts in packaging/, which is no package: the library of that name must win."""

from __future__ import annotations

import sys
from pathlib import Path

# At the end: a script must not stand before a library of the same name.
sys.path.append(str(Path(__file__).resolve().parents[2] / "packaging"))
