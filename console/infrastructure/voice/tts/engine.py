"""The voice of this machine: Kokoro where its files are here, else espeak-ng, else none."""

import logging
import re
from dataclasses import dataclass
from pathlib import Path

from console.application.errors import Unavailable
from console.infrastructure.voice.resampling import resampled
from console.infrastructure.voice.sound import Samples
from console.infrastructure.voice.tts import espeak
from console.infrastructure.voice.tts.english import EnglishReader
from console.infrastructure.voice.tts.kokoro import KOKORO_HZ, Kokoro, KokoroFiles, KokoroUnusable
from console.infrastructure.voice.tts.mandarin import MandarinReader
from console.infrastructure.voice.tts.voices import KOKORO_STYLES, Language, espeak_name, kokoro_name

_log = logging.getLogger(__name__)

ENGINE_HZ = KOKORO_HZ
_SENTENCE_END = re.compile(r"(?<=[。！？!?\n])|(?<=\.)(?=\s)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """Speech at ``ENGINE_HZ`` and the voice that said it."""

    samples: Samples
    voice: str


class Engine:
    """Turns texts into speech. One thread; loads the model at the first text."""

    def __init__(self, files: KokoroFiles | None, compiled_models: Path) -> None:
        self._files = files
        self._compiled_models = compiled_models
        self._kokoro: Kokoro | None = None
        self._english = EnglishReader()
        self._mandarin = MandarinReader(self._english.word)

    def speak(self, text: str, language: Language) -> Spoken:
        """Return the text as speech by the best voice of this machine.

        Raises:
            Unavailable: there is no voice, or the text cannot be spoken.
        """
        if not any(sign.isalnum() for sign in text):
            raise Unavailable("There is nothing in this text that can be spoken.")
        sentences = [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]
        kokoro = self._loaded()
        if kokoro is not None:
            reader = self._mandarin if language == "zh" else self._english
            samples = kokoro.speak([reader.phonemes(part) for part in sentences], KOKORO_STYLES[language])
            return Spoken(samples=samples, voice=kokoro_name(language))
        program = espeak.find_espeak()
        if program is None:
            raise Unavailable("No voice is installed: run `citydesk assets fetch`, or install espeak-ng.")
        readable = "\n".join(map(self._mandarin.pinyin, sentences)) if language == "zh" else text
        samples, rate_hz = espeak.speak(program, readable, espeak.VOICES[language])
        return Spoken(samples=resampled(samples, rate_hz, ENGINE_HZ), voice=espeak_name(language))

    def _loaded(self) -> Kokoro | None:
        if self._kokoro is None and self._files is not None:
            try:
                self._kokoro = Kokoro(self._files, self._compiled_models)
            except KokoroUnusable as failure:
                _log.error("%s %s", failure, failure.__cause__)
                self._files = None
        return self._kokoro
