"""The talk worker's renderer: one order a line in, one answer a line out; the model lives and dies here."""

import argparse
import json
import logging
import os
import sys
from pathlib import Path
from typing import TextIO

from console.application.errors import Unavailable
from console.infrastructure.logs import Logs
from console.infrastructure.voice.phrases import RenderOrder, phrase_path
from console.infrastructure.voice.sound import write_wav
from console.infrastructure.voice.tts.engine import ENGINE_HZ, Engine
from console.infrastructure.voice.tts.kokoro import KokoroFiles
from console.infrastructure.voice.tts.voices import ALPHABET_ASSET, KOKORO_STYLES, MODEL_ASSET, STYLE_ASSETS

_log = logging.getLogger(__name__)
ROLE = "talk-renderer"
_NICE = 5
"""Below what shows pictures or sends speech; above detection (10), since an operator may be waiting for it."""


def main(arguments: list[str]) -> int:
    """Answer orders on standard input until it ends."""
    parser = argparse.ArgumentParser(prog=ROLE)
    parser.add_argument("--models", type=Path, required=True, help="where compiled models are kept")
    parser.add_argument("--logs", type=Path, required=True)
    chosen = parser.parse_args(arguments)
    if hasattr(os, "nice"):
        os.nice(_NICE)
    logs = Logs(chosen.logs, ROLE)
    logs.begin()
    try:
        _serve(chosen.models, _own_standard_output())
    finally:
        logs.end()
    return 0


def _serve(compiled_models: Path, answers: TextIO) -> None:
    engines: dict[bool, Engine] = {}
    for line in sys.stdin:
        order = RenderOrder.from_line(line)
        has_files = bool(order.files)
        if has_files not in engines:
            engines[has_files] = Engine(_kokoro_files(order.files), compiled_models)
        answers.write(json.dumps(_answer(engines[has_files], order), ensure_ascii=False) + "\n")
        answers.flush()


def _answer(engine: Engine, order: RenderOrder) -> dict[str, str]:
    try:
        spoken = engine.speak(order.text, order.language)
        path = phrase_path(Path(order.cache), order.text, order.language, spoken.voice)
        write_wav(path, spoken.samples, ENGINE_HZ)
    except Unavailable as refusal:
        return {"refusal": refusal.sentence}
    except OSError as failure:
        _log.error("cannot keep a phrase: %s", failure)
        return {"refusal": "There is no room for the prepared phrase on this machine's disk."}
    return {"path": str(path), "voice": spoken.voice}


def _kokoro_files(files: dict[str, str]) -> KokoroFiles | None:
    if not files:
        return None
    return KokoroFiles(
        model=Path(files[MODEL_ASSET]),
        alphabet=Path(files[ALPHABET_ASSET]),
        styles={style: Path(files[STYLE_ASSETS[style]]) for style in KOKORO_STYLES.values()},
    )


def _own_standard_output() -> TextIO:
    """Keep standard output for answers: whatever a library prints goes to standard error instead."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers
