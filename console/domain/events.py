"""Facts about alarms, cases and talk, in the past tense. For screens only: nothing may depend on receiving one."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmsChanged(Event):
    alarm_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CasesChanged(Event):
    case_ids: tuple[str, ...]
