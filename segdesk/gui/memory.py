"""What the window remembers of last time: its size, where the panels were, and how tools were set."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QMainWindow

from segdesk.core.errors import SegdeskError
from segdesk.core.paths import user_config
from segdesk.core.settings import SettingsFile
from segdesk.gui.canvas import Canvas, OverlaySettings, Style

_LAYOUT = 3  # changes when docks are added or renamed, so that an old arrangement is not restored
_FIRST_SIZE = (1280, 800)


class Memory:
    """Keeps the arrangement in a file of the user's, and the rest with the settings."""

    def __init__(self, settings: SettingsFile) -> None:
        self._settings = settings
        self._layout = QSettings(str(user_config() / "window.ini"), QSettings.Format.IniFormat)

    def restore_tools(self, canvas: Canvas) -> None:
        """Set brush and overlay as they were."""
        values = self._settings.values
        canvas.options.brush_size = values.brush_size
        canvas.options.restore(values.tool_options)
        canvas.overlay = OverlaySettings(
            values.overlay_opacity, Style(values.overlay_style), values.outline_width
        )

    def restore_window(self, window: QMainWindow) -> bool:
        """Give the window its size and its panels their places; False if nobody had arranged them yet."""
        geometry = self._layout.value("geometry")
        if not isinstance(geometry, QByteArray) or not window.restoreGeometry(geometry):
            window.resize(*_FIRST_SIZE)
        return self.restore_panels(window)

    def restore_panels(self, window: QMainWindow) -> bool:
        """Give the panels their places and sizes; False if nobody had arranged them yet."""
        state = self._layout.value("state")
        return isinstance(state, QByteArray) and window.restoreState(state, _LAYOUT)

    def keep(self, window: QMainWindow, canvas: Canvas, *, with_panels: bool) -> None:
        """Remember all of it; the panels' places only where they are shown."""
        self._layout.setValue("geometry", window.saveGeometry())
        if with_panels:
            self._layout.setValue("state", window.saveState(_LAYOUT))
        try:
            self._settings.change(
                brush_size=canvas.options.brush_size,
                tool_options=canvas.options.values,
                overlay_opacity=round(canvas.overlay.opacity, 2),
                overlay_style=canvas.overlay.style.value,
                outline_width=canvas.overlay.outline_width,
            )
        except SegdeskError:
            return  # nobody is left to be told, and it is only a preference
