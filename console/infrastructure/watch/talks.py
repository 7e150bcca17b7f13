"""Speaking: a session in the database becomes sound, and what is known of it goes back."""

import logging
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from console.application.errors import Stale, Unavailable
from console.application.ports import Clock
from console.application.talk import LONGEST_SESSION, Heard, TalkDesk
from console.domain.evidence import EvidenceItem, EvidenceKind
from console.domain.ids import CameraId, EvidenceId, TalkId, new_id
from console.domain.speaking import Speaker, TalkSession, TalkStage
from console.infrastructure.channel.messages import (
    AnyMessage,
    OpenMicrophone,
    RenderPhrase,
    SpeakerTarget,
    SpeakPhrase,
    StopTalking,
    Talk,
    TalkState,
)
from console.infrastructure.watch.alarms import Sealing
from console.words import N_

_log = logging.getLogger(__name__)

STARTING = N_("The speech program is starting. Nothing was played; press again in a moment.")
STOPPED = N_("The speech program stopped and is starting again. Nothing more was played.")
TRICKLE_S = 20.0  # judgement: a sentence of four seconds costs four seconds of a core; a fifth of one at most


class TalkRoom:
    """Owned by the station's main thread."""

    def __init__(
        self,
        *,
        desk: TalkDesk,
        sealing: Sealing,
        talk_worker: str,
        longest_s: float,
        clock: Clock,
        send: Callable[[str, AnyMessage], None],
        show: Callable[[AnyMessage], None],
        tell: Callable[[str, tuple[str, ...]], None],
        is_alone: bool,
    ) -> None:
        """Args:
        is_alone: no other station carries out sessions of the same database.
        send: gives a message to the worker of an id. show: gives one to every seat.
        """
        self._desk = desk
        self._sealing = sealing
        self._talk_worker = talk_worker
        self._longest_s = longest_s
        self._clock = clock
        self._send = send
        self._show = show
        self._tell = tell
        self._sessions: dict[str, tuple[EvidenceId, TalkSession]] = {}
        self._to_render: deque[tuple[str, float]] = deque()
        self._rendering = ""
        self._rendered_s = 0.0
        self._on_air: set[str] = set()
        self._is_worker_there = False
        self._unsaved: deque[Heard] = deque()
        # Alone with its records, a station knows that nobody is at what was ordered before it began.
        self._began_at = clock.now() if is_alone else None
        self._latest: dict[str, TalkState] = {}

    def prepare(self, urgent: Sequence[str], others: Sequence[str]) -> None:
        """Render the ready sentences of these cameras, so that a key press need not wait for speech.

        One at a time: the talk worker must never have more than one sentence between it and a spoken order. Those of
        ``others`` trickle, because rendering takes as long as speaking and pictures come first.
        """
        self._to_render = deque((text, 0.0) for text in self._sentences(urgent))
        known = {text for text, _ in self._to_render}
        self._to_render.extend((text, TRICKLE_S) for text in self._sentences(others) if text not in known)

    def render_next(self) -> None:
        """Send the next sentence to be rendered when its time has come. Called about once a second."""
        if not self._to_render or self._rendering:
            return
        now_s = self._clock.monotonic_s()
        if now_s - self._rendered_s >= self._to_render[0][1]:
            text, _ = self._to_render.popleft()
            self._rendering = new_id()
            self._send(self._talk_worker, RenderPhrase(request_id=self._rendering, text=text))

    def take_rendered(self, request_id: str) -> bool:
        """Go on with the next sentence; false if the request was not one of these."""
        if not self._rendering or request_id != self._rendering:
            return False
        self._rendering = ""
        self._rendered_s = self._clock.monotonic_s()
        return True

    def _sentences(self, camera_ids: Sequence[str]) -> list[str]:
        texts: dict[str, None] = {}
        for camera_id in camera_ids:
            try:
                texts |= {text: None for _, text in self._desk.phrases_at(CameraId(camera_id), "zh")}
            except (Unavailable, Stale) as cause:
                _log.warning("sentences of camera %s are not prepared: %s", camera_id, cause)
        return list(texts)

    def note_new_worker(self) -> None:
        """A talk worker is there and takes orders."""
        self._is_worker_there = True

    def settle(self) -> None:
        """Write down what the database would not take, and the end of sessions that nobody is at. Called often."""
        while self._unsaved:
            if not self._write(self._unsaved[0]):
                return
            self._unsaved.popleft()
        now = self._clock.now()
        before = now - LONGEST_SESSION
        if self._began_at is not None:
            before = max(before, self._began_at)
        try:
            forsaken = self._desk.end_forsaken(before, {TalkId(name) for name in self._sessions})
        except (Unavailable, Stale) as cause:
            _log.warning("sessions without an end must wait: %s", cause)
            return
        for talk_id in forsaken:
            _log.warning("talk session %s was left by a station that died", talk_id)
            self._tell("talk", (talk_id,))

    def take_order(self, order: Talk) -> None:
        """Carry out a seat's order. Without a talk worker it fails at once: nobody may believe to be heard later."""
        if order.action == "stop":
            self._send(self._talk_worker, StopTalking(session_id=order.session_id))
            return
        try:
            session, speakers = self._desk.session(TalkId(order.session_id))
        except (Unavailable, Stale) as cause:
            _log.error("talk session %s cannot be read: %s", order.session_id, cause)
            return
        if session.stage is not TalkStage.ORDERED:
            _log.warning("talk session %s is %s already; not spoken", order.session_id, session.stage)
            return
        name, path = self._sealing.reserve(".wav")
        self._sessions[order.session_id] = (name, session)
        if not self._is_worker_there:
            self.take_state(TalkState(session_id=order.session_id, condition="failed", reason=STARTING))
            return
        targets = tuple(_target(speaker) for speaker in speakers)
        if order.action == "speak":
            self._send(
                self._talk_worker,
                SpeakPhrase(
                    session_id=order.session_id,
                    text=session.text,
                    language="en" if session.language == "en" else "zh",
                    speakers=targets,
                    record_path=str(path),
                ),
            )
        else:
            self._send(
                self._talk_worker,
                OpenMicrophone(
                    session_id=order.session_id,
                    speakers=targets,
                    record_path=str(path),
                    longest_s=self._longest_s,
                ),
            )

    def take_state(self, state: TalkState) -> None:
        """Show the seats what is known; write down the beginning and the end."""
        self._show(state)
        self._latest[state.session_id] = state
        if state.condition == "on_air" and state.session_id not in self._on_air:
            self._on_air.add(state.session_id)
            self._note(state, TalkStage.ON_AIR, None)
        elif state.condition in ("ended", "failed"):
            self._on_air.discard(state.session_id)
            self._latest.pop(state.session_id, None)
            known = self._sessions.pop(state.session_id, None)
            recording = self._seal(known, state) if known is not None and state.record_path else None
            stage = TalkStage.ENDED if state.condition == "ended" else TalkStage.FAILED
            self._note(state, stage, recording)

    def note_lost_worker(self) -> None:
        """The talk worker died: nobody may believe to be heard. What it said of a session last is how much was said."""
        self._rendering = ""
        self._is_worker_there = False
        for session_id in list(self._sessions):
            latest = self._latest.get(session_id)
            self.take_state(
                TalkState(
                    session_id=session_id,
                    condition="failed",
                    reason=STOPPED,
                    elapsed_s=latest.elapsed_s if latest is not None else 0.0,
                    reached=latest.reached if latest is not None else {},
                    voice=latest.voice if latest is not None else "",
                )
            )

    def _note(self, state: TalkState, stage: TalkStage, recording: EvidenceItem | None) -> None:
        heard = Heard(
            talk_id=TalkId(state.session_id),
            stage=stage,
            at=self._clock.now(),
            duration_s=state.elapsed_s,
            reached=dict(state.reached),
            voice=state.voice,
            failure=state.reason,
            pcm_sha256=state.pcm_sha256,
            recording=recording,
        )
        # In their order: an end that overtakes its beginning would be the session's last word.
        if self._unsaved or not self._write(heard):
            self._unsaved.append(heard)

    def _write(self, heard: Heard) -> bool:
        """Write a change down; false if the database is away and it must be tried again."""
        try:
            self._desk.note(heard)
        except Unavailable as cause:
            _log.error("talk session %s waits to be written down: %s", heard.talk_id, cause)
            return False
        except Stale as cause:
            _log.error("talk session %s could not be written down: %s", heard.talk_id, cause)
            return True
        self._tell("talk", (heard.talk_id,))
        return True

    def _seal(self, known: tuple[EvidenceId, TalkSession], state: TalkState) -> EvidenceItem | None:
        name, session = known
        path = Path(state.record_path)
        try:
            size = path.stat().st_size
            place = self._sealing.seal(name, path, state.record_sha256)
        except (OSError, Unavailable) as cause:
            _log.error("recording of talk session %s could not be kept: %s", state.session_id, cause)
            return None
        return EvidenceItem(
            evidence_id=name,
            kind=EvidenceKind.SPEECH,
            subject_id=session.case_id or session.talk_id,
            path=place,
            sha256=state.record_sha256,
            size_bytes=size,
            begins_at=session.ordered_at,
            duration_s=state.elapsed_s,
            camera_id=session.camera_id,
            clock_offset_s=0.0,
            clock_source="ours",
            remark=session.text,
            made_by=session.display_name,
        )


def _target(speaker: Speaker) -> SpeakerTarget:
    return SpeakerTarget.model_validate(
        {
            "speaker_id": speaker.speaker_id,
            "driver": speaker.driver,
            "host": speaker.host,
            "port": speaker.port,
            "codec": speaker.codec,
        }
    )
