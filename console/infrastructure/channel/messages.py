"""What the processes of one machine say to each other: small, typed, checked on arrival.

Every message is frozen and knows its own name (``kind``), so a line in a log or a capture explains itself.
Times ending in ``_at`` are aware UTC; ``received_at`` is this machine's clock, ``captured_at`` the camera's
(``None`` where the camera's clock is unknown; never copied from ours). ``media_time_s`` counts seconds since
the stream began, by the camera's time stamps. Boxes are ``x0 y0 x1 y1`` in fractions of the whole picture.

Long because what processes say to each other is one vocabulary, read and versioned together.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, TypeAdapter, field_serializer

from console.domain.rules import NO_FIGURES, RuleFamily, RuleFigures

Box = tuple[float, float, float, float]
Point = tuple[float, float]


class Message(BaseModel):
    """One thing said. Unknown fields are refused: two versions of a station must not half understand."""

    model_config = ConfigDict(frozen=True, extra="forbid")


# ---- anybody -------------------------------------------------------------------------------------------------


class Hello(Message):
    """The first message on every connection."""

    kind: Literal["hello"] = "hello"
    role: str
    worker_id: str
    pid: int


class Heartbeat(Message):
    """ "I am alive", twice a second, from the thread that does the work (not from a thread that only beats)."""

    kind: Literal["heartbeat"] = "heartbeat"
    role: str
    worker_id: str
    at: datetime
    figures: dict[str, float] = {}


# ---- station → media worker ----------------------------------------------------------------------------------


class PictureSlot(Message):
    """A place for pictures of a stream to be shown: BGRA, scaled to fit, never enlarged, aspect kept."""

    slot_path: str
    max_width: int
    max_height: int


class LookSlot(Message):
    """A place for frames to be looked at: I420 of exactly width × height.

    The region of the picture is scaled to fit and stands top-left; the rest is black (Y 16, U V 128), as the
    default model wants it. ``is_stretched``: it fills the frame instead, for models that were trained so. ``region``
    is in fractions of the picture. ``tiles``: parts that are looked at as well; their frames follow the region's, one
    behind the other in one slot, so all are of one picture.
    """

    slot_path: str
    region: Box = (0.0, 0.0, 1.0, 1.0)
    width: int
    height: int
    looks_per_s: float
    is_stretched: bool = False
    tiles: tuple[Box, ...] = ()

    @property
    def regions(self) -> tuple[Box, ...]:
        """The region and its parts, in the order of their frames."""
        return self.region, *self.tiles


class RecordingWish(Message):
    """Why a stream is recorded, and which profile it is; the segments say so."""

    made_for: Literal["continuous", "manual"]
    profile: Literal["main", "sub"] = "main"


class SightWish(Message):
    """Judge how the camera sees, against these files of references; pictures of what is found go into the folder."""

    folder: str
    references: tuple[str, ...] = ()


class OpenStream(Message):
    """Open a stream, or apply the difference if it is open already.

    On a machine that does not keep up streams of a lower ``rank`` are the first to leave something out. ``opening``:
    the number of the one connection the address is good for; when that is over another is waited for. 0: for any.
    ``sound`` is the ring its sound goes to (``sound_slots``), empty while nobody listens. ``keeps_sound``: what is kept
    and recorded of it has its sound too.
    """

    kind: Literal["open_stream"] = "open_stream"
    stream_id: str
    camera_id: str
    address: SecretStr
    transport: Literal["tcp", "udp"] = "tcp"
    ring_s: float = 0.0
    pictures: tuple[PictureSlot, ...] = ()
    looks: tuple[LookSlot, ...] = ()
    recording: RecordingWish | None = None
    sound: str = ""
    keeps_sound: bool = False
    rank: int = 0
    opening: int = 0
    sight: SightWish | None = None

    @field_serializer("address", when_used="json")
    def _address_for_the_channel(self, address: SecretStr) -> str:
        return address.get_secret_value()


class TakeReference(Message):
    """Take what a stream shows of late for how it should look. Answered by ``ReferenceTaken``, or not at all."""

    kind: Literal["take_reference"] = "take_reference"
    stream_id: str
    taken_by: str


class CloseStream(Message):
    kind: Literal["close_stream"] = "close_stream"
    stream_id: str


class KnownMoment(Message):
    """When, by our clock, the picture of a media time came.

    A stream that another worker opened since counts media time anew: where the two do not go together, the packets of
    that time are gone.
    """

    media_time_s: float
    received_at: datetime


class CutClip(Message):
    """Write packets of the ring (no re-encoding) to a fragmented MP4; may reach into the future.

    The clip begins at the key frame at or before ``from_media_s``. It is written while it comes; beside it lies a
    note (``.json``) with this message's answer, so that neither a worker's nor a station's death costs it.
    """

    kind: Literal["cut_clip"] = "cut_clip"
    request_id: str
    stream_id: str
    from_media_s: float
    to_media_s: float
    path: str
    known: KnownMoment | None = None


class RecordedPart(Message):
    """A segment of a recording, and what its file does not say to a player."""

    path: str
    begins_at: datetime
    media_from_s: float
    clock_offset_s: float | None = None


class CutRecording(Message):
    """Write a span of recorded segments (no re-encoding) to an MP4; answered as ``CutClip`` is."""

    kind: Literal["cut_recording"] = "cut_recording"
    request_id: str
    parts: tuple[RecordedPart, ...]
    from_at: datetime
    to_at: datetime
    path: str


class TakeStill(Message):
    """Write one picture of the ring at full size as JPEG: the one nearest ``media_time_s``, or the newest.

    With a note beside it, as ``CutClip``.
    """

    kind: Literal["take_still"] = "take_still"
    request_id: str
    stream_id: str
    media_time_s: float | None = None
    path: str
    known: KnownMoment | None = None


class PlayClip(Message):
    """Play a recorded file into a slot, looping, beginning paused at 0 unless ``playing``."""

    kind: Literal["play_clip"] = "play_clip"
    player_id: str
    path: str
    picture: PictureSlot
    playing: bool = True
    looping: bool = True


class ControlPlayer(Message):
    kind: Literal["control_player"] = "control_player"
    player_id: str
    action: Literal["play", "pause", "seek", "step_forward", "step_back", "close"]
    position_s: float = 0.0


class ReplayPart(Message):
    """A segment to be played."""

    path: str
    begins_at: datetime
    ends_at: datetime


class PlaySpan(Message):
    """Play what was recorded of a camera, in one go over all its segments, standing at ``at`` to begin with.

    Behind the last segment the worker adds what it has of the camera itself: the segment that is being written, else
    the packets in memory of ``stream_id``.
    """

    kind: Literal["play_span"] = "play_span"
    player_id: str
    camera_id: str
    stream_id: str
    parts: tuple[ReplayPart, ...]
    at: datetime
    picture: PictureSlot


ReplayAction = Literal["play", "pause", "seek", "step_forward", "step_back", "close"]


class RunReplay(Message):
    """What a replay does from ``when_s`` on, by this machine's monotonic clock, which all its processes share.

    Several replays that are given the same ``at`` and ``when_s`` stay in step without talking to each other: each
    works out for itself which of its pictures is on.
    """

    kind: Literal["run_replay"] = "run_replay"
    player_id: str
    action: ReplayAction
    when_s: float
    at: datetime | None = None
    speed: float = 1.0


class SoundOfPlayer(Message):
    """Put the sound of a clip or a replay into this ring (``sound_slots``) while it plays as fast as the street was; no
    more with an empty path."""

    kind: Literal["sound_of_player"] = "sound_of_player"
    player_id: str
    sound_path: str


# ---- media worker → station ----------------------------------------------------------------------------------

StreamCondition = Literal[
    "opening",
    "live",
    "stale",
    "frozen",
    "no_signal",
    "wrong_password",
    "not_trusted",
    "cannot_open",
    "device_full",
    "platform_away",
    "platform_refuses",
    "camera_offline",
    "not_playable",
    "cannot_decode",
    "worker_restarting",
]


RecordingCondition = Literal["off", "continuous", "manual", "failed"]


# What a stream leaves out on a machine that does not keep up, each with all before it: nothing; pictures of its tiles;
# the decoder's loop filter; the second half between two key pictures; everything but key pictures.
SparingStep = Literal["full", "fewer", "plain", "half", "keys"]
SPARING_STEPS: tuple[SparingStep, ...] = ("full", "fewer", "plain", "half", "keys")


# How a camera sees: all is as it should be; what is wrong; or why nobody can say.
SightWord = Literal[
    "not_checked",
    "whole",
    "black",
    "blank",
    "blurred",
    "covered",
    "turned",
    "no_reference",
    "other_light",
    "few_edges",
]


class StreamState(Message):
    """Sent on every change and once a second while live (figures).

    ``sight``: how the camera sees; ``sight_since``: since when that is wrong, and ``sight_picture`` the file that shows
    it. ``clock_off_since``: since when its clock has been off by more than may be, where that is known.

    ``recording`` is what is being written, not what was asked for; ``failed``: asked for, and the disk refuses or
    does not keep up. ``sparing``: what a busy machine leaves out of it; ``shown_per_s``: pictures that went to tiles.
    ``hardware``: the device that decodes it, empty for software.
    ``opening``: of the wish this is about;
    ``is_over``: its one connection is over, the next is waited for.
    ``sound``: the codec of its sound, empty where it has none.
    """

    kind: Literal["stream_state"] = "stream_state"
    stream_id: str
    camera_id: str
    condition: StreamCondition
    since: datetime
    detail: str = ""
    attempts: int = 0
    next_retry_at: datetime | None = None
    width: int = 0
    height: int = 0
    frames_per_s: float = 0.0
    codec: str = ""
    sound: str = ""
    media_time_s: float | None = None
    clock_offset_s: float | None = None
    clock_source: Literal["sender_report", "prft", "unknown"] = "unknown"
    recording: RecordingCondition = "off"
    sparing: SparingStep = "full"
    hardware: str = ""
    shown_per_s: float = 0.0
    opening: int = 0
    is_over: bool = False
    sight: SightWord = "not_checked"
    sight_since: datetime | None = None
    sight_picture: str = ""
    clock_off_since: datetime | None = None


class ReferenceTaken(Message):
    """How a camera should look lies in its folder: measured, and as a picture; ``instead_of`` names files it replaces.

    ``taken_by`` is empty where it was taken by itself, of a picture that had been steady.
    """

    kind: Literal["reference_taken"] = "reference_taken"
    stream_id: str
    camera_id: str
    taken_at: datetime
    measured: str
    picture: str
    width: int
    height: int
    taken_by: str = ""
    instead_of: tuple[str, ...] = ()


class ClipCut(Message):
    """``sound``: the codec of the sound in it, empty where there is none."""

    kind: Literal["clip_cut"] = "clip_cut"
    request_id: str
    path: str
    sha256: str
    size_bytes: int
    from_media_s: float
    to_media_s: float
    begins_at: datetime
    captured_at: datetime | None = None
    clock_offset_s: float | None = None
    width: int
    height: int
    codec: str
    sound: str = ""


class StillTaken(Message):
    kind: Literal["still_taken"] = "still_taken"
    request_id: str
    path: str
    sha256: str
    size_bytes: int
    width: int
    height: int
    media_time_s: float
    received_at: datetime
    captured_at: datetime | None = None
    clock_offset_s: float | None = None


class RequestFailed(Message):
    """A request of the station could not be met; ``reason`` is a sentence without credentials.

    ``sentence`` is its key in the catalogue where it has one, which ``values`` fill; ``may_pass``: the same request
    may succeed in a moment (a disk that is full).
    """

    kind: Literal["request_failed"] = "request_failed"
    request_id: str
    reason: str
    sentence: str = ""
    values: dict[str, str] = {}
    may_pass: bool = False


class SegmentClosed(Message):
    """A segment of a recording lies in its place; its facts are in a note beside it until the index has them."""

    kind: Literal["segment_closed"] = "segment_closed"
    segment_id: str
    camera_id: str


class PlayerState(Message):
    kind: Literal["player_state"] = "player_state"
    player_id: str
    position_s: float
    duration_s: float
    playing: bool
    has_sound: bool = False
    failed: str = ""


class ReplayState(Message):
    """Where a replay stands: ten times a second while it plays, and after every order.

    ``at`` is the moment it stands at; ``shown_at`` when the picture that it shows came, ``None`` in a gap.
    """

    kind: Literal["replay_state"] = "replay_state"
    player_id: str
    at: datetime
    shown_at: datetime | None = None
    source: Literal["recording", "memory", "none"] = "none"
    from_at: datetime | None = None
    to_at: datetime | None = None
    playing: bool = False
    speed: float = 1.0
    has_sound: bool = False
    failed: str = ""


# ---- station → vision worker ---------------------------------------------------------------------------------


class ZoneRule(Message):
    """What may not happen in one place: ``polygon`` holds a zone's corners, or both ends of a line."""

    rule_id: str
    family: RuleFamily = RuleFamily.STANDING_VEHICLE
    zone_name: str
    polygon: tuple[Point, ...]
    labels: tuple[str, ...]
    dwell_s: float
    minimum_score: float
    figures: RuleFigures = NO_FIGURES


