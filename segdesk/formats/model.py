"""The model version in use, as a file of its own."""

from __future__ import annotations

import shutil

from segdesk.core.errors import FormatError
from segdesk.core.files import atomic_write
from segdesk.core.jobs import Job, Progress
from segdesk.core.translation import tr
from segdesk.formats.items import ExportReport, ExportRequest


def model(request: ExportRequest) -> Job[ExportReport]:
    """model.safetensors: the weights, with what rebuilds the network as metadata.

    Raises:
        FormatError: the project has no model version yet, or its file is gone.
    """
    yield Progress(0, tr("Exporting"))
    if request.model is None:
        raise FormatError(tr("There is no model to export yet; retrain first."))
    if not request.model.is_file():
        raise FormatError(
            tr("The model file {name} is missing from the project; choose another version.").format(
                name=request.model.name
            )
        )
    path = request.out / "model.safetensors"
    with atomic_write(path) as temporary:
        shutil.copyfile(request.model, temporary)
    return ExportReport((path,))
