"""Tables in files: CSV as spreadsheets write it (UTF-8 with a mark, or GB18030), and XLSX."""

import csv
import io
import os
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from xlsxwriter import Workbook

from console.application.errors import Unavailable
from console.domain.errors import DomainError
from console.words import N_

CSV, XLSX = ".csv", ".xlsx"
LARGEST_BYTES = 100_000_000  # judgement: 62,679 lines are some 15 MB
MOST_ROWS, MOST_CELLS = 200_000, 64
# A spreadsheet takes a cell that begins so for a formula (OWASP, CSV injection); a quote before it makes it text.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
_QUOTE = "'"


class DirectoryFilesOnDisk:
    """Keeps the promises of ``directory_import.DirectoryFiles``. Safe from any thread."""

    def read(self, path: Path) -> Sequence[Sequence[str]]:
        try:
            if path.stat().st_size > LARGEST_BYTES:
                raise DomainError("The table is larger than {mb} MB.", mb=LARGEST_BYTES // 1_000_000)
            raw = path.read_bytes()
        except OSError as cause:
            raise _refusal(cause, path, N_("{path} cannot be read.")) from cause
        if path.suffix.lower() == XLSX:
            return _xlsx_rows(raw)
        if path.suffix.lower() == CSV:
            return [[_unguarded(cell) for cell in row] for row in _csv_rows(raw)]
        raise DomainError("A table is a file named .csv or .xlsx.")

    def write(self, rows: Iterable[Sequence[str]], path: Path) -> int:
        draft = path.with_name(f"{path.name}.draft")
        try:
            if path.suffix.lower() == XLSX:
                count = _write_xlsx(rows, draft)
            elif path.suffix.lower() == CSV:
                count = _write_csv(rows, draft)
            else:
                raise DomainError("A table is a file named .csv or .xlsx.")
            draft.replace(path)
        except OSError as cause:
            draft.unlink(missing_ok=True)
            raise _refusal(cause, path, N_("{path} cannot be written.")) from cause
        return count


def _refusal(cause: OSError, path: Path, otherwise: str) -> Unavailable:
    """Say in words of ours what the system says in its own."""
    match cause:
        case FileNotFoundError():
            sentence = N_("There is no {path}.")
            path = path if path.parent.is_dir() else path.parent
        case PermissionError():
            sentence = N_("This account may not use {path}.")
        case IsADirectoryError():
            sentence = N_("{path} is a folder; name a file in it.")
        case _:
            sentence = otherwise
    return Unavailable(sentence, path=str(path))


def _csv_rows(raw: bytes) -> list[list[str]]:
    """Return the rows; a table that is not UTF-8 is read as GB18030, which a Chinese spreadsheet writes."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = raw.decode("gb18030")
        except UnicodeDecodeError as cause:
            raise DomainError("The table is neither UTF-8 nor GB18030.") from cause
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as cause:
        raise DomainError("The table is no CSV: {reason}.", reason=str(cause)) from cause
    return _within_bounds(rows)


def _xlsx_rows(raw: bytes) -> list[list[str]]:
    """Return the first sheet's rows as they are shown; what was computed by a formula is its last value."""
    try:
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        rows = [[_text_of(cell) for cell in row] for row in sheet.iter_rows(max_row=MOST_ROWS + 1, values_only=True)]
        book.close()
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, IndexError, SyntaxError) as cause:
        raise DomainError("The table is no XLSX workbook, or it is damaged.") from cause
    while rows and not any(rows[-1]):
        rows.pop()
    return _within_bounds(rows)


def _within_bounds(rows: list[list[str]]) -> list[list[str]]:
    if len(rows) > MOST_ROWS or any(len(row) > MOST_CELLS for row in rows):
        raise DomainError("The table has more than {rows} lines or {cells} columns.", rows=MOST_ROWS, cells=MOST_CELLS)
    return rows


def _text_of(cell: object) -> str:
    """Return a cell as text; a number that a spreadsheet made of a whole one without its point."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        # A code of 20 digits kept as a number has lost its last ones: shown so that a complaint can say it.
        return f"{cell:.0f}" if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.10G}"
    if isinstance(cell, int) and not isinstance(cell, bool) and abs(cell) >= 10**15:
        return f"{cell:.6E}"
    return str(cell).strip()


def _write_csv(rows: Iterable[Sequence[str]], path: Path) -> int:
    count = 0
    # A spreadsheet takes UTF-8 for UTF-8 only behind a byte order mark.
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file)
        for row in rows:
            table.writerow([_guarded(cell) for cell in row])
            count += 1
        file.flush()
        os.fsync(file.fileno())
    return count


def _write_xlsx(rows: Iterable[Sequence[str]], path: Path) -> int:
    count = 0
    with Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("cameras")
        as_text = book.add_format({"num_format": "@"})  # so that a code of 20 digits stays one when it is edited
        sheet.freeze_panes(1, 0)
        for line, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write_string(line, column, cell, as_text)
            count += 1
    return count


def _guarded(cell: str) -> str:
    is_number = cell[:1] in "+-" and cell[1:].replace(".", "", 1).isdigit()
    return f"{_QUOTE}{cell}" if cell.startswith(_FORMULAS) and not is_number else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith(_QUOTE) and cell[1:].startswith(_FORMULAS) else cell
