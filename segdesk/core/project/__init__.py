"""The project on disk: samples, masks with their history, classes and model versions."""

from segdesk.core.project.masks import History
from segdesk.core.project.samples import NewSample, Sample
from segdesk.core.project.store import SUFFIX, Project, is_project
from segdesk.core.project.versions import Learned, ModelVersion, Round

__all__ = [
    "SUFFIX",
    "History",
    "Learned",
    "ModelVersion",
    "NewSample",
    "Project",
    "Round",
    "Sample",
    "is_project",
]
