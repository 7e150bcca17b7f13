"""What a seat and the process that tries a rule say to each other, a line each."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from console.domain.rules import WHOLE_PICTURE, Box
from console.infrastructure.channel.messages import ZoneRule


class Piece(BaseModel):
    """A file, and when it begins, in seconds since the span did; ``lasts_s`` 0 where nobody knows."""

    model_config = ConfigDict(frozen=True)

    path: Path
    begins_s: float = 0.0
    lasts_s: float = 0.0


class TrialOrder(BaseModel):
    """One rule and what it is tried on, oldest first.

    ``stills``: the folder for a picture of each hit; ``None`` where nobody may see recorded pictures.
    """

    model_config = ConfigDict(frozen=True)

    rule: ZoneRule
    looks_per_s: float
    pieces: tuple[Piece, ...]
    region: Box = WHOLE_PICTURE
    tiles: tuple[Box, ...] = ()
    stills: Path | None = None


class TrialHit(BaseModel):
    """What the rule would have raised, ``at_s`` seconds into the span."""

    model_config = ConfigDict(frozen=True)

    at_s: float
    label: str
    score: float
    dwell_s: float
    box: Box
    still: str = ""


class TrialLine(BaseModel):
    """How far it is, in pieces and seconds, and a hit where there is one. ``unread``: pieces that gave no picture."""

    model_config = ConfigDict(frozen=True)

    pieces: int
    at_s: float
    looks: int
    unread: int = 0
    hit: TrialHit | None = None
    is_over: bool = False
    fault: str = ""
