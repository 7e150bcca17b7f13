"""The role that makes an int8 twin of an added model, once, and ends; it writes nothing where too much is lost.

Half of each clip gives the ranges, the other half is looked at with both models in the same run: what int8 loses, what
it sees beside, and how long each takes. A process of its own: NNCF is large, slow to import, and not part of what runs.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from console.domain.errors import DomainError
from console.infrastructure.site_models import LookingModel, SiteModels
from console.infrastructure.terminal import terminal_words
from console.int8_twins import compared, halves, twin_of
from console.machine_hand import DONE, REFUSED, with_site
from console.own_models import add
from console.site import DEFAULT_SITE, Site
from console.words import Words
from inference.detector import Detector
from inference.errors import InferenceError
from inference.manifest import read_manifest
from inference.quantizing import quantize

ROLE = "quantizer"
NICENESS = 19


def main(arguments: list[str]) -> int:
    """Make the twin. Exit code 1 where it was refused, and then nothing was added."""
    words = terminal_words(os.environ)
    parser = argparse.ArgumentParser(prog=f"citydesk --role {ROLE}")
    parser.add_argument("name")
    parser.add_argument("--clips", type=Path, required=True)
    parser.add_argument("--drop", type=float, required=True)
    parser.add_argument("--site", default=DEFAULT_SITE)
    chosen = parser.parse_args(arguments)
    if os.name == "posix":
        os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
    return with_site(chosen.site, words, lambda site: _make(site, chosen.name, chosen.clips, chosen.drop, words))


def _make(site: Site, name: str, clips: Path, most_drop: float, words: Words) -> int:
    models = SiteModels(site.paths.data)
    if name not in models.names():
        raise DomainError(
            "There is no model named {name} among those that were added; `citydesk models list` names them.", name=name
        )
    model = models.model(name)
    try:
        with tempfile.TemporaryDirectory(prefix="citydesk-int8-") as folder:
            twin = _made(site, model, clips, most_drop, Path(folder) / "model.xml", words)
    except (InferenceError, ValueError, OSError) as refusal:
        print(words.say("No model in int8 was made: {why}", why=str(refusal)), file=sys.stderr)
        return REFUSED
    print(words.say("{name} is added. `citydesk models use {name}` lets it watch.", name=twin))
    return DONE


def _made(site: Site, model: LookingModel, clips: Path, most_drop: float, made: Path, words: Words) -> str:
    manifest = read_manifest(model.manifest)
    seen, held = halves(clips, manifest)
    quantize(manifest, model.model, seen, made)
    twin, bundle = twin_of(manifest, model, made)
    exact = Detector(manifest, model.model, device="CPU", precision="f32")
    before, after = Detector(manifest, model.model, device="CPU"), Detector(twin, made, device="CPU")
    comparison = compared(exact, before, after, held, site.clock.monotonic_s)
    measured = comparison.agreement
    print(
        words.say(
            "{found} % of what {one} sees is found, {shared} % of what the new one sees is shared ({compared} things "
            "in {count} pictures); a look takes {one_ms} ms in {precision}, the new one {other_ms} ms",
            found=f"{measured.found * 100:.1f}",
            shared=f"{measured.shared * 100:.1f}",
            one=manifest.name,
            compared=measured.compared,
            count=len(held),
            one_ms=f"{comparison.model_ms:.1f}",
            other_ms=f"{comparison.twin_ms:.1f}",
            precision=before.running.precision,
        )
    )
    if measured.drop > most_drop:
        raise DomainError(
            "{name} was not added: {drop} % differ, and {most} % may. Bring clips of more streets, or allow more with "
            "--drop.",
            name=twin.name,
            drop=f"{measured.drop * 100:.1f}",
            most=f"{most_drop * 100:.1f}",
        )
    add(site, bundle, _must_load)
    return twin.name


def _must_load(copy: LookingModel) -> None:
    Detector(read_manifest(copy.manifest), copy.model, device="CPU")