class WatchCamera(Message):
    """Watch a camera by these rules, or apply the difference.

    ``look`` is for the detector, ``swift`` for rules that follow what moves fast; ``None`` where no rule asks for it.
    ``references``: the camera's folder of reference pictures; empty while the station does not know it.
    """

    kind: Literal["watch_camera"] = "watch_camera"
    camera_id: str
    look: LookSlot | None
    swift: LookSlot | None = None
    rules: tuple[ZoneRule, ...]
    references: str = ""


class UnwatchCamera(Message):
    kind: Literal["unwatch_camera"] = "unwatch_camera"
    camera_id: str


class LookAgain(Message):
    """Run a rule's detector again on ``looks`` live, moving frames and say what stands in its zone."""

    kind: Literal["look_again"] = "look_again"
    request_id: str
    camera_id: str
    rule_id: str
    looks: int
    within_s: float


# ---- vision worker → station ---------------------------------------------------------------------------------


class SeenTrack(Message):
    track_id: int
    label: str
    score: float
    box: Box
    dwell_s: float = 0.0
    rule_id: str = ""


class SeenBay(Message):
    """One parking bay as it is now; ``since_s`` is how long it has been so."""

    rule_id: str
    bay: int
    state: Literal["free", "occupied", "unsure"]
    cause: Literal["", "across", "hidden", "unknown"] = ""
    since_s: float
    is_overdue: bool = False


