"""Objects that somebody has seen keep their numbers when a whole mask changes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from segdesk.core.document import Document
from segdesk.core.images import ImageSource
from segdesk.core.lasting_numbers import numbers_kept
from segdesk.core.objects.numbering import Numbering
from segdesk.core.project import NewSample, Project


@pytest.mark.parametrize("seen", [True, False])
def test_an_object_that_moves_off_its_old_middle_keeps_its_number(seen: bool, tmp_path: Path) -> None:
    project = Project.create(tmp_path / "p.segdesk", ["cell"])
    (sample,) = project.samples.add([NewSample(ImageSource(tmp_path / "a.png"), 40, 20)])
    labels = np.zeros((20, 40), np.uint8)
    labels[2:12, 2:8] = labels[2:12, 20:26] = 1
    document = Document(project, sample)
    document.predict(labels, None)
    first = Numbering(labels)
    left, right = first.number_at((4.0, 5.0)), first.number_at((22.0, 5.0))
    if seen:
        project.numbers.keep(sample.id, first.anchors)
    labels = np.zeros((20, 40), np.uint8)
    labels[0:1, 0:3] = 1  # new, and before the others
    labels[2:6, 2:8] = labels[2:6, 20:26] = 1  # without the row that the numbers were tied to
    with numbers_kept(project, sample.id):
        Document(project, project.samples.get(sample.id)).predict(labels, None)
    again = Numbering(labels, None, project.numbers.of(sample.id))
    assert (again.number_at((4.0, 3.0)) == left) is seen
    assert (again.number_at((22.0, 3.0)) == right) is seen
    if seen:
        assert again.number_at((1.0, 0.0)) > max(left, right)
    project.close()
