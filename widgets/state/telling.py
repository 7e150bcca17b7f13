"""Words a state holds before anybody chose a language: a sentence with values, or a name in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from console.domain.errors import Refusal
from console.words import N_, Words


@dataclass(frozen=True, slots=True)
class Named:
    """A name kept in both languages, as the directory keeps its units, matters and conditions."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of the catalogue with its values; a value may be ``Named``, a ``Told``, or plain."""

    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)
    is_refusal: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """One numbered choice: the key that takes it and what it says."""

    key: str
    label: Named | Told
    is_chosen: bool = False


class Teller:
    """Puts what a state holds into the operator's language, and times into the city's own. Qt-free.

    ``words`` may change its language at any time; nothing is kept here.
    """

    def __init__(self, words: Words, zone: tzinfo) -> None:
        self.words = words
        self.zone = zone

    def say(self, told: "Told | Named | str") -> str:
        """Return the sentence in the language of now."""
        match told:
            case Named(zh=zh, en=en):
                return (zh or en) if self.is_chinese else (en or zh)
            case Told(sentence=sentence, values=values):
                if not sentence:
                    return ""
                return self.words.say(sentence, **{name: self._plain(value) for name, value in values.items()})
            case str():
                return told

    @property
    def is_chinese(self) -> bool:
        return self.words.language.startswith("zh")

    def clock(self, at: datetime) -> str:
        """Return the local time of day, ``11:42:07``."""
        return f"{at.astimezone(self.zone):%H:%M:%S}"

    def minute(self, at: datetime) -> str:
        """Return the local time of day, ``11:42``."""
        return f"{at.astimezone(self.zone):%H:%M}"

    def day(self, at: datetime) -> str:
        return f"{at.astimezone(self.zone):%Y-%m-%d}"

    def is_today(self, at: datetime, now: datetime) -> bool:
        return at.astimezone(self.zone).date() == now.astimezone(self.zone).date()

    def span(self, span: timedelta) -> str:
        """Return a duration in words: ``53 s``, ``5 min 12 s``, ``1 h 33 min``."""
        seconds = max(0, int(span.total_seconds()))
        if seconds < 60:
            return self.words.say(N_("{seconds} s"), seconds=seconds)
        if seconds < 3600:
            if seconds % 60 == 0:
                return self.words.say(N_("{minutes} min"), minutes=seconds // 60)
            return self.words.say(N_("{minutes} min {seconds} s"), minutes=seconds // 60, seconds=seconds % 60)
        if seconds % 3600 < 60:
            return self.words.say(N_("{hours} h"), hours=seconds // 3600)
        return self.words.say(N_("{hours} h {minutes} min"), hours=seconds // 3600, minutes=seconds % 3600 // 60)

    def _plain(self, value: object) -> object:
        match value:
            case Named() | Told():
                return self.say(value)
            case timedelta():
                return age(value)
            case datetime():
                return self.clock(value)
            case _:
                return value


def age(span: timedelta) -> str:
    """Return ``0:41``; over an hour ``1:02:10``."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < 3600:
        return f"{seconds // 60}:{seconds % 60:02d}"
    return f"{seconds // 3600}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"


def told_of(refusal: Refusal) -> Told:
    """Return what an operator is told of a refusal: its own sentence with its values."""
    return Told(refusal.sentence, refusal.values, True)


def seconds_of(seconds: float) -> timedelta:
    """Return a span of so many seconds."""
    return timedelta(seconds=seconds)
