"""What a person drops on a window: models go one way, images and projects another."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QMimeData

from segdesk.core.model_library import MODEL_SUFFIXES


def has_files(data: QMimeData) -> bool:
    """Whether any of it is a file of this computer."""
    return any(url.isLocalFile() for url in data.urls())


def local_paths(data: QMimeData) -> list[Path]:
    """The files and folders."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def models_among(paths: Iterable[Path]) -> tuple[list[Path], list[Path]]:
    """Those that are called like models, and the others; a folder is no model, whatever it is called."""
    models: list[Path] = []
    others: list[Path] = []
    for path in paths:
        is_model = path.suffix.lower() in MODEL_SUFFIXES and not path.is_dir()
        (models if is_model else others).append(path)
    return models, others
