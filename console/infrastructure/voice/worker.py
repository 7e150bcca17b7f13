"""The talk worker: obeys the station's orders to render, to speak and to listen, and says what became of them."""

import argparse
import importlib
import logging
import os
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Protocol

from console.application.errors import Unavailable
from console.infrastructure.assets.catalogue import Catalogue
from console.infrastructure.assets.store import AssetStore
from console.infrastructure.channel.connection import Channel, ChannelClosed, Endpoint, connect
from console.infrastructure.channel.messages import (
    AnyMessage,
    Hear,
    Heard,
    Heartbeat,
    Hello,
    OpenMicrophone,
    Painted,
    PhraseRendered,
    RenderPhrase,
    RequestFailed,
    ShutDown,
    SpeakPhrase,
    StopTalking,
)
from console.infrastructure.clock import SystemClock
from console.infrastructure.logs import Logs
from console.infrastructure.supervisor import command_for, environment_for_child
from console.infrastructure.voice.drivers.rtp import RtpSpeaker
from console.infrastructure.voice.phrases import Phrase, PhraseBook
from console.infrastructure.voice.resampling import resampled
from console.infrastructure.voice.session import Prepared, TalkSession
from console.infrastructure.voice.sound import SESSION_HZ, chime, frames_of, read_wav
from console.infrastructure.voice.sources import LiveFrames, SpokenFrames
from console.infrastructure.voice.tts.voices import ASSETS, Language, espeak_name, kokoro_name
from resources.locate import locate

_log = logging.getLogger(__name__)

ROLE = "talk-worker"
RENDERER_ROLE = "talk-renderer"
_PULSE_S = 0.5
_MICROPHONE_ROOM = "console.infrastructure.voice.microphone"
_LOUDSPEAKER_ROOM = "console.infrastructure.voice.loudspeaker"


class MicrophoneDesk(Protocol):
    """What the worker asks of a microphone; ``listen`` holds the main thread."""

    def open(self) -> LiveFrames: ...

    def close(self, frames: LiveFrames) -> None: ...

    def listen(self) -> None: ...

    def leave(self) -> None: ...


class LoudspeakerDesk(Protocol):
    """What the worker asks of a loudspeaker; all of it from any thread."""

    def hear(self, order: Hear) -> None: ...

    def note_painted(self, painted: Painted) -> None: ...

    def hold(self, *, is_held: bool) -> None: ...

    def leave(self) -> None: ...


class NoMicrophone:
    """Stands in where Qt's sound library cannot be loaded: phrases must go on without it."""

    def __init__(self) -> None:
        self._leaving = threading.Event()

    def open(self) -> LiveFrames:
        frames = LiveFrames()
        frames.fail(Unavailable("This machine lacks the sound library (libpulse); run `citydesk doctor`."))
        return frames

    def close(self, frames: LiveFrames) -> None:
        frames.close()

    def listen(self) -> None:
        self._leaving.wait()

    def leave(self) -> None:
        self._leaving.set()


class NoLoudspeaker:
    """Stands in where Qt's sound library cannot be loaded."""

    def __init__(self, report: Callable[[Heard], None]) -> None:
        self._report = report

    def hear(self, order: Hear) -> None:
        if order.sound_path:
            self._report(Heard(camera_id=order.camera_id, condition="no_device"))

    def note_painted(self, painted: Painted) -> None:
        """Nobody hears it."""

    def hold(self, *, is_held: bool) -> None:
        """It is silent anyway."""

    def leave(self) -> None:
        """There is nothing to end."""


