"""Everything a person can order, in one table: menus, shortcuts, their help and the palette come from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from segdesk.core.translation import tr
from segdesk.gui.icons import icon
from segdesk.gui.tools import GROUPS


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
        "objects": tr("&Objects"),
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
    return [*_files(), *_edits(), *_views(), *_images(), *_objects(), *_tools(), *_loop(), *_helps()]


def _files() -> list[Order]:
    return [
        Order("open_images", tr("Open images…"), "file", ("Ctrl+O",), "image-plus-outline",
              tr("Open images; they come into the project that is open")),
        Order("open_folder", tr("Open a folder of images…"), "file", ("Ctrl+Shift+O",), "folder-outline"),
        Order("new_project", tr("New project…"), "file", ("Ctrl+N",), "plus-box-outline", group=1),
        Order("open_project", tr("Open a project…"), "file", ("Ctrl+Alt+Shift+O",),
              "folder-open-outline", group=1),
        Order("sample_project", tr("Try the sample project"), "file", ("Ctrl+Alt+Shift+S",),
              "flask-outline", group=1),
        Order("save", tr("Save"), "file", ("Ctrl+S",), "content-save-outline",
              tr("Everything is saved as it happens"), _PROJECT, group=2),
        Order("save_as", tr("Save project as…"), "file", ("Ctrl+Shift+S",), "content-save-move-outline",
              tr("Copy the project to another place and go on there"), _PROJECT, group=2),
        Order("import_annotations", tr("Import annotations…"), "file", ("Ctrl+Shift+I",), "import",
              tr("Take in labels of other programs, or of a folder"), _PROJECT, group=2),
        Order("export", tr("Export…"), "file", ("Ctrl+E",), "export-variant",
              tr("Write masks, overlays, tables or the model to a folder"), _PROJECT, group=2),
        Order("quit", tr("Quit"), "file", ("Ctrl+Q",), "", group=3),
    ]  # fmt: skip


def _edits() -> list[Order]:
    return [
        Order("undo", tr("Undo"), "edit", ("Ctrl+Z",), "undo", "", frozenset({"undo"})),
        Order("redo", tr("Redo"), "edit", ("Ctrl+Shift+Z", "Ctrl+Y"), "redo", "", frozenset({"redo"})),
        Order("add_class", tr("Add a class…"), "edit", ("Ctrl+Alt+Shift+A",), "plus", "", _PROJECT, group=1),
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
        Order("probability", tr("Show probability"), "view", ("Shift+U",), "heat-wave",
              tr("Draw how probable the model finds the active class"), _IMAGE, checkable=True, group=1),
        Order("scale_bar", tr("Scale bar"), "view", ("Ctrl+Alt+Shift+B",), "",
              tr("Show how long something is on the canvas"),
              checkable=True, group=1),
        Order("minimap", tr("Minimap"), "view", ("Ctrl+Alt+Shift+M",), "",
              tr("Show where in the image one is, when zoomed in"),
              checkable=True, group=1),
        Order("crosshair", tr("Crosshair"), "view", ("Ctrl+Alt+X",), "", tr("Show lines through the pointer"),
              checkable=True, group=1),
        Order("rulers", tr("Rulers"), "view", ("Ctrl+Alt+R",), "", tr("Show rulers along the canvas"),
              checkable=True, group=1),
        Order("keep_view", tr("Keep the view"), "view", ("Ctrl+Alt+K",), "",
              tr("Show another image at the same place and scale"), checkable=True, group=1),
        Order("show_mask", tr("Show the mask"), "view", ("Ctrl+Alt+M",), "eye-outline",
              tr("Show or hide the mask; over the canvas V does so too, while held down only for as long"),
              checkable=True, group=3),
        Order("next_style", tr("Filled, outline or both"), "view", ("Ctrl+Alt+O",), "",
              tr("Change between the mask filled, by its outlines, and both"), group=3),
        Order("only_corrections", tr("Only corrections"), "view", ("Ctrl+Alt+C",), "",
              tr("Draw only what a person has said; background in light gray"), checkable=True, group=3),
        Order("only_changes", tr("Only what was changed"), "view", ("Ctrl+Alt+D",), "",
              tr("Draw only where a person changed what the model had first said of this image"),
              checkable=True, group=3),
        Order("wipe_image", tr("Compare with the image"), "view", ("Ctrl+Alt+I",), "compare",
              tr("Draw the mask left of a line, and the image alone right of it"), _IMAGE,
              checkable=True, group=3),
        Order("wipe_first", tr("Compare with the first prediction"), "view", ("Ctrl+Alt+F",), "",
              tr("Draw the mask left of a line, and right of it what the model had first said"), _IMAGE,
              checkable=True, group=3),
        Order("hide_class", tr("Hide or show the class"), "view", ("Ctrl+Alt+H",), "eye-off-outline",
              tr("Draw the active class no longer, or again"), _PROJECT, group=4),
        Order("solo_class", tr("Show only the class"), "view", ("Ctrl+Alt+S",), "",
              tr("Draw no class but the active one, or all again"), _PROJECT, group=4),
        Order("show_classes", tr("Show all classes"), "view", ("Ctrl+Alt+Shift+H",), "", "", _PROJECT,
              group=4),
        Order("palette", tr("Command palette…"), "view", ("Ctrl+Shift+P",), "console",
              tr("Find and run any command by its name"), group=2),
        Order("quality", tr("How good is it?"), "view", ("Ctrl+Shift+G",), "chart-line",
              tr("Curves over new images and rounds, what it took, and which classes are mixed up"),
              _PROJECT, group=2),
        Order("dataset", tr("Data set"), "view", ("Ctrl+Shift+E",), "chart-box-outline",
              tr("Split the images into training, validation and test; see classes, sizes and work"),
              _PROJECT, group=2),
        Order("full_screen", tr("Full screen"), "view", ("F11",), "fullscreen", checkable=True, group=2),
    ]  # fmt: skip


def _images() -> list[Order]:
    return [
        Order("next", tr("Next image"), "image", ("D", "PgDown"), "chevron-right", "", _SAMPLE),
        Order("previous", tr("Previous image"), "image", ("A", "PgUp"), "chevron-left", "", _SAMPLE),
        Order("next_useful", tr("Next most useful image"), "image", ("N",), "target",
              tr("Go to the image that the model is least sure of"), _SAMPLE),
        Order("find_image", tr("Find an image…"), "image", ("/",), "magnify",
              tr("Show only images with a text in their names"), _SAMPLE),
        Order("next_page", tr("Next page of the file"), "image", ("Ctrl+PgDown",), "", "", _SAMPLE),
        Order("previous_page", tr("Previous page of the file"), "image", ("Ctrl+PgUp",), "", "", _SAMPLE),
        Order("stacks", tr("Pages of a file as one stack"), "image", ("Ctrl+Alt+G",), "",
              tr("Let the list show pages of a file, or slices of a series, as one entry that opens"),
              _PROJECT,
              checkable=True),
        Order("image_panel", tr("Brightness and channels"), "image", ("Ctrl+Shift+B",), "brightness-6",
              tr("Set how the image is shown"), _PROJECT),
        Order("fit_contrast", tr("Fit contrast"), "image", ("Ctrl+Shift+C",), "contrast-circle",
              tr("Let black and white be the values that 0.5 % are beyond"), _IMAGE),
        Order("reload", tr("Read the image again"), "image", ("F5",), "refresh", "", _SAMPLE, group=1),
        Order("find_missing", tr("Find missing images…"), "image", ("Ctrl+Alt+Shift+F",),
              "image-search-outline",
              tr("Look in a folder for the images that are not where they were"), _PROJECT, group=1),
        Order("keep_mask", tr("Keep the mask"), "", ("Ctrl+Alt+Shift+K",), "layers-outline",
              tr("The file holds another picture now: keep the mask that was drawn on the old one"),
              frozenset({"keepable"})),
        Order("begin_anew", tr("Begin with an empty mask"), "", ("Ctrl+Alt+Shift+N",), "layers-off-outline",
              tr("The file holds another picture now: throw the old one's mask away"),
              frozenset({"changed"})),
        Order("remove", tr("Remove from the project…"), "image", ("Ctrl+Del",), "close",
              tr("Take this image and its mask out of the project; the file stays"), _SAMPLE, group=1),
    ]  # fmt: skip


def _objects() -> list[Order]:
    return [
        Order("delete_objects", tr("Delete"), "objects", ("Del",), "trash-can-outline",
              tr("Make the selected objects background"), _IMAGE),
        Order("keep_largest", tr("Keep the largest"), "objects", ("Ctrl+L",), "arrow-expand-all",
              tr("Make all objects of a class background but the largest"), _IMAGE),
        Order("drop_small", tr("Drop smaller than…"), "objects", ("Ctrl+Shift+L",), "filter-outline",
              tr("Make all objects of a class background that are smaller than a size"), _IMAGE),
        Order("split_object", tr("Split by shape"), "objects", ("Ctrl+K",), "call-split",
              tr("See the parts of an object that is narrow somewhere, and split it"), _IMAGE, group=1),
        Order("merge_objects", tr("Merge"), "objects", ("Ctrl+M",), "call-merge",
              tr("Join the selected objects, by bridges where they do not touch"), _IMAGE, group=1),
        Order("smooth_objects", tr("Smooth"), "objects", ("Ctrl+R",), "vector-curve",
              tr("Round the borders of the selected objects"), _IMAGE, group=2),
        Order("grow_objects", tr("Grow"), "objects", ("Ctrl+Up",), "arrow-expand",
              tr("Let the selected objects grow over the background"), _IMAGE, group=2),
        Order("shrink_objects", tr("Shrink"), "objects", ("Ctrl+Down",), "arrow-collapse",
              tr("Take a rim off the selected objects"), _IMAGE, group=2),
        Order("fill_holes", tr("Fill holes"), "objects", ("Ctrl+H",), "circle-slice-8",
              tr("Close the holes in the selected objects"), _IMAGE, group=2),
        Order("copy_objects", tr("Copy"), "objects", ("Ctrl+C",), "content-copy",
              tr("Copy the selected objects, for this image or another one"), _IMAGE, group=3),
        Order("paste_objects", tr("Paste"), "objects", ("Ctrl+V",), "content-paste",
              tr("Put the copied objects under the pointer, or where they were in the other image"), _IMAGE,
              group=3),
        Order("paste_from_previous", tr("Paste from the previous image"), "objects", ("Ctrl+Alt+V",),
              "content-duplicate",
              tr("Take over the objects of the active class from the image before"), _IMAGE, group=3),
        Order("duplicate_objects", tr("Duplicate"), "objects", ("Ctrl+D",), "plus-box-multiple-outline",
              tr("Put a copy of the selected objects beside them"), _IMAGE, group=3),
        Order("select_none", tr("Select nothing"), "objects", ("Ctrl+Alt+A",), "", "", _IMAGE, group=4),
        Order("instances", tr("Colour each object"), "objects", ("Ctrl+I",), "palette-outline",
              tr("Show each object in a colour of its own"), _IMAGE, checkable=True, group=5),
        Order("object_table", tr("Table of objects"), "objects", ("Ctrl+B",), "table",
              tr("Measure all objects of the image; a click goes to one"), _PROJECT, group=5),
    ]  # fmt: skip


def _tools() -> list[Order]:
    tools = [
        Order(f"tool_{tool.id}", tool.title(), "tools", (tool.shortcut,) if tool.shortcut else (),
              tool.icon.removeprefix("mdi6."), tool.help(), checkable=True, group=number)
        for number, group in enumerate(GROUPS.values())
        for tool in group
    ]  # fmt: skip
    sizes = [
        Order("smaller_brush", tr("Smaller brush"), "tools", ("[",), "", group=len(GROUPS)),
        Order("larger_brush", tr("Larger brush"), "tools", ("]",), "", group=len(GROUPS)),
    ]
    digits = [
        Order(f"class_{n}", tr("Paint class {number}").format(number=n), "", (str(n),), "", "", _PROJECT)
        for n in range(1, 10)
    ]
    digits.insert(0, Order("class_0", tr("Paint the background"), "", ("0",), "", "", _PROJECT))
    snaps = [
        Order("snap_edges", tr("Snap the last stroke to edges"), "tools", ("M",), "magnet",
              tr("Move the outline of what you painted last to the image's edges nearby"), _IMAGE,
              group=len(GROUPS) + 1),
        Order("snap_neighbours", tr("Snap the last stroke to its neighbours"), "tools", ("Shift+M",),
              "magnet-on",
              tr("Close small gaps to other classes, and give back what was taken from them"), _IMAGE,
              group=len(GROUPS) + 1),
    ]  # fmt: skip
    lock = Order("lock_class", tr("Lock or unlock the class"), "tools", ("Ctrl+Alt+L",), "lock-outline",
                 tr("Let no tool paint with the active class or over it, until you unlock it"), _PROJECT,
                 group=len(GROUPS) + 1)  # fmt: skip
    return [*tools, *sizes, *snaps, lock, *digits]


def _loop() -> list[Order]:
    return [
        Order("predict", tr("Predict"), "model", ("Ctrl+P",), "creation-outline",
              tr("Let the model fill in what you have not corrected"), frozenset({"predict"})),
        Order("predict_all", tr("Predict all unconfirmed images"), "model", ("Ctrl+Alt+P",),
              "image-multiple-outline", "", frozenset({"predict"})),
        Order("predict_folder", tr("Predict a folder…"), "model", ("Ctrl+Shift+F",),
              "folder-play-outline", tr("Predict and measure any number of images, without a project")),
        Order("confirm", tr("Confirm"), "model", ("Enter", "Return"), "check",
              tr("Say that this whole mask is right, and go to the next image"), frozenset({"confirm"}),
              group=1),
        Order("retrain", tr("Retrain"), "model", ("Ctrl+T",), "school-outline",
              tr("Let the model learn from your corrections"), frozenset({"retrain"}), group=1),
        Order("train_thoroughly", tr("Train until it stops improving"), "model", ("Ctrl+Alt+Shift+T",),
              "school",
              tr("Let the model learn for as long as it gets better; this can take hours"),
              frozenset({"retrain"}), group=1),
        Order("learn_by_itself", tr("Learn by itself"), "model", ("Ctrl+Alt+Shift+L",), "",
              tr("Start a round whenever enough corrections have come in"), checkable=True, group=1),
        Order("threshold", tr("Threshold of the prediction"), "model", ("T",), "tune-variant",
              tr("Set how sure the model has to be of the active class"), _IMAGE, group=3),
        Order("compare_versions", tr("Compare versions"), "model", ("Ctrl+Shift+V",), "compare",
              tr("Look at two versions of the model side by side on the image"), frozenset({"versions"}),
              group=3),
        Order("import_model", tr("Import a model…"), "model", ("Ctrl+Alt+Shift+I",), "import",
              tr("See what a model file is, and take it into this project or among your models"), group=3),
        Order("models", tr("Models…"), "model", ("Ctrl+Shift+M",), "package-variant-closed",
              tr("All models: built-in, yours, and this project's versions"), group=3),
        Order("get_models", tr("Get models…"), "model", ("Ctrl+Alt+Shift+G",), "download-outline",
              tr("Download weights that are freely published"), group=3),
        Order("pause", tr("Pause what is running"), "model", (PAUSE_KEY,), "pause",
              tr("Hold what is running, or let it go on"), frozenset({"job"}), group=2),
        Order("stop", tr("Stop what is running"), "model", (STOP_KEY,), "stop-circle-outline",
              "", frozenset({"job"}), group=2),
    ]  # fmt: skip


def _helps() -> list[Order]:
    return [
        Order("shortcuts", tr("Keyboard shortcuts"), "help", ("F1",), "keyboard-outline"),
        Order("logs", tr("Open the folder of log files"), "help", ("Shift+F1",), "text-box-outline", group=1),
        Order("about", tr("About SegDesk"), "help", ("Ctrl+F1",), "information-outline", group=1),
    ]


class Actions(QObject):
    """The table as QActions, each with its handler."""

    keys_changed = Signal()

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

    def use_keys(self, keys: Callable[[str], tuple[str, ...]]) -> None:
        """Let other keys mean the orders: `keys` gives those of an id."""
        self.orders = [replace(order, keys=keys(order.id)) for order in self.orders]
        for order in self.orders:
            action = self._actions[order.id]
            action.setShortcuts([QKeySequence(key) for key in order.keys])
            action.setToolTip(tool_tip(order.help or order.text.rstrip("…"), order.keys))
        self.keys_changed.emit()

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
