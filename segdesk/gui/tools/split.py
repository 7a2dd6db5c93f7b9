"""Splitting an object where it is narrow, with the parts shown before it is done."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt

from segdesk.core.objects.found import FoundObject, object_at
from segdesk.core.objects.splitting import MAX_DEPTH, Split, by_watershed
from segdesk.core.translation import tr
from segdesk.gui.tools.base import Pointer, Tool, ToolHost
from segdesk.gui.tools.option_kinds import Fraction, Option


class SplitByShape(Tool):
    """Click an object to see its parts; click again or Enter splits it, Esc leaves it whole."""

    id = "split"
    icon = "mdi6.call-split"
    shortcut = "Shift+W"

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host)
        self._found: FoundObject | None = None
        self._split: Split | None = None

    @staticmethod
    def title() -> str:
        return tr("Split by shape")

    @staticmethod
    def help() -> str:
        return tr("Click an object to see its parts; click it again or press Enter to split, Esc cancels.")

    @staticmethod
    def declare() -> tuple[Option, ...]:
        tip = tr("How much narrower a neck must be than what it joins; more makes fewer parts")
        return (
            Fraction(
                "depth", tr("Depth of necks"), 1.0, tip, low=0.5, high=MAX_DEPTH, decimals=1, unit=" px"
            ),
        )

    @property
    def has_draft(self) -> bool:
        return self._found is not None

    def press(self, pointer: Pointer) -> None:
        document = self.host.document
        if not self.host.is_ready(0) or document is None:
            return
        if self._found is not None and self._found.covers(pointer.position):
            self._commit()
            return
        found = object_at(document.mask.labels, pointer.position, borders=document.mask.borders)
        if found is None:
            self.cancel()
            self.host.show_hint(tr("There is no object here: click on a coloured region."))
        else:
            self.start(found)

    def start(self, found: FoundObject) -> None:
        """Show what becomes of an object."""
        self._found, self._split = found, None
        self.host.in_background(partial(by_watershed, found, self.number("depth")), self._show)

    def options_changed(self) -> None:
        if self._found is not None:
            self.start(self._found)

    def mask_changed(self) -> None:
        self.cancel()

    def key(self, key: Qt.Key) -> bool:
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._commit()
            return True
        return False

    def cancel(self) -> None:
        self._found = self._split = None
        self.host.cancel_background()
        self.host.selection.try_pieces(())

    def _show(self, split: Split) -> None:
        self._split = split
        self.host.selection.try_pieces(split.parts)
        if len(split.parts) < 2:
            self.host.show_hint(
                tr("This object has no neck as deep as that: lower the depth, or cut it by hand.")
            )
        else:
            self.host.show_hint(
                tr("{count} parts: press Enter to split, Esc to leave it whole.").format(
                    count=len(split.parts)
                )
            )

    def _commit(self) -> None:
        split = self._split
        if split is None:
            self.host.show_hint(tr("The parts are still being worked out."))
            return
        self.cancel()
        if len(split.parts) > 1 and self.host.begin_stroke(0):
            self.host.selection.choose(())
            for division in split.change.divisions:
                self.host.divide(division)
            self.host.end_stroke(self.title())
            self.host.selection.choose(split.parts)