class Seen(Message):
    """What one look found, for the overlay. ``sequence`` is the look slot's sequence number."""

    kind: Literal["seen"] = "seen"
    camera_id: str
    sequence: int
    received_at: datetime
    media_time_s: float
    tracks: tuple[SeenTrack, ...]
    bays: tuple[SeenBay, ...] = ()


class BayChanged(Message):
    """A vehicle took a parking bay or left it, or a bay was found free when watching began.

    ``received_at``: when the picture of that moment came, seconds before it was sure. ``row`` is the zone's name.
    ``is_begin_known``: the vehicle was seen to come. ``is_sure``: one vehicle, in one bay, never out of sight for long.
    """

    kind: Literal["bay_changed"] = "bay_changed"
    camera_id: str
    rule_id: str
    row: str
    bay: int
    change: Literal["entered", "left", "found_free"]
    media_time_s: float
    received_at: datetime
    is_begin_known: bool
    is_sure: bool
    box: Box


class RuleHit(Message):
    """A rule satisfied. ``hit_id`` is made once by the worker, so a repeated message is the same hit."""

    kind: Literal["rule_hit"] = "rule_hit"
    hit_id: str
    camera_id: str
    rule_id: str
    zone_name: str
    polygon: tuple[Point, ...]
    track_id: int
    label: str
    score: float
    mean_score: float
    box: Box
    dwell_s: float
    began_media_s: float
    media_time_s: float
    received_at: datetime
    captured_at: datetime | None = None
    model_name: str
    model_sha256: str
    device: str
    precision: str
    family: RuleFamily = RuleFamily.STANDING_VEHICLE
    reasons: tuple[tuple[str, float | str], ...] = ()
    reference: str = ""


