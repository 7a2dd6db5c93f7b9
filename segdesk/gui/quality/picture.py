"""Figures as a picture file: dark on white, whatever the window looks like."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication, QImage, QImageWriter, QPainter

from segdesk.core.errors import SegdeskError
from segdesk.core.files import atomic_write
from segdesk.core.quality import Quality
from segdesk.core.translation import tr
from segdesk.gui.app import application
from segdesk.gui.quality.figures import classes_headline, figures
from segdesk.gui.quality.grids import Grid, confusion_grid, score_grid
from segdesk.gui.quality.painting import Sheet, paint
from segdesk.gui.quality.plots import Figure
from segdesk.gui.quality.tables import grid_height, paint_grid
from segdesk.gui.theme import GRID, LIGHT

_WIDTH = 90 * GRID
_PLOT_HEIGHT = 30 * GRID
_MARGIN = 3 * GRID
_DENSITY = 2  # pixels of the file for one of the layout, so that it can be printed
_PAPER = replace(LIGHT, surface="#ffffff", line="#e2e2e2")

_Part = tuple[str, int, Figure | tuple[Grid, ...]]  # headline, height, what is drawn


def save_all(quality: Quality, path: Path) -> None:
    """Write all curves and tables that there are, below each other, as PNG; needs no screen.

    Raises:
        SegdeskError: there is nothing to draw yet, or the file cannot be written.
    """
    if QGuiApplication.instance() is None:
        os.environ["QT_QPA_PLATFORM"] = os.environ.get("QT_QPA_PLATFORM") or "offscreen"  # empty is unset
    app = application()
    parts = [_curves(figure) for figure in figures(quality) if not figure.is_empty]
    if quality.first_predictions:
        parts.append(_tables(quality))
    _save(parts, path, app.font())


def save_figure(figure: Figure, path: Path) -> None:
    """Write one figure as PNG; raises SegdeskError where the file cannot be written."""
    _save([_curves(figure)], path, QGuiApplication.font())


def save_tables(quality: Quality, path: Path) -> None:
    """Write the tables of the classes as PNG; raises SegdeskError where the file cannot be written."""
    _save([_tables(quality)], path, QGuiApplication.font())


def _curves(figure: Figure) -> _Part:
    return figure.headline or figure.title, len(figure.plots) * _PLOT_HEIGHT, figure


def _tables(quality: Quality) -> _Part:
    grids = (score_grid(quality), confusion_grid(quality))
    return classes_headline(quality), sum(grid_height(grid) + 2 * GRID for grid in grids), grids


def _save(parts: Sequence[_Part], path: Path, font: QFont) -> None:
    if not parts:
        raise SegdeskError(
            tr("There is nothing to draw yet: confirm an image that the model has predicted, or retrain.")
        )
    title = QFont(font)
    title.setWeight(QFont.Weight.DemiBold)
    line = round(QFontMetricsF(title).height())
    height = sum(line + GRID + part[1] + 2 * _MARGIN for part in parts)
    image = QImage(_WIDTH * _DENSITY, height * _DENSITY, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(_DENSITY)
    image.fill(QColor(_PAPER.surface))
    painter = QPainter(image)
    try:
        top = 0
        for headline, tall, shown in parts:
            painter.setFont(title)
            painter.setPen(QColor(_PAPER.text))
            room = _WIDTH - 2 * _MARGIN
            left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(_MARGIN, top + _MARGIN, room, line), left, headline)
            painter.setFont(font)
            _draw(painter, shown, QRectF(_MARGIN, top + _MARGIN + line + GRID, room, tall))
            top += line + GRID + tall + 2 * _MARGIN
    finally:
        painter.end()
    with atomic_write(path) as temporary:
        writer = QImageWriter(str(temporary), QByteArray(b"PNG"))
        if not writer.write(image):
            raise OSError(None, writer.errorString())


def _draw(painter: QPainter, shown: Figure | tuple[Grid, ...], rect: QRectF) -> None:
    if isinstance(shown, Figure):
        paint(painter, Sheet(shown, rect, painter.font()), _PAPER)
        return
    for grid in shown:
        paint_grid(painter, grid, rect, _PAPER)
        rect = rect.adjusted(0, grid_height(grid) + 2 * GRID, 0, 0)
