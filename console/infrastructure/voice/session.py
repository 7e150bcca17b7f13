"""One operator speaking through one or more loudspeakers: paced by the clock, encoded once, sent to all."""

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from console.application.errors import Unavailable
from console.infrastructure.channel.messages import SpeakerTarget, TalkState
from console.infrastructure.voice.codecs import Codec, CodecName
from console.infrastructure.voice.drivers.reach import Reach, SpeakerDriver
from console.infrastructure.voice.recording import Recorded, Recording
from console.infrastructure.voice.resampling import FrameResampler
from console.infrastructure.voice.sound import FRAME_S, SESSION_HZ, SILENCE_DBFS, Samples, level_dbfs
from console.infrastructure.voice.sources import Source

_log = logging.getLogger(__name__)

_REPORT_EVERY = 5
"""Frames between two reports of the level: ten a second."""
_CATCH_UP_S = 0.06
"""Late by less, packets are sent at once: a receiver's jitter buffer (usually 60 ms) takes them. Late by more,
they would be thrown away there, so the clock is set anew and the listener hears a pause instead of a loss."""
_BROKEN_AFTER_S = 0.9
"""A receiver takes speech that pauses for a second for ended: what is sent after that is heard by nobody, or as scraps
of a sentence. Judgement, a little below that second."""

Condition = Literal["preparing", "on_air", "ended", "failed"]
OpenDriver = Callable[[SpeakerTarget], SpeakerDriver]
Report = Callable[[TalkState], None]


class Prepared:
    """What a session speaks: its source of frames, how long it may take, and the voice's name."""

    def __init__(self, source: Source, *, voice: str = "", longest_s: float = float("inf")) -> None:
        self.source = source
        self.voice = voice
        self.longest_s = longest_s


