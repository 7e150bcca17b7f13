"""Claims about the verifier on real crops of one camera: verdicts lower the false alarms that the score lets through.

Detections of the default model at any score are the alarms. What they are is told by a stronger model that looks at the
whole picture and six tiles of it, where it is sure: a box it shares is real, one it sees nothing of is false, and what
lies between is left out. Heads labelled by eye check that teller.
"""

import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from inference.detector import Detector
from inference.embedder import Embedder, Embeddings, crop_of
from inference.frames import Pixels
from inference.geometry import WHOLE, Box, ious
from inference.learning.figures import Figures, measure
from inference.learning.head import Head
from inference.learning.lesson import Example, Lesson, teach
from inference.manifest import read_manifest
from inference.preprocessing import letterbox
from inference.replay import pictures
from tests.inference.test_embedder import asset

pytestmark = [pytest.mark.media, pytest.mark.long, pytest.mark.timeout(1800)]

MODELS = Path(__file__).resolve().parents[2] / "resources" / "models"
TILES: tuple[Box, ...] = tuple((x / 4, y / 2, x / 4 + 0.5, y / 2 + 0.5) for y in (0, 1) for x in (0, 1, 2))
LEAST_SCORE = 0.08  # below any rule's: what a rule would raise when somebody lowers its threshold
SURE, NOTHING = 0.5, 0.2
KINDS = {"person": {"person"}, "vehicle": {"vehicle", "car", "truck", "bus"}}
DRAWS = 5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Crops:
    """Detections of one kind on one clip: rows in the order of time.

    Attributes:
        at: number of the picture. boxes: in fractions of it. pictures: how many were looked at.
    """

    at: npt.NDArray[np.int64]
    boxes: npt.NDArray[np.float32]
    scores: npt.NDArray[np.float64]
    are_real: npt.NDArray[np.bool_]
    embeddings: Embeddings

    @property
    def first_half(self) -> npt.NDArray[np.intp]:
        return np.flatnonzero(self.at <= self.at.max() * 0.5)

    @property
    def last_part(self) -> npt.NDArray[np.bool_]:
        """The last 45 %: a gap lies between, so that nobody stands in both."""
        return np.asarray(self.at > self.at.max() * 0.55)


class Teller:
    """The default model, the one that says what is real, and the embedder."""

    def __init__(self, default_model: Path, other_models: Path, embedder: Embedder) -> None:
        papers = replace(read_manifest(MODELS / "efficientdet_lite0.toml"), minimum_score=LEAST_SCORE)
        self._student = Detector(papers, default_model, device="CPU", precision="f32")
        papers = read_manifest(Path(__file__).parent / "manifests" / "person-vehicle-bike-detection-2002.toml")
        self._teacher = Detector(papers, other_models / f"{papers.name}.xml", device="CPU", precision="f32")
        self._embedder = embedder

    def crops(self, clip: Path, kind: str, every: int) -> Crops:
        at: list[int] = []
        boxes: list[Box] = []
        scores: list[float] = []
        real: list[bool] = []
        rows: list[Embeddings] = []
        for number, picture in enumerate(pictures(clip, every=every)):
            known = [one for region in (WHOLE, *TILES) for one in _seen(self._teacher, picture, kind, region)]
            told = np.array([box for box, _ in known], np.float32).reshape(-1, 4)
            sure = np.array([score for _, score in known])
            for box, score in _seen(self._student, picture, kind, WHOLE):
                shared = ious(np.array(box, np.float32), told)
                is_real = bool((sure[shared >= 0.5] >= SURE).any())
                if is_real or not (sure[shared >= NOTHING] >= NOTHING).any():
                    at.append(number * every)
                    boxes.append(box)
                    scores.append(score)
                    real.append(is_real)
                    rows.append(self._embedder.embed([crop_of(picture, box)]))
        return Crops(
            at=np.array(at),
            boxes=np.array(boxes, np.float32),
            scores=np.array(scores),
            are_real=np.array(real),
            embeddings=np.concatenate(rows),
        )


def _seen(detector: Detector, picture: Pixels, kind: str, region: Box) -> list[tuple[Box, float]]:
    papers = detector.manifest
    stretch = papers.input.resize == "stretch"
    size = papers.input.width, papers.input.height
    found = detector.look(letterbox(picture, size, sequence=1, media_time_s=0.0, region=region, stretch=stretch))
    named = [papers.labels[label] in KINDS[kind] for label in found.labels]
    return [(found.box(int(row)), float(found.scores[row])) for row in np.flatnonzero(named)]


