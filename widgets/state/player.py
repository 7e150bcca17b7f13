"""Where a clip stands while the station plays it for this seat. Frozen, pure."""

from dataclasses import dataclass, replace
from typing import Literal

from console.domain.evidence import EvidenceItem
from console.words import N_
from widgets.state.hearing import SoundTold
from widgets.state.telling import Told


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerState:
    """A clip being played.

    Attributes:
        position_s, duration_s: in the clip's own time; duration 0 until the station told it.
        sound: what is heard of it, ``None`` where nobody listens.
        failed: why there is no picture.
    """

    position_s: float = 0.0
    duration_s: float = 0.0
    is_playing: bool = False
    is_open: bool = False
    sound: SoundTold | None = None
    failed: Told | None = None


@dataclass(frozen=True, slots=True)
class Control:
    """What the station's player is told."""

    action: Literal["play", "pause", "seek", "step_forward", "step_back", "close"]
    position_s: float = 0.0


_JUMPS_S = {"Left": -1.0, "Right": 1.0, "Shift+Left": -10.0, "Shift+Right": 10.0}


def control_for(state: PlayerState, key: str) -> Control | None:
    """Return what a transport key asks of the station, ``None`` for any other key. Seeks stay inside the clip."""
    if not state.is_open:
        return None
    match key:
        case "Space":
            return Control("pause" if state.is_playing else "play")
        case ",":
            return Control("step_back")
        case ".":
            return Control("step_forward")
        case "Home":
            return Control("seek", 0.0)
        case _ if key in _JUMPS_S:
            wanted = state.position_s + _JUMPS_S[key]
            return Control("seek", min(max(0.0, wanted), max(0.0, state.duration_s)))
        case _:
            return None


def told(state: PlayerState, position_s: float, duration_s: float, *, is_playing: bool) -> PlayerState:
    """Return the state after the station said where the clip stands."""
    return replace(
        state, position_s=position_s, duration_s=duration_s, is_playing=is_playing, is_open=True, failed=None
    )


def failed(state: PlayerState, why: Told) -> PlayerState:
    """Return the state after the station could not play; the last position stays readable."""
    return replace(state, is_playing=False, is_open=False, failed=why)


@dataclass(frozen=True, slots=True)
class Test:
    """One test of whether an item can be evidence: what was asked, and what the answer was."""

    question: Told
    detail: Told
    is_passed: bool


Answer = Literal["yes", "no", "partly"]
ANSWER_WORDS: dict[Answer, str] = {"yes": N_("It can"), "no": N_("It cannot"), "partly": N_("In part")}


def can_be_evidence(item: EvidenceItem, *, is_digest_right: bool | None) -> tuple[Answer, tuple[Test, ...]]:
    """Return the one word and the tests behind it.

    Args:
        is_digest_right: what re-reading the file said; ``None`` when it was not read again.
    """
    digest = {"digest": f"{item.sha256[:4]}…{item.sha256[-4:]}"}
    if is_digest_right is None:
        first = Test(Told(N_("Digest not read again yet")), Told("{digest}", digest), False)
    elif is_digest_right:
        first = Test(Told(N_("Digest agrees")), Told("{digest}", digest), True)
    else:
        first = Test(Told(N_("Digest differs; the original is kept")), Told("{digest}", digest), False)
    if item.clock_offset_s is None:
        clock = Test(Told(N_("Camera clock unknown")), Told(N_("no time from the stream")), False)
    else:
        gap = Told(N_("off by {seconds} s"), {"seconds": f"{abs(item.clock_offset_s):.2f}"})
        word = N_("Clock within 1.0 s") if item.is_evidence_grade else N_("Clock off by more than 1.0 s")
        clock = Test(Told(word), gap, item.is_evidence_grade)
    answer: Answer = "no" if is_digest_right is False or item.clock_offset_s is None else "yes"
    if answer == "yes" and not item.is_evidence_grade:
        answer = "no"
    if answer == "yes" and is_digest_right is None:
        answer = "partly"
    return answer, (first, clock)
