"""The theme, the icons and the table of actions."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QIcon, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from segdesk.core.patch import State
from segdesk.gui.actions import orders
from segdesk.gui.icons import icon
from segdesk.gui.states import state_look
from segdesk.gui.theme import DARK, LIGHT, Colors, Theme, colors
from segdesk.gui.window import MainWindow


def luminance(color: str) -> float:
    c = QColor(color)
    weighted = ((0.2126, c.redF()), (0.7152, c.greenF()), (0.0722, c.blueF()))
    return sum(w * (x / 12.92 if x <= 0.04045 else float(((x + 0.055) / 1.055) ** 2.4)) for w, x in weighted)


def contrast(a: str, b: str) -> float:
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("c", [LIGHT, DARK], ids=["light", "dark"])
def test_text_can_be_read(c: Colors) -> None:
    pairs = [
        (text, ground) for text in (c.text, c.quiet) for ground in (c.surface, c.raised, c.hover, c.selected)
    ]
    pairs += [(c.on_accent, c.accent), (c.on_accent, c.accent_hover), (c.bad, c.surface), (c.bad, c.raised)]
    assert [(a, b) for a, b in pairs if contrast(a, b) < 4.5] == []
    # shapes that mean something need 3 to 1
    marks = [(m, g) for m in (c.accent, c.good, c.warning, c.quiet) for g in (c.surface, c.selected)]
    assert [(a, b) for a, b in marks if contrast(a, b) < 3] == []


def test_icons_follow_the_theme(qtbot: QtBot) -> None:
    mark = icon("check-circle", "good")
    shown = []
    for choice, expected in (("light", LIGHT), ("dark", DARK)):
        Theme(choice)
        assert colors() == expected
        image = mark.pixmap(32, 32).toImage()
        middle = {image.pixelColor(x, y).name() for x in range(32) for y in range(32)}
        shown.append(expected.good in middle)
    assert shown == [True, True]


class Polished(QWidget):
    """Counts how often it got a look."""

    count = 0

    def changeEvent(self, event: QEvent) -> None:
        self.count += event.type() == QEvent.Type.StyleChange
        super().changeEvent(event)


def test_widgets_are_polished_for_another_look_alone(qtbot: QtBot) -> None:
    Theme("light")
    widget = Polished()
    qtbot.addWidget(widget)
    widget.show()
    counts = []
    for choice in ("light", "dark", "dark"):
        before = widget.count
        Theme(choice)
        counts.append(widget.count - before)
    assert [count > 0 for count in counts] == [False, True, False]
    Theme("light")


def test_a_disabled_icon_is_fainter(qtbot: QtBot) -> None:
    Theme("light")
    image = icon("check-circle").pixmap(32, 32, QIcon.Mode.Disabled).toImage()
    assert LIGHT.faint in {image.pixelColor(x, y).name() for x in range(32) for y in range(32)}


def test_states_differ_in_shape_colour_and_word() -> None:
    looks = [state_look(state) for state in State]
    for part in ("word", "glyph", "role"):
        assert len({getattr(look, part) for look in looks}) == len(looks)


def test_every_icon_exists(qtbot: QtBot) -> None:
    for order in orders():
        if order.icon:
            assert not icon(order.icon).pixmap(16, 16).isNull()


def test_no_key_means_two_things(window: MainWindow) -> None:
    keys = Counter(QKeySequence(key).toString() for order in orders() for key in order.keys)
    assert [key for key, count in keys.items() if count > 1 or not key] == []
    reserved = {"Space", "V", "Backspace"}  # the canvas's own; Esc is while something is being drawn
    assert not reserved & set(keys)


def test_every_action_has_a_handler(window: MainWindow) -> None:
    commands = window.actions_._handlers
    assert {order.id for order in orders()} == set(commands)


def test_tools_are_chosen_by_their_letters(qtbot: QtBot, project_window: MainWindow) -> None:
    for key, tool in ((Qt.Key.Key_E, "eraser"), (Qt.Key.Key_P, "polygon"), (Qt.Key.Key_B, "brush")):
        QTest.keyClick(project_window.canvas, key)
        assert project_window.canvas.tool.id == tool
        assert project_window.actions_[f"tool_{tool}"].isChecked()


def test_torch_is_not_imported_with_the_window() -> None:
    code = (
        "import sys, segdesk.gui.app; heavy = {'torch', 'pyqtgraph'} & set(sys.modules); sys.exit(str(heavy)"
        " if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
