"""espeak-ng, run as a separate program (it is GPL): robotic, but it speaks on any machine that has it."""

import io
import shutil
import subprocess
import wave
from pathlib import Path

import numpy as np

from console.application.errors import Unavailable
from console.infrastructure.voice.sound import Samples

_LONGEST_S = 30.0
# Debian's 1.51 reads Chinese characters under "cmn" as letters; numbered pinyin is read by old and new.
VOICES = {"zh": "cmn-latn-pinyin", "en": "en-us"}


def find_espeak() -> Path | None:
    """Return the program, if this machine has it."""
    found = shutil.which("espeak-ng")
    return Path(found) if found else None


def speak(program: Path, text: str, voice: str) -> tuple[Samples, int]:
    """Return the text as speech and its rate in Hz; Chinese is given as numbered pinyin.

    Raises:
        Unavailable: the program failed.
    """
    command = [str(program), "-v", voice, "--stdin", "--stdout", "-s", "150"]
    try:
        done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=_LONGEST_S, check=True)
        with wave.open(io.BytesIO(done.stdout), "rb") as file:
            # The length in the head of a piped WAV is a guess: read to the end.
            rate_hz, raw = file.getframerate(), done.stdout[44:]
    except (OSError, subprocess.SubprocessError, wave.Error, EOFError) as cause:
        raise Unavailable("The program espeak-ng failed.") from cause
    samples = np.frombuffer(raw[: len(raw) // 2 * 2], "<i2").astype(np.int16)
    if not np.any(samples):
        raise Unavailable("There is nothing in this text that can be spoken.")
    return samples, rate_hz
