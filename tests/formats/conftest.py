"""A small project with awkward masks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdesk.core.document import Document
from segdesk.core.images import ImageSource
from segdesk.core.project import NewSample, Project
from tests.formats.awkward import HEIGHT, WIDTH, awkward_labels


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """Three images: the first confirmed with awkward labels, the second predicted, the third new."""
    project = Project.create(tmp_path / "p.segdesk", ["cell", "=cmd|wall/"])
    (tmp_path / "images").mkdir()
    rng = np.random.default_rng(0)
    for name in ("one.png", "two.png", "three.png"):
        pixels = rng.integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8)
        Image.fromarray(pixels).save(tmp_path / "images" / name)
        project.samples.add([NewSample(ImageSource(tmp_path / "images" / name), WIDTH, HEIGHT)])
    first, second, _ = project.samples.all()
    document = Document(project, first)
    document.predict(awkward_labels(), None)
    document.confirm()
    Document(project, second).predict(np.ones((HEIGHT, WIDTH), np.uint8), None)
    yield project
    project.close()
