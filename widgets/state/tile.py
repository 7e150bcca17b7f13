"""What a tile of the wall may honestly show: from what is known of a stream to shape, words and age. Qt-free, pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, Protocol

from console.domain.evidence import LARGEST_CLOCK_OFFSET_S
from console.words import N_
from widgets.state.chips import Chip
from widgets.state.hearing import SoundTold, sound_chip
from widgets.state.telling import Told

# DESIGN §5. A camera slower than one frame a second is given three of its own intervals.
LIVE_FOR_S, LIVE_FOR_INTERVALS = 2.0, 3.0
STALE_AFTER_S = 5.0
NOT_WATCHED_AFTER = timedelta(seconds=60)
DROPPING_ABOVE = 0.05
OVERLAY_KEPT_S = 1.0


# What a machine that does not keep up leaves out of a stream (the overload ladder), in the order of its rungs.
SPARING_WORDS = {
    "fewer": N_("Fewer pictures"),
    "plain": N_("Coarser pictures"),
    "half": N_("Half of the pictures"),
    "keys": N_("Key pictures only"),
}

# What is wrong with a camera whose pictures come; of the clock the gap is said as well.
ILL_WORDS = {
    "black": N_("Picture black"),
    "blank": N_("Picture of one colour"),
    "blurred": N_("Blurred"),
    "covered": N_("Covered"),
    "turned": N_("Turned away"),
    "clock_off": N_("Clock off"),
}

RecordingTold = Literal["off", "continuous", "manual", "failed"]


class StreamTold(Protocol):
    """What the station says of a stream."""

    @property
    def camera_id(self) -> str: ...
    @property
    def condition(self) -> str: ...
    @property
    def since(self) -> datetime: ...
    @property
    def attempts(self) -> int: ...
    @property
    def next_retry_at(self) -> datetime | None: ...
    @property
    def frames_per_s(self) -> float: ...
    @property
    def sparing(self) -> str: ...
    @property
    def shown_per_s(self) -> float: ...
    @property
    def sight(self) -> str: ...
    @property
    def sight_since(self) -> datetime | None: ...
    @property
    def clock_offset_s(self) -> float | None: ...
    @property
    def clock_off_since(self) -> datetime | None: ...


class Look(StrEnum):
    """How a tile looks; one at a time, the earliest cause wins."""

    EMPTY = "empty"
    OPENING = "opening"
    LIVE = "live"
    AGEING = "ageing"
    STALE = "stale"
    FROZEN = "frozen"
    NO_SIGNAL = "no_signal"
    WRONG_PASSWORD = "wrong_password"
    NOT_TRUSTED = "not_trusted"
    CANNOT_OPEN = "cannot_open"
    DEVICE_FULL = "device_full"
    PLATFORM_AWAY = "platform_away"
    PLATFORM_REFUSES = "platform_refuses"
    CAMERA_OFFLINE = "camera_offline"
    NOT_PLAYABLE = "not_playable"
    CANNOT_DECODE = "cannot_decode"
    RESTARTING = "worker_restarting"


class Border(StrEnum):
    NONE = ""
    HIGH = "high"
    AIR = "air"


@dataclass(frozen=True, slots=True, kw_only=True)
class TileFacts:
    """All that is known of one tile.

    Attributes:
        received_at: of the newest picture, by this machine's clock; ``None`` before the first.
        captured_at: of the same picture, by the camera's clock; ``None`` where that is unknown.
        waited_s: since the newest picture was pulled, by a clock that nobody can set.
        is_watched: a rule is drawn for this camera.
        looked_at: when the detector last looked, or when watching was asked for.
        lost: share of frames lost in the last 10 s.
        on_air_s: how long speech has been going out at this camera.
        sound: what is heard of this camera, ``None`` where nobody listens to it.
        recording: what is being written of this camera now, not what was asked for.
        has_unheard_high: a high alarm of this camera that nobody acknowledged.
    """

    number: str = ""
    name: str = ""
    stream: StreamTold | None = None
    received_at: datetime | None = None
    captured_at: datetime | None = None
    waited_s: float = 0.0
    is_watched: bool = False
    looked_at: datetime | None = None
    lost: float = 0.0
    on_air_s: float | None = None
    sound: SoundTold | None = None
    recording: RecordingTold = "off"
    has_unheard_high: bool = False


@dataclass(frozen=True, slots=True)
class Plate:
    """Words where there is no picture to trust: what, since when, what next."""

    icon: str
    title: Told
    lines: tuple[Told, ...]
    tone: str = "fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class TileLook:
    """What the tile draws.

    Attributes:
        shape: name of the state's shape.
        at: the camera's time of the picture, or when the signal was lost; ``None`` where neither is known.
        is_about: the camera's clock is unknown, so that ``at`` is when we received the picture.
        age: words of the picture's age; ``is_age_loud`` sets them bold. age_s: the same in whole seconds.
        is_picture_shown, is_grey: whether there is a picture, and whether it has lost its colour.
    """

    look: Look
    shape: str
    at: datetime | None = None
    is_about: bool = False
    age: Told = field(default_factory=lambda: Told("—"))
    is_age_loud: bool = False
    age_s: int = 0
    plate: Plate | None = None
    chips: tuple[Chip, ...] = ()
    border: Border = Border.NONE
    is_picture_shown: bool = False
    is_grey: bool = False

    @property
    def is_blind(self) -> bool:
        """Nobody can see this place now."""
        return self.look not in (Look.LIVE, Look.AGEING, Look.EMPTY)


def look_of(facts: TileFacts, now: datetime) -> TileLook:
    """Return how the tile looks at this moment. Our own eyes come before what was said of the stream."""
    if not facts.number and not facts.name:
        return TileLook(
            look=Look.EMPTY,
            shape="low",
            plate=Plate(
                "camera", Told(N_("Empty.")), (Told(N_("Ctrl K finds a camera.")), Told(N_("Or drop one here."))), "t2"
            ),
        )
    look = _look(facts, now)
    has_picture = facts.received_at is not None
    is_live = look in (Look.LIVE, Look.AGEING)
    keeps_picture = is_live or (has_picture and look in (Look.STALE, Look.FROZEN))
    is_lost = look is Look.NO_SIGNAL
    age, is_loud = _age(facts, look, now)
    border = Border.HIGH if facts.has_unheard_high else Border.AIR if facts.on_air_s is not None else Border.NONE
    shape = "high" if facts.has_unheard_high else "air" if facts.on_air_s is not None else "live"
    return TileLook(
        look=look,
        shape=shape if is_live else "fault",
        at=facts.stream.since if is_lost and facts.stream is not None else facts.captured_at or facts.received_at,
        is_about=not is_lost and facts.captured_at is None,
        age=age,
        is_age_loud=is_loud,
        age_s=int(_picture_age(facts, now).total_seconds()) if has_picture else 0,
        plate=None if is_live else _plate(facts, look, now),
        chips=_chips(facts, is_live, now),
        border=border,
        is_picture_shown=keeps_picture,
        is_grey=keeps_picture and not is_live,
    )


_SAID = {
    "frozen": Look.FROZEN,
    "no_signal": Look.NO_SIGNAL,
    "wrong_password": Look.WRONG_PASSWORD,
    "not_trusted": Look.NOT_TRUSTED,
    "cannot_open": Look.CANNOT_OPEN,
    "device_full": Look.DEVICE_FULL,
    "platform_away": Look.PLATFORM_AWAY,
    "platform_refuses": Look.PLATFORM_REFUSES,
    "camera_offline": Look.CAMERA_OFFLINE,
    "not_playable": Look.NOT_PLAYABLE,
    "cannot_decode": Look.CANNOT_DECODE,
    "worker_restarting": Look.RESTARTING,
}


# What a sharing platform does not give: the platform, its door, the camera behind it, or only the stream.
_OF_PLATFORM = {
    Look.PLATFORM_AWAY: ("no_signal", N_("Platform away"), N_("the sharing platform does not answer")),
    Look.PLATFORM_REFUSES: ("wrong_password", N_("Platform refuses"), N_("it does not accept this site's login")),
    Look.CAMERA_OFFLINE: ("no_signal", N_("Camera offline"), N_("the sharing platform has lost it")),
    Look.NOT_PLAYABLE: ("cannot_decode", N_("No stream"), N_("the sharing platform gives none that opens here")),
}


def _look(facts: TileFacts, now: datetime) -> Look:
    said = facts.stream.condition if facts.stream is not None else "opening"
    if said in _SAID:
        return _SAID[said]
    if facts.received_at is None:
        return Look.OPENING
    age_s = _picture_age(facts, now).total_seconds()
    stream = facts.stream
    # Of a stream that gives only its key pictures, or those and some more, none is late before the next of them is.
    rate = 0.0 if stream is None else stream.shown_per_s if stream.sparing in ("half", "keys") else stream.frames_per_s
    own_pace_s = LIVE_FOR_INTERVALS / rate if rate > 0 else 0.0
    if age_s <= max(LIVE_FOR_S, own_pace_s):
        return Look.LIVE
    return Look.AGEING if age_s <= max(STALE_AFTER_S, own_pace_s) else Look.STALE


def _picture_age(facts: TileFacts, now: datetime) -> timedelta:
    """Return how old the newest picture is. Where somebody set the machine's clock back it is still not young."""
    assert facts.received_at is not None
    return max(now - facts.received_at, timedelta(seconds=facts.waited_s))


