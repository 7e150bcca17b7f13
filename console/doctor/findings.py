"""What the doctor can say about one thing."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Grade(StrEnum):
    FINE = "fine"
    NOTE = "note"
    WRONG = "wrong"


class Words(Protocol):
    """Says a sentence in the operator's language."""

    def say(self, sentence: str, /, **values: object) -> str: ...


class EnglishWords:
    """The sentences as they stand in the code."""

    def say(self, sentence: str, /, **values: object) -> str:
        return sentence.format(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at.

    Attributes:
        subject: what was looked at; a message key.
        grade: ``WRONG`` only where the main job cannot be done.
        sentence: what was found; a message key filled with ``values``.
        cure: what to type or do, exactly; empty where nothing is to be done. Not translated where it is a command.
    """

    subject: str
    grade: Grade
    sentence: str
    values: dict[str, object] = field(default_factory=dict)
    cure: str = ""
