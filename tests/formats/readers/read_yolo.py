"""Run by ultralytics' interpreter: what its data set makes of the files. `read_yolo.py FOLDER OUT.npz`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from ultralytics.data.utils import check_det_dataset, polygon2mask, verify_image_label

folder, out = Path(sys.argv[1]), sys.argv[2]
data = check_det_dataset(str(folder / "data.yaml"))
planes: dict[str, Any] = {}
for image in sorted((folder / "images").rglob("*.png")):
    label = folder / "labels" / image.relative_to(folder / "images").with_suffix(".txt")
    _, boxes, size, segments, _, missing, _, _, corrupt, told = verify_image_label(
        (str(image), str(label), "", False, len(data["names"]), 0, 0, False)
    )
    if missing or corrupt:
        sys.exit(told or f"{label} is missing")
    plane = np.zeros(size, np.uint8)
    for box, segment in zip(boxes, segments, strict=True):
        points = segment * np.array(size[::-1], np.float32)
        plane[polygon2mask(size, [points.reshape(-1)]) > 0] = int(box[0]) + 1
    planes[image.stem] = plane
np.savez(out, **planes)
