"""Which voice speaks which language, and what it is called in the log; imports nothing heavy."""

from typing import Literal

Language = Literal["zh", "en"]

KOKORO_STYLES: dict[Language, str] = {"zh": "zf_xiaoxiao", "en": "af_heart"}
MODEL_ASSET = "kokoro-82m-int8.onnx"
ALPHABET_ASSET = "kokoro-phonemes.json"
STYLE_ASSETS = {style: f"kokoro-{style}.bin" for style in KOKORO_STYLES.values()}
ASSETS = (MODEL_ASSET, ALPHABET_ASSET, *STYLE_ASSETS.values())
"""Names in the asset catalogue (``resources/assets/voice.toml``)."""


def kokoro_name(language: Language) -> str:
    """Return what the log calls Kokoro's voice."""
    return f"Kokoro-82M {KOKORO_STYLES[language]}"


def espeak_name(language: Language) -> str:
    """Return what the log calls the fallback."""
    return f"espeak-ng {language}"
