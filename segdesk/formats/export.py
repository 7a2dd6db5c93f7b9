"""Exporting a project in one of the formats of the registry."""

from __future__ import annotations

from segdesk.core.errors import FormatError
from segdesk.core.files import check_links
from segdesk.core.jobs import Job
from segdesk.core.translation import tr
from segdesk.formats.items import ExportReport, ExportRequest
from segdesk.formats.registry import export_format


def export(request: ExportRequest, format_name: str) -> Job[ExportReport]:
    """Write what the request captured into its folder.

    Raises:
        FormatError: no such format, or nothing is labelled yet.
        SegdeskError: a file cannot be written, or a link leads out of the folder.
    """
    chosen = export_format(format_name)
    if chosen.needs_labels and not request.items:
        raise FormatError(
            tr("There is nothing to export yet: predict, paint or confirm at least one image first.")
        )
    check_links(request.out)
    return (yield from chosen.write(request))
