"""Run by napari's interpreter: label pictures by its own reader. `read_napari.py FOLDER OUT.npz`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from napari.layers import Labels
from napari_builtins.io import napari_get_reader

folder, out = sys.argv[1:]
planes: dict[str, Any] = {}
for path in Path(folder).glob("*.tif"):
    reader = napari_get_reader(str(path))
    (data, *_), *_ = reader(str(path))
    planes[path.stem] = np.asarray(Labels(np.asarray(data)).data)
np.savez(out, **planes)
