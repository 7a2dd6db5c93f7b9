"""Whether a tool can look at the image at all."""

from __future__ import annotations

from segdesk.core.translation import tr
from segdesk.gui.tools.base import ToolHost


def can_look(host: ToolHost) -> bool:
    """Whether the pixels of the image are at hand; where only pieces of it are read, the person is told."""
    if host.document is None or host.image is not None:
        return True
    host.show_hint(tr("This image is too large for tools that look at all of its pixels: paint it by hand."))
    return False
