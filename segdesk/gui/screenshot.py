"""A picture of the window, drawn without a screen."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer

from segdesk.core.files import atomic_write
from segdesk.core.settings import SettingsFile
from segdesk.gui.app import application, speak
from segdesk.gui.logs import start_logging
from segdesk.gui.theme import Theme
from segdesk.gui.window import MainWindow

_LONGEST_WAIT_MS = 20_000
_SETTLE_MS = 400


def save_screenshot(project: Path, path: Path, sample_id: int | None = None) -> None:
    """Open a project in the window, on one of its samples, and write what it looks like as PNG.

    Raises:
        SegdeskError: the project cannot be opened, or the picture cannot be written.
    """
    os.environ["QT_QPA_PLATFORM"] = os.environ.get("QT_QPA_PLATFORM") or "offscreen"  # empty is unset
    app = application()
    start_logging()  # Qt's remarks on a screen that is not there belong in the log
    settings = SettingsFile()
    speak(settings.values.language)
    window = MainWindow(settings, Theme("light", app))
    window.resize(1440, 900)
    window.show()
    shown = QEventLoop()
    # The picture comes from a thread, the thumbnails shortly after it.
    window.bench.picture_ready.connect(lambda _: QTimer.singleShot(_SETTLE_MS, shown.quit))
    window.bench.picture_missing.connect(lambda _: shown.quit())
    QTimer.singleShot(_LONGEST_WAIT_MS, shown.quit)
    window.bench.open_project(project)
    if sample_id is not None:
        window.bench.go_to(sample_id)
    shown.exec()
    picture = window.grab()
    with atomic_write(path) as temporary:
        picture.save(str(temporary))
    window.close()
