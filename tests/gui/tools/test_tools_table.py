from __future__ import annotations

import qtawesome
from pytestqt.qtbot import QtBot

from segdesk.gui.tools import GROUPS, MAX_BRUSH, TOOLS, ToolOptions


def test_each_tool_describes_itself(qtbot: QtBot) -> None:
    assert len(TOOLS) == sum(len(group) for group in GROUPS.values())
    shortcuts = [tool.shortcut for tool in TOOLS.values() if tool.shortcut]
    assert len(set(shortcuts)) == len(shortcuts)
    for tool in TOOLS.values():
        assert tool.title()
        assert tool.help().endswith(".")
        assert not qtawesome.icon(tool.icon).isNull()


def test_options_tell_of_changes_only(qtbot: QtBot) -> None:
    options = ToolOptions()
    heard: list[int] = []
    options.changed.connect(lambda: heard.append(options.brush_size))
    options.brush_size = 40
    options.brush_size = 40
    options.active_class = 3
    options.brush_size = 10**6
    options.brush_size = -5
    assert heard == [40, 40, MAX_BRUSH, 1]


def test_brush_steps_grow_and_shrink_every_size(qtbot: QtBot) -> None:
    options = ToolOptions()
    options.brush_size = 1
    sizes = [1]
    while options.brush_size < MAX_BRUSH:
        options.grow_brush()
        sizes.append(options.brush_size)
    assert sizes == sorted(set(sizes))
    assert len(sizes) < 60
    for _ in range(60):
        options.shrink_brush()
    assert options.brush_size == 1
