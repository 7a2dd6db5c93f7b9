"""An image that goes away between the asking and the writing is told by name, and the rest goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdesk.core.batch import Batch, BatchRequest
from segdesk.core.batch_files import Search
from segdesk.core.classes import make_classes
from segdesk.core.document import Document
from segdesk.core.errors import ImageError
from segdesk.core.images import ImageSource, read_image
from segdesk.core.jobs import Job, Predicted, Prediction, PredictRequest, run
from segdesk.core.project import NewSample, Project
from segdesk.core.quality import measure
from segdesk.formats.batch import BatchWriter
from segdesk.formats.export import export
from segdesk.formats.items import export_request
from segdesk.formats.measurements import measure_all
from segdesk.formats.registry import export_formats

NAMES = ("one", "gone", "three")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Three confirmed images."""
    project = Project.create(tmp_path / "p.segdesk", ["cell"])
    (tmp_path / "images").mkdir()
    for name in NAMES:
        path = tmp_path / "images" / f"{name}.png"
        Image.fromarray(np.full((30, 40, 3), 90, np.uint8)).save(path)
        (sample,) = project.samples.add([NewSample(ImageSource(path), 40, 30)])
        document = Document(project, sample)
        labels = np.zeros((30, 40), np.uint8)
        labels[5:15, 5:25] = 1
        document.predict(labels, 1)
        document.confirm()
    return project


@pytest.fixture
def vanish(tmp_path: Path) -> Callable[[], None]:
    return lambda: (tmp_path / "images" / "gone.png").unlink()


def after_the_first_step(job: Job[object], act: Callable[[], None]) -> object:
    """Begin a job, do something, and drive it to its end."""
    next(job)
    act()
    return run(job)


@pytest.mark.parametrize("name", sorted(set(export_formats()) - {"model"}))
def test_exporting(name: str, project: Project, tmp_path: Path, vanish: Callable[[], None]) -> None:
    request = export_request(project, tmp_path / "out")
    whole = run(export(export_request(project, tmp_path / "whole"), name))
    assert whole.problems == ()
    job = export(request, name)
    next(job)
    vanish()
    report = run(job)
    lost = {p.relative_to(tmp_path / "whole") for p in whole.files} - {
        p.relative_to(tmp_path / "out") for p in report.files
    }
    assert all("gone" in path.name for path in lost), lost
    assert all("'gone.png' is no longer" in problem for problem in report.problems)
    if lost:
        assert report.problems, "something is missing, and nobody is told"
    for path in report.files:
        assert path.is_file()


def test_measuring(project: Project, tmp_path: Path, vanish: Callable[[], None]) -> None:
    """What only the labels tell is measured all the same."""
    job = measure_all(export_request(project, tmp_path))
    next(job)
    vanish()
    measured = run(job)
    assert measured.sheet.columns["image"] == ["one.png", "gone.png", "three.png"]
    assert all(area == 200 for area in measured.sheet.columns["area"])
    (problem,) = measured.problems
    assert "'gone.png' is no longer" in problem


def test_the_quality_of_models_needs_no_image(project: Project, vanish: Callable[[], None]) -> None:
    vanish()
    assert len(run(measure(project.folder)).samples) == 3


def test_a_batch(project: Project, tmp_path: Path, vanish: Callable[[], None]) -> None:
    """While the network is at it, and again while the results are written."""
    (tmp_path / "m").write_bytes(b"a model")

    def predict(request: PredictRequest) -> Job[None]:
        for number, item in enumerate(request.items):
            if number == 1:
                (tmp_path / "images" / "one.png").unlink(missing_ok=True)
            try:
                read_image(item.source)
            except ImageError as error:
                yield Predicted(0.5, "", error=str(error), sample_id=item.sample_id)
                continue
            said = Prediction(item.sample_id, np.ones((30, 40), np.uint8))
            yield Predicted(0.5, "", prediction=said, sample_id=item.sample_id)

    asked = BatchRequest(tmp_path / "m", Search((tmp_path / "images",)), tmp_path / "out", measure=True)
    job = Batch(asked, predict, BatchWriter(make_classes(["a"]), measure=True)).run()
    next(job)
    vanish()
    summary = run(job)
    assert "three.png" in {item.name for item in summary.items}
    assert {f.name for f in summary.files} >= {"three.png"}
    assert set(summary.problems) <= {"gone.png", "one.png"}
    assert (tmp_path / "out" / "three.png").is_file()