class RuleCleared(Message):
    """The zone of a rule that had been hit was seen empty: the next thing standing there is news."""

    kind: Literal["rule_cleared"] = "rule_cleared"
    camera_id: str
    rule_id: str
    media_time_s: float
    received_at: datetime


class LookedAgain(Message):
    """Answer to ``LookAgain``: cleared and still there are said only after enough looks on moving frames."""

    kind: Literal["looked_again"] = "looked_again"
    request_id: str
    camera_id: str
    rule_id: str
    answer: Literal["cleared", "still_there", "cannot_tell"]
    reason: str
    looks: int
    looks_with: int
    moving: bool
    best_score: float
    box: Box | None
    from_media_s: float | None
    to_media_s: float | None
    received_at: datetime
    model_sha256: str


class NotWatched(Message):
    """A camera the detector was asked to watch and cannot: the others go on."""

    kind: Literal["not_watched"] = "not_watched"
    camera_id: str
    reason: Literal["other_size", "rule_unusable"]


class VisionPace(Message):
    """Once a second: achieved looks per second, per camera."""

    kind: Literal["vision_pace"] = "vision_pace"
    device: str
    precision: str
    model_name: str
    looks_per_s: dict[str, float]


# ---- station → talk worker -----------------------------------------------------------------------------------


