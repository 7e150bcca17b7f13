"""``citydesk evaluate CLIPS --truth DIR``: what the house's own rules would have raised on labelled clips, scored.

The whole way of a live camera but the camera: detector, tracker and rules, by media time, as fast as this machine goes.
"""

import argparse
import json
import os
import statistics
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from console.domain.rules import WHOLE_PICTURE, Box, Tiling, tiles_of
from console.infrastructure.assets.command import open_store
from console.infrastructure.terminal import terminal_words
from console.words import Words
from inference.detector import Detector
from inference.errors import InferenceError
from inference.evaluation import Half, Halves, false_per_camera_hour, read_halves
from inference.frames import Frame
from inference.manifest import read_manifest
from inference.pipeline import Pipeline
from inference.preprocessing import letterbox
from inference.replay import looks_at
from inference.scenes import FPS, Scene, Studio, read_scenes
from inference.scoring import Raised, Score, Truth, read_truth, score
from inference.tiling import seen_in
from inference.truth_rules import SCORED, raised_by, rules_of
from resources.locate import locate

DONE, REFUSED = 0, 1
DETECTOR = "efficientdet_lite0.tflite"
LOOKS_PER_S = 5.0  # as in the recall rows of the default model's manifest
MINIMUM_SCORE = 0.35  # the same
NOT_BUILT = "not built"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One clip: its truth, and what was raised on it."""

    stem: str
    truth: Truth
    raised: tuple[Raised, ...]


def main(arguments: list[str]) -> int:
    """Return 0 when every clip was scored, 1 when one could not be."""
    words = terminal_words(os.environ)
    chosen = _parser(words).parse_args(arguments)
    try:
        halves = read_halves(locate("evaluation/halves.toml"))
        pairs = labelled(chosen.clips, chosen.truth, halves, chosen.half)
        detector = _detector(chosen)
        trials = _play(pairs, detector, chosen)
        made = _play_scenes(detector, chosen)
    except (InferenceError, OSError, ValueError) as refusal:
        print(words.say("Nothing was scored: {why}", why=str(refusal)), file=sys.stderr)
        return REFUSED
    answer = report(trials, halves, chosen.half)
    if made:
        answer["generated"] = {"seed": chosen.seed, **report(made, halves, None)}
    print(json.dumps(answer, indent=2) if chosen.json else "\n".join(told(answer, words)))
    return DONE


def labelled(clips: Sequence[Path], folder: Path, halves: Halves, half: Half | None) -> list[tuple[Path, Path, Truth]]:
    """Return each clip with its truth's path and the truth.

    Raises:
        ValueError: a clip has no truth, or no half was fixed for it before.
        OSError: a file cannot be read.
    """
    truths = {truth.clip: (path, truth) for path in sorted(folder.glob("*.toml")) for truth in [read_truth(path)]}
    files = [file for given in clips for file in (sorted(given.iterdir()) if given.is_dir() else [given])]
    wanted = [file for file in files if file.name in truths or file in clips]
    if strangers := [file.name for file in wanted if file.name not in truths]:
        raise ValueError(f"{', '.join(strangers)} has no truth in {folder}")
    if not wanted:
        raise ValueError(f"no clip has its truth in {folder}")
    found = [(file, *truths[file.name]) for file in wanted]
    if half and (unfixed := [path.stem for _, path, _ in found if path.stem not in halves.held]):
        raise ValueError(f"no halves were fixed for {', '.join(unfixed)}")
    return found


def report(trials: Sequence[Trial], halves: Halves, half: Half | None) -> dict[str, Any]:
    """Return the scores by kind over all clips, and each clip's own; a kind without a rule is ``"not built"``."""
    kinds = sorted({zone.kind for trial in trials for zone in trial.truth.zones})
    by_kind: dict[str, Any] = {}
    for kind in kinds:
        if kind not in SCORED:
            by_kind[kind] = NOT_BUILT
            continue
        scores = {
            trial.stem: score(trial.truth, trial.raised, kind, halves.span_of(trial.stem, half))
            for trial in trials
            if trial.truth.zones_of(kind)
        }
        first, *others = scores.values()
        total = sum(others, start=first)
        by_kind[kind] = {**_figures(total), "clips": {stem: _figures(own) for stem, own in scores.items()}}
    return {"half": half or "all", "clips": [trial.stem for trial in trials], "kinds": by_kind}


def told(answer: dict[str, Any], words: Words) -> list[str]:
    """Return the report as lines to read; figures on generated scenes come last, under a heading of their own."""
    lines = _lines(answer["kinds"], words)
    if made := answer.get("generated"):
        heading = words.say("Generated scenes ({count}, seed {seed}):", count=len(made["clips"]), seed=made["seed"])
        lines += [heading, *_lines(made["kinds"], words)]
    return lines


