"""Kokoro-82M: phonemes in, speech at 24 kHz out, by OpenVINO on the processor."""

import json
import logging
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import openvino

from console.application.errors import Unavailable
from console.infrastructure.voice.sound import Samples, from_unit

_log = logging.getLogger(__name__)

KOKORO_HZ = 24_000
_LONGEST = 500
"""Phonemes in one go: the style has 510 rows, less a margin."""
_PAUSE_S = 0.3
_PEAK = 0.89
"""-1 dB full scale: a horn needs all it can get, and resampling overshoots a little."""
_QUIET = 0.01
_MARGIN_S = 0.03

Sound = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class KokoroFiles:
    """The model, its alphabet (phoneme → id) and one style for each voice (float32, 510 × 256)."""

    model: Path
    alphabet: Path
    styles: dict[str, Path]


class KokoroUnusable(Unavailable):
    """The files are here, but this machine cannot run them."""


class Kokoro:
    """The model, loaded. One thread at a time; some 1.2 GB while it is loaded."""

    def __init__(self, files: KokoroFiles, compiled_models: Path) -> None:
        """Load and compile (8 s, or 2 s when ``compiled_models`` remembers it).

        Raises:
            KokoroUnusable: the files cannot be used on this machine.
        """
        try:
            self._ids: dict[str, int] = json.loads(files.alphabet.read_text(encoding="utf-8"))["vocab"]
            self._styles = {
                voice: np.fromfile(path, np.float32).reshape(-1, 1, 256) for voice, path in files.styles.items()
            }
            core = openvino.Core()
            # bf16, the default on some processors, changes timing and sound; f32 agrees with ONNX Runtime.
            options = {"INFERENCE_PRECISION_HINT": "f32", "CACHE_DIR": str(compiled_models)}
            model = core.compile_model(core.read_model(str(files.model)), "CPU", options)
        except (OSError, ValueError, KeyError, RuntimeError) as cause:
            raise KokoroUnusable("The voice Kokoro cannot be loaded on this machine.") from cause
        self._request = model.create_infer_request()

    def speak(self, sentences: list[str], voice: str) -> Samples:
        """Return sentences, given as phonemes, as speech at ``KOKORO_HZ`` with a pause between them.

        Raises:
            Unavailable: nothing in the sentences can be said, or the model failed.
        """
        pause = np.zeros(int(_PAUSE_S * KOKORO_HZ), np.float32)
        spoken: list[Sound] = []
        for sentence in sentences:
            for piece in pieces_of(sentence):
                sound = self._say(piece, voice)
                if len(sound):
                    spoken += [sound, pause]
        if not spoken:
            raise Unavailable("There is nothing in this text that can be spoken.")
        whole = np.concatenate(spoken[:-1])
        return from_unit(whole * (_PEAK / max(float(np.abs(whole).max()), 1e-6)))

    def _say(self, phonemes: str, voice: str) -> Sound:
        ids = [self._ids[sign] for sign in phonemes if sign in self._ids]
        if len(ids) < len(phonemes):
            unknown = "".join(sorted({sign for sign in phonemes if sign not in self._ids}))
            _log.warning("%d signs cannot be spoken: %s", len(phonemes) - len(ids), unknown)
        if not any(sign.isalpha() for sign in phonemes if sign in self._ids):
            return np.zeros(0, np.float32)
        style = self._styles[voice]
        try:
            self._request.infer(
                {
                    "tokens": np.array([[0, *ids, 0]], np.int64),
                    "style": style[min(len(ids), len(style)) - 1],
                    "speed": np.array([1.0], np.float32),
                }
            )
        except RuntimeError as cause:
            raise Unavailable("The voice Kokoro failed on this text.") from cause
        return _trimmed(np.array(self._request.get_output_tensor(0).data, np.float32).reshape(-1))


def pieces_of(sentence: str) -> list[str]:
    """Cut a sentence too long for the model, at its commas where it has some; a short one stays whole."""
    pieces: list[str] = []
    for clause in re.split(r"(?<=[,;:]) ", sentence):
        if pieces and len(pieces[-1]) + 1 + len(clause) <= _LONGEST:
            pieces[-1] += f" {clause}"
        else:
            pieces += [clause[at : at + _LONGEST] for at in range(0, len(clause), _LONGEST)]
    return pieces


def _trimmed(sound: Sound) -> Sound:
    """Cut silence off both ends, but for a breath."""
    loud = np.flatnonzero(np.abs(sound) > _QUIET)
    if not len(loud):
        return sound[:0]
    margin = int(_MARGIN_S * KOKORO_HZ)
    return sound[max(0, loud[0] - margin) : loud[-1] + margin]