class SpeakerTarget(Message):
    speaker_id: str
    driver: Literal["rtp"] = "rtp"
    host: str
    port: int
    codec: Literal["pcmu", "pcma", "l16"] = "pcmu"
    time_to_live: int = 1


class RenderPhrase(Message):
    """Turn a text into speech now, so that speaking it later costs nothing (kept by text digest)."""

    kind: Literal["render_phrase"] = "render_phrase"
    request_id: str
    text: str
    language: Literal["zh", "en"] = "zh"


class SpeakPhrase(Message):
    kind: Literal["speak_phrase"] = "speak_phrase"
    session_id: str
    text: str
    language: Literal["zh", "en"] = "zh"
    speakers: tuple[SpeakerTarget, ...]
    record_path: str


class OpenMicrophone(Message):
    kind: Literal["open_microphone"] = "open_microphone"
    session_id: str
    speakers: tuple[SpeakerTarget, ...]
    record_path: str
    longest_s: float = 60.0


class StopTalking(Message):
    """End a session at once (key up, Esc, focus lost)."""

    kind: Literal["stop_talking"] = "stop_talking"
    session_id: str


# ---- talk worker → station -----------------------------------------------------------------------------------


class PhraseRendered(Message):
    kind: Literal["phrase_rendered"] = "phrase_rendered"
    request_id: str
    path: str
    duration_s: float
    voice: str


class TalkState(Message):
    """On every change and ten times a second on air (level).

    ``reached`` says per speaker exactly what is known: RTP can never claim more than ``sent``.
    """

    kind: Literal["talk_state"] = "talk_state"
    session_id: str
    condition: Literal["preparing", "on_air", "ended", "failed"]
    reason: str = ""
    elapsed_s: float = 0.0
    level_dbfs: float = -120.0
    reached: dict[str, Literal["waiting", "sent", "accepted", "playing", "failed"]] = {}
    record_path: str = ""
    record_sha256: str = ""
    pcm_sha256: str = ""
    voice: str = ""
    packets: int = 0


class Hear(Message):
    """To the talk worker: play the sound that comes into this ring (``sound_slots``), or none (an empty path).

    ``camera_id``: the camera's, or the player's whose sound it is; what is told of it carries the same.
    """

    kind: Literal["hear"] = "hear"
    camera_id: str
    sound_path: str


class Heard(Message):
    """From the talk worker, twice a second while it is to play: what comes out, and how it stands to the picture.

    ``level_dbfs``: of what was played since the last one. ``late_ms``: how much later than its picture was painted the
    sound is heard (negative: earlier), ``None`` while nobody says when pictures are painted. ``gaps``: how often since
    the beginning there was nothing to play.
    """

    kind: Literal["heard"] = "heard"
    camera_id: str
    condition: Literal["waiting", "sounding", "muted", "no_device"]
    level_dbfs: float = -120.0
    late_ms: float | None = None
    gaps: int = 0


# ---- seat ↔ station ------------------------------------------------------------------------------------------


class Listen(Message):
    """A seat's order to hear a camera, one at a time, or none (an empty id). Who may was asked by the seat's desk.

    With a ``player_id`` what was kept of it, as that clip or replay of the seat's plays it.
    """

    kind: Literal["listen"] = "listen"
    camera_id: str
    player_id: str = ""


class Painted(Message):
    """When the seat painted which moment of the camera it hears; passed on to the talk worker.

    ``at_s``: this machine's monotonic clock, which all its processes share.
    """

    kind: Literal["painted"] = "painted"
    camera_id: str
    media_time_s: float
    at_s: float


class ScreenPace(Message):
    """How late the seat's own clock of pictures ticks, once a second while a wall is shown; passed on to the media
    workers, which take the processors the seat paints with.

    ``late_s``: what one tick in twenty of the last seconds exceeded.
    """

    kind: Literal["screen_pace"] = "screen_pace"
    late_s: float


