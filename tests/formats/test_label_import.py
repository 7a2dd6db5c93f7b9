"""Label images find their samples, and nothing is taken over while anything is wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from segdesk.core.errors import FormatError
from segdesk.core.patch import State
from segdesk.core.project import Project
from segdesk.formats.label_import import LabelKind, import_labels
from tests.formats.awkward import HEIGHT, WIDTH, awkward_labels


def save(folder: Path, name: str, labels: NDArray[np.uint8]) -> Path:
    folder.mkdir(exist_ok=True)
    Image.fromarray(labels).save(folder / name)
    return folder / name


def mask_of(project: Project, stem: str) -> tuple[State, NDArray[np.uint8], NDArray[np.uint8]]:
    (sample,) = [s for s in project.samples.all() if s.source.path.stem == stem]
    mask = project.masks.load(sample)
    return sample.state, mask.labels, mask.corrected


def test_a_mask_confirms_its_image(project: Project, tmp_path: Path) -> None:
    save(tmp_path / "m", "three.png", awkward_labels())
    report = import_labels(project, LabelKind.MASK, tmp_path / "m")
    state, labels, corrected = mask_of(project, "three")
    assert report.imported == ("three",)
    assert state is State.CONFIRMED
    assert np.array_equal(labels, awkward_labels())
    assert corrected.all()


def test_corrections_assert_only_what_they_say(project: Project, tmp_path: Path) -> None:
    plane = np.full((HEIGHT, WIDTH), 255, np.uint8)
    plane[:5] = 0
    plane[5:8] = 2
    save(tmp_path / "c", "two.png", plane)
    import_labels(project, LabelKind.CORRECTIONS, tmp_path / "c")
    state, labels, corrected = mask_of(project, "two")
    assert state is State.CORRECTED
    assert np.array_equal(corrected, (plane != 255).astype(np.uint8))
    assert (labels[:5] == 0).all()
    assert (labels[5:8] == 2).all()
    assert (labels[8:] == 1).all(), "the prediction stays where nobody said anything"


def test_one_file_can_be_named(project: Project, tmp_path: Path) -> None:
    file = save(tmp_path / "m", "three.png", awkward_labels())
    save(tmp_path / "m", "two.png", awkward_labels())
    assert import_labels(project, LabelKind.MASK, file).imported == ("three",)
    assert mask_of(project, "two")[0] is State.PREDICTED


def test_255_is_the_class_in_a_black_and_white_mask_of_one_class(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "one.segdesk", ["vessel"])
    from segdesk.core.intake import find_images

    rng = np.random.default_rng(0)
    save(tmp_path / "i", "a.png", rng.integers(0, 255, (HEIGHT, WIDTH), np.uint8))
    project.samples.add(find_images([tmp_path / "i"]).samples)
    save(tmp_path / "m", "a.png", ((awkward_labels() == 1) * 255).astype(np.uint8))
    import_labels(project, LabelKind.MASK, tmp_path / "m")
    assert np.array_equal(mask_of(project, "a")[1], awkward_labels() == 1)
    project.close()


def test_files_of_no_image_are_named_and_left(project: Project, tmp_path: Path) -> None:
    save(tmp_path / "m", "three.png", awkward_labels())
    save(tmp_path / "m", "stranger.png", awkward_labels())
    assert import_labels(project, LabelKind.MASK, tmp_path / "m").unmatched == ("stranger",)


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (np.zeros((HEIGHT, WIDTH + 1), np.uint8), "91 x 60 pixels, but its image is 90 x 60"),
        (np.full((HEIGHT, WIDTH), 7, np.uint8), "holds the value 7, but the project's classes end at 2"),
    ],
)
def test_a_bad_file_changes_nothing(
    project: Project, tmp_path: Path, labels: NDArray[np.uint8], words: str
) -> None:
    save(tmp_path / "m", "three.png", awkward_labels())
    save(tmp_path / "m", "two.png", labels)
    with pytest.raises(FormatError, match=words):
        import_labels(project, LabelKind.MASK, tmp_path / "m")
    assert mask_of(project, "three")[0] is State.NEW


def test_a_file_that_is_no_image_is_named(project: Project, tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "three.png").write_bytes(b"<html>")
    with pytest.raises(FormatError, match=r"three\.png"):
        import_labels(project, LabelKind.MASK, tmp_path / "m")


def test_nothing_that_fits(project: Project, tmp_path: Path) -> None:
    save(tmp_path / "m", "stranger.png", awkward_labels())
    with pytest.raises(FormatError, match="name the masks like the images"):
        import_labels(project, LabelKind.MASK, tmp_path / "m")
    with pytest.raises(FormatError, match="no file or folder"):
        import_labels(project, LabelKind.MASK, tmp_path / "nowhere")
