"""The kind of machine: values, so that a type checker looks at the code for every kind on any."""

from __future__ import annotations

import platform

_SYSTEM = platform.system()

LINUX = _SYSTEM == "Linux"
WINDOWS = _SYSTEM == "Windows"