@pytest.fixture(scope="module")
def teller(default_model: Path, other_models: Path) -> Teller:
    return Teller(default_model, other_models, Embedder(asset("efficientnet_lite0.tflite")))


@pytest.fixture(scope="module")
def walkers(teller: Teller, footage: Path) -> Crops:
    return teller.crops(footage / "campus-pedestrians.avi", "person", every=10)


@pytest.fixture(scope="module")
def cars(teller: Teller, footage: Path) -> Crops:
    """A suburb's street; unlike the walkers, the cars parked along it stand in both parts."""
    return teller.crops(footage / "suburb-parked-cars.mp4", "vehicle", every=12)


def after(crops: Crops, verdicts: int, seed: int) -> Figures:
    """Return figures on the last part after so many verdicts on the first half, as many of each sort."""
    draw = np.random.default_rng(seed)
    half = crops.first_half
    real, false = (half[crops.are_real[half] == sort] for sort in (True, False))
    chosen = np.sort(
        np.concatenate([draw.choice(sort, verdicts // 2, replace=False) for sort in (real, false)]),
    )
    head = Head.taught(crops.embeddings[chosen], crops.scores[chosen], crops.are_real[chosen])
    seen = crops.last_part
    return measure(head.probabilities(crops.embeddings[seen], crops.scores[seen]), crops.are_real[seen])


def alone(crops: Crops) -> Figures:
    return measure(crops.scores[crops.last_part], crops.are_real[crops.last_part])


@pytest.mark.parametrize(("camera", "least"), [("walkers", 100), ("cars", 50)])
@pytest.mark.parametrize(("verdicts", "most"), [(50, 0.25), (200, 0.15)])
def test_verdicts_lower_the_false_alarms_of_their_own_camera(
    request: pytest.FixtureRequest, camera: str, least: int, verdicts: int, most: float
) -> None:
    crops: Crops = request.getfixturevalue(camera)

    figures = [after(crops, verdicts, seed) for seed in range(DRAWS)]

    print(camera, alone(crops), figures)
    assert min(alone(crops).real, alone(crops).false) >= least
    assert max(one.false_at_recall for one in figures) <= most < alone(crops).false_at_recall


def test_held_out_figures_of_a_lesson_are_what_comes_true_later(walkers: Crops) -> None:
    half = walkers.first_half
    lesson = teach(
        [
            Example(embedding=walkers.embeddings[row], score=float(walkers.scores[row]), is_real=bool(is_real))
            for row, is_real in zip(half, walkers.are_real[half], strict=True)
        ]
    )
    assert isinstance(lesson, Lesson)
    seen = walkers.last_part
    later = measure(lesson.head.probabilities(walkers.embeddings[seen], walkers.scores[seen]), walkers.are_real[seen])

    print(lesson.before, lesson.after, lesson.uncalibrated, later)
    assert lesson.is_better
    assert abs(later.auc - lesson.after.auc) < 0.05
    assert lesson.after.brier <= lesson.uncalibrated.brier + 0.005


def test_the_teller_agrees_with_heads_labelled_by_eye(walkers: Crops, footage: Path) -> None:
    truth = tomllib.loads((footage / "truth" / "campus-pedestrians.toml").read_text(encoding="utf-8"))
    heads = {row["frame"]: np.array(row["boxes"], np.float32) for row in truth["heads"]}
    rows = [row for row in range(len(walkers.at)) if int(walkers.at[row]) in heads]

    has_head = np.array([_holds(walkers.boxes[row], heads[int(walkers.at[row])]) for row in rows])
    called_real = walkers.are_real[rows]

    print(len(rows), has_head[called_real].mean(), has_head[~called_real].mean())
    assert called_real.sum() >= 20
    assert has_head[called_real].mean() >= 0.9


def _holds(box: npt.NDArray[np.float32], heads: npt.NDArray[np.float32]) -> bool:
    """Say whether a head's centre lies in the upper half of the box, or a little above it."""
    x, y = (heads[:, 0] + heads[:, 2]) / 2, (heads[:, 1] + heads[:, 3]) / 2
    height = box[3] - box[1]
    inside = (x >= box[0]) & (x <= box[2]) & (y >= box[1] - 0.1 * height) & (y <= box[1] + 0.5 * height)
    return bool(inside.any())
