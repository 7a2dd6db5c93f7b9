"""Everything a person can order, in one table: menus, shortcuts, their help and the palette come from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from segdesk.core.translation import tr
from segdesk.gui.icons import icon
from segdesk.gui.tools import TOOLS


@dataclass(frozen=True)
class Order:
    """One thing that can be ordered.

    menu: which menu it is in; "" for none. needs: what has to be there, by the names that
    `Actions.allow` gets. group: a number; a separator stands between groups of a menu.
    """

    id: str
    text: str
    menu: str = ""
    keys: tuple[str, ...] = ()
    icon: str = ""
    help: str = ""
    needs: frozenset[str] = field(default_factory=frozenset)
    checkable: bool = False
    group: int = 0


def menus() -> dict[str, str]:
    """The menus by name, in their order."""
    return {
        "file": tr("&File"),
        "edit": tr("&Edit"),
        "view": tr("&View"),
        "image": tr("&Image"),
        "tools": tr("&Tools"),
        "model": tr("&Model"),
        "help": tr("&Help"),
    }


STOP_KEY, PAUSE_KEY = "Ctrl+.", "Ctrl+Shift+T"

_PROJECT = frozenset({"project"})
_SAMPLE = frozenset({"sample"})
_IMAGE = frozenset({"image"})


def orders() -> list[Order]:
    """The whole table, in the language in use."""
    return [*_files(), *_edits(), *_views(), *_images(), *_tools(), *_loop(), *_helps()]


def _files() -> list[Order]:
    return [
        Order("open_images", tr("Open images…"), "file", ("Ctrl+O",), "image-plus-outline",
              tr("Open images; they come into the project that is open")),
        Order("open_folder", tr("Open a folder of images…"), "file", ("Ctrl+Shift+O",), "folder-outline"),
        Order("new_project", tr("New project…"), "file", ("Ctrl+N",), "plus-box-outline", group=1),
        Order("open_project", tr("Open a project…"), "file", (), "folder-open-outline", group=1),
        Order("sample_project", tr("Try the sample project"), "file", (), "flask-outline", group=1),
        Order("save", tr("Save"), "file", ("Ctrl+S",), "content-save-outline",
              tr("Everything is saved as it happens"), _PROJECT, group=2),
        Order("save_as", tr("Save project as…"), "file", ("Ctrl+Shift+S",), "content-save-move-outline",
              tr("Copy the project to another place and go on there"), _PROJECT, group=2),
        Order("export", tr("Export…"), "file", ("Ctrl+E",), "export-variant",
              tr("Write masks, overlays, tables or the model to a folder"), _PROJECT, group=2),
        Order("quit", tr("Quit"), "file", ("Ctrl+Q",), "", group=3),
    ]  # fmt: skip


def _edits() -> list[Order]:
    return [
        Order("undo", tr("Undo"), "edit", ("Ctrl+Z",), "undo", "", frozenset({"undo"})),
        Order("redo", tr("Redo"), "edit", ("Ctrl+Shift+Z", "Ctrl+Y"), "redo", "", frozenset({"redo"})),
        Order("add_class", tr("Add a class…"), "edit", (), "plus", "", _PROJECT, group=1),
        Order("settings", tr("Settings…"), "edit", ("Ctrl+,",), "cog-outline", group=2),
    ]


def _views() -> list[Order]:
    return [
        Order("fit", tr("Fit to window"), "view", ("Ctrl+F",), "fit-to-page-outline", "", _IMAGE),
        Order("actual_size", tr("Actual size"), "view", ("Ctrl+0",), "numeric-1-box-outline", "", _IMAGE),
        Order("zoom_in", tr("Zoom in"), "view", ("Ctrl++", "Ctrl+="), "magnify-plus-outline", "", _IMAGE),
        Order("zoom_out", tr("Zoom out"), "view", ("Ctrl+-",), "magnify-minus-outline", "", _IMAGE),
        Order("uncertainty", tr("Show uncertainty"), "view", ("U",), "blur",
              tr("Let the image glow where the model is unsure"), _IMAGE, checkable=True, group=1),
        Order("palette", tr("Command palette…"), "view", ("Ctrl+Shift+P",), "console",
              tr("Find and run any command by its name"), group=2),
        Order("quality", tr("How good is it?"), "view", ("Ctrl+Shift+G",), "chart-line",
              tr("Curves over new images and rounds, what it took, and which classes are mixed up"),
              _PROJECT, group=2),
        Order("full_screen", tr("Full screen"), "view", ("F11",), "fullscreen", checkable=True, group=2),
    ]  # fmt: skip


def _images() -> list[Order]:
    return [
        Order("next", tr("Next image"), "image", ("D", "PgDown"), "chevron-right", "", _SAMPLE),
        Order("previous", tr("Previous image"), "image", ("A", "PgUp"), "chevron-left", "", _SAMPLE),
        Order("next_useful", tr("Next most useful image"), "image", ("N",), "target",
              tr("Go to the image that the model is least sure of"), _SAMPLE),
        Order("reload", tr("Read the image again"), "image", ("F5",), "refresh", "", _SAMPLE, group=1),
        Order("remove", tr("Remove from the project…"), "image", (), "close",
              tr("Take this image and its mask out of the project; the file stays"), _SAMPLE, group=1),
    ]  # fmt: skip


def _tools() -> list[Order]:
    tools = [
        Order(f"tool_{tool.id}", tool.title(), "tools", (tool.shortcut,), tool.icon.removeprefix("mdi6."),
              tool.help(), checkable=True)
        for tool in TOOLS.values()
    ]  # fmt: skip
    sizes = [
        Order("smaller_brush", tr("Smaller brush"), "tools", ("[",), "", group=1),
        Order("larger_brush", tr("Larger brush"), "tools", ("]",), "", group=1),
    ]
    digits = [
        Order(f"class_{n}", tr("Paint class {number}").format(number=n), "", (str(n),), "", "", _PROJECT)
        for n in range(1, 10)
    ]
    digits.insert(0, Order("class_0", tr("Paint the background"), "", ("0",), "", "", _PROJECT))
    return [*tools, *sizes, *digits]


def _loop() -> list[Order]:
    return [
        Order("predict", tr("Predict"), "model", ("Ctrl+P",), "creation-outline",
              tr("Let the model fill in what you have not corrected"), frozenset({"predict"})),
        Order("predict_all", tr("Predict all unconfirmed images"), "model", ("Ctrl+Alt+P",),
              "image-multiple-outline", "", frozenset({"predict"})),
        Order("confirm", tr("Confirm"), "model", ("Enter", "Return"), "check",
              tr("Say that this whole mask is right, and go to the next image"), frozenset({"confirm"}),
              group=1),
        Order("retrain", tr("Retrain"), "model", ("Ctrl+T",), "school-outline",
              tr("Let the model learn from your corrections"), frozenset({"retrain"}), group=1),
        Order("train_thoroughly", tr("Train until it stops improving"), "model", (), "school",
              tr("Let the model learn for as long as it gets better; this can take hours"),
              frozenset({"retrain"}), group=1),
        Order("learn_by_itself", tr("Learn by itself"), "model", (), "",
              tr("Start a round whenever enough corrections have come in"), checkable=True, group=1),
        Order("compare_versions", tr("Compare versions"), "model", ("Ctrl+Shift+V",), "compare",
              tr("Look at two versions of the model side by side on the image"), frozenset({"versions"}),
              group=3),
        Order("import_model", tr("Import a model…"), "model", (), "import",
              tr("Take a model file into this project as a new version"), _PROJECT, group=3),
        Order("pause", tr("Pause what is running"), "model", (PAUSE_KEY,), "pause",
              tr("Hold what is running, or let it go on"), frozenset({"job"}), group=2),
        Order("stop", tr("Stop what is running"), "model", (STOP_KEY,), "stop-circle-outline",
              "", frozenset({"job"}), group=2),
    ]  # fmt: skip


def _helps() -> list[Order]:
    return [
        Order("shortcuts", tr("Keyboard shortcuts"), "help", ("F1",), "keyboard-outline"),
        Order("logs", tr("Open the folder of log files"), "help", (), "text-box-outline", group=1),
        Order("about", tr("About SegDesk"), "help", (), "information-outline", group=1),
    ]


class Actions(QObject):
    """The table as QActions, each with its handler."""

    def __init__(self, window: QWidget, handlers: Mapping[str, Callable[[], object]]) -> None:
        super().__init__(window)
        self.orders = orders()
        self._actions: dict[str, QAction] = {}
        self._handlers = handlers
        for order in self.orders:
            action = QAction(order.text, window)
            action.setObjectName(order.id)
            action.setShortcuts([QKeySequence(key) for key in order.keys])
            action.setCheckable(order.checkable)
            action.setToolTip(tool_tip(order.help or order.text.rstrip("…"), order.keys))
            if order.icon:
                action.setIcon(icon(order.icon))
            action.triggered.connect(self._run)
            window.addAction(action)
            self._actions[order.id] = action

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def _run(self) -> None:
        sender = self.sender()
        if sender is not None:
            self._handlers[sender.objectName()]()

    def allow(self, present: Iterable[str]) -> None:
        """Enable what needs nothing but `present`."""
        there = set(present)
        for order in self.orders:
            self._actions[order.id].setEnabled(order.needs <= there)

    def fill(self, bar: QMenuBar) -> dict[str, QMenu]:
        """Make the menus, and give them by name."""
        made: dict[str, QMenu] = {}
        for name, title in menus().items():
            menu = bar.addMenu(title)
            menu.setObjectName(f"menu_{name}")
            group = 0
            for order in self.orders:
                if order.menu == name:
                    if order.group != group:
                        menu.addSeparator()
                        group = order.group
                    menu.addAction(self._actions[order.id])
            made[name] = menu
        return made


def tool_tip(text: str, keys: Iterable[str]) -> str:
    """What a control does, and the keys that do the same."""
    shown = keys_text(keys)
    return f"{text} ({shown})" if shown else text


def keys_text(keys: Iterable[str]) -> str:
    """Several keys; the two that are called Enter count as one."""
    return ", ".join(key_text(key) for key in keys if key != "Return")


def key_text(key: str) -> str:
    """A key as this system writes it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
