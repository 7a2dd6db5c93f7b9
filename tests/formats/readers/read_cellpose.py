"""Run by Cellpose's interpreter: what it loads to train with. `read_cellpose.py FOLDER OUT.npz FILTER`.

The images lie beside the masks. FILTER: what the masks' names end with, such as _cp_masks.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from cellpose import io

folder, out, ending = sys.argv[1:]
_, labels, names = io.load_images_labels(folder, mask_filter=ending)
masks = [label.item()["masks"] if label.dtype == object else label for label in labels]
np.savez(out, **{Path(name).stem: mask for name, mask in zip(names, masks, strict=True)})