class TalkSession:
    """Runs in a thread of its own; ``stop`` may be called from any thread and ends it within a frame.

    ``prepare`` is called in that thread: it may wait (for a phrase to be rendered, for the microphone) and gives
    up when the event it is handed is set.
    """

    def __init__(
        self,
        *,
        session_id: str,
        speakers: Sequence[SpeakerTarget],
        record_path: Path,
        prepare: Callable[[threading.Event], Prepared | None],
        open_driver: OpenDriver,
        report: Report,
        ended: Callable[[str], None],
    ) -> None:
        """Args:
        report: told of every change and ten times a second on air; must not wait.
        ended: called last, with the session's id.
        """
        self.session_id = session_id
        self.late_s = 0.0
        self._speakers = tuple(speakers)
        self._record_path = record_path
        self._prepare = prepare
        self._open_driver = open_driver
        self._report = report
        self._ended = ended
        self._stopping = threading.Event()
        self._source: Source | None = None
        self._reached: dict[str, Reach] = {speaker.speaker_id: "waiting" for speaker in speakers}
        self._drivers: list[SpeakerDriver] = []
        self._voice = ""
        self._packets = 0
        self._thread = threading.Thread(target=self._run, name=f"talk {session_id}")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the session at once (key up, Esc, focus lost)."""
        self._stopping.set()
        source = self._source
        if source is not None:
            source.close()

    def join(self) -> None:
        self._thread.join()

    def _run(self) -> None:
        _go_before_others()
        try:
            self._tell("preparing")
            self._speak()
        except Unavailable as refusal:
            _log.warning("talk %s failed: %s", self.session_id, refusal)
            self._tell("failed", reason=refusal.sentence)
        except Exception:  # noqa: BLE001 - the top of this thread
            _log.exception("talk %s failed", self.session_id)
            self._tell("failed", reason="Speaking failed by a fault of the program; the log has its details.")
        finally:
            if self._source is not None:
                self._source.close()
            self._close_drivers()
            self._ended(self.session_id)

    def _speak(self) -> None:
        prepared = self._prepare(self._stopping)
        if prepared is None:
            self._tell("ended")
            return
        self._source, self._voice = prepared.source, prepared.voice
        if self._stopping.is_set():
            self._tell("ended")
            return
        self._open_drivers()
        codecs = {driver.codec.name: driver.codec for driver in self._drivers}
        recorded = max(codecs.values(), key=lambda codec: codec.rate_hz)
        first = prepared.source.take()
        if first is None:
            self._tell("ended")
            return
        recording = Recording(self._record_path, recorded.rate_hz)
        _log.info("talk %s on air: %d speakers, %s", self.session_id, len(self._drivers), prepared.voice or "live")
        failure: Unavailable | None = None
        try:
            self._send_all(first, prepared, codecs, recorded, recording)
        except Unavailable as refusal:
            failure = refusal
        finally:
            prepared.source.close()
            self._close_drivers()
            kept = self._finish(recording)
        if failure is not None:
            _log.warning("talk %s failed: %s", self.session_id, failure)
        else:
            _log.info("talk %s ended: %.1f s", self.session_id, self._packets * FRAME_S)
        reason = failure.sentence if failure else "" if kept else "The recording could not be written to the disk."
        self._tell("failed" if failure else "ended", reason=reason, recorded=kept)

    def _open_drivers(self) -> None:
        refusal: Unavailable | None = None
        for target in self._speakers:
            try:
                self._drivers.append(self._open_driver(target))
            except Unavailable as cause:
                _log.warning("speaker %s: %s", target.speaker_id, cause)
                self._reached[target.speaker_id] = "failed"
                refusal = cause
        if not self._drivers:
            raise refusal or Unavailable("No speaker was chosen.")

    def _send_all(
        self,
        first: Samples,
        prepared: Prepared,
        codecs: dict[CodecName, Codec],
        recorded: Codec,
        recording: Recording,
    ) -> None:
        """Send frame after frame until the source ends, the time is over or somebody stops it."""
        resamplers = {codec.rate_hz: FrameResampler(SESSION_HZ, codec.rate_hz) for codec in codecs.values()}
        heard: list[Samples] = []
        frame: Samples | None = first
        due_s = time.monotonic()
        while frame is not None and self._packets * FRAME_S < prepared.longest_s:
            if self._wait_until(due_s):
                return
            late_s = time.monotonic() - due_s
            self.late_s = max(self.late_s, late_s)
            if late_s > _BROKEN_AFTER_S:
                raise Unavailable("This machine stood still while it spoke; the sentence was broken off.")
            due_s = (due_s if late_s < _CATCH_UP_S else due_s + late_s) + FRAME_S
            at_rate = {rate_hz: resampler.push(frame) for rate_hz, resampler in resamplers.items()}
            payloads = {name: codec.encode(at_rate[codec.rate_hz]) for name, codec in codecs.items()}
            for driver in self._drivers:
                driver.send(payloads[driver.codec.name])
            recording.add(recorded.decode(payloads[recorded.name]).astype("<i2").tobytes())
            self._packets += 1
            heard.append(frame)
            if self._note_reach() or len(heard) >= _REPORT_EVERY:
                self._tell("on_air", level=level_dbfs(np.concatenate(heard)))
                heard.clear()
            if all(driver.reached == "failed" for driver in self._drivers):
                raise Unavailable("No speaker can be reached; check the network and the speaker's power.")
            frame = prepared.source.take()

    def _wait_until(self, due_s: float) -> bool:
        """Wait for the next frame's moment; tell whether somebody stopped the session meanwhile."""
        wait_s = due_s - time.monotonic()
        return self._stopping.wait(wait_s) if wait_s > 0 else self._stopping.is_set()

    def _note_reach(self) -> bool:
        before = dict(self._reached)
        self._reached |= {driver.speaker_id: driver.reached for driver in self._drivers}
        return before != self._reached

    def _finish(self, recording: Recording) -> Recorded | None:
        try:
            return recording.finish()
        except OSError:
            return None

    def _close_drivers(self) -> None:
        drivers, self._drivers = self._drivers, []
        for driver in drivers:
            driver.close()

    def _tell(
        self,
        condition: Condition,
        *,
        reason: str = "",
        level: float = SILENCE_DBFS,
        recorded: Recorded | None = None,
    ) -> None:
        self._report(
            TalkState(
                session_id=self.session_id,
                condition=condition,
                reason=reason,
                elapsed_s=round(self._packets * FRAME_S, 3),
                level_dbfs=round(level, 1),
                reached=dict(self._reached),
                record_path=str(recorded.path) if recorded else "",
                record_sha256=recorded.sha256 if recorded else "",
                pcm_sha256=recorded.pcm_sha256 if recorded else "",
                voice=self._voice,
                packets=self._packets,
            )
        )


def _go_before_others() -> None:
    """Ask the system to run this thread as soon as it is due; an ordinary user may be refused, and it works without.

    On a machine with seven busy programs on two cores packets came up to 66 ms late without it (2026-11-22).
    """
    if not hasattr(os, "sched_setscheduler"):
        return
    # The recording's thread, begun by this one, must not inherit it.
    policy = os.SCHED_RR | os.SCHED_RESET_ON_FORK
    try:
        os.sched_setscheduler(threading.get_native_id(), policy, os.sched_param(1))
    except OSError as refusal:
        _log.debug("sending at ordinary priority: %s", refusal.strerror)
