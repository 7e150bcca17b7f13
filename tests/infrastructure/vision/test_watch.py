"""Claims about one camera under watch: what the model cannot know is no quiet street."""

from pathlib import Path

import pytest

from console.infrastructure.channel.messages import LookSlot, WatchCamera, ZoneRule
from console.infrastructure.vision.watch import CameraWatch
from inference.detector import Detector
from tests.inference.small_model import an_answer, built


def wish(folder: Path, *labels: str) -> WatchCamera:
    look = LookSlot(slot_path=str(folder / "look"), width=32, height=32, looks_per_s=2.0)
    rule = ZoneRule(
        rule_id="bay",
        zone_name="bay",
        polygon=((0.1, 0.1), (0.9, 0.1), (0.9, 0.9)),
        labels=labels,
        dwell_s=10.0,
        minimum_score=0.3,
    )
    return WatchCamera(camera_id="c1", look=look, rules=(rule,))


def test_a_rule_whose_labels_the_model_does_not_know_is_refused_and_not_watched_in_vain(tmp_path: Path) -> None:
    detector = Detector(*built(tmp_path, an_answer()), device="CPU")
    with pytest.raises(ValueError, match="does not know"):
        CameraWatch(wish(tmp_path, "bus", "truck"), detector)
    watch = CameraWatch(wish(tmp_path, "bus", "car"), detector)
    with pytest.raises(ValueError, match="does not know"):
        watch.apply(wish(tmp_path, "bus"))
    assert watch.has_rule("bay")
