"""The door to the window."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QTimer, QTranslator, Slot
from PySide6.QtWidgets import QApplication

from segdesk import __version__
from segdesk.core import limits
from segdesk.core.settings import SettingsFile
from segdesk.core.translation import use_language
from segdesk.gui.dialogs.crash import ReportDialog
from segdesk.gui.garbage import GarbageCollection
from segdesk.gui.icons import icon
from segdesk.gui.logs import ErrorCatcher, start_logging
from segdesk.gui.theme import Theme
from segdesk.gui.window import MainWindow
from segdesk.gui.worker import Engine, load_engine

_LISTEN_MS = 200


def main(paths: Sequence[Path] = (), engine: Callable[[], Engine] | None = None) -> int:
    """Open the window on a project, on images or on a folder, and stay until it is closed.

    engine: makes what learns and predicts, in the worker's thread and not before the window is shown.
    """
    app = application()
    start_logging()
    settings = SettingsFile()
    speak(settings.values.language)
    limits.prefer(settings.values.limits)
    theme = Theme(settings.values.theme, app)
    app.setWindowIcon(icon("vector-polygon", "accent"))
    window = MainWindow(settings, theme, engine or load_engine)
    catcher = ErrorCatcher(window)
    catcher.install()
    reporter = Reporter(window)
    catcher.caught.connect(reporter.tell)
    _let_ctrl_c_through(app, window)
    collection = GarbageCollection(window)
    window.show()
    if paths:
        window.bench.open_paths([Path(path) for path in paths])
    QTimer.singleShot(0, window.get_ready)
    try:
        return app.exec()
    finally:
        collection.stop()


def application() -> QApplication:
    """The application object, made with the right names if there is none."""
    forget_foreign_plugins()
    found = QApplication.instance()
    app = found if isinstance(found, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("SegDesk")
    app.setApplicationDisplayName("SegDesk")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("segdesk")
    return app


def forget_foreign_plugins() -> None:
    """OpenCV, once imported, points to plugins of another Qt that it brings; ours cannot start with those."""
    for name in ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR"):
        if "cv2" in os.environ.get(name, ""):
            del os.environ[name]


def speak(language: str) -> None:
    """Use this language, or the system's, for SegDesk's own sentences and for Qt's."""
    locale = QLocale() if language == "system" else QLocale(language)
    use_language(locale.name())
    translator = QTranslator(QApplication.instance())
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load(locale, "qtbase", "_", folder):
        QApplication.installTranslator(translator)


class Reporter(QObject):
    """Shows an error that nobody expected, one at a time; the window goes on."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._dialog: ReportDialog | None = None

    @Slot(str, str)
    def tell(self, sentence: str, details: str) -> None:
        """Show it, unless one is on screen already: the next ones are in the log."""
        if self._dialog is not None and self._dialog.isVisible():
            return
        self._dialog = ReportDialog(sentence, details, self._window)
        self._dialog.open()


def _let_ctrl_c_through(app: QApplication, window: MainWindow) -> None:
    """Close in order when the terminal says so: Python hears of a signal only while it runs.

    That may be in the middle of an event of the very window that goes, so it closes after that.
    """
    timer = QTimer(app)
    timer.timeout.connect(lambda: None)
    timer.start(_LISTEN_MS)
    signal.signal(signal.SIGINT, lambda *_: QTimer.singleShot(0, window, window.close))
