"""What the doctor can say about one thing."""

from dataclasses import dataclass, field
from enum import StrEnum


class Grade(StrEnum):
    FINE = "fine"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at.

    Attributes:
        subject: what was looked at; a message key.
        grade: ``WRONG`` only where the main job cannot be done.
        sentence: what was found; a message key filled with ``values``.
        cure: what to type or do, exactly, filled with ``values`` as well; empty where nothing is to be done.
    """

    subject: str
    grade: Grade
    sentence: str
    values: dict[str, object] = field(default_factory=dict)
    cure: str = ""
