"""The operator's microphone, by Qt, in the talk worker's own process: a busy window must not make a gap."""

import logging

import numpy as np
from PySide6.QtCore import QCoreApplication, QIODevice, QObject, Qt, Signal, Slot
from PySide6.QtMultimedia import QAudioDevice, QAudioFormat, QAudioSource, QMediaDevices, QtAudio

from console.application.errors import Unavailable
from console.infrastructure.voice.resampling import Resampler
from console.infrastructure.voice.sound import FRAME_SAMPLES, SESSION_HZ, Samples
from console.infrastructure.voice.sources import LiveFrames

_log = logging.getLogger(__name__)

_NO_DEVICE = "No microphone was found; plug one in, or choose it in the system's sound settings."
_REFUSED = "The microphone cannot be opened; another program may hold it, or the system forbids it."
_LOST = "The microphone was lost while speaking; check its plug."
_BUSY = "The microphone is in use by another talk session."
_CAPTURE_HZ = 48_000
"""Qt reads PulseAudio 1,024 samples at a time: every 21 ms at this rate, every 64 ms at 16 kHz (Qt 6.11.3)."""
_BUFFER_MS = 200
"""Room, not delay: what does not fit between two looks is lost, and a small buffer lost two thirds."""


class Microphone(QObject):
    """Lives in the main thread, which runs ``listen``; ``open`` and ``close`` are safe from any thread.

    The device is open only between ``open`` and ``close``.
    """

    _opened = Signal(object)
    _closed = Signal(object)
    _left = Signal()

    def __init__(self) -> None:
        """Make the Qt application of this process. Main thread only."""
        self._application = QCoreApplication.instance() or QCoreApplication(["citydesk-talk"])
        super().__init__()
        # The first look at the devices takes some hundred milliseconds: now, not on the key press.
        self._devices = QMediaDevices(self)
        _log.info("microphone: %s", QMediaDevices.defaultAudioInput().description() or "none")
        self._source: QAudioSource | None = None
        self._stream: QIODevice | None = None
        self._cutter: _Cutter | None = None
        self._frames: LiveFrames | None = None
        self._opened.connect(self._open, Qt.ConnectionType.QueuedConnection)
        self._closed.connect(self._close, Qt.ConnectionType.QueuedConnection)
        self._left.connect(self._leave, Qt.ConnectionType.QueuedConnection)

    def open(self) -> LiveFrames:
        """Begin to listen; what cannot be opened shows as a failure of the frames."""
        frames = LiveFrames()
        self._opened.emit(frames)
        return frames

    def close(self, frames: LiveFrames) -> None:
        """Let the device go."""
        self._closed.emit(frames)

    def listen(self) -> None:
        """Serve ``open`` and ``close`` until ``leave``. Main thread."""
        self._application.exec()

    def leave(self) -> None:
        self._left.emit()

    @Slot(object)
    def _open(self, frames: LiveFrames) -> None:
        if self._source is not None:
            frames.fail(Unavailable(_BUSY))
            return
        device = QMediaDevices.defaultAudioInput()
        if device.isNull():
            frames.fail(Unavailable(_NO_DEVICE))
            return
        layout = _layout_for(device)
        source = QAudioSource(device, layout, self)
        source.setBufferSize(layout.bytesForDuration(_BUFFER_MS * 1000))
        self._cutter = _Cutter(layout)
        self._frames = frames
        self._source = source
        source.stateChanged.connect(self._note_state)
        stream = source.start()
        if stream is None:
            self._fail(_REFUSED)
            return
        self._stream = stream
        stream.readyRead.connect(self._read)
        _log.info("microphone open: %d Hz, %d channels", layout.sampleRate(), layout.channelCount())

    @Slot()
    def _read(self) -> None:
        if self._stream is None or self._cutter is None or self._frames is None:
            return
        for frame in self._cutter.cut(bytes(self._stream.readAll().data())):
            self._frames.put(frame)

    @Slot(QtAudio.State)
    def _note_state(self, state: QtAudio.State) -> None:
        if self._source is not None and state == QtAudio.State.StoppedState:
            self._fail(_LOST)

    @Slot(object)
    def _close(self, frames: LiveFrames) -> None:
        if frames is self._frames:
            self._let_go()
            _log.info("microphone closed")

    @Slot()
    def _leave(self) -> None:
        self._let_go()
        self._application.quit()

    def _fail(self, sentence: str) -> None:
        frames = self._frames
        self._let_go()
        if frames is not None:
            frames.fail(Unavailable(sentence))

    def _let_go(self) -> None:
        source, self._source = self._source, None
        self._stream = self._cutter = self._frames = None
        if source is not None:
            source.stop()
            source.deleteLater()


def _layout_for(device: QAudioDevice) -> QAudioFormat:
    """Return the quickest format where the device takes it, else the one it likes best."""
    layout = QAudioFormat()
    layout.setSampleRate(_CAPTURE_HZ)
    layout.setChannelCount(1)
    layout.setSampleFormat(QAudioFormat.SampleFormat.Int16)
    if device.isFormatSupported(layout):
        return layout
    liked = device.preferredFormat()
    liked.setSampleFormat(QAudioFormat.SampleFormat.Int16)
    return liked


class _Cutter:
    """Cuts the device's chunks, which are of any size and may be empty or end inside a sample, into frames."""

    def __init__(self, layout: QAudioFormat) -> None:
        self._channels = layout.channelCount()
        self._resampler = Resampler(layout.sampleRate(), SESSION_HZ)
        self._octets = b""
        self._samples: Samples = np.zeros(0, np.int16)

    def cut(self, chunk: bytes) -> list[Samples]:
        self._octets += chunk
        whole = len(self._octets) // (2 * self._channels) * (2 * self._channels)
        heard = np.frombuffer(self._octets[:whole], np.int16).reshape(-1, self._channels)
        self._octets = self._octets[whole:]
        mono = heard.mean(axis=1).astype(np.int16) if self._channels > 1 else heard[:, 0]
        self._samples = np.concatenate([self._samples, self._resampler.push(mono)])
        count = len(self._samples) // FRAME_SAMPLES
        frames = list(self._samples[: count * FRAME_SAMPLES].reshape(count, FRAME_SAMPLES))
        self._samples = self._samples[count * FRAME_SAMPLES :]
        return frames
