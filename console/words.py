"""What the program says: one catalogue for screens, documents and the command line. English sentences are the keys."""

import gettext
from collections.abc import Callable
from typing import Any

from console.domain.errors import Refusal
from resources.locate import locate

CHINESE, ENGLISH = "zh_CN", "en"
LANGUAGES = (CHINESE, ENGLISH)
DOMAIN = "citydesk"


def N_(sentence: str) -> str:
    """Mark a sentence in a table for the catalogue; it is said later."""
    return sentence


class Words:
    """Says sentences in the language chosen now. Its language changes on the GUI thread only."""

    def __init__(self, language: str = CHINESE) -> None:
        self._listeners: list[Callable[[], None]] = []
        self._language = language
        self._catalogue = _catalogue(language)

    @property
    def language(self) -> str:
        return self._language

    def speak(self, language: str) -> None:
        """Change the language; whoever listens says everything again."""
        if language == self._language:
            return
        self._language = language
        self._catalogue = _catalogue(language)
        for listener in tuple(self._listeners):
            listener()

    def listen(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` after each change of language."""
        self._listeners.append(listener)

    def forget(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` no more."""
        if listener in self._listeners:
            self._listeners.remove(listener)

    def say(self, sentence: str, **values: Any) -> str:
        """Return the sentence, its ``{placeholders}`` filled; nothing of nothing (a catalogue keeps its head there)."""
        if not sentence:
            return ""
        said = self._catalogue.gettext(sentence)
        return said.format(**values) if values else said

    def plural(self, one: str, many: str, n: int, **values: Any) -> str:
        """Return the form for ``n`` things; ``{n}`` is filled with it."""
        return self._catalogue.ngettext(one, many, n).format(n=n, **values)

    def tell(self, refusal: Refusal) -> str:
        """Return what an operator should read of a refusal."""
        return self.say(refusal.sentence, **refusal.values)


def _catalogue(language: str) -> gettext.NullTranslations:
    if language == ENGLISH:
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, localedir=locate("i18n"), languages=[language])