class TalkWorker:
    """Takes orders in one thread; sessions, rendering and sending to the station have threads of their own."""

    def __init__(
        self,
        channel: Channel,
        worker_id: str,
        phrases: PhraseBook,
        microphone: MicrophoneDesk,
        new_loudspeaker: Callable[[Callable[[Heard], None]], LoudspeakerDesk],
    ) -> None:
        """Args:
        new_loudspeaker: given whom to tell what is heard; called at once, in the main thread.
        """
        self._channel = channel
        self._worker_id = worker_id
        self._phrases = phrases
        self._microphone = microphone
        self._sessions: dict[str, TalkSession] = {}
        self._guard = threading.Lock()
        self._outgoing: queue.SimpleQueue[AnyMessage | None] = queue.SimpleQueue()
        self._loudspeaker = new_loudspeaker(self._tell)

    def serve(self) -> None:
        """Obey until the station goes or says so."""
        sender = threading.Thread(target=self._send_outgoing, name="to the station")
        sender.start()
        self._tell(Hello(role=ROLE, worker_id=self._worker_id, pid=os.getpid()))
        pulse_due_s = time.monotonic()
        try:
            while True:
                if time.monotonic() >= pulse_due_s:
                    self._tell(self._pulse())
                    pulse_due_s = time.monotonic() + _PULSE_S
                if self._channel.has_arrived(max(0.0, pulse_due_s - time.monotonic())):
                    message = self._channel.receive()
                    if isinstance(message, ShutDown):
                        return
                    self._obey(message)
        except ChannelClosed:
            _log.info("the station has gone")
        finally:
            for session in self._on_air():
                session.stop()
            for session in self._on_air():
                session.join()
            self._loudspeaker.leave()
            self._tell(None)
            sender.join()

    def _obey(self, message: AnyMessage) -> None:
        match message:
            case RenderPhrase():
                future = self._phrases.ready(message.text, message.language, urgent=False)
                future.add_done_callback(self._answer_to(message.request_id))
            case SpeakPhrase():
                self._begin(message, self._phrase_source(message))
            case OpenMicrophone():
                self._begin(message, self._live_source(message))
            case StopTalking():
                with self._guard:
                    session = self._sessions.get(message.session_id)
                if session is not None:
                    session.stop()
            case Hear():
                self._loudspeaker.hear(message)
            case Painted():
                self._loudspeaker.note_painted(message)
            case _:
                _log.warning("an order that is not for a talk worker: %s", message.kind)

    def _begin(
        self, order: SpeakPhrase | OpenMicrophone, prepare: Callable[[threading.Event], Prepared | None]
    ) -> None:
        session = TalkSession(
            session_id=order.session_id,
            speakers=order.speakers,
            record_path=Path(order.record_path),
            prepare=prepare,
            open_driver=RtpSpeaker,
            report=self._tell,
            ended=self._forget,
        )
        with self._guard:
            if order.session_id in self._sessions:
                _log.warning("talk %s was ordered twice", order.session_id)
                return
            self._sessions[order.session_id] = session
            # Before the microphone opens: what the street says must not go out to the street again.
            self._loudspeaker.hold(is_held=True)
        session.start()

    def _phrase_source(self, order: SpeakPhrase) -> Callable[[threading.Event], Prepared | None]:
        def prepare(stopping: threading.Event) -> Prepared | None:
            future = self._phrases.ready(order.text, order.language, urgent=True)
            phrase = _wait_for(future, stopping)
            if phrase is None:
                return None
            spoken, rate_hz = read_wav(phrase.path)
            frames = [*frames_of(chime()), *frames_of(resampled(spoken, rate_hz, SESSION_HZ))]
            return Prepared(SpokenFrames(frames), voice=phrase.voice)

        return prepare

    def _live_source(self, order: OpenMicrophone) -> Callable[[threading.Event], Prepared | None]:
        def prepare(stopping: threading.Event) -> Prepared | None:
            frames = self._microphone.open()
            return Prepared(_Borrowed(self._microphone, frames), longest_s=order.longest_s)

        return prepare

    def _answer_to(self, request_id: str) -> Callable[[Future[Phrase]], None]:
        def answer(future: Future[Phrase]) -> None:
            if future.cancelled():
                return
            failure = future.exception()
            if failure is None:
                phrase = future.result()
                self._tell(
                    PhraseRendered(
                        request_id=request_id,
                        path=str(phrase.path),
                        duration_s=phrase.duration_s,
                        voice=phrase.voice,
                    )
                )
            else:
                reason = failure.sentence if isinstance(failure, Unavailable) else "The voice failed; see the log."
                self._tell(RequestFailed(request_id=request_id, reason=reason))

        return answer

    def _on_air(self) -> list[TalkSession]:
        with self._guard:
            return list(self._sessions.values())

    def _forget(self, session_id: str) -> None:
        with self._guard:
            self._sessions.pop(session_id, None)
            self._loudspeaker.hold(is_held=bool(self._sessions))

    def _pulse(self) -> Heartbeat:
        sessions = self._on_air()
        late_ms = 1000.0 * max((session.late_s for session in sessions), default=0.0)
        figures = {"talk_sessions": float(len(sessions)), "late_ms": round(late_ms, 1)}
        return Heartbeat(role=ROLE, worker_id=self._worker_id, at=SystemClock().now(), figures=figures)

    def _tell(self, message: AnyMessage | None) -> None:
        """Hand a message to the sending thread: a slow station must not make a gap in the street."""
        self._outgoing.put(message)

    def _send_outgoing(self) -> None:
        while (message := self._outgoing.get()) is not None:
            try:
                self._channel.send(message)
            except ChannelClosed:
                # The thread that takes orders sees the same and ends the worker; nobody is left to be told.
                continue


