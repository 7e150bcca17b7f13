import numpy as np
import pytest

from inference.detections import Detections
from inference.frames import Frame
from inference.geometry import Box
from inference.manifest import Manifest, ModelFile, ModelInput
from inference.pipeline import Look, Pipeline
from inference.rules.standing_vehicle import StandingVehicleRule

VAN: Box = (0.4, 0.4, 0.6, 0.6)
RULE = StandingVehicleRule(
    rule_id="bay",
    polygon=((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8)),
    labels=frozenset({"car", "truck"}),
    dwell_s=10.0,
    minimum_score=0.4,
)
MANIFEST = Manifest(
    name="test",
    files=(ModelFile(suffix=".onnx", sha256="0" * 64),),
    input=ModelInput(width=64, height=64, layout="NHWC", colour="RGB", element="u8", resize="letterbox_top_left"),
    decoder="ssd",
    minimum_score=0.2,
    suppress_iou=0.5,
    labels=("car", "truck", "person"),
    groups={"vehicle": ("car", "truck")},
    licence="Apache-2.0",
    data="nothing",
    recall=(),
)


class Street:
    """Feeds a pipeline with looks at a parked van, numbered and timed by the test."""

    def __init__(self) -> None:
        self.pipeline = Pipeline(MANIFEST, 5.0, [RULE])
        self._sequence = 0

    def look(self, media_time_s: float, is_there: bool = True, label: int = 0) -> Look:
        self._sequence += 1
        frame = Frame(
            i420=np.full((96, 64), 100, np.uint8),
            content_px=(64, 64),
            sequence=self._sequence,
            media_time_s=media_time_s,
        )
        seen = Detections(np.array([VAN], np.float32), np.array([0.6], np.float32), np.array([label], np.int32))
        return self.pipeline.take(frame, seen if is_there else Detections.none())

    def play(self, from_s: float, until_s: float, fps: float = 5.0) -> list[Look]:
        return [self.look(from_s + number / fps) for number in range(round((until_s - from_s) * fps) + 1)]


def hits_of(looks: list[Look]) -> list[float]:
    return [hit.media_time_s for look in looks for hit in look.hits]


@pytest.mark.parametrize("fps", [2.0, 3.0, 25.0])
def test_a_parked_van_is_one_hit_at_the_same_time_at_any_rate(fps: float) -> None:
    hits = hits_of(Street().play(0.0, 60.0, fps))
    # A track takes two looks to be believed, so it may be due that much later.
    assert hits == [pytest.approx(10.0 + 1 / fps, abs=1 / fps + 0.01)]


def test_dwell_is_shown_with_the_rule_it_counts_for() -> None:
    look = Street().play(0.0, 6.0)[-1]
    (track,) = look.tracks
    assert look.dwells[track.track_id].rule_id == "bay"
    assert look.dwells[track.track_id].dwell_s == pytest.approx(5.8)


def test_a_stream_that_begins_again_is_noticed_and_starts_unfinished_dwell_anew() -> None:
    street = Street()
    assert hits_of(street.play(100.0, 108.0)) == []
    again = street.play(0.0, 15.0)
    assert [look.is_restart for look in again[:2]] == [True, False]
    assert hits_of(again) == [pytest.approx(10.2)]


def test_a_frame_with_the_time_of_the_one_before_neither_counts_nor_ends_anything() -> None:
    street = Street()
    found = []
    for number in range(60):
        found.append(street.look(number / 5))
        found.append(street.look(number / 5))
    assert hits_of(found) == [pytest.approx(10.2)]
    assert not any(look.is_restart for look in found)


def test_a_rule_that_stays_the_same_keeps_its_dwell_when_another_is_added() -> None:
    street = Street()
    street.play(0.0, 8.0)
    other = StandingVehicleRule(
        rule_id="road", polygon=RULE.polygon, labels=RULE.labels, dwell_s=5.0, minimum_score=0.4
    )
    street.pipeline.change_rules([RULE, other])
    hits = [(hit.rule_id, hit.media_time_s) for look in street.play(8.2, 16.0) for hit in look.hits]
    assert [rule_id for rule_id, _ in hits] == ["bay", "road"]
    assert [at_s for _, at_s in hits] == pytest.approx([10.2, 13.2])


def test_a_van_that_was_not_seen_for_a_second_is_not_drawn() -> None:
    street = Street()
    street.play(0.0, 2.0)
    assert len(street.look(2.8, is_there=False).tracks) == 1
    assert street.look(3.2, is_there=False).tracks == ()