def _age(facts: TileFacts, look: Look, now: datetime) -> tuple[Told, bool]:
    if facts.received_at is None:
        return Told("—"), False
    passed = _picture_age(facts, now)
    match look:
        case Look.LIVE | Look.AGEING:
            seconds = max(0.0, passed.total_seconds())
            return Told(N_("{seconds} s"), {"seconds": f"{seconds:.1f}"}), look is Look.AGEING
        case Look.STALE:
            return Told(N_("{span} ago"), {"span": span(passed)}), True
        case Look.FROZEN if facts.stream is not None:
            return span(now - facts.stream.since), True
        case _:
            return Told("—"), False


def _plate(facts: TileFacts, look: Look, now: datetime) -> Plate:
    stream = facts.stream
    since = stream.since if stream is not None else now
    match look:
        case Look.STALE if facts.received_at is not None:
            first = Told(N_("nothing new for {span}"), {"span": span(_picture_age(facts, now))})
            at = {"time": facts.captured_at or facts.received_at}
            return Plate("stale", Told(N_("Picture stopped at {time}"), at), (first, *_reconnecting(stream, now)))
        case Look.FROZEN:
            first = Told(N_("every frame the same for {span}, data still arriving"), {"span": span(now - since)})
            return Plate("frozen", Told(N_("Frozen")), (first, Told(N_("not evidence, detection paused"))))
        case Look.NO_SIGNAL:
            first = Told(N_("since {time}, {span}"), {"time": since, "span": span(now - since)})
            return Plate("no_signal", Told(N_("No signal")), (first, *_retrying(stream, now)))
        case Look.WRONG_PASSWORD:
            lines = (Told(N_("login refused, retries stopped")), Told(N_("since {time}"), {"time": since}))
            return Plate("wrong_password", Told(N_("Wrong password")), lines)
        case Look.NOT_TRUSTED:
            first = Told(N_("its certificate is not known here"))
            return Plate("wrong_password", Told(N_("Not trusted")), (first, *_retrying(stream, now)))
        case Look.CANNOT_OPEN:
            first = Told(N_("this machine lacks what its address needs"))
            return Plate("no_signal", Told(N_("Cannot be opened here")), (first, *_retrying(stream, now)))
        case Look.DEVICE_FULL:
            lines = (Told(N_("as many connections as it may have")), Told(N_("since {time}"), {"time": since}))
            return Plate("no_signal", Told(N_("Device is full")), lines)
        case Look.PLATFORM_AWAY | Look.PLATFORM_REFUSES | Look.CAMERA_OFFLINE | Look.NOT_PLAYABLE:
            icon, title, meaning = _OF_PLATFORM[look]
            lines = (Told(meaning), Told(N_("since {time}"), {"time": since}))
            return Plate(icon, Told(title), (*lines, *_retrying(stream, now)))
        case Look.CANNOT_DECODE:
            first = Told(N_("data arrives that gives no picture"))
            lines = (first, Told(N_("since {time}, {span}"), {"time": since, "span": span(now - since)}))
            return Plate("cannot_decode", Told(N_("Cannot decode")), lines)
        case Look.RESTARTING:
            times = stream.attempts if stream is not None else 1
            line = Told(N_("{nth} time"), {"nth": ordinal(times), "n": times})
            return Plate("restarting", Told(N_("Decoder restarting")), (line,) if times > 0 else ())
        case _:
            line = Told(N_("since {time}, {span}"), {"time": since, "span": span(now - since)})
            return Plate("camera", Told(N_("Connecting")), (line,) if stream is not None else ())


