"""Streams of sharing platforms: a new address for each opening, asked for beside everything else, and given back."""

import logging
import queue
import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import SecretStr

from console.application.errors import Unavailable
from console.application.ports import Clock
from console.application.sharing import CameraOffline, NotPlayable, PlatformRefuses, PlatformSilent, SharingPlatform
from console.domain.sharing import SharedSource
from console.infrastructure.channel.messages import StreamCondition, StreamState

_log = logging.getLogger(__name__)

# Judgement: a camera that has to be woken up holds an answer for 10 s, one that is awake for one or two; a wall of 64
# is asked for in eight rounds, which no platform takes for an attack.
ASKERS = 8
FIRST_RETRY_S, LONGEST_RETRY_S = 1.0, 30.0
JITTER = 0.3  # of a wait: tiles that were lost together do not ask together
LASTED_S = 10.0  # judgement, as in a capture: what lived so long is asked for again at once
END_WITHIN_S = 2.0
# What a worker says of a stream that did not open at all, and what says no more than that.
_PLAIN = ("no_signal", "wrong_password")


@dataclass(frozen=True, slots=True)
class Opening:
    """An address that is good for one connection, and the number of that connection, from 1."""

    address: SecretStr
    number: int


@dataclass(frozen=True, slots=True)
class _Answer:
    stream_id: str
    source: SharedSource
    told: SecretStr | Unavailable


@dataclass(slots=True)
class _Stream:
    """A stream somebody here wants. ``lost``: the number of the newest opening known to be over."""

    source: SharedSource
    since: datetime
    opening: Opening | None = None
    failure: Unavailable | None = None
    is_asked: bool = False
    attempts: int = 0
    lost: int = 0
    live_s: float | None = None
    retry_s: float | None = None
    retry_at: datetime | None = None


class Askers:
    """A few threads that put questions to one platform; one that hangs holds neither others nor our end."""

    def __init__(self, name: str, platform: SharingPlatform) -> None:
        self._name = name
        self._platform = platform
        self._questions: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []

    def play(self, stream_id: str, source: SharedSource, take: Callable[[_Answer], None]) -> None:
        def ask() -> None:
            told: SecretStr | Unavailable
            try:
                told = SecretStr(self._platform.play(source))
            except Unavailable as cause:
                told = cause
            except Exception:  # noqa: BLE001 - the top of a thread: the tile must say something
                _log.exception("platform %s stumbled", self._name)
                told = PlatformSilent("The platform's answer met a fault; see the log.")
            take(_Answer(stream_id, source, told))

        self._put(ask)

    def stop(self, source: SharedSource) -> None:
        def tell() -> None:
            try:
                self._platform.stop(source)
            except Unavailable as cause:
                _log.info("platform %s was not told that nobody watches %s: %s", self._name, source.channel, cause)
            except Exception:  # noqa: BLE001 - the top of a thread: others wait for it
                _log.exception("platform %s stumbled", self._name)

        self._put(tell)

    def end(self, within_s: float) -> None:
        """Let what waits be asked and end; what hangs is left to the end of the process."""
        for _ in self._threads:
            self._questions.put(None)
        for thread in self._threads:
            thread.join(within_s)

    def _put(self, question: Callable[[], None]) -> None:
        if len(self._threads) < ASKERS:
            thread = threading.Thread(target=self._run, name=f"platform-{self._name}", daemon=True)
            self._threads.append(thread)
            thread.start()
        self._questions.put(question)

    def _run(self) -> None:
        while (question := self._questions.get()) is not None:
            question()


