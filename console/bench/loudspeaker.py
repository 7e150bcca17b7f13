"""A loudspeaker that goes nowhere and is listened to: when each beep of the street came out of it."""

import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from console.application.errors import Unavailable

RATE_HZ = 48_000
LOUD = 3000  # of 32767: the beep is at half of full scale and more
QUIET_S = 0.15  # without anything loud: the next that is loud is another beep
ANSWERS_WITHIN_S = 20.0
MODULES = (
    "module-native-protocol-unix auth-anonymous=1",
    f"module-null-sink sink_name=street rate={RATE_HZ} channels=1",
    f"module-null-source source_name=silence rate={RATE_HZ} channels=1",
)


class RecordedLoudspeaker:
    """A PulseAudio server whose only loudspeaker is recorded. ``beeps`` may be read from any thread.

    Attributes:
        environment: for programs that are to play into it.
        beeps: when each began, by the monotonic clock. last_loud_s: when anything loud was heard last.
    """

    def __init__(self, folder: Path) -> None:
        """Raises:
        Unavailable: PulseAudio does not start.
        """
        home, run = folder / "sound-home", folder / "sound-run"
        for place in (home, run, run / "pulse"):
            place.mkdir(mode=0o700)
        self.environment = {"XDG_RUNTIME_DIR": str(run), "PULSE_RUNTIME_PATH": str(run / "pulse")}
        everything = {**os.environ, **self.environment, "HOME": str(home)}
        self._server = subprocess.Popen(
            [
                "pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no",
                *(word for module in MODULES for word in ("-L", module)),
            ],
            env=everything,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            self._await(everything)
        except Unavailable:
            self._server.kill()
            self._server.wait()
            raise
        self._recorder = subprocess.Popen(
            [
                "parec", "--raw", "-d", "street.monitor", "--format=s16le", f"--rate={RATE_HZ}", "--channels=1",
                "--latency-msec=5", "--process-time-msec=5",
            ],
            env=everything,
            stdout=subprocess.PIPE,
        )  # fmt: skip
        self.beeps: list[float] = []
        self.last_loud_s = 0.0
        self._listening = threading.Thread(target=self._listen, name="recorded-loudspeaker")
        self._listening.start()

    def _await(self, everything: dict[str, str]) -> None:
        give_up_s = time.monotonic() + ANSWERS_WITHIN_S
        choose = ["pactl", "set-default-source", "silence"]
        pause = threading.Event()
        while subprocess.run(choose, env=everything, capture_output=True, check=False).returncode != 0:
            if time.monotonic() > give_up_s or self._server.poll() is not None:
                raise Unavailable("PulseAudio does not answer.")
            pause.wait(0.05)

    def _listen(self) -> None:
        """Note when each beep began. What is read now was heard now: the recorder holds 5 ms back."""
        assert self._recorder.stdout is not None
        while octets := os.read(self._recorder.stdout.fileno(), 65536):
            now_s = time.monotonic()
            heard = np.frombuffer(octets[: len(octets) // 2 * 2], np.int16)
            loud = np.flatnonzero(np.abs(heard.astype(np.int32)) > LOUD)
            if not len(loud):
                continue
            first_s = now_s - (len(heard) - int(loud[0])) / RATE_HZ
            if first_s - self.last_loud_s > QUIET_S:
                self.beeps.append(first_s)
            self.last_loud_s = now_s - (len(heard) - int(loud[-1])) / RATE_HZ

    def close(self) -> None:
        for process in (self._recorder, self._server):
            process.terminate()
            process.wait(10)
        self._listening.join()
        assert self._recorder.stdout is not None
        self._recorder.stdout.close()


@contextmanager
def recorded_loudspeaker(folder: Path) -> Iterator[RecordedLoudspeaker]:
    """Run one and end it afterwards.

    Raises:
        Unavailable: PulseAudio does not start.
    """
    made = RecordedLoudspeaker(folder)
    try:
        yield made
    finally:
        made.close()