class SoundState(Message):
    """To the seat that listens, on every change and once a second: what became of it.

    ``no_sound``: the camera sends none. ``not_shown``: none of the seat's walls shows it. ``taken``: another seat of
    this machine listens now. ``no_player``: the program that plays is starting. With a ``player_id`` it is about what
    was kept: ``not_kept``: there is no sound in it; ``still``: it does not play; ``other_speed``: it plays faster or
    slower than the street was.
    """

    kind: Literal["sound_state"] = "sound_state"
    camera_id: str
    player_id: str = ""
    condition: Literal[
        "waiting",
        "sounding",
        "muted",
        "no_device",
        "no_sound",
        "not_shown",
        "taken",
        "no_player",
        "not_kept",
        "still",
        "other_speed",
    ]
    level_dbfs: float = -120.0
    late_ms: float | None = None


class TileWish(Message):
    """A tile that wants a camera's pictures, and how large it can show them."""

    tile_id: str
    camera_id: str
    profile: Literal["main", "sub"]
    max_width: int
    max_height: int
    is_selected: bool = False


class Arrange(Message):
    """The whole of what a seat shows now; the station applies the difference."""

    kind: Literal["arrange"] = "arrange"
    seat_id: str
    tiles: tuple[TileWish, ...]


class TileSource(Message):
    tile_id: str
    camera_id: str
    stream_id: str
    slot_path: str


class Arranged(Message):
    kind: Literal["arranged"] = "arranged"
    tiles: tuple[TileSource, ...]


class OpenPlayer(Message):
    """A seat asks to see a recorded evidence item; the station answers ``PlayerOpened`` or ``RequestFailed``."""

    kind: Literal["open_player"] = "open_player"
    request_id: str
    player_id: str
    evidence_id: str
    max_width: int
    max_height: int


class OpenRecording(Message):
    """A seat asks to see a segment of a recording; answered as ``OpenPlayer`` is."""

    kind: Literal["open_recording"] = "open_recording"
    request_id: str
    player_id: str
    segment_id: str
    max_width: int
    max_height: int


class OpenReplay(Message):
    """A seat asks to see what was recorded of a camera in a span; answered as ``OpenPlayer`` is. Its line of audit
    is written."""

    kind: Literal["open_replay"] = "open_replay"
    request_id: str
    player_id: str
    camera_id: str
    from_at: datetime
    to_at: datetime
    at: datetime
    max_width: int
    max_height: int


class TakeSnapshot(Message):
    """A seat asks for a still of a camera's main stream as it is now; answered by ``StillTaken`` or ``RequestFailed``.

    The file lies where the answer says until the seat takes it away. Its line of audit is written before the file is
    kept.
    """

    kind: Literal["take_snapshot"] = "take_snapshot"
    request_id: str
    camera_id: str


class ControlReplay(Message):
    """A seat's order to one replay, or to several that are to stay in step."""

    kind: Literal["control_replay"] = "control_replay"
    player_ids: tuple[str, ...]
    action: ReplayAction
    at: datetime | None = None
    speed: float = 1.0


class CutSpan(Message):
    """A seat's order to make evidence of a recorded span; ``RequestFailed`` says why not. Its audit line is written."""

    kind: Literal["cut_span"] = "cut_span"
    request_id: str
    camera_id: str
    from_at: datetime
    to_at: datetime
    subject_id: str
    who: str
    reason: str


class PlayerOpened(Message):
    kind: Literal["player_opened"] = "player_opened"
    request_id: str
    player_id: str
    slot_path: str


class Talk(Message):
    """A seat's order to speak; the session's row (who, where, why) is in the database already."""

    kind: Literal["talk"] = "talk"
    session_id: str
    action: Literal["speak", "open_microphone", "stop"]


class RecordByHand(Message):
    """A seat's order to record a camera until then, or no longer (``until`` is ``None``). Its audit line is written."""

    kind: Literal["record_by_hand"] = "record_by_hand"
    camera_id: str
    until: datetime | None


class RenewReference(Message):
    """A seat's order: the camera looks now as it should. Its audit line is written."""

    kind: Literal["renew_reference"] = "renew_reference"
    camera_id: str
    taken_by: str


class TurnCamera(Message):
    """An order of whoever holds a camera's lease. Said again at least each second while it turns: silence stops it."""

    kind: Literal["turn_camera"] = "turn_camera"
    camera_id: str
    lease_id: str
    action: Literal["begin", "turn", "stop", "preset", "keep", "home", "leave"]
    pan: float = 0.0
    tilt: float = 0.0
    zoom: float = 0.0
    preset: int = 0


