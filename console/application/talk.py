"""Speaking to the street: by ready sentence or live, with the place filled in, and all of it in the log."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from console.application.case_locks import lock_late
from console.application.errors import Unavailable
from console.application.permissions import Gate
from console.application.ports import Clock, Queries, StationLink, UnitOfWork, UnitsOfWork
from console.domain.accounts import Actor, Verb
from console.domain.audit import AuditFacts
from console.domain.cameras import Camera
from console.domain.cases import Act, CaseStep
from console.domain.errors import DomainError, TransitionRefused
from console.domain.evidence import CustodyLine, EvidenceItem
from console.domain.ids import CameraId, CaseId, TalkId, new_id
from console.domain.speaking import Phrase, QuietHours, Speaker, TalkKind, TalkSession, TalkStage
from console.words import N_

_log = logging.getLogger(__name__)

# A session that nobody ended (its station died) frees its speakers after this: longest speech plus time to end.
LONGEST_SESSION = timedelta(seconds=90)
FORSAKEN = N_("The station stopped while it spoke. How much was heard is not known.")


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkSettings:
    zone: ZoneInfo
    quiet: QuietHours | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What the talk worker says of a session. ``reached`` per speaker holds exactly what is known."""

    talk_id: TalkId
    stage: TalkStage
    at: datetime
    duration_s: float
    reached: dict[str, str]
    voice: str = ""
    failure: str = ""
    pcm_sha256: str = ""
    recording: EvidenceItem | None = None


