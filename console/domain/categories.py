"""What a case can be about: matters of the city's standards, with their conditions and limits."""

from dataclasses import dataclass

from console.domain.alarms import Priority
from console.domain.deadlines import Limit
from console.domain.errors import DomainError
from console.domain.ids import CategoryCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A filing or closing condition, in both languages."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A matter by its code.

    Attributes:
        standard: which list the code is from, for example ``GB/T 47678.5-2026`` or ``local``.
        question_zh, question_en: what tells it from the kind it is mistaken for.
        limit: how long its unit has.
        code_30428_2, code_older: the same matter in the lists before, empty where no source gives one. Two
            matters of today may share a code of those days.
        confusable: the matters it is mistaken for, the likeliest first.
        urgency: what a report of it begins with when nothing else says how urgent it is.
        unit_zh, unit_en: who answers for it as a rule; a hint, the routing decides.
        conditions_from, limit_from, hints_from: where these come from; ``judgement`` where no source says so.
    """

    code: CategoryCode
    standard: str
    zh: str
    en: str
    question_zh: str
    question_en: str
    filing: tuple[Condition, ...]
    closing: tuple[Condition, ...]
    limit: Limit
    code_30428_2: str = ""
    code_older: str = ""
    confusable: tuple[CategoryCode, ...] = ()
    urgency: Priority = Priority.MEDIUM
    unit_zh: str = ""
    unit_en: str = ""
    conditions_from: str = ""
    limit_from: str = ""
    hints_from: str = ""

    def is_meant_by(self, words: str) -> bool:
        """Whether somebody looks for this matter: by the beginning of any of its codes, or by parts of its names.

        Every word must be found; case does not count.
        """
        written = (self.code, self.code_30428_2, self.code_older)
        # A component's code of those days is written "comp. 01-14": it is found by "01-14" as well.
        codes = {code.casefold() for each in written if each for code in (each, each.split()[-1])}
        names = f"{self.zh}\n{self.en}".casefold()
        wanted = words.casefold().split()
        whole = " ".join(wanted)
        if any(code.startswith(whole) for code in codes):
            return True
        return all(word in names or any(code.startswith(word) for code in codes) for word in wanted)

    def filing_condition(self, code: str) -> Condition:
        """Return the filing condition with this code, or refuse."""
        return _with_code(self.filing, code)

    def closing_condition(self, code: str) -> Condition:
        """Return the closing condition with this code, or refuse."""
        return _with_code(self.closing, code)


def _with_code(conditions: tuple[Condition, ...], code: str) -> Condition:
    for condition in conditions:
        if condition.code == code:
            return condition
    raise DomainError("There is no condition {code} for this matter.", code=code)
