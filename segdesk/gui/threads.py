"""Threads that work for one object of the GUI thread, and end before it does."""

from __future__ import annotations

import weakref

from PySide6.QtCore import QCoreApplication, QObject, QThreadPool
from shiboken6 import isValid

_pools: weakref.WeakSet[QThreadPool] = weakref.WeakSet()


def pool_of(owner: QObject, threads: int = 1) -> QThreadPool:
    """A pool of so many threads; when the owner is destroyed, it drops what waits and ends the rest.

    A pool that Qt destroys by itself waits, too, but without letting Python go on meanwhile: where a thread
    then wants to run Python, both wait forever (seen with PySide 6.11).
    """
    pool = QThreadPool()
    pool.setMaxThreadCount(threads)
    owner.destroyed.connect(lambda: _end(pool))
    app = QCoreApplication.instance()
    if app is not None and not _pools:
        app.aboutToQuit.connect(_end_all)
    _pools.add(pool)
    return pool


def _end(pool: QThreadPool) -> None:
    if isValid(pool):  # at the end of the program PySide destroys everything, in any order
        pool.clear()
        pool.waitForDone()


def _end_all() -> None:
    for pool in list(_pools):
        _end(pool)
