"""Exporting a project in one of the formats of the registry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from segdesk.core.errors import FormatError, ImageError
from segdesk.core.files import check_links
from segdesk.core.jobs import Job
from segdesk.core.project.fingerprint import check_same
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
    report = yield from chosen.write(request)
    return replace(report, problems=tuple(dict.fromkeys((*report.problems, *_other_pictures(request)))))


def _other_pictures(request: ExportRequest) -> Iterator[str]:
    """A sentence for each image that is not what its mask was drawn on, whether or not it was read."""
    for item in request.items:
        try:
            check_same(item.source, item.known)
        except ImageError as error:
            yield str(error)
