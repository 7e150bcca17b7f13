"""The loudspeaker of this machine, by Qt, in the talk worker's own process: it falls silent while somebody speaks.

Not in the seat: Qt's sound library brings FFmpeg with it, and a seat maps no codec. Nor could the seat be as quick to
fall silent as the process that opens the microphone.
"""

import logging
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QIODevice, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtMultimedia import QAudioDevice, QAudioFormat, QAudioSink, QMediaDevices, QtAudio

from console.infrastructure.channel.messages import Hear, Heard, Painted
from console.infrastructure.frame_slots import SlotUnavailable
from console.infrastructure.sound_slots import SOUND_HZ, SoundReader
from console.infrastructure.voice.playout import Playout
from console.infrastructure.voice.sound import SILENCE_DBFS, Samples, level_dbfs

_log = logging.getLogger(__name__)

TICK_MS = 10
AHEAD_S = 0.04
"""What is written before it is heard: four ticks. Qt's PulseAudio output plays a sample within 5 ms of what its queue
tells (Qt 6.11.3, a null sink, buffers of 40, 80 and 150 ms)."""
_BUFFER_MS = 100  # room for what is ahead, and as much again
_SAY_EVERY_S = 0.5
_WAITING_AFTER_S = 1.0  # without a sample
_LOOK_AGAIN_S = 2.0  # for a device, where there was none


