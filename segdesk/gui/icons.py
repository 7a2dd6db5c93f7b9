"""Icons: Material Design glyphs of one weight, in the colours of the palette at the moment of painting."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import qtawesome
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap

from segdesk.gui.theme import colors

_FILL = 0.92  # of the icon's square that a glyph takes


class _GlyphEngine(QIconEngine):
    """Draws one glyph; being asked for the colour each time, it follows light and dark by itself."""

    def __init__(self, name: str, role: str) -> None:
        super().__init__()
        self._name = name
        self._role = role

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        c = colors()
        role = "faint" if mode == QIcon.Mode.Disabled else self._role
        if role == "text" and state == QIcon.State.On:
            role = "accent" if c.accent != c.text else "text"
        painter.save()
        font = qtawesome.font("mdi6", max(1, round(min(rect.width(), rect.height()) * _FILL)))
        painter.setFont(font)
        painter.setPen(QColor(getattr(c, role)))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, _glyph(self._name))
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap

    def clone(self) -> QIconEngine:
        return _GlyphEngine(self._name, self._role)


@lru_cache(maxsize=256)
def _glyph(name: str) -> str:
    return str(qtawesome.charmap(f"mdi6.{name}"))


def icon(name: str, role: str = "text") -> QIcon:
    """The Material Design icon `name`, in the colour that `role` has in the theme."""
    return QIcon(_GlyphEngine(name, role))


@dataclass(frozen=True)
class Look:
    """How one of several states is told: by a word, a glyph's name, and a role of the theme's colours."""

    word: str
    glyph: str
    role: str

    @property
    def icon(self) -> QIcon:
        return icon(self.glyph, self.role)

    @property
    def color(self) -> QColor:
        return QColor(getattr(colors(), self.role))
