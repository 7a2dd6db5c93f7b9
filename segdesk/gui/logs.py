"""The log file, and errors that nobody caught."""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
from logging.handlers import RotatingFileHandler
from types import TracebackType
from typing import IO

from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, Slot, qInstallMessageHandler

from segdesk.core.paths import user_logs
from segdesk.gui.report import report, sentence

_MOST_BYTES = 1_000_000
_log = logging.getLogger("segdesk")
_crashes: IO[str] | None = None  # written to by the system's handler, when it is too late for anything else
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def start_logging() -> None:
    """Write what happens to a file of the user's that never grows large, Qt's messages too."""
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    try:
        user_logs().mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = RotatingFileHandler(
            user_logs() / "segdesk.log", maxBytes=_MOST_BYTES, backupCount=3, encoding="utf-8", delay=True
        )
    except OSError:
        handler = logging.StreamHandler()  # no place for a file must not keep the window from opening
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)
    _catch_crashes()
    qInstallMessageHandler(_on_qt_message)


def _catch_crashes() -> None:
    """Let a crash of native code leave where it happened, in a file beside the log."""
    global _crashes
    try:
        file = user_logs() / "crash.log"
        if file.exists() and file.stat().st_size > _MOST_BYTES:
            file.unlink()
        _crashes = file.open("a", encoding="utf-8")
    except OSError:
        return
    faulthandler.enable(_crashes)


def _on_qt_message(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    logging.getLogger("qt").log(_LEVELS.get(kind, logging.WARNING), "%s", text)


class ErrorCatcher(QObject):
    """Takes the place of sys.excepthook: what nobody caught is logged, and told on the GUI thread."""

    caught = Signal(str, str)

    _raised = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._raised.connect(self._on_raised)  # from other threads, Qt queues this

    def install(self) -> None:
        """Catch from now on, in every thread."""
        sys.excepthook = self._hook
        threading.excepthook = self._thread_hook

    def _hook(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self._raised.emit(error)

    def _thread_hook(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self._raised.emit(args.exc_value)

    @Slot(object)
    def _on_raised(self, error: BaseException) -> None:
        details = report(error)
        _log.error("%s", details)
        self.caught.emit(sentence(error), details)
