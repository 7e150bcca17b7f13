"""Matters from a table: one line a matter, as a city's office keeps it in a spreadsheet.

The columns: ``code``, ``standard``, both names, both questions, up to three filing and closing conditions
(``filing_1_zh``, ``filing_1_en`` …), ``limit_clock`` (``continuous`` or ``working``), ``limit_amount`` and
``limit_unit`` (``hour`` or ``day``). A table may lack the others: ``code_30428_2``, ``code_older`` (the same matter
in the lists before), ``confusable`` (codes of the matters it is mistaken for, with spaces between), ``urgency``
(``high``, ``medium`` or ``low``), ``unit_zh``, ``unit_en`` (who answers as a rule), and where these come from
(``conditions_from``, ``limit_from``, ``hints_from``). Columns with other names are refused: nothing is dropped unsaid.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from console.application.errors import Unavailable
from console.domain.alarms import Priority
from console.domain.categories import Category, Condition
from console.domain.deadlines import Clock, Limit
from console.domain.errors import DomainError
from console.domain.ids import CategoryCode

CONDITIONS_AT_MOST = 3
HOURS_OF_A_WORKING_DAY = 8  # DOMAIN A.4: 8–12 and 14–18
_NEEDED = (
    "code",
    "standard",
    "zh",
    "en",
    "question_zh",
    "question_en",
    "limit_clock",
    "limit_amount",
    "limit_unit",
)
_LANGUAGES = ("zh", "en")
_KNOWN = frozenset(
    (
        *_NEEDED,
        *(
            f"{kind}_{number}_{language}"
            for kind in ("filing", "closing")
            for number in range(1, CONDITIONS_AT_MOST + 1)
            for language in _LANGUAGES
        ),
        *("code_30428_2", "code_older", "confusable", "urgency", "unit_zh", "unit_en"),
        *("conditions_from", "limit_from", "hints_from"),
    )
)
_CODE = re.compile(r"(0[1-9]|10)[0-9]{3}")  # DOMAIN A.2: two digits of a class, three of a matter


class CategoriesRefused(DomainError):
    """A table of matters cannot be read. The first complaint is the sentence; ``complaints`` are all, in order."""

    def __init__(self, complaints: Sequence[DomainError]) -> None:
        first = complaints[0]
        super().__init__(first.sentence, **first.values)
        self.complaints = tuple(complaints)


def read_categories(path: Path) -> tuple[Category, ...]:
    """Return the matters of a CSV file (UTF-8, with or without byte order mark).

    Raises:
        CategoriesRefused: with the line of each fault; nothing of such a file is used.
        Unavailable: the file cannot be opened.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as cause:
        raise Unavailable("The table of matters {name} cannot be opened.", name=path.name) from cause
    except UnicodeDecodeError as cause:
        raise CategoriesRefused(
            [DomainError("{name} is not UTF-8. Save it as “CSV UTF-8”.", name=path.name)]
        ) from cause
    return categories_of(text, path.name)


def categories_of(text: str, name: str) -> tuple[Category, ...]:
    """Return the matters of a table's text; ``name`` is what complaints call it.

    Raises:
        CategoriesRefused: with the line of each fault.
    """
    reader = csv.DictReader(text.splitlines(keepends=True), strict=True)
    missing = [column for column in _NEEDED if column not in (reader.fieldnames or ())]
    if missing:
        raise CategoriesRefused(
            [DomainError("{name}, line 1: column {column} is missing.", name=name, column=column) for column in missing]
        )
    unknown = [column for column in reader.fieldnames or () if column not in _KNOWN]
    if unknown:
        raise CategoriesRefused(
            [
                DomainError("{name}, line 1: column {column} has no meaning here.", name=name, column=column or "?")
                for column in unknown
            ]
        )
    found: dict[str, Category] = {}
    complaints: list[DomainError] = []
    try:
        for cells in reader:
            line = _Line(name, reader.line_num, {key: (cell or "").strip() for key, cell in cells.items() if key})
            category = line.category()
            complaints += line.complaints
            if category is not None and category.code in found:
                complaints.append(
                    line.complaint("{name}, line {line}: code {code} stands there twice.", code=category.code)
                )
            elif category is not None:
                found[category.code] = category
    except csv.Error:
        complaints.append(
            DomainError("{name}, line {line}: a quotation mark is not closed.", name=name, line=reader.line_num + 1)
        )
    if complaints:
        raise CategoriesRefused(complaints)
    return tuple(found.values())


