"""How soon an image is seen, and what it takes: large ones, stacks, and folders of very many.

    python -m tests.benchmarks.images [--side 10000] [--pyramid 60000] [--pages 400] [--files 100000]

A figure that depends on the machine stands beside its reference, measured in the same run: the bare decoding
of a PNG, the reading of a single page. 0 leaves a part out. The window is real, on the platform of
QT_QPA_PLATFORM (offscreen where none is named).
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import imagecodecs
import numpy as np
import tifffile
from PIL import Image
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from segdesk.gui.window import MainWindow

_TILE = 512
Image.MAX_IMAGE_PIXELS = None
_LONGEST = 120.0  # seconds
_REST = 3.0
_NAP = 0.001
# They are kept, since a garbage collection in some thread must not be what destroys one.
_windows: list[MainWindow] = []


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--side", type=int, default=10_000, help="of a PNG, in pixels")
    parser.add_argument("--pyramid", type=int, default=60_000, help="side of a pyramidal TIFF, in pixels")
    parser.add_argument("--pages", type=int, default=400, help="of a 16-bit stack")
    parser.add_argument("--files", type=int, default=100_000, help="images of a project and of a folder")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        os.environ["SEGDESK_HOME"] = str(folder / "home")
        parts: list[tuple[int, Callable[[Path, int], Iterable[str]]]] = [
            (options.side, _png),
            (options.pyramid, _pyramid),
            (options.pages, _stack),
            (options.files, _many),
        ]
        for size, part in parts:
            if size:
                for line in part(folder, size):
                    sys.stdout.write(line + "\n")
                    sys.stdout.flush()
    return 0


def _window() -> MainWindow:
    from segdesk.core.settings import SettingsFile
    from segdesk.gui.app import application
    from segdesk.gui.garbage import GarbageCollection
    from segdesk.gui.theme import Theme
    from segdesk.gui.window import MainWindow

    application()
    window = MainWindow(SettingsFile(), Theme("light"))
    _windows.append(window)
    GarbageCollection(window)  # as the application has it
    window.resize(1600, 1000)
    window.show()
    QApplication.processEvents()
    return window


def _wait(reached: Callable[[], bool]) -> float:
    """Seconds until then."""
    start = time.perf_counter()
    while not reached() and time.perf_counter() - start < _LONGEST:
        QApplication.processEvents()
        time.sleep(_NAP)  # a window that waits leaves the processor to those who work
    return time.perf_counter() - start


def _wait_for(seconds: float) -> None:
    end = time.perf_counter() + seconds
    _wait(lambda: time.perf_counter() > end)


def _first_pixels(window: MainWindow, path: Path) -> float:
    """Seconds from opening a file until it is painted; the project is there before."""
    window.bench.intake.add([path])
    _wait(lambda: window.canvas.levels is not None)
    _wait_for(_REST)  # until its thumbnail is made, too
    start = time.perf_counter()
    window.bench.reload()
    _wait(lambda: window.canvas.levels is not None)
    window.canvas.repaint()
    return time.perf_counter() - start


def _png(folder: Path, side: int) -> Iterator[str]:
    path = folder / "large.png"
    rng = np.random.default_rng(0)
    small = rng.integers(0, 255, (side // 8, side // 8), np.uint8)
    Image.fromarray(cv2.resize(small, (side, side))).save(path, compress_level=1)
    start = time.perf_counter()
    np.asarray(Image.open(path))
    bare = time.perf_counter() - start
    window = _window()
    seen = _first_pixels(window, path)
    window.close()
    yield f"PNG of {side}: decoding {bare:.2f} s, first pixels {seen - bare:.2f} s beyond it (asked: 0.3)"


def write_pyramid(path: Path, side: int, levels: int = 6) -> None:
    """A tiled TIFF of JPEG tiles in 64 shades, with halved copies of itself."""
    rng = np.random.default_rng(0)
    texture = rng.integers(-30, 30, (_TILE, _TILE, 3))
    count = -(-side // _TILE)
    y, x = np.mgrid[:count, :count] / count
    shade = 110 + 80 * np.sin(9 * x) * np.cos(7 * y)

    def encoded(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> bytes:
        return bytes(imagecodecs.jpeg_encode(values.clip(0, 255).astype(np.uint8), level=80))

    shades = {value: encoded(value + texture.astype(np.float64)) for value in range(27, 195, 3)}

    def finest() -> Iterator[bytes]:
        for value in shade.ravel():
            yield shades[int(value) // 3 * 3]

    def copies(level: int) -> Iterator[bytes]:
        step = 2**level
        tiles = -(-side // (step * _TILE))
        for row in range(tiles):
            for column in range(tiles):
                part = shade[row * step : (row + 1) * step, column * step : (column + 1) * step]
                grown = np.pad(part, [(0, step - part.shape[0]), (0, step - part.shape[1])], "edge")
                yield encoded(np.repeat(cv2.resize(grown, (_TILE, _TILE))[..., None], 3, axis=2))

    with tifffile.TiffWriter(path, bigtiff=True) as writer:
        for level in range(levels + 1):
            length = -(-side // 2**level)
            writer.write(
                copies(level) if level else finest(),
                shape=(length, length, 3),
                dtype=np.uint8,
                tile=(_TILE, _TILE),
                photometric="rgb",
                compression="jpeg",
                **({"subfiletype": 1} if level else {"subifds": levels}),
            )


def _pyramid(folder: Path, side: int) -> Iterator[str]:
    path = folder / "pyramid.tif"
    write_pyramid(path, side)
    window = _window()
    seen = _first_pixels(window, path)
    yield f"pyramidal TIFF of {side}: first pixels {seen:.2f} s (asked: 0.5)"
    canvas = window.canvas
    for scale in (0.1, 0.5, 1.0):
        canvas.fit()
        canvas.zoom(scale / canvas.scale)
        canvas.pan(side * scale, side * scale)  # to the upper left
        times = []
        for step in range(300):
            start = time.perf_counter()
            across = (-500.0 if step // 60 % 2 == 0 else 500.0) if step % 60 else 0.0
            canvas.pan(across, 0.0 if step % 60 else -800.0)
            canvas.repaint()
            times.append((time.perf_counter() - start) * 1000)
            QApplication.processEvents()
        _wait(lambda: canvas.is_smooth and (canvas.levels is None or canvas.levels.is_complete))
        median, late = np.median(times), np.percentile(times, 99)
        yield (
            f"  panning at {scale:.0%}: {median:.1f} ms a step, 99 % {late:.1f} ms,"
            f" {_memory()} MB in all (asked: 1500)"
        )
    window.close()


def _stack(folder: Path, pages: int) -> Iterator[str]:
    path = folder / "stack.tif"
    rng = np.random.default_rng(0)
    with tifffile.TiffWriter(path) as writer:
        for _ in range(pages):
            noise = rng.integers(100, 4000, (512, 512)).astype(np.uint16)
            writer.write(noise, compression="zlib", contiguous=False)
    from segdesk.core.images import ImageSource, read_image

    single = folder / "page.tif"
    tifffile.imwrite(single, read_image(ImageSource(path)), compression="zlib")
    start = time.perf_counter()
    for _ in range(20):
        tifffile.imread(single)
    bare = (time.perf_counter() - start) / 20
    window = _window()
    window.bench.intake.pick_pages = lambda files: {file: range(count) for file, count in files.items()}
    window.bench.intake.add([path])
    _wait(lambda: window.canvas.levels is not None)
    slider, times = window.area.pages.slider, []
    for page in range(1, pages):
        start = time.perf_counter()
        slider.setValue(page)
        _wait(lambda page=page: window.bench.current is not None and window.bench.current.source.page == page)  # type: ignore[misc]
        window.canvas.repaint()
        times.append((time.perf_counter() - start) * 1000)
    window.close()
    median, late = np.median(times), np.percentile(times, 99)
    yield f"stack of {pages}: {median:.1f} ms a page, 99 % {late:.1f} ms; one decoded {bare * 1000:.1f} ms"


def _many(folder: Path, count: int) -> Iterator[str]:
    from segdesk.core.images import ImageSource
    from segdesk.core.project import NewSample, Project

    images = folder / "many"
    images.mkdir()
    data = cv2.imencode(".png", np.full((48, 64), 40, np.uint8))[1].tobytes()
    for number in range(count):
        (images / f"img{number}.png").write_bytes(data)
    project = Project.create(folder / "many.segdesk", ["thing"])
    sources = (ImageSource(images / f"img{number}.png") for number in range(count))
    project.samples.add([NewSample(source, 64, 48) for source in sources])
    project.close()
    window = _window()
    before, start = _memory(), time.perf_counter()
    window.bench.open_project(project.folder)
    QApplication.processEvents()
    taken = time.perf_counter() - start
    more = _memory() - before
    yield f"a project of {count} images: list usable after {taken:.2f} s (asked: 1), {more} MB more (300)"
    window.close()
    window = _window()
    start = time.perf_counter()
    window.bench.intake.add([images])
    _wait(lambda: bool(window.bench.samples) and window.canvas.levels is not None)
    yield f"a folder of {count} images: the first ones after {time.perf_counter() - start:.2f} s (asked: 1)"
    window.files.cancel()
    window.close()
    yield _folded(count)


def _folded(count: int) -> str:
    """How long the list takes to fold as many pages of stacks, beside what sorting as many rows takes."""
    from segdesk.core.images import ImageSource
    from segdesk.core.patch import State, Status
    from segdesk.core.project import Sample
    from segdesk.gui.listing import Listing
    from segdesk.gui.stacks import fold

    status = Status(State.NEW)
    listing = Listing()
    listing.take(
        [Sample(n, ImageSource(Path(f"/{n // 400}.tif"), n % 400), 8, 6, status) for n in range(count)], {}
    )
    start = time.perf_counter()
    fold(listing.rows, listing.stacks, {Path("/7.tif")})
    taken = time.perf_counter() - start
    mixed = np.random.default_rng(0).permutation(count)
    start = time.perf_counter()
    np.sort(mixed)
    bare = time.perf_counter() - start
    return f"{count} pages of stacks: folded in {taken * 1000:.0f} ms; sorted {bare * 1000:.0f} ms"


def _memory() -> int:
    """MB that the process has in memory now; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20


if __name__ == "__main__":
    sys.exit(main())
