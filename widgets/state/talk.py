"""The talk bar: armed, on air, over. Frozen state and a pure reducer; what to ask the desk comes out in ``asked``.

A microphone is open only between a fresh key-down and the first of: key up, focus lost, screen locked, ``Esc``,
sixty seconds. Auto-repeat is never a fresh key-down.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from console.domain.ids import CameraId, CaseId, TalkId
from console.domain.speaking import Phrase, Speaker
from console.words import N_
from widgets.state.telling import Told

LONGEST_HOLD_S = 60.0  # DESIGN §7: hold-to-talk ends on key up, focus loss, lock, or 60 s


@dataclass(frozen=True, slots=True, kw_only=True)
class Armed:
    """Where speech would go: a camera, its place, its speakers and the ready sentences with the place filled in."""

    camera_id: CameraId
    camera_number: str
    camera_name: str
    speakers: tuple[Speaker, ...]
    sentences: tuple[tuple[Phrase, str], ...]
    case_id: CaseId | None = None


class Air(StrEnum):
    """What is known of the session."""

    IDLE = "idle"
    ASKED = "asked"  # ordered; nothing goes out yet
    ON_AIR = "on_air"
    STOPPING = "stopping"
    ENDED = "ended"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class OpenMicrophone:
    camera_id: CameraId
    case_id: CaseId | None


@dataclass(frozen=True, slots=True)
class SayPhrase:
    camera_id: CameraId
    phrase_id: str
    case_id: CaseId | None


@dataclass(frozen=True, slots=True)
class SayText:
    camera_id: CameraId
    text: str
    case_id: CaseId | None


@dataclass(frozen=True, slots=True)
class Stop:
    talk_id: TalkId


Order = OpenMicrophone | SayPhrase | SayText | Stop


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkState:
    """The talk bar.

    Attributes:
        is_held: the hold key is down, since ``held_at_s`` (monotonic).
        stop_when_known: the key came up before the session had its id.
        level_dbfs: of the last 100 ms; -120 is silence.
        levels: the last levels, newest last, for the meter.
    """

    armed: Armed | None = None
    air: Air = Air.IDLE
    talk_id: TalkId | None = None
    is_live: bool = False
    is_held: bool = False
    held_at_s: float = 0.0
    stop_when_known: bool = False
    closes_after: bool = False
    is_typing: bool = False
    saying: str = ""
    elapsed_s: float = 0.0
    level_dbfs: float = -120.0
    levels: tuple[float, ...] = ()
    reached: tuple[tuple[str, str], ...] = ()
    told: Told | None = None
    asked: Order | None = None

    @property
    def is_on_air(self) -> bool:
        """Say whether sound really goes out; only then may anything be magenta."""
        return self.air is Air.ON_AIR

    @property
    def is_busy(self) -> bool:
        return self.air in (Air.ASKED, Air.ON_AIR, Air.STOPPING)


@dataclass(frozen=True, slots=True)
class Arm:
    armed: Armed


@dataclass(frozen=True, slots=True)
class KeyDown:
    """The hold key went down; ``is_repeat`` when the keyboard only repeats it."""

    at_s: float
    is_repeat: bool = False


@dataclass(frozen=True, slots=True)
class Let:
    """The hold must end: key up, focus lost, locked."""

    why: Told | None = None


@dataclass(frozen=True, slots=True)
class Pressed:
    key: str


@dataclass(frozen=True, slots=True)
class Submitted:
    text: str


@dataclass(frozen=True, slots=True)
class Ordered:
    """The desk made a session."""

    talk_id: TalkId


@dataclass(frozen=True, slots=True)
class Refused:
    told: Told


@dataclass(frozen=True, slots=True)
class Heard:
    """What the talk worker says ten times a second."""

    talk_id: str
    condition: str
    elapsed_s: float
    level_dbfs: float
    reached: tuple[tuple[str, str], ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Ticked:
    at_s: float


Act = Arm | KeyDown | Let | Pressed | Submitted | Ordered | Refused | Heard | Ticked

LEVELS_SHOWN = 64


def reduce(state: TalkState, act: Act) -> TalkState:
    """Return the state after an act. Pure."""
    state = replace(state, asked=None)
    match act:
        case Arm(armed=armed):
            return state if state.is_busy else TalkState(armed=armed)
        case KeyDown(at_s=at_s, is_repeat=is_repeat):
            return state if is_repeat else _key_down(state, at_s)
        case Let(why=why):
            return _let(state, why)
        case Pressed(key=key):
            return _pressed(state, key)
        case Submitted(text=text):
            return _submitted(state, text)
        case Ordered(talk_id=talk_id):
            return _ordered(state, talk_id)
        case Refused(told=told):
            closed = TalkState() if state.closes_after else replace(state, air=Air.FAILED, is_live=False, told=told)
            return replace(closed, is_held=False, stop_when_known=False)
        case Heard():
            return _heard(state, act)
        case Ticked(at_s=at_s):
            if state.is_held and at_s - state.held_at_s >= LONGEST_HOLD_S:
                return _let(state, Told(N_("60 s are over; release and press again to go on.")))
            return state


def _key_down(state: TalkState, at_s: float) -> TalkState:
    if state.armed is None or state.is_busy or state.is_held or state.is_typing:
        return state
    order = OpenMicrophone(state.armed.camera_id, state.armed.case_id)
    begun = _begun(state, order, Air.ASKED)
    return replace(begun, is_live=True, is_held=True, held_at_s=at_s)


def _let(state: TalkState, why: Told | None) -> TalkState:
    if not state.is_held:
        return state
    return _stopped(replace(state, is_held=False, told=why or state.told))


def _stopped(state: TalkState) -> TalkState:
    if state.air is Air.ASKED and state.talk_id is None:
        return replace(state, stop_when_known=True)
    if state.talk_id is not None and state.air in (Air.ASKED, Air.ON_AIR):
        return replace(state, air=Air.STOPPING, asked=Stop(state.talk_id))
    return state


def _pressed(state: TalkState, key: str) -> TalkState:
    armed = state.armed
    if armed is None:
        return state
    if key == "Esc":
        if state.is_typing:
            return replace(state, is_typing=False)
        if state.is_busy:
            return _stopped(replace(state, is_held=False, closes_after=True))
        return TalkState()
    if key == "/" and not state.is_busy:
        return replace(state, is_typing=True)
    if key.isdigit() and key != "0" and not state.is_busy and not state.is_typing:
        at = int(key) - 1
        if at < len(armed.sentences):
            phrase, text = armed.sentences[at]
            order = SayPhrase(armed.camera_id, phrase.phrase_id, armed.case_id)
            return replace(_begun(state, order, Air.ASKED), saying=text)
    return state


def _submitted(state: TalkState, text: str) -> TalkState:
    if state.armed is None or state.is_busy or not text.strip():
        return state
    order = SayText(state.armed.camera_id, text.strip(), state.armed.case_id)
    return replace(_begun(state, order, Air.ASKED), saying=text.strip(), is_typing=False)


def _begun(state: TalkState, order: Order, air: Air) -> TalkState:
    speakers = state.armed.speakers if state.armed is not None else ()
    return replace(
        state,
        air=air,
        asked=order,
        talk_id=None,
        is_live=False,
        stop_when_known=False,
        told=None,
        saying="",
        elapsed_s=0.0,
        levels=(),
        reached=tuple((speaker.speaker_id, "waiting") for speaker in speakers),
    )


def _ordered(state: TalkState, talk_id: TalkId) -> TalkState:
    if state.air is not Air.ASKED:
        return state
    known = replace(state, talk_id=talk_id)
    if state.stop_when_known:
        return replace(known, air=Air.STOPPING, asked=Stop(talk_id), stop_when_known=False)
    return known


def _heard(state: TalkState, act: Heard) -> TalkState:
    if act.talk_id != state.talk_id:
        return state
    levels = (*state.levels, act.level_dbfs)[-LEVELS_SHOWN:]
    reached = act.reached or state.reached
    known = replace(state, elapsed_s=act.elapsed_s, level_dbfs=act.level_dbfs, levels=levels, reached=reached)
    match act.condition:
        case "on_air":
            return known if state.air is Air.STOPPING else replace(known, air=Air.ON_AIR)
        case "ended":
            if state.closes_after:
                return TalkState()
            return replace(known, air=Air.ENDED, is_held=False, is_live=False)
        case "failed":
            if state.closes_after:
                return TalkState()
            told = Told(act.reason or N_("It was not played."), {}, True)
            return replace(known, air=Air.FAILED, is_held=False, is_live=False, told=told)
        case _:
            return known