class _Line:
    """One line being read; collects what is wrong with it."""

    def __init__(self, name: str, number: int, cells: Mapping[str, str]) -> None:
        self._name = name
        self._number = number
        self._cells = cells
        self.complaints: list[DomainError] = []

    def complaint(self, sentence: str, **values: object) -> DomainError:
        return DomainError(sentence, name=self._name, line=self._number, **values)

    def category(self) -> Category | None:
        """Return the matter, or ``None`` with complaints."""
        for column in _NEEDED:
            if not self._cells.get(column):
                self._complain("{name}, line {line}: {column} is empty.", column=column)
        if (code := self._cells.get("code")) and not _CODE.fullmatch(code):
            self._complain("{name}, line {line}: a code is a class 01–10 and three digits, not {cell}.", cell=code)
        filing, closing, limit = self._conditions("filing"), self._conditions("closing"), self._limit()
        confusable, urgency = self._confusable(), self._urgency()
        if bool(self._cells.get("unit_zh")) != bool(self._cells.get("unit_en")):
            self._complain("{name}, line {line}: {column} stands in one language only.", column="unit")
        if self.complaints or limit is None:
            return None
        cells = self._cells
        return Category(
            code=CategoryCode(cells["code"]),
            standard=cells["standard"],
            zh=cells["zh"],
            en=cells["en"],
            question_zh=cells["question_zh"],
            question_en=cells["question_en"],
            filing=filing,
            closing=closing,
            limit=limit,
            code_30428_2=cells.get("code_30428_2", ""),
            code_older=cells.get("code_older", ""),
            confusable=confusable,
            urgency=urgency,
            unit_zh=cells.get("unit_zh", ""),
            unit_en=cells.get("unit_en", ""),
            conditions_from=cells.get("conditions_from", ""),
            limit_from=cells.get("limit_from", ""),
            hints_from=cells.get("hints_from", ""),
        )

    def _conditions(self, kind: str) -> tuple[Condition, ...]:
        """Return the conditions of a kind; their codes are their numbers in the table."""
        conditions: list[Condition] = []
        for number in range(1, CONDITIONS_AT_MOST + 1):
            zh, en = (self._cells.get(f"{kind}_{number}_{language}", "") for language in _LANGUAGES)
            if bool(zh) != bool(en):
                self._complain("{name}, line {line}: {column} stands in one language only.", column=f"{kind}_{number}")
            elif zh:
                conditions.append(Condition(code=str(number), zh=zh, en=en))
        if not conditions:
            self._complain("{name}, line {line}: there is no condition in {column}.", column=f"{kind}_1")
        return tuple(conditions)

    def _confusable(self) -> tuple[CategoryCode, ...]:
        codes = self._cells.get("confusable", "").split()
        for code in codes:
            if not _CODE.fullmatch(code) or code == self._cells.get("code"):
                self._complain("{name}, line {line}: confusable names codes of other matters, not {cell}.", cell=code)
        return tuple(CategoryCode(code) for code in codes)

    def _urgency(self) -> Priority:
        cell = self._cells.get("urgency", "")
        if cell and cell not in {known.value for known in Priority}:
            self._complain("{name}, line {line}: urgency is high, medium or low, not {cell}.", cell=cell)
            return Priority.MEDIUM
        return Priority(cell) if cell else Priority.MEDIUM

    def _limit(self) -> Limit | None:
        clock, amount, unit = (self._cells.get(column, "") for column in ("limit_clock", "limit_amount", "limit_unit"))
        if not (clock and amount and unit):
            return None
        if clock not in {known.value for known in Clock}:
            self._complain("{name}, line {line}: limit_clock is continuous or working, not {cell}.", cell=clock)
            return None
        if unit not in ("hour", "day"):
            self._complain("{name}, line {line}: limit_unit is hour or day, not {cell}.", cell=unit)
            return None
        if not amount.isascii() or not amount.isdigit() or int(amount) == 0:
            self._complain("{name}, line {line}: limit_amount is a whole number above 0, not {cell}.", cell=amount)
            return None
        hours_a_day = HOURS_OF_A_WORKING_DAY if Clock(clock) is Clock.WORKING else 24
        return Limit(Clock(clock), timedelta(hours=int(amount) * (hours_a_day if unit == "day" else 1)))

    def _complain(self, sentence: str, **values: object) -> None:
        self.complaints.append(self.complaint(sentence, **values))
