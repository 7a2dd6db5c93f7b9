"""The project on disk: samples, masks with their history, classes and model versions."""

from segdesk.core.project.masks import History, PackedTiles, Standing
from segdesk.core.project.rounds import Learned, ModelVersion, Origin, Round
from segdesk.core.project.samples import NewSample, Sample
from segdesk.core.project.scores import Score
from segdesk.core.project.splits import Split
from segdesk.core.project.store import SUFFIX, Project, is_project

__all__ = [
    "SUFFIX",
    "History",
    "Learned",
    "ModelVersion",
    "NewSample",
    "Origin",
    "PackedTiles",
    "Project",
    "Round",
    "Sample",
    "Score",
    "Split",
    "Standing",
    "is_project",
]