def _reconnecting(stream: StreamTold | None, now: datetime) -> tuple[Told, ...]:
    if stream is None or stream.next_retry_at is None or stream.next_retry_at < now:
        return ()
    return (Told(N_("reconnecting in {span}"), {"span": span(stream.next_retry_at - now)}),)


def _retrying(stream: StreamTold | None, now: datetime) -> tuple[Told, ...]:
    if stream is None or stream.next_retry_at is None:
        return ()
    values = {"nth": ordinal(stream.attempts), "n": stream.attempts}
    if stream.next_retry_at <= now:
        return (Told(N_("trying now ({nth})"), values),)
    return (Told(N_("retry in {span} ({nth})"), {"span": span(stream.next_retry_at - now), **values}),)


def _chips(facts: TileFacts, is_live: bool, now: datetime) -> tuple[Chip, ...]:
    chips: list[Chip] = []
    if facts.on_air_s is not None:
        words = Told(N_("On air {age}"), {"age": timedelta(seconds=facts.on_air_s)})
        chips.append(Chip("microphone", words, "air", is_filled=True))
    if facts.sound is not None:
        chips.append(sound_chip(facts.sound))
    if facts.recording == "manual":
        chips.append(Chip("record", Told(N_("Rec")), "t1"))
    if facts.recording == "failed":
        chips.append(Chip("record", Told(N_("Not recording")), "fault"))
    if is_live and facts.lost > DROPPING_ABOVE:
        chips.append(Chip("dropping", Told(N_("Losing {percent} %"), {"percent": round(facts.lost * 100)}), "fault"))
    if is_live and facts.stream is not None and facts.stream.sparing in SPARING_WORDS:
        chips.append(Chip("dropping", Told(SPARING_WORDS[facts.stream.sparing]), "fault"))
    chips += _ills(facts, now) if is_live else []
    if is_live and facts.is_watched and facts.looked_at is not None:
        unseen = now - facts.looked_at
        if unseen > NOT_WATCHED_AFTER:
            chips.append(Chip("not_watched", Told(N_("Not watched {span}"), {"span": span(unseen)}), "fault"))
    return tuple(chips)


