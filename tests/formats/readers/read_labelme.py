"""Run by labelme's interpreter: what it makes of its files. `read_labelme.py FOLDER OUT.npz CLASS...`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from labelme import utils
from labelme._label_file import LabelFile

folder, out, *names = sys.argv[1:]
numbers = {name: index for index, name in enumerate(names, start=1)}
planes: dict[str, Any] = {}
for path in Path(folder).glob("*.json"):
    file = LabelFile(str(path))  # it refuses an image of another size than the file says
    size = utils.img_data_to_arr(file.image_data).shape[:2]
    if file.shapes:
        planes[path.stem] = utils.shapes_to_label(size, file.shapes, numbers)[0].astype(np.uint8)
    else:
        planes[path.stem] = np.zeros(size, np.uint8)
np.savez(out, **planes)
