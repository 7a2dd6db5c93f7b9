"""All that concerns how the image is seen, put together: the window needs to know only this."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QDockWidget, QMainWindow

from segdesk.core.errors import SegdeskError
from segdesk.core.images.tile_cache import tiles
from segdesk.core.settings import SettingsFile
from segdesk.core.translation import tr
from segdesk.gui.actions import Actions
from segdesk.gui.canvas_area import CanvasArea
from segdesk.gui.image.aids import Crosshair, Minimap, ScaleBar
from segdesk.gui.image.looks import Looks
from segdesk.gui.image.panel import ImagePanel
from segdesk.gui.widgets import scrollable
from segdesk.gui.workbench import Workbench

SWITCHES = ("scale_bar", "minimap", "crosshair", "rulers", "keep_view")
"""What is switched by an order of the same name, and remembered by a setting of the same name."""


class ImageDesk(QObject):
    """The looks, the panel in its dock, the aids over the canvas, and what can be ordered of them."""

    def __init__(
        self, bench: Workbench, area: CanvasArea, settings: SettingsFile, window: QMainWindow
    ) -> None:
        super().__init__(window)
        self._bench = bench
        self._area = area
        self._settings = settings
        canvas = area.canvas
        self.looks = Looks(bench, canvas, self)
        self.scale_bar = ScaleBar(canvas)
        self.minimap = Minimap(canvas)
        self.crosshair = Crosshair(canvas)
        self.panel = ImagePanel(self.looks)
        self.dock = QDockWidget(tr("Image"), window)
        self.dock.setObjectName("image")
        self.dock.setWidget(scrollable(self.panel))
        self.dock.toggleViewAction().setToolTip(tr("Show or hide the panel {name}").format(name=tr("Image")))
        self.handlers: dict[str, Callable[[], object]] = {
            "image_panel": self.open,
            "fit_contrast": self.looks.fit_contrast,
            "next_page": partial(area.pages.step, 1),
            "previous_page": partial(area.pages.step, -1),
        }
        self.handlers |= {name: partial(self._switch, name) for name in SWITCHES}
        canvas.piece_failed.connect(bench.error)
        self.looks.pixel_size_changed.connect(self._on_pixel_size)
        self.take_settings()

    def open(self) -> None:
        """Show the panel, before what shares its place."""
        self.dock.show()
        self.dock.raise_()

    def show_switches(self, actions: Actions) -> None:
        """Let the menus show what is on."""
        for name in SWITCHES:
            actions[name].setChecked(getattr(self._settings.values, name))

    @Slot()
    def take_settings(self) -> None:
        """Be as the settings say."""
        values = self._settings.values
        self.scale_bar.want(values.scale_bar)
        self.minimap.want(values.minimap)
        self.crosshair.want(values.crosshair)
        self._area.ruled.want(values.rulers)
        tiles.budget = values.image_memory * 2**20 // 2

    def _switch(self, name: str) -> None:
        try:
            self._settings.change(**{name: not getattr(self._settings.values, name)})
        except SegdeskError as error:
            self._bench.error.emit(str(error))
        self.take_settings()

    @Slot()
    def _on_pixel_size(self) -> None:
        size = self.looks.pixel_size
        self.scale_bar.show_size(size)
        for ruler in self._area.ruled.rulers:
            ruler.show_size(size)
