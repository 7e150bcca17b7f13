"""Refusals. Each one is a sentence an operator can act on, kept as a key with its values, not as finished text."""

from typing import Any


class Refusal(Exception):
    """Something an operator can be told.

    ``sentence`` is a key of the catalogue (its English sentence); ``values`` fill its placeholders, so that the
    screen can say it in the operator's language.
    """

    def __init__(self, sentence: str, **values: Any) -> None:
        super().__init__(sentence.format(**values) if values else sentence)
        self.sentence = sentence
        self.values = values


class DomainError(Refusal):
    """A rule said no."""


class TransitionRefused(DomainError):
    """The alarm or case cannot take this step from where it stands."""


class IncompleteFiling(DomainError):
    """No filing without a filing condition, no closing without a closing condition, no return without a reason."""
