"""Phrases ready to be spoken: kept by text and voice, rendered by a child process when they are not there."""

import contextlib
import hashlib
import itertools
import json
import logging
import queue
import subprocess
import threading
import wave
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

from console.application.errors import Unavailable
from console.infrastructure.voice.tts.voices import Language

_log = logging.getLogger(__name__)

_FORMAT = "1"
"""Part of every name: raise it when the same text would sound different."""
_MOST_KEPT = 2_000
_IDLE_S = 300.0
"""The renderer holds more than a gigabyte: without work it goes (judgement)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A rendered phrase: 16-bit mono WAV, and the voice that speaks it."""

    path: Path
    duration_s: float
    voice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderOrder:
    """One line from the talk worker to its renderer. ``files`` are Kokoro's, empty where they are absent."""

    text: str
    language: Language
    cache: str
    files: dict[str, str]

    def to_line(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False) + "\n"

    @classmethod
    def from_line(cls, line: str) -> Self:
        return cls(**json.loads(line))


def phrase_path(cache: Path, text: str, language: Language, voice: str) -> Path:
    """Return where a phrase is kept."""
    key = "\0".join((_FORMAT, voice, language, text))
    return cache / f"{hashlib.sha256(key.encode()).hexdigest()[:40]}.wav"


@dataclass(order=True, slots=True)
class _Wanted:
    rank: int
    number: int
    text: str = field(compare=False)
    language: Language = field(compare=False)
    future: Future[Phrase] = field(compare=False)


class PhraseBook:
    """Gives phrases; safe from any thread. What is to be spoken now is rendered before what is prepared.

    Owns one thread, which owns the renderer: a process of its own, because synthesis takes seconds of all cores
    and must not delay a packet.
    """

    def __init__(
        self,
        cache: Path,
        renderer_command: Sequence[str],
        renderer_environment: Mapping[str, str],
        best_voice: Callable[[Language], tuple[str, dict[str, Path]]],
    ) -> None:
        """Args:
        best_voice: the voice that would speak a language now, and the files it needs.
        """
        self._cache = cache
        self._command = list(renderer_command)
        self._environment = dict(renderer_environment)
        self._best_voice = best_voice
        self._wanted: queue.PriorityQueue[_Wanted] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._closing = threading.Event()
        self._renderer: subprocess.Popen[str] | None = None
        self._worker = threading.Thread(target=self._work, name="phrases")
        cache.mkdir(parents=True, exist_ok=True)
        _forget_oldest(cache)
        self._worker.start()

    def ready(self, text: str, language: Language, *, urgent: bool) -> Future[Phrase]:
        """Return the phrase, now or when it is rendered; fails with ``Unavailable``."""
        future: Future[Phrase] = Future()
        kept = self._kept(text, language)
        if kept is not None:
            future.set_result(kept)
        else:
            self._wanted.put(_Wanted(0 if urgent else 1, next(self._numbers), text, language, future))
        return future

    def close(self) -> None:
        """End the renderer and give up what is not rendered yet."""
        self._closing.set()
        self._wanted.put(_Wanted(-1, next(self._numbers), "", "zh", Future()))
        renderer = self._renderer
        if renderer is not None:
            renderer.kill()
        self._worker.join()

    def _kept(self, text: str, language: Language) -> Phrase | None:
        voice, _ = self._best_voice(language)
        path = phrase_path(self._cache, text, language, voice)
        return _phrase(path, voice) if path.is_file() else None

    def _work(self) -> None:
        while True:
            try:
                wanted = self._wanted.get(timeout=_IDLE_S)
            except queue.Empty:
                self._end_renderer()
                continue
            if self._closing.is_set():
                wanted.future.cancel()
                self._end_renderer()
                return
            if not wanted.future.set_running_or_notify_cancel():
                continue
            try:
                wanted.future.set_result(self._kept(wanted.text, wanted.language) or self._render(wanted))
            except Unavailable as refusal:
                wanted.future.set_exception(refusal)
            except Exception as fault:  # noqa: BLE001 - the top of this thread
                _log.exception("rendering a phrase failed")
                wanted.future.set_exception(fault)

    def _render(self, wanted: _Wanted) -> Phrase:
        _, files = self._best_voice(wanted.language)
        named = {name: str(path) for name, path in files.items()}
        order = RenderOrder(text=wanted.text, language=wanted.language, cache=str(self._cache), files=named)
        renderer = self._running_renderer()
        assert renderer.stdin is not None and renderer.stdout is not None
        try:
            renderer.stdin.write(order.to_line())
            renderer.stdin.flush()
            line = renderer.stdout.readline()
        except (OSError, ValueError) as cause:
            self._end_renderer()
            raise Unavailable("The voice stopped while it prepared this phrase; try again.") from cause
        if not line:
            self._end_renderer()
            raise Unavailable("The voice stopped while it prepared this phrase; try again.")
        answer = json.loads(line)
        if "refusal" in answer:
            raise Unavailable(answer["refusal"])
        return _phrase(Path(answer["path"]), answer["voice"])

    def _running_renderer(self) -> subprocess.Popen[str]:
        if self._renderer is None or self._renderer.poll() is not None:
            self._renderer = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=self._environment,
                encoding="utf-8",
            )
            _log.info("renderer started as process %d", self._renderer.pid)
        return self._renderer

    def _end_renderer(self) -> None:
        renderer, self._renderer = self._renderer, None
        if renderer is None:
            return
        renderer.kill()
        renderer.wait()
        for pipe in (renderer.stdin, renderer.stdout):
            if pipe is not None:
                # What could not be written any more is of no use to a process that has ended.
                with contextlib.suppress(OSError):
                    pipe.close()
        _log.info("renderer ended")


def _phrase(path: Path, voice: str) -> Phrase:
    try:
        with wave.open(str(path), "rb") as file:
            duration_s = file.getnframes() / file.getframerate()
    except (OSError, wave.Error, EOFError) as cause:
        raise Unavailable("A prepared phrase cannot be read; empty the cache folder.") from cause
    return Phrase(path=path, duration_s=duration_s, voice=voice)


def _forget_oldest(cache: Path) -> None:
    kept = sorted(cache.glob("*.wav"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in kept[_MOST_KEPT:]:
        path.unlink(missing_ok=True)
