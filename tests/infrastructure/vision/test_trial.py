"""A rule tried on a clip: what it would have raised, when, with a picture; and what nobody could read."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from console.application.onboarding_desk import RULE_KINDS
from console.domain.ids import CameraId
from console.domain.rules import RuleFamily
from console.infrastructure.rule_messages import said
from console.infrastructure.trial_messages import Piece, TrialLine, TrialOrder
from console.infrastructure.vision.trial import tried
from inference.detections import Detections
from inference.frames import Frame
from inference.manifest import Manifest, read_manifest
from resources.locate import locate

SECONDS, FPS, SIZE = 12, 10.0, (160, 90)
BOX = (0.4, 0.4, 0.6, 0.6)


class Looker:
    """Sees one thing that stands still in every picture, or nothing."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._manifest = read_manifest(locate("models/efficientdet_lite0.toml"))
        self.looks: list[float] = []

    @property
    def manifest(self) -> Manifest:
        return self._manifest

    def look(self, frame: Frame) -> Detections:
        self.looks.append(frame.media_time_s)
        if not self._label:
            return Detections.none()
        label = self._manifest.labels.index(self._label)
        return Detections(np.array([BOX], np.float32), np.array([0.8], np.float32), np.array([label], np.int32))


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clips") / "street.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), FPS, SIZE)
    for number in range(int(SECONDS * FPS)):
        writer.write(np.full((SIZE[1], SIZE[0], 3), number, np.uint8))
    writer.release()
    return path


def lines(looker: Looker, *pieces: Piece, stills: Path | None = None) -> list[TrialLine]:
    kind = RULE_KINDS[0]
    rule = kind.rule_for(CameraId("cam01"), "bay", dwell_s=5.0, figures=kind.figures)
    order = TrialOrder(rule=said(rule), looks_per_s=3.0, pieces=pieces, stills=stills)
    return list(tried(TrialOrder.model_validate_json(order.model_dump_json()), looker))


def test_what_is_thrown_is_sought_in_many_pictures_and_without_the_detector(clip: Path) -> None:
    (kind,) = [kind for kind in RULE_KINDS if kind.family is RuleFamily.THROWN]
    rule = kind.rule_for(CameraId("cam01"), "front", dwell_s=0.0, figures=kind.figures)
    looker = Looker("car")
    order = TrialOrder(rule=said(rule), looks_per_s=rule.pictures_per_s, pieces=(Piece(path=clip),))
    told = list(tried(order, looker))
    assert told[-1].looks == pytest.approx(SECONDS * FPS, abs=2), "every picture of a clip of ten a second"
    assert looker.looks == [] and [line for line in told if line.hit is not None] == []


def test_a_car_that_stands_is_one_hit_at_its_dwell_with_a_picture(clip: Path, tmp_path: Path) -> None:
    told = lines(Looker("car"), Piece(path=clip), stills=tmp_path)
    (hit,) = [line.hit for line in told if line.hit is not None]
    assert hit.dwell_s == pytest.approx(5.0, abs=0.6) and hit.at_s == pytest.approx(5.5, abs=0.7)
    assert cv2.imread(hit.still) is not None
    assert told[-1].is_over and told[-1].unread == 0 and told[-1].looks == pytest.approx(3 * SECONDS, abs=2)


def test_an_empty_street_raises_nothing_and_says_how_often_it_was_looked_at(clip: Path) -> None:
    told = lines(Looker(""), Piece(path=clip))
    assert not [line for line in told if line.hit is not None]
    assert told[-1].looks >= SECONDS * 2


def test_a_stay_over_two_files_is_one_stay(clip: Path) -> None:
    looker = Looker("car")
    told = lines(looker, Piece(path=clip), Piece(path=clip, begins_s=float(SECONDS)))
    assert len([line for line in told if line.hit is not None]) == 1
    assert looker.looks == sorted(looker.looks) and looker.looks[-1] > SECONDS * 1.8


def test_what_cannot_be_read_is_counted_and_the_rest_is_looked_at(clip: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no pictures here")
    told = lines(Looker("car"), Piece(path=broken), Piece(path=tmp_path / "gone.mp4"), Piece(path=clip))
    assert told[-1].unread == 2 and told[-1].looks > 0
    assert len([line for line in told if line.hit is not None]) == 1
