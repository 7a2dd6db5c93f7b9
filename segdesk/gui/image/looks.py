"""The look of the image on screen: taken from the project when it comes, and kept there when it changes."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from segdesk.core.errors import SegdeskError
from segdesk.core.images import Look, Picture, PixelSize, Window, percentile_window
from segdesk.gui.canvas import Canvas
from segdesk.gui.workbench import Workbench

_REST = 400  # milliseconds without a change, after which the look is written down


class Looks(QObject):
    """Keeps the canvas, the project and whoever listens at one look.

    changed: another look, or another image, or none. pixel_size_changed: of the image on screen.
    """

    changed = Signal()
    pixel_size_changed = Signal()

    def __init__(self, bench: Workbench, canvas: Canvas, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._canvas = canvas
        self._unsaved: tuple[int, Look] | None = None
        self._rest = QTimer(self, singleShot=True, interval=_REST)
        self._rest.timeout.connect(self.save)
        bench.about_to_change.connect(self.save)
        bench.sample_changed.connect(self._on_sample)
        bench.picture_ready.connect(self._on_picture)

    @property
    def picture(self) -> Picture | None:
        """The image on screen."""
        return self._bench.picture

    @property
    def look(self) -> Look:
        return self._canvas.look or Look()

    @look.setter
    def look(self, look: Look) -> None:
        current = self._bench.current
        if current is None or self.picture is None or look == self.look:
            return
        self._canvas.look = look
        self._unsaved = current.id, look
        self._rest.start()
        self.changed.emit()

    def window(self, channel: int) -> Window:
        """What a channel is shown with now."""
        levels = self._canvas.levels
        return levels.renderer.window(channel) if levels is not None else Window(0.0, 1.0)

    def fit_contrast(self, low: float = 0.5, high: float = 99.5) -> None:
        """Let each channel that is on span the values between two percentiles, 0 to 100."""
        if self.picture is None:
            return
        look, sample = self.look, self.picture.sample
        channels = sample.shape[1]
        for number in range(channels):
            if channels == 1 or look.is_shown(number):
                window = percentile_window(sample[:, number : number + 1], low, high)
                look = look.with_channel(number, window=window)
        self.look = look

    @property
    def is_shared(self) -> bool:
        """Whether all images of the project are shown alike."""
        project = self._bench.project
        return project is not None and project.looks.common is not None

    def share(self, shared: bool) -> None:
        """Show all images of the project like the one on screen, or each in its own way again."""
        project = self._bench.project
        if project is None:
            return
        self.save()
        try:
            project.looks.share(self.look if shared else None)
        except SegdeskError as error:
            self._bench.error.emit(str(error))
        self._take()

    @property
    def pixel_size(self) -> PixelSize | None:
        """Of the image on screen: what a person said, or else the file."""
        project, current = self._bench.project, self._bench.current
        said = project.looks.pixel_size(current.id) if project is not None and current is not None else None
        if said is not None:
            return said
        return self.picture.pixel_size if self.picture is not None else None

    def calibrate(self, size: PixelSize | None, *, everywhere: bool = False) -> None:
        """Say how large a pixel is, here or in all images of the project; None: as the file says."""
        project, current = self._bench.project, self._bench.current
        if project is None or current is None:
            return
        try:
            project.looks.calibrate(None if everywhere else current.id, size)
        except SegdeskError as error:
            self._bench.error.emit(str(error))
        self.pixel_size_changed.emit()

    @Slot()
    def save(self) -> None:
        """Write down what was changed."""
        unsaved, self._unsaved = self._unsaved, None
        self._rest.stop()
        project = self._bench.project
        if unsaved is None or project is None:
            return
        try:
            if project.looks.common is not None:
                project.looks.share(unsaved[1])
            else:
                project.looks.keep(*unsaved)
        except SegdeskError as error:
            self._bench.error.emit(str(error))

    @Slot()
    def _on_sample(self) -> None:
        self.changed.emit()
        self.pixel_size_changed.emit()

    @Slot(object)
    def _on_picture(self, _: Picture) -> None:
        self._take()
        self.pixel_size_changed.emit()

    def _take(self) -> None:
        project, current = self._bench.project, self._bench.current
        if project is not None and current is not None:
            common = project.looks.common
            self._canvas.look = common if common is not None else project.looks.of(current.id)
        self.changed.emit()
