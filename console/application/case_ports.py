"""What the desks of a case's time ask the database for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from console.domain.case_warnings import CaseWarning
from console.domain.ids import CaseId


class CaseWarnings(Protocol):
    """Which warnings were given."""

    def lacking(self, now: datetime, most: int) -> Sequence[CaseId]:
        """Return open, unanswered cases with a warning due that was not given, the nearest to its end first."""
        ...

    def add(self, warning: CaseWarning) -> None:
        """Raises ``Stale`` for one that was given."""
        ...
