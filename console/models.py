"""``citydesk models [list | check | add | use | remove]``: which detectors there are, and which one watches the street.

A check runs the user's own model (OpenVINO's format, ONNX or tflite) by its manifest on pictures of a real clip, as
the vision worker would: digest, outside files, input and shapes are judged by the same code that refuses a model
before it watches. A model that finds nothing in any picture, or takes longer than a look may, is told and fails, and is
not added to a site.
"""

import argparse
import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from statistics import median

from console.application.errors import Unavailable
from console.domain.errors import DomainError, Refusal
from console.infrastructure.assets.command import open_store
from console.infrastructure.clock import SystemClock
from console.infrastructure.paths import Paths
from console.infrastructure.site_models import SHIPPED, LookingModel, SiteModels
from console.infrastructure.supervisor import command_for, environment_for_child
from console.infrastructure.terminal import terminal_words
from console.machine_hand import DONE, REFUSED, with_site
from console.own_models import add, bundle_of, remove, templates, use
from console.site import DEFAULT_SITE, Site
from console.words import N_, Words
from inference.detector import Detector
from inference.errors import InferenceError, ModelRefused
from inference.frames import Frame
from inference.manifest import Manifest, read_manifest
from inference.replay import frames
from resources.locate import locate

CLIP = "campus-pedestrians.avi"
MOST_DROP = 0.02
FPS, LOOKS_PER_S, LOOKS = 10.0, 2.0, 24
LONGEST_LOOK_MS = 1000 / LOOKS_PER_S
"""A model that needs longer cannot look at one camera as often as the least a rule is tuned for (2 a second)."""


def main(arguments: list[str]) -> int:
    """Return 0 when all went well; 1 when something was refused."""
    words = terminal_words(os.environ)
    chosen = _parser(words).parse_args(arguments)
    try:
        match chosen.action:
            case "check":
                return _check(chosen.manifest, chosen.model, chosen.clip, chosen.device, words)
            case "add":
                return _add(chosen, words)
            case "use":
                return with_site(chosen.site, words, lambda site: _use(site, chosen.name, words))
            case "quantize":
                return _quantize(chosen, words)
            case "remove":
                return with_site(chosen.site, words, lambda site: _remove(site, chosen.name))
            case _:
                return _list(getattr(chosen, "site", DEFAULT_SITE), words)
    except Refusal as refusal:
        print(words.tell(refusal), file=sys.stderr)
        return REFUSED
    except (InferenceError, ValueError) as refusal:
        print(words.say("It may not watch a street: {why}", why=str(refusal)), file=sys.stderr)
        return REFUSED


def _parser(words: Words) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="citydesk models")
    actions = parser.add_subparsers(dest="action")
    listing = actions.add_parser("list", help=words.say("the detectors that are here, and which one watches"))
    check = actions.add_parser("check", help=words.say("run a model of your own on real pictures"))
    check.add_argument("manifest", type=Path)
    check.add_argument("model", type=Path)
    add = actions.add_parser("add", help=words.say("take a model of your own into the site, once it passes the check"))
    add.add_argument("source", type=Path, help=words.say("its folder, its manifest, or with --manifest its file"))
    add.add_argument(
        "--manifest",
        dest="template",
        metavar="NAME",
        default="",
        help=words.say("papers that came with the program: {names}", names=", ".join(templates())),
    )
    add.add_argument("--name", default="", help=words.say("another name than the one in its papers"))
    for tried in (check, add):
        tried.add_argument(
            "--clip", type=Path, help=words.say("pictures to run it on; without it a clip of the catalogue")
        )
        tried.add_argument("--device", default="AUTO")
    use = actions.add_parser("use", help=words.say("let a model watch from the station's next start on"))
    remove = actions.add_parser("remove", help=words.say("take away a model that was added"))
    for named in (use, remove):
        named.add_argument("name")
    quantize = actions.add_parser("quantize", help=words.say("make a twin in int8 of an added model"))
    quantize.add_argument("name")
    quantize.add_argument("--clips", type=Path, required=True, help=words.say("clips of your streets"))
    quantize.add_argument(
        "--drop", type=float, default=MOST_DROP, help=words.say("the share of things in which the two may differ")
    )
    for of_site in (listing, add, use, remove, quantize):
        of_site.add_argument("--site", default=DEFAULT_SITE)
    return parser


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


