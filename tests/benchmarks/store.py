"""How long a large project takes to open, and how much room its masks take as they come about in use.

Each mask is predicted by a version, corrected by a few strokes, and every other one is confirmed, so that
the store holds the labels, what is corrected, the first prediction and the history of all that.

python -m tests.benchmarks.store [SAMPLES] [MASKS] [STROKES]
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from segdesk.core.document import Document
from segdesk.core.geometry import Box
from segdesk.core.images import ImageSource
from segdesk.core.project import NewSample, Project
from segdesk.core.project.fingerprint import Fingerprint

_WIDTH, _HEIGHT = 1024, 768


def draw_mask(rng: np.random.Generator) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """(height, width) uint8: round objects of two classes."""
    labels = np.zeros((_HEIGHT, _WIDTH), np.uint8)
    for _ in range(60):
        centre = int(rng.integers(0, _WIDTH)), int(rng.integers(0, _HEIGHT))
        axes = int(rng.integers(6, 40)), int(rng.integers(6, 40))
        cv2.ellipse(labels, centre, axes, float(rng.integers(0, 180)), 0, 360, int(rng.integers(1, 3)), -1)
    return labels


def paint(document: Document, rng: np.random.Generator) -> None:
    """A stroke of a brush, as a person draws one."""
    x, y = int(rng.integers(30, _WIDTH - 150)), int(rng.integers(30, _HEIGHT - 60))
    box = Box(x, y, 120, 30)
    covered = np.zeros((box.height, box.width), np.uint8)
    bend = int(rng.integers(8, 22))
    cv2.polylines(covered, [np.array([[8, 15], [60, bend], [111, 15]])], False, 1, 12)
    index = int(rng.integers(0, 3))
    document.correct("Brush", lambda edit: edit.assert_class(box, covered == 1, index))


def png_size(plane: np.ndarray[tuple[int, int], np.dtype[np.uint8]], path: Path) -> int:
    Image.fromarray(plane).save(path, format="PNG")
    return path.stat().st_size


def main() -> int:
    samples = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    masks = int(sys.argv[2]) if len(sys.argv) > 2 else 2_000
    strokes = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        project = Project.create(Path(folder) / "large.segdesk", ["a", "b"])
        news = [
            NewSample(
                ImageSource(Path(folder) / "images" / f"image-{n:05}.png"),
                _WIDTH,
                _HEIGHT,
                Fingerprint("0" * 32, n, n),
            )
            for n in range(samples)
        ]
        (Path(folder) / "images").mkdir()
        for new in news:
            new.source.path.touch()
        begun = time.perf_counter()
        added = project.samples.add(news)
        sys.stdout.write(f"adding {samples} samples: {time.perf_counter() - begun:.2f} s\n")
        pngs = 0
        for number, sample in enumerate(added[:masks]):
            document = Document(project, sample)
            labels = draw_mask(rng)
            document.predict(labels, 1)
            for _ in range(strokes):
                paint(document, rng)
            if number % 2:
                document.confirm()
            # What somebody would export: the labels, and where they are a person's word.
            pngs += png_size(document.mask.labels, Path(folder) / "m.png")
            pngs += png_size(document.mask.corrected * np.uint8(255), Path(folder) / "m.png")
        project.close()
        begun = time.perf_counter()
        project = Project(Path(folder) / "large.segdesk")
        every = project.samples.all()
        opened = time.perf_counter() - begun
        assert len(every) == samples
        sizes = project.raw.execute(
            "SELECT (SELECT SUM(length(data)) FROM tiles),"
            " (SELECT SUM(COALESCE(length(labels), 0) + COALESCE(length(corrected), 0)) FROM patch_tiles),"
            " (SELECT SUM(length(data)) FROM tiles WHERE plane = 2)"
        ).fetchone()
        stored = (project.folder / "project.sqlite").stat().st_size
        project.close()
        sys.stdout.write(
            f"opening with {samples} samples and {masks} masks: {opened:.2f} s\n"
            f"PNG files {pngs / 2**20:.1f} MB; database {stored / 2**20:.1f} MB ({stored / pngs:.2f} times),"
            f" of it masks {sizes[0] / 2**20:.1f} MB (first predictions {sizes[2] / 2**20:.1f}),"
            f" what can be undone {sizes[1] / 2**20:.1f} MB\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
