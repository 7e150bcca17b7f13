"""What was sent, kept as evidence: a WAV file written beside the sending, never in its way."""

import hashlib
import logging
import queue
import threading
import wave
from dataclasses import dataclass
from pathlib import Path

_log = logging.getLogger(__name__)
_CLOSED = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A finished recording and its digests (of the file, and of the samples in it alone)."""

    path: Path
    sha256: str
    pcm_sha256: str
    duration_s: float


class Recording:
    """A 16-bit mono WAV file with a writing thread of its own: a slow disk must not make a gap in the street.

    ``add`` and ``finish`` belong to the sending thread. The file appears under its name when it is whole; the
    head of the draft is kept true while it grows, so what was sent before a crash can be played.
    """

    def __init__(self, path: Path, rate_hz: int) -> None:
        self._path = path
        self._rate_hz = rate_hz
        self._waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._pcm = hashlib.sha256()
        self._size_bytes = 0
        self._failure: OSError | None = None
        self._writer = threading.Thread(target=self._write, name=f"recording {path.name}")
        self._writer.start()

    def add(self, pcm: bytes) -> None:
        """Keep samples (16 bit, little endian) that were sent."""
        self._pcm.update(pcm)
        self._size_bytes += len(pcm)
        self._waiting.put(pcm)

    def finish(self) -> Recorded:
        """Close the file and return its digests.

        Raises:
            OSError: the disk did not take it.
        """
        self._waiting.put(_CLOSED)
        self._writer.join()
        if self._failure is not None:
            raise self._failure
        with self._path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        duration_s = self._size_bytes / 2 / self._rate_hz
        return Recorded(path=self._path, sha256=sha256, pcm_sha256=self._pcm.hexdigest(), duration_s=duration_s)

    def _write(self) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            draft = self._path.with_name(f"{self._path.name}.draft")
            with draft.open("wb") as target, wave.open(target, "wb") as file:
                file.setnchannels(1)
                file.setsampwidth(2)
                file.setframerate(self._rate_hz)
                while pcm := self._waiting.get():
                    file.writeframes(pcm)
            draft.replace(self._path)
        except OSError as failure:
            _log.error("recording %s failed: %s", self._path.name, failure.strerror)
            self._failure = failure
