"""An object that is destroyed while a thread works for it waits for it to come to its end."""

from __future__ import annotations

import subprocess
import sys

_CLOSED_AT_WORK = """
import threading
from PySide6.QtCore import QEvent, QThreadPool
from PySide6.QtWidgets import QApplication, QWidget
from segdesk.gui.threads import pool_of

class Window(QWidget):
    def event(self, event):  # Python holds on while Qt destroys the window within this
        return super().event(event)

app = QApplication(["test"])
window, began, ending, ended = Window(), threading.Event(), threading.Event(), threading.Event()

def work():
    began.set()
    ending.wait()
    sum(range(3_000_000))
    ended.set()

def wait():  # what waits in the pool has been dropped by now
    ending.set()
    return QThreadPool.waitForDone(pool)

pool = pool_of(window)
pool.waitForDone = wait
pool.start(work)
pool.start(lambda: print("what waited was begun"))
began.wait()
window.deleteLater()
app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
app.processEvents()
print("ended" if ended.is_set() else "left behind")
"""


def test_a_window_can_be_closed_while_a_thread_works_for_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _CLOSED_AT_WORK], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.split("\n")[0] == "ended", done.stderr
