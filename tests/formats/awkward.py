"""Masks that are hard to keep whole, and a project of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from segdesk.core.document import Document
from segdesk.core.images import ImageSource
from segdesk.core.mask import Plane
from segdesk.core.project import NewSample, Project

HEIGHT, WIDTH = 60, 90
CLASSES = ["cell", "wall: a #1"]


def awkward_labels() -> Plane:
    """A ring with a hole, something inside the hole, one pixel, a region at the border, touching classes."""
    labels = np.zeros((HEIGHT, WIDTH), np.uint8)
    labels[10:40, 10:40] = 1
    labels[18:32, 18:32] = 0
    labels[24:26, 24:26] = 1
    labels[5, 60] = 1
    labels[50:60, 70:90] = 2
    labels[40:50, 70:90] = 1
    labels[0:3, 0:90] = 2
    return labels


def many() -> Plane:
    """300 discs of two classes."""
    labels = np.zeros((390, 510), np.uint8)
    for i in range(300):
        cv2.circle(labels, (12 + i % 20 * 25, 12 + i // 20 * 25), 3 + i % 7, (1 + i % 2,), -1)
    return labels


def blobs() -> Plane:
    """Ragged objects with holes and parts that touch at corners, many of them cut off by the border."""
    noise = cv2.GaussianBlur(np.random.default_rng(1).random((160, 200)), (0, 0), 2)
    return np.where(noise > np.median(noise), np.uint8(2), np.uint8(0))


def dots() -> Plane:
    """Single pixels of two classes all over, at the corners too, and chains that hang together by corners."""
    labels = np.zeros((41, 67), np.uint8)
    labels[::4, ::3] = 1
    labels[2::8, 1::6] = 2
    labels[-1, -1] = labels[0, -1] = labels[-1, 0] = 2
    steps = np.arange(20)
    labels[steps + 15, steps + 40] = 1
    return labels


LABELS = {
    "one": awkward_labels(),
    "many": many(),
    "blobs": blobs(),
    "dots": dots(),
    "empty": np.zeros((50, 60), np.uint8),
}


def make(
    folder: Path, classes: list[str], *, labelled: bool, labels_of: Mapping[str, Plane] = LABELS
) -> Project:
    """A project in a folder, with an image for each of some labels; confirmed where it is labelled."""
    project = Project.create(folder / ("full.segdesk" if labelled else "bare.segdesk"), classes)
    (folder / "images").mkdir(exist_ok=True)
    for name, labels in labels_of.items():
        file = folder / "images" / f"{name}.png"
        height, width = labels.shape
        if not file.exists():
            pixels = np.random.default_rng(0).integers(0, 255, (height, width, 3), np.uint8)
            Image.fromarray(pixels).save(file)
        (sample,) = project.samples.add([NewSample(ImageSource(file), width, height)])
        if labelled:
            document = Document(project, sample)
            document.predict(labels, None)
            document.confirm()
    return project
