"""What of the mask is seen: which classes, which pixels, and a line to compare it along."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from segdesk.core.mask import BACKGROUND, PackedPlane, Plane
from segdesk.core.patch import State
from segdesk.core.translation import tr
from segdesk.gui.actions import Actions
from segdesk.gui.canvas import Canvas, Only, Style
from segdesk.gui.canvas.curtain import Curtain
from segdesk.gui.panels.seen_rows import SeenRows
from segdesk.gui.seeing_memory import ClassMemory
from segdesk.gui.tools.background import Background
from segdesk.gui.workbench import Workbench

_STYLES = (Style.FILLED, Style.OUTLINE, Style.BOTH)


class Seeing(QObject):
    """Sets the canvas; remembers hidden and locked classes for each project.

    changed: other classes are hidden, or another one is seen alone. handlers: what the orders do.
    """

    changed = Signal()

    def __init__(self, bench: Workbench, canvas: Canvas, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._canvas = canvas
        self._memory = ClassMemory()
        self._project: object = None  # whose classes are hidden and locked as the person left them
        self._hidden: frozenset[int] = frozenset()
        self._alone: int | None = None
        self._active = canvas.options.active_class
        self._locked = canvas.options.locked
        self._actions: Actions | None = None
        self._rows: SeenRows | None = None
        self._unpacking = Background(self._stamp, self)
        self._unpacking.failed.connect(bench.error)
        self._known: object = None  # what the first prediction was looked up for
        self.handlers: dict[str, Callable[[], object]] = {
            "show_mask": self.toggle_mask,
            "next_style": self.next_style,
            "only_corrections": partial(self.toggle_only, Only.CORRECTIONS),
            "only_changes": partial(self.toggle_only, Only.CHANGES),
            "wipe_image": partial(self.toggle_curtain, shows_first=False),
            "wipe_first": partial(self.toggle_curtain, shows_first=True),
            "hide_class": lambda: self.toggle_hidden(canvas.options.active_class),
            "solo_class": lambda: self.toggle_alone(canvas.options.active_class),
            "show_classes": self.show_all,
        }
        bench.classes_changed.connect(self._on_classes)
        bench.sample_changed.connect(self._on_sample)
        bench.picture_ready.connect(self._look_up)
        bench.status_changed.connect(self._look_up)
        canvas.options.changed.connect(self._on_options)
        canvas.overlay_changed.connect(self._on_overlay)
        canvas.stroke_finished.connect(self._on_stroke)

    # Classes

    @property
    def alone(self) -> int | None:
        """The class that is seen alone; None: all that are not hidden."""
        return self._alone

    @property
    def hidden(self) -> frozenset[int]:
        """The classes that are not seen now."""
        if self._alone is None:
            return self._hidden
        return frozenset(c.index for c in self._bench.classes) - {self._alone, BACKGROUND}

    def toggle_hidden(self, index: int) -> None:
        """Hide a class, or show it again; what is seen of the others stays as it is."""
        if self._can_be_hidden(index):
            self._set(self.hidden ^ {index}, None)

    def toggle_alone(self, index: int) -> None:
        """Show only this class, or again those that were seen before."""
        if self._can_be_hidden(index):
            self._set(self._hidden, None if self._alone == index else index)

    def show_all(self) -> None:
        """Hide no class."""
        self._set(frozenset(), None)

    def toggle_locked(self, index: int) -> None:
        """Let no tool change a class, or let it again."""
        self._canvas.options.locked ^= {index}

    def _can_be_hidden(self, index: int) -> bool:
        if index == BACKGROUND:
            self._bench.message.emit(tr("The background has no colour to hide; choose another class."))
        return index != BACKGROUND and index < len(self._bench.classes)

    def _set(self, hidden: frozenset[int], alone: int | None) -> None:
        self._hidden, self._alone = hidden, alone
        self._show_classes()
        self._keep()

    def _show_classes(self) -> None:
        self._canvas.overlay = replace(self._canvas.overlay, hidden=self.hidden)
        self.changed.emit()

    @Slot()
    def _on_classes(self) -> None:
        project = self._bench.project
        if project is not self._project:
            self._project = project
            if project is not None:
                known = range(len(self._bench.classes))
                kept = self._memory.of(project.folder)
                self._hidden, self._alone = kept.hidden.intersection(known[1:]), None
                self._canvas.options.locked = kept.locked.intersection(known)
        self._show_classes()

    @Slot()
    def _on_options(self) -> None:
        options = self._canvas.options
        if options.locked != self._locked:
            self._locked = options.locked
            self._keep()
        before, self._active = self._active, options.active_class
        if self._active != before and self._active in self.hidden:
            self._bench.message.emit(self._about_hidden())

    def _about_hidden(self) -> str:
        name = self._canvas.class_name(self._active)
        return tr("{name} is hidden: what you paint is not seen.").format(name=name)

    @Slot()
    def _on_stroke(self) -> None:
        """Somebody has painted: whoever sees nothing of it is told why."""
        if not self._canvas.overlay_visible:
            self._canvas.show_hint(tr("The mask is hidden: show it to see what you paint."))
        elif self._active in self.hidden:
            self._canvas.show_hint(self._about_hidden())

    def _keep(self) -> None:
        project = self._bench.project
        if project is not None and project is self._project:
            self._memory.keep(project.folder, self._hidden, self._canvas.options.locked)

    # Pixels

    def toggle_mask(self) -> None:
        """Show the mask, or only the image."""
        self._canvas.overlay_visible = not self._canvas.overlay_visible

    def next_style(self) -> None:
        """Draw the mask filled, by its outlines, by both, and so on."""
        style = _STYLES[(_STYLES.index(self._canvas.overlay.style) + 1) % len(_STYLES)]
        self._canvas.overlay = replace(self._canvas.overlay, style=style)

    def toggle_only(self, only: Only) -> None:
        """Draw only these pixels of the mask, or all again."""
        self.show_only(Only.ALL if self._canvas.overlay.only is only else only)

    def show_only(self, only: Only) -> None:
        """Draw only these pixels of the mask from now on."""
        self._canvas.overlay = replace(self._canvas.overlay, only=only)
        if only is Only.CORRECTIONS:
            self._bench.message.emit(tr("Only what you have said is drawn, background in light gray."))
        elif only is Only.CHANGES:
            self._bench.message.emit(self._about_first() or tr("Only what was changed is drawn."))

    def toggle_curtain(self, *, shows_first: bool) -> None:
        """Draw a line to compare the mask along, or none any more."""
        before = self._canvas.curtain
        if before is not None and before.shows_first is shows_first:
            self._canvas.curtain = None
            return
        self._canvas.curtain = Curtain(before.share if before is not None else 0.5, shows_first)
        if shows_first and (why := self._about_first()):
            self._bench.message.emit(why)

    def _about_first(self) -> str:
        """Why there is nothing to compare with; "" where there is."""
        sample = self._bench.current
        if sample is None or sample.first_version is not None:
            return ""
        if sample.state in (State.NEW, State.PREDICTED):
            return tr("Nobody has changed anything in this image yet.")
        return tr("There was no prediction when you began with this image.")

    # The first prediction

    @Slot()
    def _on_sample(self) -> None:
        self._known = None

    @Slot()
    def _look_up(self) -> None:
        """Bring the first prediction to the canvas, while somebody looks at it."""
        project, sample, curtain = self._bench.project, self._bench.current, self._canvas.curtain
        wanted = self._canvas.overlay.only is Only.CHANGES or (curtain is not None and curtain.shows_first)
        if project is None or sample is None or self._bench.picture is None:
            self._known = None
            return
        if not wanted:
            if self._known is not None:
                self._known = None
                self._canvas.show_first_prediction(sample.id, None)
            return
        if self._known == (stamp := self._stamp()):
            return
        self._known = stamp
        packed = project.masks.first_prediction(sample)
        if packed is None:
            self._canvas.show_first_prediction(sample.id, None)
        else:
            done = partial(self._canvas.show_first_prediction, sample.id)
            self._unpacking.run(partial(_unpacked, packed), done)

    def _stamp(self) -> object:
        """What a first prediction belongs to: it never changes, but comes with the first correction."""
        sample = self._bench.current
        return None if sample is None else (sample.id, sample.first_version, id(self._bench.picture))

    # Menus

    def show_state(self, actions: Actions, rows: SeenRows) -> None:
        """Let the menus and the rows of the tool options show from now on what is on."""
        self._actions, self._rows = actions, rows
        rows.width_chosen.connect(self._on_width)
        rows.only_chosen.connect(self._on_only)
        self._on_overlay()

    @Slot()
    def _on_overlay(self) -> None:
        self._look_up()
        if self._rows is not None:
            self._rows.show_overlay(self._canvas.overlay)
        if self._actions is not None:
            canvas, only = self._canvas, self._canvas.overlay.only
            curtain = canvas.curtain
            first = curtain is not None and curtain.shows_first
            self._actions["show_mask"].setChecked(canvas.overlay_visible)
            self._actions["only_corrections"].setChecked(only is Only.CORRECTIONS)
            self._actions["only_changes"].setChecked(only is Only.CHANGES)
            self._actions["wipe_image"].setChecked(curtain is not None and not first)
            self._actions["wipe_first"].setChecked(first)

    @Slot(int)
    def _on_width(self, width: int) -> None:
        self._canvas.overlay = replace(self._canvas.overlay, outline_width=width)

    @Slot(str)
    def _on_only(self, only: str) -> None:
        self.show_only(Only(only))

    def close(self) -> None:
        """Wait for what is being unpacked."""
        self._unpacking.close()


def _unpacked(packed: PackedPlane) -> Plane:
    return packed.unpack()