class _Borrowed:
    """The microphone's frames, with the device given back when the session closes them."""

    def __init__(self, microphone: MicrophoneDesk, frames: LiveFrames) -> None:
        self._microphone = microphone
        self._frames = frames
        self.take = frames.take

    def close(self) -> None:
        self._frames.close()
        self._microphone.close(self._frames)


def _wait_for(future: Future[Phrase], stopping: threading.Event) -> Phrase | None:
    """Return the phrase when it is rendered, or None when somebody stops the session first.

    Raises:
        Unavailable: it cannot be rendered.
    """
    while True:
        try:
            return future.result(timeout=0.05)
        except TimeoutError:
            if stopping.is_set():
                future.cancel()
                return None


def _load_microphone() -> MicrophoneDesk:
    """Return the microphone; without Qt's sound libraries on this machine, one that says so when it is opened."""
    try:
        room = importlib.import_module(_MICROPHONE_ROOM)
    except ImportError as failure:
        _log.warning("no microphone: %s", failure)
        return NoMicrophone()
    microphone: MicrophoneDesk = room.Microphone()
    return microphone


def _load_loudspeaker(report: Callable[[Heard], None]) -> LoudspeakerDesk:
    """Return the loudspeaker; without Qt's sound libraries on this machine, one that says so."""
    try:
        room = importlib.import_module(_LOUDSPEAKER_ROOM)
    except ImportError as failure:
        _log.warning("no loudspeaker: %s", failure)
        return NoLoudspeaker(report)
    loudspeaker: LoudspeakerDesk = room.Loudspeaker(report)
    return loudspeaker


def _best_voice(store: AssetStore) -> Callable[[Language], tuple[str, dict[str, Path]]]:
    guard = threading.Lock()

    def best(language: Language) -> tuple[str, dict[str, Path]]:
        with guard:
            if all(store.is_ready(name) for name in ASSETS):
                return kokoro_name(language), {name: store.path_of(name) for name in ASSETS}
        return espeak_name(language), {}

    return best


def main(arguments: list[str]) -> int:
    """Run the talk worker of the station that started this process."""
    parser = argparse.ArgumentParser(prog=ROLE)
    parser.add_argument("--worker-id", default="talk-1")
    parser.add_argument("--cache", type=Path, required=True, help="rendered phrases and compiled models")
    parser.add_argument("--assets", type=Path, required=True, help="the folder of fetched assets")
    parser.add_argument("--logs", type=Path, required=True)
    chosen = parser.parse_args(arguments)
    logs = Logs(chosen.logs, ROLE)
    logs.begin()
    try:
        return _work(chosen)
    finally:
        logs.end()


def _work(chosen: argparse.Namespace) -> int:
    channel = connect(Endpoint.from_environment())
    store = AssetStore(Catalogue.load(locate("assets")), chosen.assets)
    phrases = PhraseBook(
        chosen.cache / "phrases",
        command_for(RENDERER_ROLE, ["--models", str(chosen.cache / "models"), "--logs", str(chosen.logs)]),
        environment_for_child({}),
        _best_voice(store),
    )
    microphone = _load_microphone()
    worker = TalkWorker(channel, chosen.worker_id, phrases, microphone, _load_loudspeaker)

    def serve() -> None:
        try:
            worker.serve()
        except Exception:  # noqa: BLE001 - the top of this thread
            _log.exception("the talk worker failed")
        finally:
            microphone.leave()

    orders = threading.Thread(target=serve, name="orders")
    orders.start()
    try:
        microphone.listen()
        orders.join()
    finally:
        phrases.close()
        channel.close()
    return 0
