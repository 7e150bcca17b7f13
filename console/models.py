"""``citydesk models [list | check MANIFEST MODEL]``: which detectors there are, and whether one may watch a street.

A check runs the user's own model (OpenVINO's format, ONNX or tflite) by its manifest on pictures of a real clip, as
the vision worker would: digest, outside files, input and shapes are judged by the same code that refuses a model
before it watches. A model that finds nothing in any picture, or takes longer than a look may, is told and fails.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from statistics import median

from console.application.errors import Unavailable
from console.infrastructure.assets.command import open_store
from console.infrastructure.clock import SystemClock
from console.infrastructure.terminal import terminal_words
from console.words import N_, Words
from inference.detector import Detector
from inference.errors import InferenceError
from inference.frames import Frame
from inference.manifest import read_manifest
from inference.replay import frames
from resources.locate import locate

DONE, REFUSED = 0, 1
CLIP = "campus-pedestrians.avi"
FPS, LOOKS_PER_S, LOOKS = 10.0, 2.0, 24
LONGEST_LOOK_MS = 1000 / LOOKS_PER_S
"""A model that needs longer cannot look at one camera as often as the least a rule is tuned for (2 a second)."""


def main(arguments: list[str]) -> int:
    """Return 0 when all went well; 1 when a model may not watch a street."""
    words = terminal_words(os.environ)
    parser = argparse.ArgumentParser(prog="citydesk models")
    actions = parser.add_subparsers(dest="action")
    actions.add_parser("list", help=words.say("the detectors that came with the program"))
    check = actions.add_parser("check", help=words.say("run a model of your own on real pictures"))
    check.add_argument("manifest", type=Path)
    check.add_argument("model", type=Path)
    check.add_argument("--clip", type=Path, help=words.say("pictures to run it on; without it a clip of the catalogue"))
    check.add_argument("--device", default="AUTO")
    chosen = parser.parse_args(arguments)
    if chosen.action != "check":
        return _list(words)
    try:
        return _check(chosen.manifest, chosen.model, chosen.clip, chosen.device, words)
    except (InferenceError, Unavailable, ValueError) as refusal:
        print(words.say("It may not watch a street: {why}", why=_why(refusal, words)), file=sys.stderr)
        return REFUSED


def looked(detector: Detector, pictures: Iterable[Frame], now_s: Callable[[], float]) -> tuple[int, list[float]]:
    """Return how many things were found in all pictures, and how long each look took (ms).

    Raises:
        InferenceFailed: there is no answer.
    """
    found, took_ms = 0, []
    for picture in pictures:
        began_s = now_s()
        found += len(detector.look(picture).scores)
        took_ms.append((now_s() - began_s) * 1000)
    return found, took_ms


def why_not(found: int, took_ms: list[float]) -> str | None:
    """Return the sentence why a model that answered may not watch, ``None`` where it may."""
    if found == 0:
        return N_("It found nothing in any picture of the clip.")
    if median(took_ms) > LONGEST_LOOK_MS:
        return N_("A look takes longer than half a second on this machine.")
    return None


def _check(manifest: Path, model: Path, clip: Path | None, device: str, words: Words) -> int:
    detector = Detector(read_manifest(manifest), model, device=device)
    played = clip if clip is not None else open_store().path_of(CLIP)
    pictures = islice(frames(played, detector.manifest.input, FPS, LOOKS_PER_S), LOOKS)
    found, took_ms = looked(detector, pictures, SystemClock().monotonic_s)
    print(
        words.say(
            "{name} ({licence}) on {device} in {precision}: {found} things in {looks} pictures, {took} ms a look",
            name=detector.manifest.name,
            licence=detector.manifest.licence,
            device=detector.running.device,
            precision=detector.running.precision,
            found=str(found),
            looks=str(len(took_ms)),
            took=f"{median(took_ms):.0f}",
        )
    )
    sentence = why_not(found, took_ms)
    if sentence is not None:
        print(words.say("It may not watch a street: {why}", why=words.say(sentence)), file=sys.stderr)
        return REFUSED
    print(words.say("It may watch a street. What it misses there, `citydesk evaluate` tells on labelled clips."))
    return DONE


def _list(words: Words) -> int:
    store = open_store()
    by_digest = {store.catalogue[name].sha256: store.catalogue[name] for name in store.catalogue.names}
    for path in sorted(locate("models").glob("*.toml")):
        manifest = read_manifest(path)
        asset = by_digest.get(manifest.sha256)
        if asset is None:
            continue
        state = words.say("ready") if store.is_ready(asset.name) else words.say("absent")
        wanted = manifest.input
        print(f"{state}  {manifest.name}  {asset.size_bytes / 1e6:.1f} MB  {manifest.licence}")
        print(f"        {wanted.width}×{wanted.height}, {manifest.data}")
        print(f"        {', '.join(dict.fromkeys(place.title for source in asset.sources for place in source))}")
    return DONE


def _why(refusal: Exception, words: Words) -> str:
    return words.tell(refusal) if isinstance(refusal, Unavailable) else str(refusal)