def _ills(facts: TileFacts, now: datetime) -> list[Chip]:
    """Return what is wrong with the camera itself, and for how long it has been."""
    stream = facts.stream
    if stream is None:
        return []
    chips = []
    if stream.sight in ILL_WORDS and stream.sight_since is not None:
        passed = span(now - stream.sight_since)
        chips.append(
            Chip("ill", Told(N_("{what} {span}"), {"what": Told(ILL_WORDS[stream.sight]), "span": passed}), "fault")
        )
    # A clock that is right again is held for off a moment longer by the station; its gap is then no fault to show.
    gap_s = stream.clock_offset_s
    if stream.clock_off_since is not None and gap_s is not None and abs(gap_s) > LARGEST_CLOCK_OFFSET_S:
        gap = {"seconds": f"{gap_s:+.1f}".replace("-", "−")}
        chips.append(Chip("clock", Told(N_("Clock {seconds} s"), gap), "fault"))
    return chips


def spared_words(sparing: Sequence[str], places: int) -> Told | None:
    """Return what a busy machine leaves out of a wall of ``places`` cameras; ``None`` where it leaves out nothing."""
    spared = sum(1 for step in sparing if step in SPARING_WORDS)
    keys = sum(1 for step in sparing if step == "keys")
    if not spared:
        return None
    if keys:
        words = N_("Busy: {spared} of {places} spared, {keys} key pictures only")
        return Told(words, {"spared": spared, "places": places, "keys": keys})
    return Told(N_("Busy: {spared} of {places} with fewer pictures"), {"spared": spared, "places": places})


def span(passed: timedelta) -> Told:
    """Return a rounded duration in one unit: ``15 s``, ``21 min``, ``3 h``."""
    seconds = max(0, int(passed.total_seconds()))
    if seconds < 60:
        return Told(N_("{seconds} s"), {"seconds": seconds})
    if seconds < 3600:
        return Told(N_("{minutes} min"), {"minutes": seconds // 60})
    return Told(N_("{hours} h"), {"hours": seconds // 3600})


def ordinal(number: int) -> str:
    """Return ``1st``, ``2nd``, ``3rd``, ``4th``; for the English sentence only."""
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
