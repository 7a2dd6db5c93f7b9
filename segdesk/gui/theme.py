"""How the window looks: neutral grays around the image and one accent that no class wears.

Fusion draws everything from a palette; the style sheet only sets distances and the few flat surfaces that
Fusion does not know. Distances are multiples of 8 pixels, or halves of that.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from segdesk.core.paths import resources

GRID = 8


@dataclass(frozen=True)
class Colors:
    """The colours of one scheme; text on its ground has a contrast of at least 4.5 to 1 (WCAG AA).

    surface: panels and bars. raised: fields, lists, buttons. line: borders.
    quiet: text of second rank. faint: what cannot be used now. good / warning / bad: states, with shapes.
    """

    surface: str
    raised: str
    hover: str
    line: str
    text: str
    quiet: str
    faint: str
    accent: str
    on_accent: str
    accent_hover: str
    selected: str
    good: str
    warning: str
    bad: str


LIGHT = Colors(
    surface="#f3f3f3",
    raised="#ffffff",
    hover="#e4e4e4",
    line="#cfcfcf",
    text="#1c1c1c",
    quiet="#585858",
    faint="#9a9a9a",
    accent="#4b4ac4",
    on_accent="#ffffff",
    accent_hover="#3f3eae",
    selected="#dddcf8",
    good="#1b6e3c",
    warning="#8a5200",
    bad="#b3261e",
)
DARK = Colors(
    surface="#262626",
    raised="#303030",
    hover="#3c3c3c",
    line="#454545",
    text="#ececec",
    quiet="#b0b0b0",
    faint="#757575",
    accent="#a5a4ff",
    on_accent="#17163a",
    accent_hover="#bbbaff",
    selected="#3c3b6b",
    good="#7fce9c",
    warning="#f0b35c",
    bad="#ff9a90",
)


class Theme(QObject):
    """The scheme in use: the person's choice, or the system's as it changes."""

    changed = Signal()

    def __init__(self, choice: str = "system", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._choice = choice
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._apply)
        self.choose(choice)

    def choose(self, choice: str) -> None:
        """Use "light", "dark" or the "system"'s scheme."""
        self._choice = choice
        self._apply()

    @property
    def is_dark(self) -> bool:
        if self._choice == "system":
            return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return self._choice == "dark"

    @Slot()
    def _apply(self) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        colors = DARK if self.is_dark else LIGHT
        if not app.styleSheet():
            app.setStyle(QStyleFactory.create("Fusion"))
        app.setPalette(_palette(colors))
        # To set it again, Qt would polish every widget that there is.
        if app.styleSheet() != (sheet := _style_sheet(colors)):
            app.setStyleSheet(sheet)
        self.changed.emit()


def colors() -> Colors:
    """The colours in use."""
    ground = QGuiApplication.palette().color(QPalette.ColorRole.Window)
    return DARK if ground.lightness() < 128 else LIGHT


def _palette(c: Colors) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette(QColor(c.surface))
    for where, color in {
        role.Window: c.surface,
        role.WindowText: c.text,
        role.Base: c.raised,
        role.AlternateBase: c.surface,
        role.Text: c.text,
        role.Button: c.surface,
        role.ButtonText: c.text,
        role.BrightText: c.on_accent,
        role.ToolTipBase: c.raised,
        role.ToolTipText: c.text,
        role.PlaceholderText: c.quiet,
        role.Highlight: c.accent,
        role.HighlightedText: c.on_accent,
        role.Accent: c.accent,
        role.Link: c.accent,
        role.LinkVisited: c.accent,
        role.Mid: c.line,
        role.Midlight: c.hover,
        role.Dark: c.line,
        role.Light: c.raised,
    }.items():
        palette.setColor(where, QColor(color))
    for where in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, where, QColor(c.faint))
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(c.line))
    return palette