class PtzState(Message):
    """Who turns a camera, to every seat on each change; ``sentence`` is why it does not do what it was told.

    ``presets`` are the names of the device's own, in the order of their numbers from 1.
    """

    kind: Literal["ptz_state"] = "ptz_state"
    camera_id: str
    condition: Literal["free", "tour", "held", "turning"]
    seat_id: str = ""
    name: str = ""
    account_id: str = ""
    presets: tuple[str, ...] = ()
    sentence: str = ""
    values: dict[str, str] = {}


class ListPresets(Message):
    """A seat asks which presets a camera has; answered by ``PresetsListed``."""

    kind: Literal["list_presets"] = "list_presets"
    request_id: str
    camera_id: str


class PresetItem(Message):
    """A pose that a camera keeps, by the token it knows it by."""

    token: str
    name: str


class PresetsListed(Message):
    """The presets of a camera in the order of their numbers; or ``sentence``, why it did not say."""

    kind: Literal["presets_listed"] = "presets_listed"
    request_id: str
    camera_id: str
    presets: tuple[PresetItem, ...] = ()
    sentence: str = ""
    values: dict[str, str] = {}


class FindDevices(Message):
    """A seat asks who in the network is a camera; answered by ``DevicesFound``."""

    kind: Literal["find_devices"] = "find_devices"
    request_id: str


class FoundItem(Message):
    """A device that answered, in its own words."""

    address: str
    name: str
    hardware: str


class DevicesFound(Message):
    kind: Literal["devices_found"] = "devices_found"
    request_id: str
    devices: tuple[FoundItem, ...]


class AskDevice(Message):
    """A seat asks a device who it is; answered by ``DeviceAnswered``."""

    kind: Literal["ask_device"] = "ask_device"
    request_id: str
    address: str
    user: str
    password: SecretStr

    @field_serializer("password", when_used="json")
    def _password_for_the_channel(self, password: SecretStr) -> str:
        return password.get_secret_value()


class ProfileItem(Message):
    """A stream as a device announces it, largest first; the address holds no credentials."""

    token: str
    name: str
    codec: str
    width: int
    height: int
    frames_per_s: float
    address: str
    can_turn: bool


class DeviceAnswered(Message):
    """Who a device says it is; or ``sentence``, why it did not say."""

    kind: Literal["device_answered"] = "device_answered"
    request_id: str
    address: str = ""
    manufacturer: str = ""
    model: str = ""
    firmware: str = ""
    clock_offset_s: float | None = None
    profiles: tuple[ProfileItem, ...] = ()
    sentence: str = ""
    values: dict[str, str] = {}


class TryCamera(Message):
    """A seat wants to see a camera that is not in the directory; ``end`` and its own end take the picture away.

    ``rules`` look at it meanwhile; what they find is told to the seats and filed nowhere.
    """

    kind: Literal["try_camera"] = "try_camera"
    request_id: str
    camera_id: str
    main_address: str
    transport: Literal["tcp", "udp"] = "tcp"
    login: SecretStr
    max_width: int
    max_height: int
    rules: tuple[ZoneRule, ...] = ()

    @field_serializer("login", when_used="json")
    def _login_for_the_channel(self, login: SecretStr) -> str:
        return login.get_secret_value()


class EndTrial(Message):
    kind: Literal["end_trial"] = "end_trial"


class TrialOpened(Message):
    """Where the picture of a trial lies; how it fares is told by ``StreamState`` of its stream."""

    kind: Literal["trial_opened"] = "trial_opened"
    request_id: str
    stream_id: str
    slot_path: str


RefusedPush = Literal["wrong_key", "unknown", "sends_already", "not_taken", "no_vault"]


class PushRefused(Message):
    """From the listener: somebody who wanted to send was turned away. ``device`` is empty where that was no name.

    ``unknown``: no key was given to such a device. ``sends_already``: another one sends under its name. ``not_taken``:
    its pictures are of a kind that is not passed on. ``no_vault``: nobody knows its key now.
    """

    kind: Literal["push_refused"] = "push_refused"
    device: str
    peer: str
    reason: RefusedPush