class TalkDesk:
    """A seat's verbs, and the station's two. Safe from any thread."""

    def __init__(self, units: UnitsOfWork, queries: Queries, gate: Gate, clock: Clock, settings: TalkSettings) -> None:
        self._units = units
        self._queries = queries
        self._gate = gate
        self._clock = clock
        self._settings = settings

    def phrases(self, actor: Actor, camera_id: CameraId, language: str) -> Sequence[tuple[Phrase, str]]:
        """Return the ready sentences with the camera's place filled in, to whoever may watch it."""
        self._gate.require(actor, Verb.WATCH, camera_id, camera_id=camera_id)
        return self.phrases_at(camera_id, language)

    def phrases_at(self, camera_id: CameraId, language: str) -> Sequence[tuple[Phrase, str]]:
        """Return the same for the station, which prepares them before anybody asks."""
        with self._units.read() as unit:
            place = unit.directory.camera(camera_id).place
            phrases = unit.directory.phrases()
        return [(phrase, phrase.spoken(place.address, language)) for phrase in phrases if place.address]

    def speakers_of(self, actor: Actor, camera_id: CameraId) -> Sequence[Speaker]:
        """Return the speakers beside a camera, to whoever may watch it."""
        self._gate.require(actor, Verb.WATCH, camera_id, camera_id=camera_id)
        with self._units.read() as unit:
            return self._speakers(unit, unit.directory.camera(camera_id))

    def log(self, actor: Actor, most: int = 100) -> Sequence[TalkSession]:
        """Return what was spoken where the actor may hear it, newest first."""
        actor = self._gate.require(actor, Verb.SEE_EVIDENCE, "talk log")
        return self._queries.talk_log(most, actor.scope)

    def speak(
        self,
        actor: Actor,
        link: StationLink,
        camera_id: CameraId,
        phrase_id: str,
        *,
        language: str = "zh",
        case_id: CaseId | None = None,
    ) -> TalkSession:
        """Speak a ready sentence at a camera's speakers.

        Raises:
            NotPermitted: the role may not speak. DomainError: quiet hours, no speaker, no such sentence.
            TransitionRefused: another session is on a speaker. Unavailable: the station is away; nothing was played.
        """
        self._gate.require(actor, Verb.SPEAK, camera_id, camera_id=camera_id)
        with self._units.read() as unit:
            found = [phrase for phrase in unit.directory.phrases() if phrase.phrase_id == phrase_id]
            place = unit.directory.camera(camera_id).place
        if not found:
            raise DomainError("There is no ready sentence {name}.", name=phrase_id)
        text = found[0].spoken(place.address, language)
        return self._order(actor, link, camera_id, TalkKind.PHRASE, text, language, case_id)

    def speak_text(
        self,
        actor: Actor,
        link: StationLink,
        camera_id: CameraId,
        text: str,
        *,
        language: str = "zh",
        case_id: CaseId | None = None,
    ) -> TalkSession:
        """Speak typed words. Raises as ``speak``."""
        if not text.strip():
            raise DomainError("There is nothing to say.")
        return self._order(actor, link, camera_id, TalkKind.PHRASE, text.strip(), language, case_id)

    def open_microphone(
        self, actor: Actor, link: StationLink, camera_id: CameraId, *, case_id: CaseId | None = None
    ) -> TalkSession:
        """Speak live while the key is held. Raises as ``speak``."""
        return self._order(actor, link, camera_id, TalkKind.LIVE, "", "zh", case_id)

    def stop(self, actor: Actor, link: StationLink, talk_id: TalkId) -> None:
        """End a session at once, also while the records are away: silence does no harm."""
        try:
            with self._units.read() as unit:
                camera_id = unit.talks.get(talk_id).camera_id
            self._gate.require(actor, Verb.SPEAK, talk_id, camera_id=camera_id)
        except Unavailable:
            _log.warning("talk session %s is stopped unasked: the records are away", talk_id)
        link.talk(talk_id, "stop")
        try:
            self._note_stop(actor, talk_id)
        except Unavailable:
            _log.warning("who stopped talk session %s is not written down: the records are away", talk_id)

    def _note_stop(self, actor: Actor, talk_id: TalkId) -> None:
        with self._units.write() as unit:
            talk = unit.talks.get(talk_id)
            unit.audit.append(
                self._gate.facts(
                    actor,
                    "stop_speaking",
                    talk_id,
                    camera_id=talk.camera_id,
                    from_at=talk.began_at,
                    case_id=talk.case_id,
                )
            )
            unit.commit()

    def session(self, talk_id: TalkId) -> tuple[TalkSession, Sequence[Speaker]]:
        """Return a session and its speakers, for the station that carries it out."""
        with self._units.read() as unit:
            talk = unit.talks.get(talk_id)
            speakers = [item for item in unit.directory.speakers() if item.speaker_id in talk.speaker_ids]
        return talk, speakers

    def end_forsaken(self, before: datetime, at_work: Collection[TalkId]) -> Sequence[TalkId]:
        """Write an end to sessions ordered before then that nobody is at: whoever carried them out has died.

        Without it the log would never say what became of them, and their speakers would stay held.
        """
        with self._units.read() as unit:
            forsaken = [talk for talk in unit.talks.going_on(before) if talk.talk_id not in at_work]
        for talk in forsaken:
            self.note(
                Heard(
                    talk_id=talk.talk_id,
                    stage=TalkStage.FAILED,
                    at=self._clock.now(),
                    duration_s=talk.duration_s,
                    reached=dict(talk.reached or {}),
                    failure=FORSAKEN,
                )
            )
        return [talk.talk_id for talk in forsaken]

    def note(self, heard: Heard) -> None:
        """Write down a change of a session (the station's verb); the end comes with its recording."""
        with self._units.write() as unit:
            talk = unit.talks.get(heard.talk_id)
            if talk.stage in (TalkStage.ENDED, TalkStage.FAILED):
                return
            talk.stage = heard.stage
            talk.duration_s = heard.duration_s
            talk.reached = dict(heard.reached)
            talk.voice = heard.voice or talk.voice
            talk.failure = heard.failure
            if heard.stage is TalkStage.ON_AIR and talk.began_at is None:
                talk.began_at = heard.at
            if heard.stage in (TalkStage.ENDED, TalkStage.FAILED):
                talk.ended_at = heard.at
                talk.pcm_sha256 = heard.pcm_sha256
                self._keep(unit, talk, heard)
            unit.talks.save(talk)
            unit.commit()

    def _keep(self, unit: UnitOfWork, talk: TalkSession, heard: Heard) -> None:
        if heard.recording is not None:
            talk.recording = heard.recording.evidence_id
            unit.evidence.add(heard.recording)
            unit.evidence.note(
                CustodyLine(
                    evidence_id=heard.recording.evidence_id,
                    at=heard.at,
                    who=talk.display_name,
                    act="sealed",
                    detail={"sha256": heard.recording.sha256, "pcm_sha256": heard.pcm_sha256},
                )
            )
            lock_late(unit, heard.recording, talk.case_id, talk.display_name, heard.at)
        if talk.case_id is not None:
            case = unit.cases.get(talk.case_id)
            case.note(
                CaseStep(
                    act=Act.SPOKEN,
                    at=heard.at,
                    who=talk.display_name,
                    facts={"text": talk.text, "reached": dict(heard.reached), "talk": talk.talk_id},
                )
            )
            unit.cases.save(case)
        unit.audit.append(
            AuditFacts(
                at=heard.at,
                who="station",
                seat_id=talk.seat_id,
                verb="spoke" if heard.stage is TalkStage.ENDED else "speak_failed",
                subject=talk.talk_id,
                detail={"seconds": round(heard.duration_s, 2), "pcm_sha256": heard.pcm_sha256},
                camera_id=talk.camera_id,
                from_at=talk.began_at,
                to_at=heard.at if talk.began_at is not None else None,
                case_id=talk.case_id or "",
            )
        )

    def _order(
        self,
        actor: Actor,
        link: StationLink,
        camera_id: CameraId,
        kind: TalkKind,
        text: str,
        language: str,
        case_id: CaseId | None,
    ) -> TalkSession:
        self._gate.require(actor, Verb.SPEAK, camera_id, camera_id=camera_id)
        if case_id is not None:
            with self._units.read() as unit:
                case = unit.cases.get(case_id)
            self._gate.require(actor, Verb.SPEAK, case_id, place=case.place, camera_id=case.camera_id)
        now = self._clock.now()
        quiet = self._settings.quiet
        if quiet is not None and quiet.cover(now.astimezone(self._settings.zone)):
            raise DomainError(
                "Quiet hours {begins}–{ends}; not played here.",
                begins=quiet.begins.strftime("%H:%M"),
                ends=quiet.ends.strftime("%H:%M"),
            )
        with self._units.write() as unit:
            speakers = self._speakers(unit, unit.directory.camera(camera_id))
            if not speakers:
                raise DomainError("There is no speaker beside this camera.")
            for speaker in speakers:
                for other in unit.talks.on_speaker(speaker.speaker_id, now - LONGEST_SESSION):
                    raise TransitionRefused(
                        "Speaker {speaker} is held by seat {seat}.", speaker=speaker.name, seat=other.seat_id
                    )
            talk = TalkSession(
                talk_id=TalkId(new_id()),
                kind=kind,
                account_id=actor.account_id,
                display_name=actor.display_name,
                seat_id=actor.seat_id,
                camera_id=camera_id,
                speaker_ids=tuple(speaker.speaker_id for speaker in speakers),
                ordered_at=now,
                text=text,
                language=language,
                case_id=case_id,
            )
            unit.talks.add(talk)
            unit.audit.append(
                self._gate.facts(
                    actor, "speak", talk.talk_id, camera_id=camera_id, case_id=case_id, kind=kind.value, text=text
                )
            )
            unit.commit()
        try:
            link.talk(talk.talk_id, "speak" if kind is TalkKind.PHRASE else "open_microphone")
        except Unavailable as cause:
            self.note(
                Heard(
                    talk_id=talk.talk_id,
                    stage=TalkStage.FAILED,
                    at=self._clock.now(),
                    duration_s=0.0,
                    reached={},
                    failure=str(cause),
                )
            )
            raise
        return talk

    def _speakers(self, unit: UnitOfWork, camera: Camera) -> list[Speaker]:
        by_id = {speaker.speaker_id: speaker for speaker in unit.directory.speakers()}
        return [by_id[name] for name in camera.speaker_ids if name in by_id]