def _style_sheet(c: Colors) -> str:
    check = (resources() / "icons" / f"check-{'light' if c is LIGHT else 'dark'}.svg").as_posix()
    return f"""
    QMainWindow::separator {{ background: {c.line}; width: 1px; height: 1px; }}
    QToolTip {{ background: {c.raised}; color: {c.text}; border: 1px solid {c.line}; padding: 4px 6px; }}

    QMenuBar {{ background: {c.surface}; border-bottom: 1px solid {c.line}; padding: 2px 4px; }}
    QMenuBar::item {{ padding: 4px 8px; border-radius: 4px; }}
    QMenuBar::item:selected {{ background: {c.hover}; }}
    QMenu {{ background: {c.raised}; border: 1px solid {c.line}; padding: 4px; }}
    QMenu::item {{ padding: 6px 24px 6px 8px; border-radius: 4px; }}
    QMenu::item:selected {{ background: {c.selected}; color: {c.text}; }}
    QMenu::item:disabled {{ color: {c.faint}; }}
    QMenu::separator {{ height: 1px; background: {c.line}; margin: 4px 8px; }}
    QMenu::icon {{ padding-left: 8px; }}

    QToolBar {{ background: {c.surface}; border: none; padding: 4px; spacing: 4px; }}
    QToolBar#tools {{ border-right: 1px solid {c.line}; }}
    QToolBar::separator {{ background: {c.line}; height: 1px; margin: 4px 6px; }}
    QToolButton {{ border: none; border-radius: 6px; padding: 6px; }}
    QToolButton:hover {{ background: {c.hover}; }}
    QToolButton:checked {{ background: {c.selected}; }}
    QToolButton:focus {{ border: 1px solid {c.accent}; padding: 5px; }}
    QToolButton::menu-indicator {{ image: none; }}

    QDockWidget {{ color: {c.quiet}; font-weight: 600; }}
    QDockWidget::title {{ background: {c.surface}; padding: 8px 12px 6px 12px; }}
    QTabBar::tab {{
        background: {c.surface}; color: {c.quiet}; border: none; border-top: 2px solid transparent;
        padding: 6px 14px 8px 14px; }}
    QTabBar::tab:selected {{ color: {c.text}; border-top: 2px solid {c.accent}; }}
    QTabBar::tab:hover {{ background: {c.hover}; }}
    QScrollArea, QScrollArea > QWidget > QWidget#panel {{ background: transparent; border: none; }}

    QStatusBar {{ background: {c.surface}; border-top: 1px solid {c.line}; }}
    QStatusBar::item {{ border: none; }}

    QPushButton {{
        background: {c.raised}; border: 1px solid {c.line}; border-radius: 6px; padding: 5px 14px; }}
    QPushButton:hover {{ background: {c.hover}; }}
    QPushButton:focus {{ border: 1px solid {c.accent}; }}
    QPushButton:disabled {{ color: {c.faint}; background: {c.surface}; }}
    QPushButton[accented="true"], QPushButton:default {{
        background: {c.accent}; color: {c.on_accent}; border: 1px solid {c.accent}; font-weight: 600; }}
    QPushButton[accented="true"]:hover, QPushButton:default:hover {{ background: {c.accent_hover}; }}
    QPushButton[accented="true"]:focus, QPushButton:default:focus {{ border: 1px solid {c.text}; }}
    QPushButton[accented="true"]:disabled, QPushButton:default:disabled {{
        background: {c.surface}; color: {c.faint}; border: 1px solid {c.line}; }}
    QPushButton[flat="true"] {{ background: transparent; border: 1px solid transparent; }}
    QPushButton[flat="true"]:hover {{ background: {c.hover}; }}
    QPushButton[flat="true"]:focus {{ border: 1px solid {c.accent}; }}

    QPushButton[segment="true"] {{ padding: 5px 8px; }}
    QPushButton[corner="true"] {{ color: {c.quiet}; padding: 0 8px; margin: 4px 4px 0 4px; }}
    QPushButton[segment="true"]:checked {{ background: {c.selected}; border: 1px solid {c.accent}; }}
    QPushButton[way="true"] {{ text-align: left; padding: 8px 12px; }}

    QCheckBox {{ spacing: 8px; }}
    QCheckBox::indicator {{
        width: 14px; height: 14px; background: {c.raised}; border: 1px solid {c.faint}; border-radius: 3px; }}
    QCheckBox::indicator:focus, QCheckBox::indicator:hover {{ border: 1px solid {c.accent}; }}
    QCheckBox::indicator:checked {{
        background: {c.accent}; border: 1px solid {c.accent}; image: url("{check}"); }}
    QCheckBox::indicator:disabled {{ background: {c.surface}; border: 1px solid {c.line}; }}

    QRadioButton {{ spacing: 8px; }}
    QRadioButton::indicator {{
        width: 14px; height: 14px; background: {c.raised}; border: 1px solid {c.faint}; border-radius: 8px; }}
    QRadioButton::indicator:focus, QRadioButton::indicator:hover {{ border: 1px solid {c.accent}; }}
    QRadioButton::indicator:checked {{
        width: 6px; height: 6px; border: 5px solid {c.accent}; background: {c.raised}; }}
    QRadioButton::indicator:disabled {{ border-color: {c.line}; }}

    QListView, QTreeView {{ background: {c.surface}; border: none; outline: none; }}
    QTableView#sampleList {{ background: {c.surface}; border: none; outline: none;
        selection-background-color: {c.surface}; }}
    QListView::item {{ padding: 5px 4px; border-radius: 6px; }}
    QListView::item:hover {{ background: {c.hover}; }}
    QListView::item:selected {{ background: {c.selected}; color: {c.text}; }}
    QTreeView#shortcuts::item {{ padding: 4px; }}
    QTreeView#shortcuts::item:hover {{ background: {c.hover}; }}
    QTreeView#shortcuts::item:selected {{ background: {c.selected}; color: {c.text}; }}
    QScrollBar {{ background: transparent; margin: 0; }}
    QScrollBar:vertical {{ width: 10px; }}
    QScrollBar:horizontal {{ height: 10px; }}
    QScrollBar::handle {{ background: {c.line}; border-radius: 3px; margin: 2px; }}
    QScrollBar::handle:vertical {{ min-height: 32px; }}
    QScrollBar::handle:horizontal {{ min-width: 32px; }}
    QScrollBar::handle:hover {{ background: {c.faint}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QLineEdit, QAbstractSpinBox, QComboBox, QPlainTextEdit {{
        background: {c.raised}; border: 1px solid {c.line}; border-radius: 6px; padding: 4px 8px;
        selection-background-color: {c.accent}; selection-color: {c.on_accent}; }}
    QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus {{
        border: 1px solid {c.accent}; }}
    QAbstractSpinBox > QLineEdit {{ background: transparent; border: none; padding: 0; }}
    QComboBox::drop-down {{ border: none; width: 24px; }}
    QComboBox:disabled, QAbstractSpinBox:disabled, QLineEdit:disabled {{
        color: {c.faint}; background: {c.surface}; }}
    QComboBox QAbstractItemView {{ background: {c.raised}; border: 1px solid {c.line}; padding: 4px; }}

    QProgressBar {{ background: {c.hover}; border: none; border-radius: 3px; max-height: 6px; }}
    QProgressBar::chunk {{ background: {c.accent}; border-radius: 3px; }}

    QLabel[rank="quiet"] {{ color: {c.quiet}; }}
    QLabel[rank="problem"] {{ color: {c.bad}; }}
    QLabel[rank="sheet"] {{ font-size: 12pt; font-weight: 600; }}
    QLabel[rank="title"] {{ font-size: 20pt; font-weight: 600; }}
    QLabel[rank="heading"] {{ font-weight: 600; color: {c.quiet}; }}
    QWidget#loopBar {{ background: {c.surface}; border-top: 1px solid {c.line}; }}
    QWidget#welcome, QWidget#emptyState {{ background: {c.surface}; }}
    QDialog#palette {{ border: 1px solid {c.line}; }}
    QFrame#card {{ background: {c.raised}; border: 1px solid {c.line}; border-radius: 8px; }}
    QSplitter::handle {{ background: {c.line}; width: 1px; }}
    QFrame#notice {{ background: {c.raised}; border: 1px solid {c.line}; border-radius: 8px; }}
    """
