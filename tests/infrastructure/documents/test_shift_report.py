"""The shift's report on paper, read back by PDFium: which words are there, how large, and what a search finds."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtPdf import QPdfDocument
from PySide6.QtWidgets import QApplication

from console.application.errors import Unavailable
from console.domain.evaluation import ShiftFigures
from console.domain.shifts import Shift
from console.infrastructure.documents.printer import PdfReports

from .conftest import matter

Print = Callable[[ShiftFigures, str], Path]


@pytest.fixture
def printed(reports: PdfReports, shift: Shift, until: datetime, tmp_path: Path) -> Print:
    """Return a function: figures and a language → the PDF's path."""

    def write(figures: ShiftFigures, language: str) -> Path:
        path = tmp_path / f"shift-{language}.pdf"
        reports.print_shift(shift, figures, until, language, path)
        assert [found.name for found in tmp_path.iterdir()] == [path.name], "no draft is left behind"
        return path

    return write


def read(path: Path) -> tuple[list[str], QRectF]:
    """Return the text of each page and the rectangle that the first page's text covers, in points."""
    document = QPdfDocument()
    assert document.load(str(path)) == QPdfDocument.Error.None_
    pages = [document.getAllText(number) for number in range(document.pageCount())]
    texts, covered = [page.text() for page in pages], pages[0].boundingRectangle()
    document.close()
    return texts, covered


def test_the_figures_are_printed_each_with_its_parts(qapp: QApplication, printed: Print, figures: ShiftFigures) -> None:
    (text,), _ = read(printed(figures, "en"))
    for words in (
        "滨河区城市运行中心 · Shift report",
        "李文静 & 搭档",
        "2026-11-22 08:00 to 2026-11-22 16:00",
        "61.9 %",
        "confirmed 78 ÷ decided 126",
        "92.3 %",
        "in time 48 ÷ handled or due 52",
        "09012 Fire lane blocked",
        "13 ÷ 14",
        "05 南市场停车区 <东>",
        "280.0 min",
        "1 / 1",
    ):
        assert words in text, text


def test_chinese_is_chinese_and_a_search_finds_it(qapp: QApplication, printed: Print, figures: ShiftFigures) -> None:
    (text,), _ = read(printed(figures, "zh_CN"))
    for words in ("班次报告", "滨河区城市运行中心", "占用消防通道", "没看的时间", "停车区", "李文静", "首次响应"):
        assert words in text, text
    assert not [sign for sign in text if 0x2E80 <= ord(sign) < 0x2FE0], "radicals look right and are never found"


def test_the_text_fills_the_width_of_the_paper(qapp: QApplication, printed: Print, figures: ShiftFigures) -> None:
    _, covered = read(printed(figures, "zh_CN"))
    a4_width_pt, margins_pt = 595, 85
    assert a4_width_pt - margins_pt - 20 < covered.width() <= a4_width_pt - margins_pt + 1


def test_a_long_report_goes_on_over_numbered_pages_and_loses_no_line(
    qapp: QApplication, printed: Print, figures: ShiftFigures
) -> None:
    many = replace(figures, matters=tuple(matter(f"{number:05}") for number in range(120)))
    pages, _ = read(printed(many, "zh_CN"))
    assert len(pages) >= 3
    for number, page in enumerate(pages, start=1):
        assert f"{number} / {len(pages)}" in page
    whole = "\n".join(pages)
    assert all(f"{number:05}" in whole for number in range(120))


def test_a_shift_without_anything_says_so_and_claims_no_share(
    qapp: QApplication, printed: Print, quiet_figures: ShiftFigures
) -> None:
    (text,), _ = read(printed(quiet_figures, "en"))
    assert "No alarms and no cases in this shift." in text
    assert "Every camera with a rule was watched throughout." in text
    assert "%" not in text, "nothing over nothing is no share"


def test_a_report_that_cannot_be_written_says_where(
    reports: PdfReports, shift: Shift, figures: ShiftFigures, until: datetime, tmp_path: Path
) -> None:
    with pytest.raises(Unavailable, match="could not be written"):
        reports.print_shift(shift, figures, until, "en", tmp_path / "nowhere" / "shift.pdf")


def test_a_machine_without_a_chinese_font_refuses_rather_than_print_boxes(
    reports: PdfReports,
    shift: Shift,
    figures: ShiftFigures,
    until: datetime,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bare = tmp_path / "fonts.conf"
    bare.write_text(f'<?xml version="1.0"?><fontconfig><cachedir>{tmp_path}</cachedir></fontconfig>', "utf-8")
    monkeypatch.setenv("FONTCONFIG_FILE", str(bare))
    with pytest.raises(Unavailable, match="no Chinese font"):
        reports.print_shift(shift, figures, until, "zh_CN", tmp_path / "shift.pdf")
    assert not (tmp_path / "shift.pdf").exists()
