"""The pointer that selects objects."""

from __future__ import annotations

from PySide6.QtCore import Qt

from segdesk.core.objects.found import FoundObject, object_at
from segdesk.core.translation import tr
from segdesk.gui.tools.base import Pointer, Tool, ToolHost
from segdesk.gui.tools.option_kinds import Fraction, Option, Whole

_SEEN = 2048  # pixels: objects that reach farther are not lit up before they are clicked


class Select(Tool):
    """Hover to see what hangs together, click to select it, Shift adds; orders do the rest."""

    id = "select"
    icon = "mdi6.cursor-default-outline"
    shortcut = "Q"
    paints = False

    @staticmethod
    def title() -> str:
        return tr("Select objects")

    @staticmethod
    def help() -> str:
        return tr(
            "Click an object to select it, Shift adds, Esc lets go; Del deletes, digits change the class."
        )

    @staticmethod
    def declare() -> tuple[Option, ...]:
        return (
            Whole("pixels", tr("Grow, shrink by"), 2, tr("How far an object's border moves"), low=1, high=200,
                  unit=" px"),
            Fraction("sigma", tr("Smooth by"), 2.0, tr("Dents and bumps smaller than this go"), low=0.5,
                     high=50, decimals=1, unit=" px"),
            Whole("bridge", tr("Bridge width"), 5, tr("Of what joins merged objects"), low=2, high=200,
                  unit=" px"),
        )  # fmt: skip

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host)
        self._asks = False  # for the menu, once the button is up: an open menu hears of that, the canvas not

    def hover(self, pointer: Pointer | None) -> None:
        super().hover(pointer)
        self.host.selection.hover(self._under(pointer, _SEEN) if pointer is not None else None)

    def press(self, pointer: Pointer) -> None:
        selection = self.host.selection
        found = self._under(pointer)
        if found is None:
            if self.host.document is None:
                self.host.is_ready(0)  # says what is missing
            else:
                self.host.show_hint(tr("There is no object here: click on a coloured region."))
            if not pointer.even:
                selection.choose(())
        elif pointer.erases:
            if selection.covering(found) is None:
                selection.choose([found])
            self._asks = True
        elif pointer.even:
            selection.toggle(found)
        else:
            selection.choose([found])

    def release(self, pointer: Pointer) -> None:
        asks, self._asks = self._asks, False
        if asks:
            self.host.selection.menu_wanted.emit(pointer.widget)

    def double_click(self, pointer: Pointer) -> None:
        """The first click has selected already."""

    def wants_key(self, key: Qt.Key) -> bool:
        return super().wants_key(key) or (key == Qt.Key.Key_Escape and bool(self.host.selection.objects))

    def key(self, key: Qt.Key) -> bool:
        if key != Qt.Key.Key_Escape:
            return False
        self.host.selection.clear()
        return True

    def mask_changed(self) -> None:
        self.hover(self.pointer)

    def cancel(self) -> None:
        self._asks = False
        self.host.selection.hover(None)

    def cursor(self) -> Qt.CursorShape:
        over = self.host.selection.hovered is not None
        return Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor

    def _under(self, pointer: Pointer, most: int | None = None) -> FoundObject | None:
        document, hovered = self.host.document, self.host.selection.hovered
        if document is None:
            return None
        if hovered is not None and hovered.covers(pointer.position):
            return hovered
        return object_at(document.mask.labels, pointer.position, most, borders=document.mask.borders)
