"""A rule that is tried on recorded pictures: how far it is, what it would have raised, and what could not be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from console.domain.rules import Box
from console.words import N_
from widgets.state.telling import Teller, Told


class HitTold(Protocol):
    """What a rule would have raised; ``still`` is the path of a picture, empty where none may be seen."""

    @property
    def at_s(self) -> float: ...
    @property
    def label(self) -> str: ...
    @property
    def score(self) -> float: ...
    @property
    def dwell_s(self) -> float: ...
    @property
    def box(self) -> Box: ...
    @property
    def still(self) -> str: ...


class TrialTold(Protocol):
    """How far a trial is; a hit where there is one."""

    @property
    def pieces(self) -> int: ...
    @property
    def at_s(self) -> float: ...
    @property
    def looks(self) -> int: ...
    @property
    def unread(self) -> int: ...
    @property
    def hit(self) -> HitTold | None: ...
    @property
    def is_over(self) -> bool: ...
    @property
    def fault(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A file to look at, and how many seconds after the begin of the span it begins."""

    path: Path
    begins_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A trial as the page shows it.

    Attributes:
        begins_at: when the span begins; ``None`` for a file, whose moments count from its first picture.
    """

    pieces: int
    begins_at: datetime | None
    last: TrialTold | None = None
    hits: tuple[HitTold, ...] = ()

    @property
    def is_over(self) -> bool:
        return self.last is not None and self.last.is_over


def told(trial: Trial, line: TrialTold) -> Trial:
    """Take in a line of the trial."""
    hits = trial.hits if line.hit is None else (*trial.hits, line.hit)
    return Trial(pieces=trial.pieces, begins_at=trial.begins_at, last=line, hits=hits)


def moment(trial: Trial, at_s: float, teller: Teller) -> str:
    """Return when something was, as a list shows it: by the clock, or since the file began."""
    if trial.begins_at is not None:
        return teller.clock(trial.begins_at + timedelta(seconds=at_s))
    return f"{int(at_s) // 60:02d}:{int(at_s) % 60:02d}"


def said(trial: Trial, teller: Teller) -> Sequence[Told]:
    """Return how the trial stands, in sentences."""
    line = trial.last
    if line is None:
        return (Told(N_("Getting ready…")),)
    if line.fault:
        return (Told(N_("The trial ended early: {reason}"), {"reason": line.fault}, True),)
    values = {"hits": len(trial.hits), "looks": line.looks}
    sentences = [
        Told(N_("Alarms: {hits}, in {looks} looks; that is all."), values)
        if line.is_over
        else Told(
            N_("Alarms so far: {hits}, in {looks} looks, up to {moment}."), {**values, "moment": _upto(trial, teller)}
        )
    ]
    if line.unread:
        sentences.append(
            Told(N_("{count} of {all} files could not be read; what they show is not known."), _files(trial), True)
        )
    if line.is_over and not line.looks:
        sentences.append(Told(N_("No picture was seen, so this says nothing about the rule."), {}, True))
    return sentences


def _files(trial: Trial) -> dict[str, object]:
    return {"count": trial.last.unread if trial.last is not None else 0, "all": trial.pieces}


def _upto(trial: Trial, teller: Teller) -> str:
    return moment(trial, trial.last.at_s if trial.last is not None else 0.0, teller)
