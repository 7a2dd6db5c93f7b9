"""Which actions make sense now, and what those say that change with what they would do."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QKeySequence

from segdesk.core.translation import tr
from segdesk.gui.actions import Actions
from segdesk.gui.icons import icon
from segdesk.gui.learning import Learning
from segdesk.gui.panels.loop_bar import LoopBar
from segdesk.gui.panels.versions_list import VersionList
from segdesk.gui.workbench import Workbench
from segdesk.gui.worker import Worker


class Availability(QObject):
    """Hears of everything that changes what can be done.

    workers: all that can be at work.   loop_bar: tells which steps of the loop can be done; it hears first.
    """

    def __init__(
        self,
        bench: Workbench,
        learning: Learning,
        workers: Sequence[Worker],
        loop_bar: LoopBar,
        versions: VersionList,
        actions: Actions,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._bench = bench
        self._learning = learning
        self._workers = workers
        self._loop_bar = loop_bar
        self._versions = versions
        self._actions = actions
        self._there: set[str] = set()
        for signal in (
            bench.sample_changed,
            bench.picture_ready,
            bench.picture_missing,
            bench.image_files.changed,
            bench.status_changed,
            bench.document_changed,
            bench.versions_changed,
            bench.samples_changed,
            learning.changed,
        ):
            signal.connect(self.renew)
        for worker in workers:
            for signal in (worker.started, worker.paused, worker.idle):
                signal.connect(self.renew)

    @Slot()
    def renew(self) -> None:
        """Enable what makes sense now."""
        bench, actions = self._bench, self._actions
        there = {
            step for step in ("predict", "confirm", "retrain") if step not in self._loop_bar.shown.why_not
        }
        if bench.project is not None:
            there.add("project")
        if bench.current is not None:
            there.add("sample")
        if bench.picture is not None:
            there.add("image")
        there |= bench.image_files.allowed
        if not all(worker.is_idle for worker in self._workers):
            there.add("job")
        if self._versions.count() > 1:
            there.add("versions")
        document = bench.document
        history = document.history if document is not None and bench.picture is not None else None
        if history is not None and history.undo is not None:
            there.add("undo")
        if history is not None and history.redo is not None:
            there.add("redo")
        undo, redo = actions["undo"], actions["redo"]
        undo.setText(tr("Undo: {what}").format(what=history.undo) if history and history.undo else tr("Undo"))
        redo.setText(tr("Redo: {what}").format(what=history.redo) if history and history.redo else tr("Redo"))
        held = any(worker.is_paused for worker in self._workers)
        actions["pause"].setText(tr("Go on") if held else tr("Pause what is running"))
        actions["pause"].setIcon(icon("play" if held else "pause"))
        actions["stacks"].setChecked(bench.settings.values.stacks)
        actions["learn_by_itself"].setChecked(bench.settings.values.learn_by_itself)
        self._there = there
        actions.allow(there)

    def why_not(self, keys: QKeySequence) -> str:
        """Why the order that these keys mean cannot be done now; "" where it can, or there is none."""
        for order in self._actions.orders:
            missing = order.needs - self._there
            if missing and keys in self._actions[order.id].shortcuts():
                return self._reason(min(missing))
        return ""

    def _reason(self, missing: str) -> str:
        reasons = {
            "project": tr("There is no project yet: open images or a project first."),
            "sample": tr("There is no image on screen."),
            "image": tr("There is no image on screen."),
            "undo": tr("There is nothing to undo on this image."),
            "redo": tr("There is nothing to redo on this image."),
            "job": tr("Nothing is running."),
            "versions": tr("There are not two versions of the model yet: retrain first."),
        }
        return (reasons | self._loop_bar.shown.why_not).get(missing, "")