def _add(chosen: argparse.Namespace, words: Words) -> int:
    bundle = bundle_of(chosen.source, chosen.template, chosen.name)

    def check(model: LookingModel) -> None:
        manifest = read_manifest(model.manifest)
        if manifest.name != bundle.name:
            raise ModelRefused(f"its manifest calls it {manifest.name}, and it was to be {bundle.name}")
        if _check(model.manifest, model.model, chosen.clip, chosen.device, words) != DONE:
            raise DomainError("{name} was not added.", name=bundle.name)

    def work(site: Site) -> int:
        try:
            add(site, bundle, check)
        except (InferenceError, ValueError) as refusal:
            print(words.say("It may not watch a street: {why}", why=str(refusal)), file=sys.stderr)
            print(words.say("{name} was not added.", name=bundle.name), file=sys.stderr)
            return REFUSED
        print(words.say("{name} is added. `citydesk models use {name}` lets it watch.", name=bundle.name))
        return DONE

    return with_site(chosen.site, words, work)


def _use(site: Site, name: str, words: Words) -> int:
    use(site, name)
    print(words.say("{name} watches from the station's next start on.", name=name))
    return DONE


def _remove(site: Site, name: str) -> int:
    remove(site, name)
    return DONE


def _quantize(chosen: argparse.Namespace, words: Words) -> int:
    if importlib.util.find_spec("nncf") is None:
        raise Unavailable(
            "NNCF, which makes models in int8, is not installed: it is no part of what runs. Install it with "
            "`pip install nncf`, on any machine; the model that it makes is added elsewhere by its folder."
        )
    arguments = [chosen.name, "--clips", str(chosen.clips), "--drop", str(chosen.drop), "--site", chosen.site]
    command = command_for("quantizer", arguments)
    return subprocess.run(command, env=environment_for_child({}), stdin=subprocess.DEVNULL, check=False).returncode


def _list(site: str, words: Words) -> int:
    store = open_store()
    models = SiteModels(Paths.for_site(site).data)
    try:
        watches = models.chosen
    except Unavailable as cause:
        print(words.tell(cause), file=sys.stderr)
        watches = ""
    by_digest = {store.catalogue[name].sha256: store.catalogue[name] for name in store.catalogue.names}
    for path in sorted(locate("models").glob("*.toml")):
        manifest = read_manifest(path)
        asset = by_digest.get(manifest.sha256)
        if asset is None:
            continue
        state = words.say("ready") if store.is_ready(asset.name) else words.say("absent")
        print(_line(state, manifest, asset.size_bytes, words, is_watching=manifest.name == watches))
        print(f"        {', '.join(dict.fromkeys(place.title for source in asset.sources for place in source))}")
    for name in models.names():
        _tell_added(models.model(name), words, is_watching=name == watches)
    if watches and watches not in (SHIPPED, *models.names()):
        print(words.say("{name} is to watch and is not here; nothing is looked at.", name=watches), file=sys.stderr)
    return DONE


def _tell_added(model: LookingModel, words: Words, *, is_watching: bool) -> None:
    try:
        manifest = read_manifest(model.manifest)
    except InferenceError as cause:
        print(f"{words.say('damaged')}  {model.name}: {cause}")
        return
    try:
        manifest.verify(model.model)
        state = words.say("ready")
    except InferenceError:
        state = words.say("damaged")
    size_bytes = sum(path.stat().st_size for path in model.model.parent.glob("model.*"))
    print(_line(state, manifest, size_bytes, words, is_watching=is_watching))


def _line(state: str, manifest: Manifest, size_bytes: int, words: Words, *, is_watching: bool) -> str:
    mark = words.say("watches") if is_watching else ""
    wanted = manifest.input
    facts = [state, manifest.name, f"{size_bytes / 1e6:.1f} MB", manifest.licence, *([mark] if mark else [])]
    return f"{'  '.join(facts)}\n        {wanted.width}×{wanted.height}, {manifest.data}"
