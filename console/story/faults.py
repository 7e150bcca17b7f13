"""What goes wrong in a storm, when and for how long: a plan that follows from its seed alone."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Deed(StrEnum):
    """What is done. The words stand in the plan that is printed."""

    KILL = "kill -9"
    STOP = "stop"
    LOCK = "lock"
    REFUSE = "refuse"
    HANG = "hang"
    CUT = "cut off after storing"


class Thing(StrEnum):
    """To what it is done."""

    MEDIA_1 = "media-1"
    MEDIA_2 = "media-2"
    VISION = "vision-1"
    TALK = "talk-1"
    STATION = "station"
    CAMERAS = "demo-cameras"
    DEPARTMENT = "demo-department"
    SPEAKER = "demo-speaker"
    DATABASE = "database"
    SEAT = "seat"


PROCESSES = tuple(thing for thing in Thing if thing not in (Thing.DATABASE, Thing.SEAT))
FEWEST_KILLED, MOST_KILLED = 4, 5
MOST_STOPPED = 2
SEATS_DIE_IN = 0.5
STOPPED_S = (1.0, 8.0)
LOCKED_S = (2.0, 10.0)
MOST_A_STEP = 2  # more at once is another machine, and no operator's patience would last for it; judgement

WALL = "wall"
ALARM = "alarm"
CLIP = "clip and stills"
CONFIRM = "claim and confirm"
FILE = "file and send, the seat closed"
NEW_SEAT = "a new seat finds the case where it is"
SPEECH = "speech"
TOO_EARLY = "answer while it still stands"
SEND_BACK = "send back"
RIGHTLY = "answer when it has gone"
CLOSE = "close"

# A fault is of use in a step in which its thing has work; the moment is drawn from what the step takes on a calm day.
_LASTS_S = {ALARM: 13.0, CLIP: 5.0, FILE: 11.0, SPEECH: 5.0, TOO_EARLY: 5.0, RIGHTLY: 5.0}
_SHORT_S = 1.0
_AT_WORK: dict[Thing, tuple[str, ...]] = {
    Thing.MEDIA_1: (WALL, ALARM, CLIP, FILE, NEW_SEAT, TOO_EARLY, RIGHTLY),
    Thing.MEDIA_2: (WALL, ALARM, CLIP, FILE, NEW_SEAT, TOO_EARLY, RIGHTLY),
    Thing.VISION: (ALARM, CLIP, CONFIRM, FILE, TOO_EARLY, RIGHTLY),
    Thing.TALK: (NEW_SEAT, SPEECH, SPEECH, SPEECH),
    Thing.STATION: (WALL, ALARM, CLIP, CONFIRM, FILE, NEW_SEAT, SPEECH, TOO_EARLY, SEND_BACK, RIGHTLY, CLOSE),
    Thing.CAMERAS: (WALL, ALARM, CLIP, FILE, TOO_EARLY, SEND_BACK, RIGHTLY),
    Thing.DEPARTMENT: (FILE, FILE, TOO_EARLY, SEND_BACK, RIGHTLY),
    Thing.SPEAKER: (NEW_SEAT, SPEECH, SPEECH, SPEECH),
    Thing.DATABASE: (WALL, ALARM, CLIP, CONFIRM, FILE, SPEECH, TOO_EARLY, SEND_BACK, RIGHTLY, CLOSE),
}
# What the department shall do with the next order it must know before it comes, and not long before: a department that
# is killed meanwhile has forgotten it. A filed case leaves after ten seconds of undo, a reminder at once.
_ORDER_LEAVES_AFTER_S = {FILE: 9.0, SEND_BACK: 0.0}
_DELIVERY = tuple(_ORDER_LEAVES_AFTER_S)
_KEYS = (CONFIRM, FILE, SEND_BACK, CLOSE)
# A verb's transaction takes some milliseconds: it is to be hit before, within and after.
_SEAT_DIES_WITHIN_S = (0.0, 0.04)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault.

    Attributes:
        step: the step of the story it belongs to. after_s: seconds after that step has begun; for a seat, after it
            began to carry out a key.
        lasts_s: how long a stop or a lock lasts; 0 for what is over at once.
    """

    deed: Deed
    thing: Thing
    step: str
    after_s: float
    lasts_s: float = 0.0

    def __str__(self) -> str:
        lasts = f" for {self.lasts_s:.1f} s" if self.lasts_s else ""
        digits = 3 if self.thing is Thing.SEAT else 1
        return f"{self.deed} {self.thing}{lasts}, {self.after_s:.{digits}f} s into “{self.step}”"


def plan_of(seed: str) -> Sequence[Fault]:
    """Return the faults of a seed: the same for the same seed, on every machine and Python.

    At least four different things are killed, one or two others stopped, the database is locked once, the department
    once refuses, hangs or breaks off after it has stored, and in every other storm a seat dies over a key.
    """
    dice = random.Random(f"storm {seed}")
    things = dice.sample(PROCESSES, len(PROCESSES))
    killed = dice.randint(FEWEST_KILLED, MOST_KILLED)
    stopped = dice.randint(1, MOST_STOPPED)
    wanted: list[tuple[Deed, Thing, float]] = [(Deed.KILL, thing, 0.0) for thing in things[:killed]]
    wanted += [(Deed.STOP, thing, _between(dice, STOPPED_S)) for thing in things[killed : killed + stopped]]
    wanted.append((Deed.LOCK, Thing.DATABASE, _between(dice, LOCKED_S)))
    wanted.append((dice.choice((Deed.REFUSE, Deed.HANG, Deed.CUT)), Thing.DEPARTMENT, 0.0))
    faults: list[Fault] = []
    for deed, thing, lasts_s in wanted:
        step = _step_for(dice, deed, thing, faults)
        after_s = _between(dice, (0.0, _LASTS_S.get(step, _SHORT_S)))
        if deed in (Deed.REFUSE, Deed.HANG, Deed.CUT):
            after_s = _ORDER_LEAVES_AFTER_S[step]
        faults.append(Fault(deed=deed, thing=thing, step=step, after_s=after_s, lasts_s=lasts_s))
    if dice.random() < SEATS_DIE_IN:
        after_s = round(dice.uniform(*_SEAT_DIES_WITHIN_S), 3)
        faults.append(Fault(deed=Deed.KILL, thing=Thing.SEAT, step=dice.choice(_KEYS), after_s=after_s))
    order = [*_AT_WORK[Thing.STATION]]
    return sorted(faults, key=lambda fault: (order.index(fault.step), fault.after_s))


def _step_for(dice: random.Random, deed: Deed, thing: Thing, faults: Sequence[Fault]) -> str:
    """Draw a step in which the thing has work and not too much has gone wrong already."""
    places = _DELIVERY if deed in (Deed.REFUSE, Deed.HANG, Deed.CUT) else _AT_WORK[thing]
    free = [step for step in places if sum(fault.step == step for fault in faults) < MOST_A_STEP]
    return dice.choice(free or places)


def _between(dice: random.Random, span: tuple[float, float]) -> float:
    return round(dice.uniform(*span), 1)