class Nudge(Message):
    """Rows of this kind changed: look at the database now instead of at the next poll. Ids only.

    Of ``accounts``: the account whose password was changed by who has it, and the seat where.
    """

    kind: Literal["nudge"] = "nudge"
    topic: Literal[
        "alarms",
        "cases",
        "outbox",
        "rechecks",
        "talk",
        "settings",
        "evidence",
        "recordings",
        "sight",
        "accounts",
        "bays",
    ]
    ids: tuple[str, ...] = ()


HealthCondition = Literal["ok", "waiting", "fault", "silent"]


class HealthItem(Message):
    """One silent thing and its pulse. ``sentence`` is a catalogue key, ``values`` fill it; ``age`` is in seconds.

    A thing that is ``silent`` has stopped saying anything: its sentence is the last one it said.
    """

    name: str
    condition: HealthCondition
    since: datetime
    sentence: str
    values: dict[str, str | int | float] = {}
    beat_age_s: float | None = None


class WorkerItem(Message):
    """A worker process: since when it runs (or does not), how often it was started again, and why the last time.

    ``alone_for``: the camera it decodes and no other, because that camera's stream killed its decoder.
    """

    worker_id: str
    role: str
    is_running: bool
    since: datetime
    restarts: int
    reason: Literal["", "ended", "silent", "too_large"] = ""
    code: int = 0
    beat_age_s: float | None = None
    alone_for: str = ""


class UnwatchedItem(Message):
    """A camera with rules that nobody looks at, since when and why. ``sentence`` is a catalogue key."""

    camera_id: str
    since: datetime
    sentence: str
    values: dict[str, str | int | float] = {}


class Health(Message):
    """Once a second from the station to every seat."""

    kind: Literal["health"] = "health"
    at: datetime
    items: tuple[HealthItem, ...]
    workers: tuple[WorkerItem, ...] = ()
    unwatched: tuple[UnwatchedItem, ...] = ()


class HealthChange(Message):
    """A silent thing came into another condition."""

    at: datetime
    name: str
    condition: HealthCondition
    sentence: str
    values: dict[str, str | int | float] = {}


class HealthHistory(Message):
    """To a seat when it joins, and to all when it grew: the changes of condition, oldest first."""

    kind: Literal["health_history"] = "health_history"
    changes: tuple[HealthChange, ...]


class ShutDown(Message):
    kind: Literal["shut_down"] = "shut_down"
    reason: str


AnyMessage = (
    Hello
    | Heartbeat
    | OpenStream
    | CloseStream
    | CutClip
    | CutRecording
    | TakeStill
    | TakeReference
    | PlayClip
    | ControlPlayer
    | PlaySpan
    | RunReplay
    | SoundOfPlayer
    | StreamState
    | ReferenceTaken
    | ClipCut
    | StillTaken
    | RequestFailed
    | SegmentClosed
    | PlayerState
    | ReplayState
    | WatchCamera
    | UnwatchCamera
    | LookAgain
    | Seen
    | BayChanged
    | RuleHit
    | RuleCleared
    | LookedAgain
    | NotWatched
    | VisionPace
    | RenderPhrase
    | SpeakPhrase
    | OpenMicrophone
    | StopTalking
    | PhraseRendered
    | TalkState
    | Hear
    | Heard
    | Listen
    | Painted
    | ScreenPace
    | SoundState
    | Arrange
    | Arranged
    | OpenPlayer
    | OpenRecording
    | OpenReplay
    | ControlReplay
    | TakeSnapshot
    | CutSpan
    | PlayerOpened
    | Talk
    | RecordByHand
    | RenewReference
    | TurnCamera
    | PtzState
    | ListPresets
    | PresetsListed
    | FindDevices
    | DevicesFound
    | AskDevice
    | DeviceAnswered
    | TryCamera
    | EndTrial
    | TrialOpened
    | PushRefused
    | Nudge
    | Health
    | HealthHistory
    | ShutDown
)

_ADAPTER: TypeAdapter[AnyMessage] = TypeAdapter(Annotated[AnyMessage, Field(discriminator="kind")])


def to_bytes(message: AnyMessage) -> bytes:
    """Return the message as UTF-8 JSON."""
    return message.model_dump_json().encode()


def from_bytes(raw: bytes) -> AnyMessage:
    """Return the message in ``raw``.

    Raises:
        ValueError: it is not a message of this version (pydantic's ``ValidationError`` is one).
    """
    return _ADAPTER.validate_json(raw)
