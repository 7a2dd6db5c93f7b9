"""The programs that an export is for read it themselves, each in an environment of its own.

SEGDESK_READERS names the folder of those environments: `python packaging/readers.py FOLDER` makes them.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from segdesk.core.jobs import run
from segdesk.core.project import Project
from segdesk.formats.export import export
from segdesk.formats.items import export_request
from tests.formats.awkward import CLASSES, LABELS, make

_SCRIPTS = Path(__file__).with_name("readers")
Planes = Mapping[str, NDArray[np.integer]]


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    project = make(tmp_path_factory.mktemp("readers"), CLASSES, labelled=True)
    yield project
    project.close()


def read_by(program: str, folder: Path, tmp_path: Path, *arguments: str) -> Planes:
    """The planes that a program makes of a folder, by the images' stems; skips where it is not installed."""
    place = os.environ.get("SEGDESK_READERS")
    if not place:
        pytest.skip("SEGDESK_READERS names no folder of readers; packaging/readers.py makes one")
    found = [Path(place) / program / part for part in ("bin/python", "Scripts/python.exe")]
    python = next((path for path in found if path.is_file()), None)
    if python is None:
        pytest.skip(f"there is no environment for {program} in {place}; packaging/readers.py makes it")
    script = _SCRIPTS / f"read_{program}.py"
    out = tmp_path / f"{program}.npz"
    result = subprocess.run(
        [python, script, folder, out, *arguments],
        env=os.environ
        | {"QT_QPA_PLATFORM": "offscreen", "CUDA_VISIBLE_DEVICES": "", "YOLO_CONFIG_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-2000:]
    with np.load(out) as content:
        return {name: content[name] for name in content.files}


def written(project: Project, name: str, out: Path) -> Path:
    report = run(export(export_request(project, out), name))
    assert report.problems == ()
    return out


def iou(planes: Planes, stem: str) -> float:
    """Over the pixels of all classes; 1 for exactly the same."""
    truth, found = LABELS[stem], np.squeeze(planes[stem])
    assert found.shape == truth.shape
    either = int(np.count_nonzero((truth > 0) | (found > 0)))
    return int(np.count_nonzero((truth > 0) & (truth == found))) / either if either else 1.0


def test_labelme(full: Project, tmp_path: Path) -> None:
    planes = read_by("labelme", written(full, "labelme", tmp_path / "out"), tmp_path, *CLASSES)
    assert {stem: iou(planes, stem) for stem in LABELS} == dict.fromkeys(LABELS, 1.0)


def test_labelme_reads_the_polygons_for_xanylabeling(full: Project, tmp_path: Path) -> None:
    planes = read_by("labelme", written(full, "xanylabeling", tmp_path / "out"), tmp_path, *CLASSES)
    assert min(iou(planes, stem) for stem in LABELS) >= 0.99


def test_yolo(full: Project, tmp_path: Path) -> None:
    planes = read_by("yolo", written(full, "yolo", tmp_path / "out"), tmp_path)
    assert min(iou(planes, stem) for stem in LABELS) >= 0.99
    assert iou(planes, "many") == iou(planes, "dots") == 1.0


@pytest.mark.parametrize("ending", ["_seg.npy", "_cp_masks"])
def test_cellpose(full: Project, tmp_path: Path, ending: str) -> None:
    out = written(full, "cellpose", tmp_path / "out")
    for sample in full.samples.all():
        (out / sample.source.path.name).symlink_to(sample.source.path)
    planes = read_by("cellpose", out, tmp_path, ending)
    for stem, truth in LABELS.items():
        assert np.array_equal(planes[stem] > 0, truth > 0), stem
    assert planes["many"].max() == 300


def test_napari(full: Project, tmp_path: Path) -> None:
    planes = read_by("napari", written(full, "instances-tiff", tmp_path / "out"), tmp_path)
    for stem, truth in LABELS.items():
        assert np.array_equal(planes[stem] > 0, truth > 0), stem
    assert planes["many"].max() == 300


def test_highdicom(full: Project, tmp_path: Path) -> None:
    planes = read_by("highdicom", written(full, "dicom-seg", tmp_path / "out"), tmp_path)
    assert {stem: iou(planes, stem) for stem in LABELS} == dict.fromkeys(LABELS, 1.0)
