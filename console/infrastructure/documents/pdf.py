"""HTML to PDF, in a process of its own: it needs Qt, and a report must not make a seat or station wait or fall."""

import argparse
import os
import re
import sys
from pathlib import Path

from PySide6.QtCore import QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QFont,
    QFontDatabase,
    QGuiApplication,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QRawFont,
    QTextDocument,
)

FONTS = ["Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei UI", "PingFang SC"]
MARGIN_MM = 15.0
FOOT_MM = 8.0
MM_PER_INCH = 25.4
NO_FONT = 3
# Blocks of Unicode whose signs look like ideographs and share their glyphs: radicals, by supplement and by Kangxi.
RADICALS = range(0x2E80, 0x2FE0)


def main(arguments: list[str]) -> int:
    """Read HTML from standard input and write the PDF; 0 when the file is whole, 3 without a Chinese font."""
    parser = argparse.ArgumentParser(prog="citydesk --role pdf")
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args(arguments)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = QGuiApplication([sys.argv[0]])
    if not set(FONTS) & set(QFontDatabase.families()):
        print("no Chinese font: the text would be blank boxes", file=sys.stderr)
        return NO_FONT
    html = sys.stdin.buffer.read().decode("utf-8")
    draft = chosen.out.with_name(f"{chosen.out.name}.draft")
    try:
        text = _draw(html, draft)
        draft.write_bytes(_searchable(draft.read_bytes(), text))
        draft.replace(chosen.out)
    except OSError as cause:
        print(f"cannot write: {cause.strerror}", file=sys.stderr)
        return 1
    finally:
        draft.unlink(missing_ok=True)
    application.quit()
    return 0


def _draw(html: str, path: Path) -> str:
    """Write the PDF and return the text in it.

    Raises:
        OSError: the file cannot be written.
    """
    writer = QPdfWriter(str(path))
    writer.setCreator("Citydesk")
    margins = QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM)
    layout = QPageLayout(
        QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Millimeter
    )
    writer.setPageLayout(layout)
    document = QTextDocument()
    # Without it the text is laid out in the screen's dots, and comes out twelve times too small.
    document.documentLayout().setPaintDevice(writer)
    document.setDefaultFont(_font())
    document.setDocumentMargin(0)
    document.setHtml(html)
    foot_px = FOOT_MM / MM_PER_INCH * writer.resolution()
    page = QSizeF(writer.width(), writer.height() - foot_px)
    document.setPageSize(page)
    painter = QPainter()
    if not painter.begin(writer):
        raise OSError(0, "the file cannot be opened")
    for number in range(document.pageCount()):
        if number:
            writer.newPage()
        painter.save()
        painter.translate(0, -number * page.height())
        document.drawContents(painter, QRectF(0, number * page.height(), page.width(), page.height()))
        painter.restore()
        painter.setFont(_font())
        foot = QRectF(0, page.height(), page.width(), foot_px)
        painter.drawText(foot, Qt.AlignmentFlag.AlignRight.value, f"{number + 1} / {document.pageCount()}")
    painter.end()
    return document.toPlainText()


def _font() -> QFont:
    font = QFont()
    font.setFamilies(FONTS)
    font.setPointSizeF(9.0)
    # In a run of Latin text the font has digits of its own, which no sign names: they are drawn, and then neither
    # found nor copied. The same goes for the letters of "fi" drawn as one.
    for feature in ("locl", "liga"):
        font.setFeature(QFont.Tag(feature), 0)
    return font


def _searchable(pdf: bytes, text: str) -> bytes:
    """Return the PDF with its ideographs named as ideographs.

    WORKAROUND(qt 6.11): where a font draws an ideograph and a radical with one glyph, Qt's table from glyphs to text
    names the radical (行 becomes U+2F8F), so that a search for the word finds nothing. The table stands in the file
    uncompressed, four hexadecimal digits a sign, and is corrected in place. It may go when Qt names what was written.
    """
    raw_font = QRawFont.fromFont(_font(), QFontDatabase.WritingSystem.SimplifiedChinese)
    written = sorted(set(text))
    by_glyph = {glyph: sign for sign in written for glyph in raw_font.glyphIndexesForString(sign) if glyph}
    names: dict[bytes, bytes] = {}
    for radical in map(chr, RADICALS):
        for glyph in raw_font.glyphIndexesForString(radical):
            if radical not in written and glyph in by_glyph:
                names[f"<{ord(radical):04X}>".encode()] = f"<{ord(by_glyph[glyph]):04X}>".encode()

    def renamed(table: re.Match[bytes]) -> bytes:
        return re.sub(rb"<[0-9A-F]{4}>", lambda sign: names.get(sign[0], sign[0]), table[0])

    # Glyph numbers stand before the bracket, the signs they show within it.
    return re.sub(rb"\[(<[0-9A-F]{4}> ?)+\]", renamed, pdf)
