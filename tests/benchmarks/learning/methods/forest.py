"""A pixel classifier: a random forest on intensities, gradients and blobs at several scales."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from segdesk.core.images import ImageSource, read_image
from segdesk.core.mask import UNLABELLED
from segdesk.nn.clock import Clock
from tests.benchmarks.learning.annotation import Corrected
from tests.benchmarks.learning.methods.method import Budget, Learned
from tests.benchmarks.learning.sets import Plane, Task

NAME = "forest"
MISSING = "scikit-learn is not installed, so the forest is left out: pip install -e .[benchmarks]"

_SCALES = (1.0, 2.0, 4.0, 8.0)
_TREES, _LEAF, _MOST_PIXELS = 100, 4, 200_000
_ROWS = 256  # of an image are classified at a time
_HALO = 40  # rows around them that the widest filter reaches

Features = NDArray[np.float32]


def is_installed() -> bool:
    """Whether the forest can be grown here."""
    return importlib.util.find_spec("sklearn") is not None


def features(image: NDArray[np.generic]) -> Features:
    """(H, W, features) of an image (H, W) or (H, W, C): its channels, and at each scale the smoothed gray
    image, its gradient, its Laplacian, and the eigenvalues of its Hessian.
    """
    planes: list[NDArray[Any]] = [np.asarray(p, np.float32) for p in np.moveaxis(np.atleast_3d(image), 2, 0)]
    gray = np.mean(planes, axis=0)
    for scale in _SCALES:
        smooth = cv2.GaussianBlur(gray, (0, 0), scale)
        dx, dy, dxx, dyy, dxy = (
            cv2.Sobel(smooth, -1, *order) for order in ((1, 0), (0, 1), (2, 0), (0, 2), (1, 1))
        )
        bend = np.hypot(dxx - dyy, 2 * dxy)
        planes += [smooth, np.hypot(dx, dy), dxx + dyy, dxx + dyy + bend, dxx + dyy - bend]
    return np.stack(planes, axis=2)


class Forest:
    """Grown anew in each round on all labelled pixels so far; a step is a tree, and 100 are enough."""

    sees_uncorrected = False

    def __init__(self, task: Task) -> None:
        self._task = task
        self._forest: Any = None
        self._examples: dict[int, tuple[Features, Plane]] = {}

    def learn(self, samples: Sequence[Corrected], budget: Budget, seed: int) -> Learned:
        from sklearn.ensemble import RandomForestClassifier

        clock = Clock(budget.seconds, budget.steps)
        for sample in samples:
            corrections = sample.mask.corrections()
            where = corrections != UNLABELLED
            if len(self._examples.get(sample.index, ([], []))[1]) != np.count_nonzero(where):
                pixels = features(_read(self._task, sample.index))[where]
                self._examples[sample.index] = pixels, corrections[where]
        rows, labels = (np.concatenate(parts) for parts in zip(*self._examples.values(), strict=True))
        rng = np.random.default_rng(seed)
        if len(labels) > _MOST_PIXELS:
            drawn = rng.choice(len(labels), _MOST_PIXELS, replace=False)
            rows, labels = rows[drawn], labels[drawn]
        classes, counts = np.unique(labels, return_counts=True)
        weights = dict(zip(classes.tolist(), (len(labels) / counts).tolist(), strict=True))
        forest = RandomForestClassifier(
            0,
            min_samples_leaf=_LEAF,
            class_weight=weights,
            warm_start=True,
            random_state=seed,
            n_jobs=_jobs(),
        )
        clock.learn_now(reserve=0.0)
        while clock.fraction < 1.0 and clock.done < _TREES:
            clock.done = min(clock.done + _jobs(), budget.steps or _TREES, _TREES)
            forest.set_params(n_estimators=clock.done)
            forest.fit(rows, labels)
        self._forest = forest
        return Learned(True, clock.done)

    def predict(self, indices: Sequence[int]) -> dict[int, Plane]:
        if self._forest is None:
            return {}
        return {index: self._predict(_read(self._task, index)) for index in indices}

    def _predict(self, image: NDArray[np.generic]) -> Plane:
        height, width = image.shape[:2]
        parts = []
        for top in range(0, height, _ROWS):
            above, below = max(0, top - _HALO), min(height, top + _ROWS + _HALO)
            end = min(height, top + _ROWS)
            rows = features(image[above:below])[top - above : end - above]
            said = self._forest.predict(rows.reshape(-1, rows.shape[2]))
            parts.append(said.reshape(end - top, width).astype(np.uint8))
        return np.concatenate(parts)


def _read(task: Task, index: int) -> NDArray[np.generic]:
    return read_image(ImageSource(task.images[index]))


def _jobs() -> int:
    return os.cpu_count() or 1
