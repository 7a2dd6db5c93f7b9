"""Run by highdicom's interpreter: segments of each position, combined. `read_highdicom.py FOLDER OUT.npz`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import highdicom
import numpy as np

folder, out = sys.argv[1:]
planes: dict[str, Any] = {}
for path in Path(folder).glob("*.dcm"):
    volume = highdicom.seg.segread(path).get_volume(combine_segments=True, allow_missing_positions=True)
    planes[path.name.removesuffix("-seg.dcm")] = volume.array
np.savez(out, **planes)