class Loudspeaker(QObject):
    """Lives in the main thread; ``hear``, ``note_painted`` and ``hold`` are safe from any thread."""

    _hear_asked = Signal(object)
    _painted_told = Signal(object)
    _hold_asked = Signal(bool)
    _left = Signal()

    def __init__(self, report: Callable[[Heard], None]) -> None:
        """Args:
        report: told twice a second while there is something to hear; must return at once.
        """
        super().__init__()
        self._report = report
        self._order = Hear(camera_id="", sound_path="")
        self._reader: SoundReader | None = None
        self._playout = Playout(AHEAD_S)
        self._sink: QAudioSink | None = None
        self._stream: QIODevice | None = None
        self._channels = 1
        self._written = 0
        self._is_held = False
        self._look_at_s = 0.0
        self._said_s = 0.0
        self._heard_s = 0.0
        self._played: list[Samples] = []
        self._timer = QTimer(self)
        self._timer.setObjectName("loudspeaker-10-ms")
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        queued = Qt.ConnectionType.QueuedConnection
        self._hear_asked.connect(self._hear, queued)
        self._painted_told.connect(self._note_painted, queued)
        self._hold_asked.connect(self._hold, queued)
        self._left.connect(self._end, queued)

    def hear(self, order: Hear) -> None:
        """Play another sound from now on, or none."""
        self._hear_asked.emit(order)

    def note_painted(self, painted: Painted) -> None:
        """Take in when a picture of the camera heard was painted."""
        self._painted_told.emit(painted)

    def hold(self, *, is_held: bool) -> None:
        """Be silent while somebody speaks."""
        self._hold_asked.emit(is_held)

    def leave(self) -> None:
        self._left.emit()

    @Slot(object)
    def _hear(self, order: Hear) -> None:
        self._end()
        self._order = order
        if not order.sound_path:
            return
        self._playout = Playout(AHEAD_S)
        self._said_s = self._look_at_s = 0.0
        self._heard_s = time.monotonic() - _WAITING_AFTER_S
        try:
            self._reader = SoundReader(Path(order.sound_path))
        except SlotUnavailable as cause:
            _log.info("camera %s cannot be heard: %s", order.camera_id, cause)
            return
        self._timer.start()

    @Slot(object)
    def _note_painted(self, painted: Painted) -> None:
        if painted.camera_id == self._order.camera_id:
            self._playout.note_painted(painted.media_time_s, painted.at_s)

    @Slot(bool)
    def _hold(self, is_held: bool) -> None:
        self._is_held = is_held
        if is_held:
            self._close_device()
            self._playout.drop()

    @Slot()
    def _end(self) -> None:
        self._timer.stop()
        self._close_device()
        if self._reader is not None:
            self._reader.close()
            self._reader = None
        self._order = Hear(camera_id="", sound_path="")

    @Slot()
    def _tick(self) -> None:
        assert self._reader is not None
        now_s = time.monotonic()
        self._playout.take(self._reader.take())
        if self._is_held:
            self._playout.drop()
        elif self._sink is None and now_s >= self._look_at_s:
            self._look_at_s = now_s + _LOOK_AGAIN_S
            self._open_device()
        if self._sink is not None and self._stream is not None:
            self._write(self._sink, self._stream)
        if now_s - self._said_s >= _SAY_EVERY_S:
            self._said_s = now_s
            self._say(now_s)

    def _write(self, sink: QAudioSink, stream: QIODevice) -> None:
        now_s = time.monotonic()
        # After an interruption Qt counts on, though nothing was there to be played.
        self._written = max(self._written, sink.processedUSecs() * SOUND_HZ // 1_000_000)
        queued_s = self._written / SOUND_HZ - sink.processedUSecs() / 1e6
        count = min(round((AHEAD_S - queued_s) * SOUND_HZ), sink.bytesFree() // (2 * self._channels))
        if count <= 0:
            return
        samples = self._playout.pull(count, now_s + queued_s)
        if self._playout.is_flowing:
            self._heard_s = now_s
        self._played.append(samples)
        wide = np.repeat(samples, self._channels) if self._channels > 1 else samples
        self._written += max(0, stream.write(wide.tobytes())) // (2 * self._channels)

    def _open_device(self) -> None:
        device = QMediaDevices.defaultAudioOutput()
        layout = _layout_for(device)
        if layout is None:
            return
        sink = QAudioSink(device, layout, self)
        sink.setBufferSize(layout.bytesForDuration(_BUFFER_MS * 1000))
        self._channels, self._written = layout.channelCount(), 0
        self._sink = sink
        self._stream = sink.start()
        sink.stateChanged.connect(self._note_state)
        if self._stream is None:
            self._close_device()

    @Slot(QtAudio.State)
    def _note_state(self, state: QtAudio.State) -> None:
        if state == QtAudio.State.StoppedState:
            _log.info("the loudspeaker was lost")
            self._close_device()

    def _close_device(self) -> None:
        sink, self._sink, self._stream = self._sink, None, None
        if sink is not None:
            sink.stateChanged.disconnect(self._note_state)
            sink.reset()  # at once, with what waits in it
            sink.deleteLater()

    def _say(self, now_s: float) -> None:
        played = np.concatenate(self._played) if self._played else np.zeros(0, np.int16)
        self._played = []
        late_s = self._playout.late_s
        if self._is_held:
            condition = "muted"
        elif self._sink is None:
            condition = "no_device"
        else:
            condition = "waiting" if now_s - self._heard_s > _WAITING_AFTER_S else "sounding"
        heard = {
            "camera_id": self._order.camera_id,
            "condition": condition,
            "level_dbfs": round(level_dbfs(played), 1) if condition == "sounding" else SILENCE_DBFS,
            "late_ms": round(late_s * 1000, 1) if late_s is not None and condition == "sounding" else None,
            "gaps": self._playout.gaps,
        }
        self._report(Heard.model_validate(heard))


def _layout_for(device: QAudioDevice) -> QAudioFormat | None:
    """Return what to play in: mono where the device takes it, else both sides the same; ``None`` without a device."""
    if device.isNull():
        return None
    for channels in (1, 2):
        layout = QAudioFormat()
        layout.setSampleRate(SOUND_HZ)
        layout.setChannelCount(channels)
        layout.setSampleFormat(QAudioFormat.SampleFormat.Int16)
        if device.isFormatSupported(layout):
            return layout
    return None
