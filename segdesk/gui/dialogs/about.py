"""What this is."""

from __future__ import annotations

import platform

import PySide6
from PySide6.QtWidgets import QDialog, QLabel, QVBoxLayout, QWidget

from segdesk import __version__
from segdesk.core.paths import user_data, user_logs
from segdesk.core.translation import tr
from segdesk.gui.theme import GRID


class AboutDialog(QDialog):
    """Name, versions and places."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("About SegDesk"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4 * GRID, 4 * GRID, 4 * GRID, 4 * GRID)
        layout.setSpacing(GRID)
        title = QLabel("SegDesk")
        title.setProperty("rank", "title")
        layout.addWidget(title)
        layout.addWidget(
            QLabel(tr("Version {version}, free software (MIT licence)").format(version=__version__))
        )
        layout.addSpacing(GRID)
        lines = [
            tr("Python {python}, Qt for Python {qt}").format(
                python=platform.python_version(), qt=PySide6.__version__
            ),
            tr("Projects without a place of their own: {folder}").format(folder=user_data() / "projects"),
            tr("Log files: {folder}").format(folder=user_logs()),
        ]
        for line in lines:
            label = QLabel(line)
            label.setProperty("rank", "quiet")
            label.setWordWrap(True)
            layout.addWidget(label)
        self.setMinimumWidth(56 * GRID)
