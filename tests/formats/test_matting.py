"""A soft edge comes closer to what is truly there than a staircase of whole pixels."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from segdesk.cli.main import main
from segdesk.core.project import Project
from segdesk.formats import matting
from segdesk.formats.matting import soft_alpha
from tests.formats.awkward import awkward_labels


@pytest.fixture
def scene() -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """A blurred disc before a background of another colour, both with noise, and its true alpha."""
    disc = np.zeros((8 * 150, 8 * 200), np.float32)
    cv2.circle(disc, (800, 600), 400, (1.0,), -1)
    alpha = cv2.GaussianBlur(cv2.resize(disc, (200, 150), interpolation=cv2.INTER_AREA), (0, 0), 1.5)
    noise = np.random.default_rng(0).normal(0, 6, (2, 150, 200, 3))
    front, back = np.array([200, 120, 60]) + noise[0], np.array([40, 90, 160]) + noise[1]
    mixed = alpha[..., None] * front + (1 - alpha[..., None]) * back
    return np.clip(np.rint(mixed), 0, 255).astype(np.uint8), np.asarray(alpha, np.float32)


def test_it_follows_the_true_edge(scene: tuple[NDArray[np.uint8], NDArray[np.float32]]) -> None:
    picture, alpha = scene

    def error(width: int) -> float:
        found = soft_alpha(picture, alpha > 0.5, width) / 255
        return float(np.sqrt(np.mean((found - alpha) ** 2)))

    assert error(4) < error(0) / 3


def test_away_from_the_edge_it_is_whole_or_nothing(
    scene: tuple[NDArray[np.uint8], NDArray[np.float32]],
) -> None:
    picture, alpha = scene
    covered = alpha > 0.5
    found = soft_alpha(picture, covered, 3)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))
    inside = cv2.erode(covered.astype(np.uint8), disc) > 0
    outside = cv2.dilate(covered.astype(np.uint8), disc) == 0
    assert (found[inside] == 255).all()
    assert (found[outside] == 0).all()
    assert len(np.unique(found)) > 50
    everywhere = np.ones_like(covered)
    assert (soft_alpha(picture, everywhere, 3) == 255).all(), "the image's border is no edge"
    assert not soft_alpha(picture, ~everywhere, 3).any()


def test_tiles_leave_no_seam(
    scene: tuple[NDArray[np.uint8], NDArray[np.float32]], monkeypatch: pytest.MonkeyPatch
) -> None:
    picture, alpha = scene
    whole = soft_alpha(picture, alpha > 0.5, 5)
    monkeypatch.setattr(matting, "_TILE", 37)
    assert np.abs(soft_alpha(picture, alpha > 0.5, 5).astype(int) - whole).max() <= 1


def test_cut_outs_from_the_command_line(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["export", str(project.folder), "--format", "cutout", "--out", str(tmp_path / "out")]
    assert main([*command, "--soft-edge", "2"]) == 0
    alpha = np.asarray(Image.open(tmp_path / "out" / "one.png"))[:, :, 3]
    assert set(np.unique(alpha)) - {0, 255}
    assert (alpha[awkward_labels() == 0] < 255).all()
    with pytest.raises(SystemExit):
        main([*command, "--soft-edge", "999"])
    assert "from 0 to 50" in capsys.readouterr().err
