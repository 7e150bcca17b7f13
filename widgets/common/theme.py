"""Colours, type and the application's dress, all from ``resources/theme/palette.json`` and the table of roles."""

import functools
import json
from types import MappingProxyType
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QPalette, QPen
from PySide6.QtWidgets import QApplication, QWidget

from resources.locate import locate

# Chinese first; naming the SC face, because the bare collection resolves to Japanese shapes (DESIGN §3).
FAMILIES = ("Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei UI", "PingFang SC", "sans-serif")
# Role → logical pixels at 100 % (DESIGN §3).
SIZES_PX = MappingProxyType({"caption": 12, "small": 13, "body": 14, "strong": 16, "title": 20, "figure": 28})
TEXT_SIZES = (100, 115, 130)
BODY_PX = SIZES_PX["body"]


@functools.cache
def palette() -> dict[str, Any]:
    """Return the palette as it stands in its file, read once."""
    told: dict[str, Any] = json.loads(locate("theme/palette.json").read_text(encoding="utf-8"))
    return told


@functools.cache
def _hexes() -> MappingProxyType[str, str]:
    """Return colour by token."""
    told = palette()
    groups = ("ground", "text", "line", "state")
    return MappingProxyType({name: facts["hex"] for group in groups for name, facts in told[group].items()})


@functools.cache
def _colour(token: str) -> QColor:
    return QColor(_hexes()[token])


def colour(token: str) -> QColor:
    """Return the colour of a token (``g0`` … ``g4``, ``t1`` …, ``high`` …); the caller's own copy."""
    return QColor(_colour(token))


def plate() -> QColor:
    """Return the ground of words over a picture (g0, 82 %)."""
    told = palette()["overlay"]
    made = QColor(told["plate"])
    made.setAlphaF(told["plate_opacity"])
    return made


def casing() -> QColor:
    """Return the edge around lines over a picture (g0, 75 %), so that they read on snow and at night."""
    told = palette()["overlay"]
    made = QColor(told["casing"])
    made.setAlphaF(told["casing_opacity"])
    return made


def text_scale() -> float:
    """Return by how much the operator enlarged the type. The application's own font keeps it; the grid stays."""
    px = QApplication.font().pixelSize()
    return px / BODY_PX if px > 0 else 1.0


def font(role: str, *, strong: bool = False) -> QFont:
    """Return the font of a role at the text size of now; sizes are logical pixels, weights 400 and 600 only."""
    return QFont(_font(round(SIZES_PX[role] * text_scale()), strong))


@functools.cache
def _font(size_px: int, strong: bool) -> QFont:
    made = QFont()
    made.setFamilies(list(FAMILIES))
    made.setPixelSize(size_px)
    made.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)  # the same widths at 100 % and at 150 %
    # Noto Sans CJK SC has tabular digits by itself, other families need the feature.
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


def cosmetic_pen(token: str, width: int = 1) -> QPen:
    """Return a pen whose width is device pixels, so that one pixel stays sharp at 150 %."""
    pen = QPen(colour(token), width)
    pen.setCosmetic(True)
    return pen


def set_text_size(application: QApplication, per_cent: int) -> None:
    """Enlarge the type to 100, 115 or 130 per cent; pages follow at ``QEvent.ApplicationFontChange``."""
    if per_cent not in TEXT_SIZES:
        raise ValueError(f"text size {per_cent} % is none of {TEXT_SIZES}")
    application.setFont(QFont(_font(round(BODY_PX * per_cent / 100), False)))


def dress(application: QApplication, text_size: int = 100) -> None:
    """Give the application its palette, font and sheet."""
    application.setStyle("Fusion")
    set_text_size(application, text_size)
    dark = QPalette()
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
        dark.setColor(name, colour(token))
    for name in (role.WindowText, role.Text, role.ButtonText):
        dark.setColor(QPalette.ColorGroup.Disabled, name, colour("t3"))
    application.setPalette(dark)
    application.setStyleSheet(sheet())


def sheet() -> str:
    """Return the style sheet: fields, buttons, scroll bars, tool tips; pages add none of their own."""
    h = _hexes()
    return f"""
QToolTip {{ background: {h["g3"]}; color: {h["t1"]}; border: 1px solid {h["line"]}; padding: 4px; }}
QLineEdit, QPlainTextEdit, QTextEdit, QComboBox {{
  background: {h["g1"]}; color: {h["t1"]}; border: 1px solid {h["edge"]}; border-radius: 4px; padding: 5px 8px;
  selection-background-color: {h["g4"]}; }}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus {{
  border: 2px solid {h["focus"]}; padding: 4px 7px; }}
QCheckBox, QRadioButton {{ spacing: 8px; padding: 2px; }}
QCheckBox::indicator {{ width: 14px; height: 14px; border: 1px solid {h["edge"]}; border-radius: 3px;
  background: {h["g1"]}; }}
QCheckBox::indicator:checked {{ background: {h["t1"]}; border: 4px solid {h["edge"]}; width: 8px; height: 8px; }}
QCheckBox:focus, QRadioButton:focus {{ border: 2px solid {h["focus"]}; border-radius: 4px; padding: 0; }}
QComboBox::drop-down {{ border: 0; width: 24px; }}
QComboBox QAbstractItemView {{ background: {h["g3"]}; color: {h["t1"]}; border: 1px solid {h["line"]}; }}
QPushButton {{ background: {h["g3"]}; color: {h["t1"]}; border: 1px solid {h["edge"]}; border-radius: 4px;
  min-height: 34px; padding: 0 14px; }}
QPushButton:focus {{ border: 2px solid {h["focus"]}; }}
QPushButton:default {{ background: {h["focus"]}; color: {h["g0"]}; border-color: {h["focus"]}; font-weight: 600; }}
QPushButton:disabled {{ color: {h["t3"]}; border-color: {h["line"]}; }}
QToolButton {{ background: {h["g3"]}; color: {h["t1"]}; border: 1px solid {h["edge"]}; border-radius: 4px;
  min-height: 28px; padding: 0 20px 0 10px; }}
QToolButton:focus {{ border: 2px solid {h["focus"]}; }}
QToolButton::menu-indicator {{ subcontrol-position: right center; right: 6px; width: 8px; }}
QMenu {{ background: {h["g3"]}; color: {h["t1"]}; border: 1px solid {h["line"]}; padding: 4px 0; }}
QMenu::item {{ padding: 6px 16px; }} QMenu::item:selected {{ background: {h["g4"]}; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
QScrollBar::handle {{ background: {h["g4"]}; border-radius: 4px; min-height: 32px; min-width: 32px; margin: 1px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QHeaderView {{ background: {h["g2"]}; }}
QHeaderView::section {{ background: {h["g2"]}; color: {h["t3"]}; border: 0; border-bottom: 1px solid {h["line"]};
  padding: 6px 12px; }}
QTableView::item {{ padding: 0 12px; border-bottom: 1px solid {h["line"]}; }}
QListView, QTableView, QScrollArea {{ border: 0; outline: 0; background: transparent; }}
"""


def no_input_method(widget: QWidget) -> None:
    """Let an active Chinese input method hand letters through raw (DESIGN §7)."""
    widget.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
