from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QPushButton
from pytestqt.qtbot import QtBot

from segdesk.core.settings import SettingsFile
from segdesk.gui.memory import Memory
from segdesk.gui.panels.option_rows import OptionRows
from segdesk.gui.theme import Theme
from segdesk.gui.tools import TOOLS, ToolOptions
from segdesk.gui.tools.option_kinds import Choice, Flag, Fraction, Option, Value, Whole
from segdesk.gui.widgets import DecimalField, NumberField
from segdesk.gui.window import MainWindow
from tests.gui.fake_engine import FakeEngine, better

WHOLE = Whole("many", "Many", 5, low=1, high=9)
FRACTION = Fraction("part", "Part", 0.5, low=0.0, high=2.0)
CHOICE = Choice("which", "Which", "a", choices=(("a", "A"), ("b", "B")))
FLAG = Flag("on", "On", True)


@pytest.mark.parametrize(
    ("option", "wanted", "kept"),
    [
        (WHOLE, 7, 7),
        (WHOLE, 100, 9),
        (WHOLE, "x", 5),
        (WHOLE, True, 5),
        (FRACTION, 1.25, 1.25),
        (FRACTION, -3, 0.0),
        (FRACTION, float("nan"), 0.5),
        (CHOICE, "b", "b"),
        (CHOICE, "c", "a"),
        (FLAG, False, False),
        (FLAG, 3, True),
    ],
)
def test_values_are_brought_to_what_fits(qtbot: QtBot, option: Option, wanted: Value, kept: Value) -> None:
    options = ToolOptions()
    options.set("tool", option, wanted)
    assert options.get("tool", option) == kept


def test_tools_have_their_own_values_and_shared_ones(qtbot: QtBot) -> None:
    options = ToolOptions()
    options.set("one", WHOLE, 8)
    assert options.get("two", WHOLE) == 5
    shared = Flag("shared", "Shared", False, shared=True)
    options.set("one", shared, True)
    assert options.get("two", shared) is True


def test_values_come_back_from_text(qtbot: QtBot) -> None:
    options, again = ToolOptions(), ToolOptions()
    for option, value in ((WHOLE, 3), (FRACTION, 1.5), (CHOICE, "b"), (FLAG, False)):
        options.set("tool", option, value)
    again.restore([*options.values, "nonsense", "tool.many2={", "=3", "tool.list=[1]"])
    assert again.values == (*options.values[:0], "=3", *options.values)
    assert again.get("tool", CHOICE) == "b"


def test_every_declared_option_is_sound(qtbot: QtBot) -> None:
    for tool in TOOLS.values():
        declared = tool.declare()
        assert len({option.id for option in declared}) == len(declared)
        for option in declared:
            assert option.title
            assert option.fitting(option.default) == option.default


@pytest.fixture
def rows(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> OptionRows:
    declared = (WHOLE, FRACTION, CHOICE, FLAG)
    monkeypatch.setattr(TOOLS["fill"], "declare", staticmethod(lambda: declared))
    shown = OptionRows(ToolOptions())
    qtbot.addWidget(shown)
    shown.show_tool("fill")
    return shown


def test_rows_set_options_and_follow_them(rows: OptionRows) -> None:
    options = rows._options
    many, part, on = rows.controls["many"], rows.controls["part"], rows.controls["on"]
    assert isinstance(many, NumberField)
    assert isinstance(part, DecimalField)
    assert isinstance(on, QCheckBox)
    many.setValue(8)
    part.setValue(part.valueFromText("1.25"))
    on.setChecked(False)
    button = rows.controls["which"].findChild(QPushButton, "which_b")
    assert isinstance(button, QPushButton)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    got = [options.get("fill", option) for option in (WHOLE, FRACTION, CHOICE, FLAG)]
    assert got == [8, 1.25, "b", False]
    options.set("fill", WHOLE, 2)
    options.set("fill", CHOICE, "a")
    assert many.value() == 2
    assert not button.isChecked()


def test_a_row_is_there_only_where_it_matters(rows: OptionRows) -> None:
    rows.show_tool("threshold")
    choice = next(option for option in TOOLS["threshold"].declare() if option.id == "range")
    seen = []
    for value in ("alike", "fixed"):
        rows._options.set("threshold", choice, value)
        seen.append([name for name in ("tolerance", "from", "to") if not rows.controls[name].isHidden()])
    assert seen == [["tolerance"], ["from", "to"]]


def test_rows_belong_to_the_tool_in_use(rows: OptionRows) -> None:
    rows.show_tool("pan")
    assert rows.controls == {}
    assert rows.isHidden()


def test_the_window_offers_what_the_tool_declares_and_remembers_it(
    qtbot: QtBot, project_window: MainWindow
) -> None:
    window = project_window
    window.actions_["tool_brush"].trigger()
    square = window.tool_options.rows.controls["tip"].findChild(QPushButton, "tip_square")
    assert isinstance(square, QPushButton)
    QTest.mouseClick(square, Qt.MouseButton.LeftButton)
    window.actions_["tool_eraser"].trigger()
    assert window.canvas.tool.word("tip") == "square"
    Memory(window._settings).keep(window, window.canvas, with_panels=False)
    again = MainWindow(SettingsFile(), Theme("light"), lambda: FakeEngine(better))
    qtbot.addWidget(again)
    assert again.canvas.tool.word("tip") == "square"
    again.close()
