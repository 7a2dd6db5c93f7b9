"""Projects to be broken: with masks, a history and a model file, and ways to break them."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np

from segdesk.core.document import Document
from segdesk.core.geometry import Box
from segdesk.core.intake import find_images
from segdesk.core.jobs import TrainResult
from segdesk.core.project import Learned, Project

WIDTH, HEIGHT = 600, 400


def make_project(folder: Path, images: int = 3, strokes: int = 3) -> Project:
    """A project of random images, the masks painted with random labels, and one model version."""
    pictures = folder / "images"
    pictures.mkdir(parents=True)
    rng = np.random.default_rng(7)
    for number in range(images):
        pixels = rng.integers(0, 256, (HEIGHT, WIDTH), np.uint8)
        (pictures / f"img{number}.png").write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    project = Project.create(folder / "p.segdesk", ["one", "two"])
    for sample in project.samples.add(find_images([pictures]).samples):
        document = Document(project, sample)
        for stroke in range(strokes):
            paint(document, Box(40 * stroke, 30 * stroke, 300, 300), 1 + stroke % 2, rng)
    file = project.versions.next_file()
    file.write_bytes(model_bytes())
    project.versions.record(TrainResult(True, None, 0.5, "unet", {}), file, None, Learned((1,)))
    return project


def paint(document: Document, box: Box, class_index: int, rng: np.random.Generator) -> None:
    """Assert a class on random pixels of a box."""
    covered = rng.random((box.height, box.width)) < 0.5
    document.correct("Brush", lambda edit: edit.assert_class(box, covered, class_index))


def model_bytes() -> bytes:
    """A file built like a model's: one tensor of four bytes."""
    header = json.dumps({"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    return len(header).to_bytes(8, "little") + header + bytes(4)
