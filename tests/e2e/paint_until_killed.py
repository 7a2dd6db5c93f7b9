"""Run as a program: paint in the real window, stroke after stroke, and say after each one that it is done.

python paint_until_killed.py PROJECT [--train]
"""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Slot

from segdesk.core.settings import SettingsFile
from segdesk.gui.app import application
from segdesk.gui.theme import Theme
from segdesk.gui.window import MainWindow
from tests.e2e.person import Person

_EVERY_MS = 20


class Painter(QObject):
    """Paints a short stroke at a new place again and again."""

    def __init__(self, window: MainWindow, train: bool) -> None:
        super().__init__(window)
        self._window = window
        self._train = train
        self._person = Person(window)
        self._done = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._paint)
        window.bench.picture_ready.connect(self._begin)
        window.learning.figures.connect(self._on_figures)

    @Slot(object)
    def _begin(self, _: object) -> None:
        self._window.options.brush_size = 5
        if self._train:
            self._person.drags([(10.0, 10.0), (30.0, 10.0)])
            self._person.presses(Qt.Key.Key_0)
            self._person.drags([(10.0, 20.0), (30.0, 20.0)])
            self._person.presses(Qt.Key.Key_1)
            self._person.presses(Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
        else:
            self._timer.start(_EVERY_MS)

    @Slot(object)
    def _on_figures(self, figures: object) -> None:
        if figures is not None and not self._timer.isActive():
            sys.stdout.write("learning\n")
            self._timer.start(_EVERY_MS)

    @Slot()
    def _paint(self) -> None:
        x, y = 10.0 + self._done % 30 * 20, 50.0 + self._done // 30 * 12
        self._person.drags([(x, y), (x + 8, y)])
        self._done += 1
        sys.stdout.write(f"{int(x)} {int(y)}\n")
        sys.stdout.flush()


def main() -> int:
    app = application()
    settings = SettingsFile()
    settings.change(round_seconds=600)
    window = MainWindow(settings, Theme("light"))
    window.resize(1280, 800)
    painter = Painter(window, "--train" in sys.argv)
    window.show()
    window.bench.open_project(Path(sys.argv[1]))
    assert painter is not None
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