class SharedOpenings:
    """Owned by the station's main thread, which it never keeps waiting."""

    def __init__(
        self, platforms: Mapping[str, SharingPlatform], clock: Clock, silent: frozenset[str] = frozenset()
    ) -> None:
        """Args:
        platforms: by their names in the settings.
        silent: those that are not told when nobody watches.
        """
        self._askers = {name: Askers(name, platform) for name, platform in platforms.items()}
        self._clock = clock
        self._silent = silent
        self._streams: dict[str, _Stream] = {}
        self._answers: queue.SimpleQueue[_Answer] = queue.SimpleQueue()

    def opening(self, stream_id: str, source: SharedSource) -> Opening | None:
        """Return how to open a stream now; ``None`` while its platform is being asked, or does not give it."""
        stream = self._streams.get(stream_id)
        if stream is None or stream.source != source:
            self._release(stream_id)
            stream = self._streams[stream_id] = _Stream(source, self._clock.now())
            self._ask(stream_id, stream)
        return stream.opening

    def keep(self, stream_ids: frozenset[str]) -> None:
        """Give back all others: nobody here wants them any more."""
        for stream_id in [name for name in self._streams if name not in stream_ids]:
            self._release(stream_id)

    def look_around(self) -> bool:
        """Take answers in and ask again what is due; return whether a stream stands otherwise than before."""
        has_news = False
        while not self._answers.empty():
            has_news = self._take(self._answers.get()) or has_news
        now_s = self._clock.monotonic_s()
        for stream_id, stream in self._streams.items():
            if stream.retry_s is not None and now_s >= stream.retry_s:
                self._ask(stream_id, stream)
        return has_news

    def waiting(self, stream_id: str, camera_id: str) -> StreamState:
        """Return how a stream is that has no address yet."""
        stream = self._streams[stream_id]
        return StreamState(
            stream_id=stream_id,
            camera_id=camera_id,
            condition=_condition_of(stream.failure),
            since=stream.since,
            detail=str(stream.failure or ""),
            attempts=stream.attempts,
            next_retry_at=stream.retry_at,
        )

    def judged(self, state: StreamState) -> StreamState:
        """Return what a worker said of a stream as it is to be told; a connection that is over is asked for anew."""
        stream = self._streams.get(state.stream_id)
        if stream is None or stream.opening is None:
            return state
        if state.opening < stream.opening.number:  # said before it had the newer address
            return state.model_copy(update={"condition": "opening", "detail": ""})
        if not state.is_over:
            if state.condition == "live" and stream.live_s is None:
                stream.live_s = self._clock.monotonic_s()
            return state
        if stream.lost < stream.opening.number:
            self._note_lost(state.stream_id, stream, state)
        told: dict[str, object] = {"attempts": stream.attempts, "next_retry_at": stream.retry_at}
        if stream.failure is not None:
            told |= {"condition": _condition_of(stream.failure), "since": stream.since, "detail": str(stream.failure)}
        return state.model_copy(update=told)

    def close(self) -> None:
        """Give everything back and end."""
        self.keep(frozenset())
        for askers in self._askers.values():
            askers.end(END_WITHIN_S)

    def _note_lost(self, stream_id: str, stream: _Stream, state: StreamState) -> None:
        assert stream.opening is not None
        stream.lost = stream.opening.number
        is_plain = state.condition in _PLAIN and stream.live_s is None
        if stream.live_s is not None and self._clock.monotonic_s() - stream.live_s > LASTED_S:
            stream.attempts = 0
            self._ask(stream_id, stream)
        elif is_plain:
            self._fail(stream, NotPlayable("The stream the platform gave cannot be opened: {said}.", said=state.detail))
        else:
            self._fail(stream, None)  # the worker's own word stands
        stream.live_s = None

    def _ask(self, stream_id: str, stream: _Stream) -> None:
        stream.retry_s = stream.retry_at = None
        askers = self._askers.get(stream.source.platform)
        if askers is None:
            name = stream.source.platform
            self._fail(stream, PlatformSilent("There is no platform {name} in the settings.", name=name))
            return
        stream.is_asked = True
        askers.play(stream_id, stream.source, self._answers.put)

    def _take(self, answer: _Answer) -> bool:
        stream = self._streams.get(answer.stream_id)
        if stream is None or stream.source != answer.source or not stream.is_asked:
            if isinstance(answer.told, SecretStr):
                self._give_back(answer.source)
            return False
        stream.is_asked = False
        if isinstance(answer.told, Unavailable):
            self._fail(stream, answer.told)
            return True
        if stream.failure is not None:
            _log.info("platform %s gives %s again", answer.source.platform, answer.stream_id)
        stream.failure = None
        stream.since = self._clock.now()
        stream.opening = Opening(answer.told, stream.opening.number + 1 if stream.opening is not None else 1)
        return True

    def _fail(self, stream: _Stream, failure: Unavailable | None) -> None:
        """Note why there is no stream, and when it is asked for again: the longer the more often that failed."""
        if _condition_of(failure) != _condition_of(stream.failure):
            stream.since = self._clock.now()
            if failure is not None:
                _log.warning("platform %s, %s: %s", stream.source.platform, stream.source.channel, failure)
        stream.failure = failure
        stream.attempts += 1
        wait_s = min(FIRST_RETRY_S * 2 ** min(stream.attempts - 1, 6), LONGEST_RETRY_S)
        wait_s *= random.uniform(1 - JITTER, 1 + JITTER)
        stream.retry_s = self._clock.monotonic_s() + wait_s
        stream.retry_at = self._clock.now() + timedelta(seconds=wait_s)

    def _release(self, stream_id: str) -> None:
        stream = self._streams.pop(stream_id, None)
        if stream is not None and stream.opening is not None:
            self._give_back(stream.source)

    def _give_back(self, source: SharedSource) -> None:
        """Tell the platform, unless another stream here is of the same camera."""
        is_wanted = any(stream.source == source for stream in self._streams.values())
        askers = self._askers.get(source.platform)
        if askers is not None and not is_wanted and source.platform not in self._silent:
            askers.stop(source)


def _condition_of(failure: Unavailable | None) -> StreamCondition:
    match failure:
        case None:
            return "opening"
        case CameraOffline():
            return "camera_offline"
        case NotPlayable():
            return "not_playable"
        case PlatformRefuses():
            return "platform_refuses"
        case _:
            return "platform_away"
