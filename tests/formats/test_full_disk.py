"""A disk that is full ends an export at once, with one sentence, whatever else could still be written."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from segdesk.core import files
from segdesk.core.errors import SegdeskError
from segdesk.core.jobs import run
from segdesk.core.project import Project
from segdesk.formats.export import export
from segdesk.formats.items import export_request
from segdesk.formats.registry import export_formats


@pytest.mark.parametrize("name", sorted(set(export_formats()) - {"model"}))
@pytest.mark.parametrize("well", [0, 1, 2])
def test_nothing_is_tried_after_the_first_file_that_does_not_fit(
    name: str, well: int, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """well: how many files fit."""
    tried = 0

    def fsync(handle: int) -> None:
        nonlocal tried
        tried += 1
        if tried > well:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files, "_flush_folder", lambda folder: None)
    monkeypatch.setattr(os, "fsync", fsync)
    try:
        run(export(export_request(project, tmp_path / "out"), name))
    except SegdeskError as error:
        assert "No space left" in str(error)
        assert tried == well + 1
    else:
        assert tried <= well, "a file is missing, and nobody is told"
