"""Cellpose's own files: NAME_seg.npy, and NAME_cp_masks.png with an object a number."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image

from segdesk.core.errors import FormatError
from segdesk.core.files import atomic_write
from segdesk.core.jobs import Job, Progress
from segdesk.core.naming import natural_key
from segdesk.core.translation import tr
from segdesk.formats.foreign import Collector, ForeignClass, Images, Reading
from segdesk.formats.instances import Ids, counted, numbered
from segdesk.formats.items import ExportReport, ExportRequest
from segdesk.formats.pickled_arrays import read_dictionary

_END = "_seg.npy"


def cellpose(request: ExportRequest) -> Job[ExportReport]:
    """STEM_seg.npy: masks (objects of all classes from 1 on), their outlines, and what else is asked for.

    STEM_cp_masks.png has the same masks in 16 bits (or STEM_cp_masks.tif in 32), as it trains with them.
    """
    paths: list[Path] = []
    for done, item in enumerate(request.items):
        yield Progress(done / len(request.items), tr("Exporting"))
        ids = counted(numbered(item, request.classes))
        count = int(ids.max())
        kept = ids.astype(np.uint16 if count < 1 << 16 else np.uint32)
        content: dict[str, Any] = {
            "masks": kept,
            "outlines": np.where(_rim(ids), kept, kept.dtype.type(0)),
            "colors": np.random.default_rng(0).integers(0, 255, (count, 3), np.uint8),
            "ismanual": np.ones(count, np.bool_),
            "filename": str(item.source.path),
            "flows": [],
            "chan_choose": [0, 0],
            "diameter": float("nan"),
        }
        path = request.out / f"{item.stem}{_END}"
        with atomic_write(path) as temporary, temporary.open("wb") as file:
            np.save(file, np.array(content, dtype=object))
        picture = request.out / f"{item.stem}_cp_masks{'.png' if kept.dtype == np.uint16 else '.tif'}"
        with atomic_write(picture) as temporary:
            if kept.dtype == np.uint16:
                Image.fromarray(kept).save(temporary, format="PNG")
            else:
                tifffile.imwrite(temporary, kept, compression="zlib", metadata=None)
        paths += [path, picture]
    return ExportReport(tuple(paths))


def recognise(path: Path) -> bool:
    return bool(_files(path))


def read(path: Path, images: Images) -> Job[Reading]:
    """Each object is of one class; nothing in the file is ever unpickled."""
    collector = Collector(images)
    files = _files(path)
    for done, file in enumerate(files):
        yield Progress(done / len(files), tr("Reading labels"))
        target = collector.find(file.name.removesuffix(_END), (file.parent, file.parent.parent / "images"))
        if target is None:
            continue
        try:
            masks = read_dictionary(file).get("masks")
            if not isinstance(masks, np.ndarray) or masks.ndim != 2 or masks.dtype.kind not in "iu":
                raise FormatError(tr("its masks are no plane of whole numbers"))
        except FormatError as error:
            collector.complain(file.name, error)
            continue
        count = len(np.unique(masks[masks > 0]))
        collector.add(target, (masks > 0).astype(np.uint8), file.name, count, ids=masks.astype(np.int64))
    return collector.reading((ForeignClass(0, "background"), ForeignClass(1, "")))


def _rim(ids: Ids) -> NDArray[np.bool_]:
    """The pixels of each object that have another number beside them."""
    as_float = ids.astype(np.float32)  # numbers up to 16 millions are exact
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    high = cv2.dilate(as_float, cross)
    low = cv2.erode(as_float, cross, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    rim: NDArray[np.bool_] = (ids > 0) & (high != low)
    return rim


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path] if path.name.endswith(_END) else []
    return sorted(path.glob(f"*{_END}"), key=lambda p: natural_key(p.name))
