"""Sentences of the talk bar. No Qt."""

from console.words import N_
from widgets.state.talk import Air, TalkState
from widgets.state.telling import Told

# What is known of one speaker: shape and words. RTP never says more than "sent".
REACHED = {
    "waiting": ("low", N_("Waits")),
    "sent": ("low", N_("Sent; the device does not answer")),
    "accepted": ("partly", N_("Accepted; playing not confirmed")),
    "playing": ("ok", N_("Playing, confirmed by the device")),
    "failed": ("fault", N_("Failed")),
}
LEVEL_LOW_DBFS, LEVEL_HIGH_DBFS = -40.0, -3.0  # judgement: below nobody understands, above it clips


def head_words(state: TalkState) -> Told:
    """Return the large word at the left."""
    match state.air:
        case Air.ON_AIR if state.is_live:
            return Told(N_("On air, live"))
        case Air.ON_AIR:
            return Told(N_("On air"))
        case Air.ASKED:
            return Told(N_("Not on air yet"))
        case Air.STOPPING:
            return Told(N_("Stopping"))
        case Air.ENDED:
            return Told(N_("Spoken"))
        case Air.FAILED:
            return Told(N_("Not spoken"))
        case Air.IDLE:
            return Told(N_("Ready to speak"))


def level_words(state: TalkState) -> Told:
    """Return whether the level is right, for a live microphone on air."""
    if not state.is_on_air or not state.is_live or not state.levels:
        return Told("")
    loudest = max(state.levels[-10:])
    if loudest < LEVEL_LOW_DBFS:
        return Told(N_("Very quiet; come closer"))
    if loudest > LEVEL_HIGH_DBFS:
        return Told(N_("Too loud; move away"))
    return Told(N_("Level is right"))


def note_words(state: TalkState) -> Told:
    """Return the line under the meter: a refusal, the failure, or what is being said."""
    if state.told is not None:
        return state.told
    if state.saying and state.air is not Air.IDLE:
        return Told("{text}", {"text": state.saying})
    return Told("")
