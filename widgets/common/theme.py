"""Colours, type and the application's dress, all from ``resources/theme/palette.json`` and the table of roles."""

import functools
import json
from types import MappingProxyType

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QPalette, QPen
from PySide6.QtWidgets import QApplication, QWidget

from resources.locate import locate

# Chinese first; naming the SC face, because the bare collection resolves to Japanese shapes (DESIGN §3).
FAMILIES = ("Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei UI", "PingFang SC", "sans-serif")
# Role → logical pixels at 100 % (DESIGN §3).
SIZES_PX = MappingProxyType({"caption": 12, "small": 13, "body": 14, "strong": 16, "title": 20, "figure": 28})
TEXT_SIZES = (100, 115, 130)


@functools.cache
def _hexes() -> MappingProxyType[str, str]:
    """Return colour by token, read once from the palette's file."""
    told = json.loads(locate("theme/palette.json").read_text(encoding="utf-8"))
    groups = ("ground", "text", "line", "state")
    return MappingProxyType({name: facts["hex"] for group in groups for name, facts in told[group].items()})


@functools.cache
def colour(token: str) -> QColor:
    """Return the colour of a token (``g0`` … ``g4``, ``t1`` …, ``high`` …). Do not change the object."""
    return QColor(_hexes()[token])


@functools.cache
def font(role: str, *, strong: bool = False) -> QFont:
    """Return the font of a role; sizes are logical pixels, weights 400 and 600 only."""
    made = QFont()
    made.setFamilies(list(FAMILIES))
    made.setPixelSize(SIZES_PX[role])
    made.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


def cosmetic_pen(token: str, width: int = 1) -> QPen:
    """Return a pen whose width is device pixels, so that one pixel stays sharp at 150 %."""
    pen = QPen(colour(token), width)
    pen.setCosmetic(True)
    return pen


def dress(application: QApplication) -> None:
    """Give the application its palette, font and sheet."""
    application.setStyle("Fusion")
    application.setFont(font("body"))
    palette = QPalette()
    role = QPalette.ColorRole
    for name, token in (
        (role.Window, "g0"),
        (role.WindowText, "t1"),
        (role.Base, "g1"),
        (role.AlternateBase, "g2"),
        (role.Text, "t1"),
        (role.Button, "g3"),
        (role.ButtonText, "t1"),
        (role.BrightText, "t1"),
        (role.Highlight, "g4"),
        (role.HighlightedText, "t1"),
        (role.ToolTipBase, "g3"),
        (role.ToolTipText, "t1"),
        (role.PlaceholderText, "t3"),
        (role.Link, "focus"),
    ):
        palette.setColor(name, colour(token))
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, colour("t3"))
    application.setPalette(palette)
    application.setStyleSheet(sheet())


def sheet() -> str:
    """Return the style sheet: fields, buttons, scroll bars, tool tips; pages add none of their own."""
    h = _hexes()
    return f"""
QToolTip {{ background: {h["g3"]}; color: {h["t1"]}; border: 1px solid {h["line"]}; padding: 4px; }}
QLineEdit, QPlainTextEdit, QTextEdit, QComboBox {{
  background: {h["g1"]}; color: {h["t1"]}; border: 1px solid {h["edge"]}; border-radius: 4px; padding: 5px 8px;
  selection-background-color: {h["g4"]}; }}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus {{ border: 2px solid {h["focus"]}; padding: 4px 7px; }}
QComboBox::drop-down {{ border: 0; width: 24px; }}
QComboBox QAbstractItemView {{ background: {h["g3"]}; color: {h["t1"]}; border: 1px solid {h["line"]}; }}
QPushButton {{ background: {h["g3"]}; color: {h["t1"]}; border: 1px solid {h["edge"]}; border-radius: 4px;
  min-height: 34px; padding: 0 14px; }}
QPushButton:focus {{ border: 2px solid {h["focus"]}; }}
QPushButton:default {{ background: {h["focus"]}; color: {h["g0"]}; border-color: {h["focus"]}; font-weight: 600; }}
QPushButton:disabled {{ color: {h["t3"]}; border-color: {h["line"]}; }}
QMenu {{ background: {h["g3"]}; color: {h["t1"]}; border: 1px solid {h["line"]}; padding: 4px 0; }}
QMenu::item {{ padding: 6px 16px; }} QMenu::item:selected {{ background: {h["g4"]}; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
QScrollBar::handle {{ background: {h["g4"]}; border-radius: 4px; min-height: 32px; min-width: 32px; margin: 1px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QListView, QTableView, QScrollArea {{ border: 0; outline: 0; background: transparent; }}
"""


def no_input_method(widget: QWidget) -> None:
    """Let an active Chinese input method hand letters through raw (DESIGN §7)."""
    widget.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
