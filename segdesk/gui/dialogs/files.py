"""Asking for files and folders."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from segdesk.core.images import SUPPORTED_SUFFIXES
from segdesk.core.project import SUFFIX
from segdesk.core.translation import tr


def documents() -> Path:
    """Where people look for what they have made."""
    location = QStandardPaths.StandardLocation.DocumentsLocation
    return Path(QStandardPaths.writableLocation(location) or Path.home())


def image_files(parent: QWidget) -> list[Path]:
    """Images that a person chooses; none where they change their mind."""
    endings = " ".join(f"*{suffix}" for suffix in SUPPORTED_SUFFIXES)
    filters = ";;".join([tr("Images ({endings})").format(endings=endings), tr("All files (*)")])
    short = QFileDialog.Option.HideNameFilterDetails  # there are dozens of endings
    names, _ = QFileDialog.getOpenFileNames(parent, tr("Open images"), "", filters, "", short)
    return [Path(name) for name in names]


def existing_folder(parent: QWidget, title: str) -> Path | None:
    """A folder that a person chooses."""
    name = QFileDialog.getExistingDirectory(parent, title)
    return Path(name) if name else None


def new_project_folder(parent: QWidget, title: str, name: str) -> Path | None:
    """A project's folder that is to be made; its name ends as it must."""
    chosen, _ = QFileDialog.getSaveFileName(parent, title, name)
    if not chosen:
        return None
    path = Path(chosen)
    return path if path.name.endswith(SUFFIX) else path.with_name(path.name + SUFFIX)
