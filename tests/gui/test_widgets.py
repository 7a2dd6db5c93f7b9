"""Numbers are typed as the language at hand writes them, and as every other one does."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from segdesk.gui.widgets import DecimalField, MeasureField


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("typed", ["0.325", "0,325"])
def test_a_comma_is_as_good_as_a_point(qtbot: QtBot, language: str, typed: str) -> None:
    for kind, shown in ((DecimalField, "0.3250"), (MeasureField, "0.325")):
        field = kind(0, 1e9, 4)
        qtbot.addWidget(field)
        field.setLocale(QLocale(language))
        field.selectAll()
        QTest.keyClicks(field, typed)
        QTest.keyClick(field, Qt.Key.Key_Tab)
        field.interpretText()
        assert field.value() == 0.325
        assert field.text() == shown.replace(".", QLocale(language).decimalPoint())


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_number_that_is_looked_at_stays_as_it_is(qtbot: QtBot, language: str) -> None:
    field = MeasureField(0, 1e9, 9)
    qtbot.addWidget(field)
    field.setLocale(QLocale(language))
    for value in (0.325, 65535.5, 123456.0):
        field.setValue(value)
        field.interpretText()
        assert field.value() == value
