"""Speaking to the street: who may, where, when, and what."""

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum

from console.domain.errors import DomainError
from console.domain.ids import AccountId, CameraId, CaseId, SeatId, SpeakerId, TalkId


class TalkKind(StrEnum):
    PHRASE = "phrase"
    LIVE = "live"


class TalkStage(StrEnum):
    ORDERED = "ordered"
    ON_AIR = "on_air"
    ENDED = "ended"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """A loudspeaker in the street and how it is reached."""

    speaker_id: SpeakerId
    name: str
    driver: str
    host: str
    port: int
    codec: str = "pcmu"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """Local hours in which nothing is played; ``ends`` before ``begins`` runs over midnight."""

    begins: time
    ends: time

    def cover(self, local: datetime) -> bool:
        hour = local.time()
        if self.begins <= self.ends:
            return self.begins <= hour < self.ends
        return hour >= self.begins or hour < self.ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A ready sentence; ``{place}`` is filled with the camera's place."""

    phrase_id: str
    zh: str
    en: str

    def spoken(self, place: str, language: str) -> str:
        """Return the sentence with its place filled in.

        Raises:
            DomainError: no place is known, and the sentence needs one.
        """
        text = self.zh if language == "zh" else self.en
        if "{place}" in text and not place:
            raise DomainError("This sentence names a place, and the camera has none.")
        return text.replace("{place}", place)


@dataclass(slots=True, kw_only=True)
class TalkSession:
    """One operator speaking through one or more speakers. Owned by the unit of work that read it."""

    talk_id: TalkId
    kind: TalkKind
    account_id: AccountId
    display_name: str
    seat_id: SeatId
    camera_id: CameraId
    speaker_ids: tuple[SpeakerId, ...]
    ordered_at: datetime
    text: str = ""
    language: str = "zh"
    case_id: CaseId | None = None
    stage: TalkStage = TalkStage.ORDERED
    began_at: datetime | None = None
    ended_at: datetime | None = None
    duration_s: float = 0.0
    reached: dict[str, str] | None = None
    voice: str = ""
    failure: str = ""
    recording: str = ""
    pcm_sha256: str = ""
    version: int = 0
