"""What a case can be about: matters of the city's standards, with their conditions and limits."""

from dataclasses import dataclass

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
