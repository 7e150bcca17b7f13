"""What an int8 twin is made from and judged by: pictures of clips, its papers, and looks at what it never saw."""

import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Protocol

from console.domain.errors import DomainError
from console.infrastructure.site_models import LookingModel
from console.own_models import Bundle, text_of
from inference.agreement import Agreement, agreement
from inference.detections import Detections
from inference.frames import Frame
from inference.manifest import Manifest, ModelFile, sha256_of
from inference.preprocessing import letterbox
from inference.replay import timed_pictures

LOOKS_PER_S = 2.0
MOST_PICTURES = 100
"""Of each half; NNCF's own default takes 300 from a whole data set, street clips repeat themselves (judgement)."""
LEAST_PICTURES = 10
SUFFIXES = frozenset({".mp4", ".avi", ".mkv", ".mov", ".ts", ".webm"})


class Looking(Protocol):
    """What is compared."""

    def look(self, frame: Frame) -> Detections: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a model and its twin share, and how long a look of each takes as the station runs them (median ms)."""

    agreement: Agreement
    model_ms: float
    twin_ms: float


def halves(clips: Path, manifest: Manifest) -> tuple[list[Frame], list[Frame]]:
    """Return pictures of the first and of the second half of each clip, so many of each half as ``MOST_PICTURES``.

    Raises:
        DomainError: there are too few. ClipUnreadable: a clip does not open.
    """
    files = [path for path in sorted(clips.glob("*")) if path.suffix.lower() in SUFFIXES] if clips.is_dir() else [clips]
    first: list[Frame] = []
    second: list[Frame] = []
    for file in files:
        pictures = list(_frames(file, manifest))
        middle = len(pictures) // 2
        most = max(1, MOST_PICTURES // len(files))
        first += _spread(pictures[:middle], most)
        second += _spread(pictures[middle:], most)
    if len(first) < LEAST_PICTURES:
        raise DomainError(
            "{folder} gives {count} pictures for each half, and {least} are the least; clips of some minutes are best.",
            folder=str(clips),
            count=len(first),
            least=LEAST_PICTURES,
        )
    return first, second


def twin_of(manifest: Manifest, model: LookingModel, made: Path) -> tuple[Manifest, Bundle]:
    """Return the papers of the model that was made: those of the first, with its own files and without its figures."""
    files = tuple(ModelFile(suffix=suffix, sha256=sha256_of(made.with_suffix(suffix))) for suffix in (".xml", ".bin"))
    name = f"{manifest.name}-int8"
    written = tomllib.loads(model.manifest.read_text(encoding="utf-8"))
    written.pop("recall", None)
    written |= {"name": name, "file": [{"suffix": file.suffix, "sha256": file.sha256} for file in files]}
    bundle = Bundle(
        name=name,
        papers=text_of(written).encode(),
        files=tuple((file.suffix, made.with_suffix(file.suffix)) for file in files),
    )
    return replace(manifest, name=name, files=files, recall=()), bundle


def compared(
    exact: Looking, model: Looking, twin: Looking, held: Sequence[Frame], now_s: Callable[[], float]
) -> Comparison:
    """Look at each picture with all by turns, so that a busy machine slows them alike.

    Args:
        exact: the model in f32, which the twin is held against.
        model: the model as the station runs it.

    Raises:
        ValueError: there was nothing to compare.
    """
    looks: list[tuple[Detections, Detections]] = []
    took_ms: tuple[list[float], list[float]] = ([], [])
    for picture in held:
        found: list[Detections] = []
        for detector, took in zip((model, twin), took_ms, strict=True):
            began_s = now_s()
            found.append(detector.look(picture))
            took.append((now_s() - began_s) * 1000)
        looks.append((exact.look(picture), found[-1]))
    return Comparison(agreement=agreement(looks), model_ms=median(took_ms[0]), twin_ms=median(took_ms[1]))


def _frames(file: Path, manifest: Manifest) -> Iterator[Frame]:
    wanted = manifest.input
    for number, (since_s, picture) in enumerate(timed_pictures(file, LOOKS_PER_S)):
        yield letterbox(
            picture,
            (wanted.width, wanted.height),
            sequence=number + 1,
            media_time_s=since_s,
            stretch=wanted.resize == "stretch",
        )


def _spread(pictures: Sequence[Frame], most: int) -> Sequence[Frame]:
    """Return at most so many, evenly over all."""
    return pictures[:: -(-len(pictures) // most)] if len(pictures) > most else pictures
