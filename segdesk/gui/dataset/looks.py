"""How the parts of a split are shown: each by a word, a shape and a colour."""

from __future__ import annotations

from segdesk.core.project import Split
from segdesk.formats.report_words import part_name
from segdesk.gui.icons import Look

_GLYPHS = {
    Split.TRAIN: ("circle", "accent"),
    Split.VALIDATION: ("triangle", "warning"),
    Split.TEST: ("square", "good"),
    None: ("circle-outline", "quiet"),
}


def part_look(part: Split | None) -> Look:
    """How this part is shown, in the language in use."""
    return Look(part_name(part), *_GLYPHS[part])
