"""A project of two images that are alike, with two classes, for tests of what happens to a mask."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from segdesk.core.document import Document
from segdesk.core.images import ImageSource
from segdesk.core.project import NewSample, Project

WIDTH, HEIGHT = 700, 300


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    project = Project.create(tmp_path / "p.segdesk", ["a", "b"])
    project.samples.add([NewSample(ImageSource(tmp_path / f"{n}.png"), WIDTH, HEIGHT) for n in range(2)])
    yield project
    project.close()


@pytest.fixture
def document(project: Project) -> Document:
    return Document(project, project.samples.all()[0])
