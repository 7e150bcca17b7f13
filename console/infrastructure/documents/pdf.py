"""HTML to PDF, in a process of its own: it needs Qt, and a report must not make a seat or station wait or fall."""

import argparse
import os
import sys
from pathlib import Path

from PySide6.QtCore import QMarginsF, QSizeF
from PySide6.QtGui import QFont, QGuiApplication, QPageLayout, QPageSize, QPdfWriter, QTextDocument

FONTS = ["Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei UI", "PingFang SC"]
MARGIN_MM = 15.0


def main(arguments: list[str]) -> int:
    """Read HTML from standard input and write the PDF; 0 when the file is whole."""
    parser = argparse.ArgumentParser(prog="citydesk --role pdf")
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args(arguments)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = QGuiApplication([sys.argv[0]])
    html = sys.stdin.buffer.read().decode("utf-8")
    draft = chosen.out.with_name(f"{chosen.out.name}.draft")
    writer = QPdfWriter(str(draft))
    writer.setCreator("Citydesk")
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4),
            QPageLayout.Orientation.Portrait,
            QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM),
            QPageLayout.Unit.Millimeter,
        )
    )
    document = QTextDocument()
    font = QFont()
    font.setFamilies(FONTS)
    document.setDefaultFont(font)
    document.setHtml(html)
    document.setPageSize(QSizeF(writer.pageLayout().paintRectPixels(writer.resolution()).size()))
    document.print_(writer)
    del writer, document
    application.quit()
    draft.replace(chosen.out)
    return 0
