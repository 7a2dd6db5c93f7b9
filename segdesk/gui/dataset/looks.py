"""How the parts of a split are shown: each by a word, a shape and a colour."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor, QIcon

from segdesk.core.project import Split
from segdesk.formats.report_words import part_name
from segdesk.gui.icons import icon
from segdesk.gui.theme import colors


@dataclass(frozen=True)
class PartLook:
    """A word, the name of a glyph, and a role of the theme's colours."""

    word: str
    glyph: str
    role: str

    @property
    def icon(self) -> QIcon:
        return icon(self.glyph, self.role)

    @property
    def color(self) -> QColor:
        return QColor(getattr(colors(), self.role))


_GLYPHS = {
    Split.TRAIN: ("circle", "accent"),
    Split.VALIDATION: ("triangle", "warning"),
    Split.TEST: ("square", "good"),
    None: ("circle-outline", "quiet"),
}


def part_look(part: Split | None) -> PartLook:
    """How this part is shown, in the language in use."""
    return PartLook(part_name(part), *_GLYPHS[part])