def _lines(kinds: Mapping[str, Any], words: Words) -> list[str]:
    lines: list[str] = []
    for kind, own in kinds.items():
        if own == NOT_BUILT:
            lines.append(words.say("{kind}: not built; nothing was scored", kind=kind))
            continue
        lines.append(
            words.say(
                "{kind}: {tp} right, {fp} false, {fn} missed; precision {precision}, recall {recall}, F1 {f1}; "
                "delay {delay} s; {rate} false an hour of a camera, at most {most} (95 %)",
                kind=kind,
                tp=own["tp"],
                fp=own["fp"],
                fn=own["fn"],
                precision=_shown(own["precision"]),
                recall=_shown(own["recall"]),
                f1=_shown(own["f1"]),
                delay=_shown(own["delay_median_s"]),
                rate=_shown(own["false_per_camera_hour"]),
                most=_shown(own["false_per_camera_hour_upper95"]),
            )
        )
    return lines


def _parser(words: Words) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="citydesk evaluate")
    parser.add_argument("clips", nargs="+", type=Path, metavar="CLIPS", help=words.say("clips, or folders of them"))
    parser.add_argument("--truth", type=Path, required=True, help=words.say("folder with one truth file for each clip"))
    parser.add_argument("--half", choices=["tune", "held"], help=words.say("score one fixed half of each clip only"))
    parser.add_argument(
        "--scenes", type=int, default=0, metavar="N", help=words.say("score N variants of each generated scene too")
    )
    parser.add_argument("--seed", type=int, default=1, help=words.say("another seed makes other variants"))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--manifest", type=Path, help=words.say("another model's manifest"))
    parser.add_argument("--model", type=Path, help=words.say("that model's file"))
    parser.add_argument("--device", default="CPU")
    parser.add_argument("--looks", type=float, default=LOOKS_PER_S, help=words.say("looks per second of media time"))
    parser.add_argument(
        "--tiles",
        choices=[tiling.value for tiling in Tiling],
        default=Tiling.WHOLE.value,
        help=words.say("look at so many parts of the picture as well, columns by rows"),
    )
    parser.add_argument("--minimum-score", type=float, default=MINIMUM_SCORE)
    return parser


def _detector(chosen: argparse.Namespace) -> Detector:
    manifest = read_manifest(chosen.manifest or locate("models/efficientdet_lite0.toml"))
    model = chosen.model or open_store().path_of(DETECTOR)
    return Detector(manifest, model, device=chosen.device, precision="f32")


def _play(pairs: Iterable[tuple[Path, Path, Truth]], detector: Detector, chosen: argparse.Namespace) -> list[Trial]:
    return [
        _trial(
            path.stem,
            truth,
            looks_at(clip, detector.manifest.input, truth.fps, chosen.looks, _regions(chosen), count=truth.frames),
            detector,
            chosen,
        )
        for clip, path, truth in pairs
    ]


def _play_scenes(detector: Detector, chosen: argparse.Namespace) -> list[Trial]:
    if chosen.scenes <= 0:
        return []
    first = chosen.clips[0]
    studio = Studio(read_scenes(locate("evaluation/scenes.toml")), first if first.is_dir() else first.parent)
    return [
        _trial(
            f"{scene.name} ({scene.weathers[variant % len(scene.weathers)]}, {variant + 1})",
            scene.truth(),
            _seen(studio, scene, variant, detector, chosen),
            detector,
            chosen,
        )
        for scene in studio.script.scenes
        for variant in range(chosen.scenes)
    ]


def _seen(
    studio: Studio, scene: Scene, variant: int, detector: Detector, chosen: argparse.Namespace
) -> Iterator[tuple[Frame, ...]]:
    wanted = detector.manifest.input
    every = max(1, round(FPS / chosen.looks))
    for number, (media_time_s, picture) in enumerate(studio.play(scene, variant, chosen.seed)):
        if number % every == 0:
            yield tuple(
                letterbox(
                    picture,
                    (wanted.width, wanted.height),
                    sequence=number + 1,
                    media_time_s=media_time_s,
                    region=region,
                    stretch=wanted.resize == "stretch",
                )
                for region in _regions(chosen)
            )


def _regions(chosen: argparse.Namespace) -> tuple[Box, ...]:
    return WHOLE_PICTURE, *tiles_of(WHOLE_PICTURE, Tiling(chosen.tiles))


def _trial(
    name: str, truth: Truth, seen: Iterable[Sequence[Frame]], detector: Detector, chosen: argparse.Namespace
) -> Trial:
    pipeline = Pipeline(detector.manifest, chosen.looks, rules_of(truth, chosen.minimum_score))
    looks = (pipeline.take(frames[0], seen_in(detector, frames)) for frames in seen)
    return Trial(stem=name, truth=truth, raised=tuple(raised_by(looks, truth)))


def _figures(found: Score) -> dict[str, Any]:
    rate = false_per_camera_hour(found)
    return {
        "tp": found.right,
        "fp": found.false,
        "fn": found.missed,
        "precision": found.precision,
        "recall": found.recall,
        "f1": found.f1,
        "delay_median_s": statistics.median(found.delays_s) if found.delays_s else None,
        "delays_s": list(found.delays_s),
        "camera_hours": found.camera_s / 3600,
        "false_per_camera_hour": rate and rate[0],
        "false_per_camera_hour_upper95": rate and rate[1],
        "missed": [asdict(event) for event in found.misses],
        "false": [asdict(alarm) for alarm in found.wrong],
    }


def _shown(figure: float | None) -> str:
    return "–" if figure is None else f"{figure:.2f}"
