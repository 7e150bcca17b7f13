import numpy as np
import pytest

from inference.detections import Detections
from inference.errors import ClockWentBackwards
from inference.geometry import Box
from inference.manifest import Manifest, ModelFile, ModelInput
from inference.tracker import LOST_S, Tracker

VAN: Box = (0.85, 0.08, 0.94, 0.17)
LABELS = ("person", "car", "truck")


@pytest.fixture(scope="module")
def manifest() -> Manifest:
    return Manifest(
        name="test",
        files=(ModelFile(suffix=".onnx", sha256="0" * 64),),
        input=ModelInput(width=320, height=320, layout="NHWC", colour="RGB", element="u8", resize="letterbox_top_left"),
        decoder="ssd",
        minimum_score=0.2,
        suppress_iou=0.5,
        labels=LABELS,
        groups={"vehicle": ("car", "truck")},
        licence="Apache-2.0",
        data="nothing",
        recall=(),
    )


def saw(*rows: tuple[Box, float, str]) -> Detections:
    return Detections(
        np.array([row[0] for row in rows], np.float32).reshape(-1, 4),
        np.array([row[1] for row in rows], np.float32),
        np.array([LABELS.index(row[2]) for row in rows], np.int32),
    )


def test_a_thing_seen_once_is_not_yet_a_track(manifest: Manifest) -> None:
    tracker = Tracker(manifest, 5.0)
    assert tracker.follow(saw((VAN, 0.6, "car")), 0.0) == ()
    assert [track.track_id for track in tracker.follow(saw((VAN, 0.6, "car")), 0.2)] == [1]


def test_a_van_called_car_and_truck_by_turns_is_one_track(manifest: Manifest) -> None:
    tracker = Tracker(manifest, 5.0)
    ids, labels = set(), []
    for number in range(50):
        label = "truck" if number % 3 else "car"
        for track in tracker.follow(saw((VAN, 0.6, label)), number / 5):
            ids.add(track.track_id)
            labels.append(track.label)
    assert ids == {1}
    assert set(labels[10:]) == {"truck"}


def test_a_person_before_the_van_never_takes_its_number(manifest: Manifest) -> None:
    tracker = Tracker(manifest, 5.0)
    numbers: dict[str, set[int]] = {"person": set(), "vehicle": set()}
    for number in range(60):
        walker = (0.70 + number * 0.004, 0.07, 0.73 + number * 0.004, 0.18)
        rows = [(walker, 0.6, "person")]
        if not 35 <= number < 39:  # hidden by the person
            rows.append((VAN, 0.6, "truck"))
        for track in tracker.follow(saw(*rows), number / 5):
            numbers[track.group].add(track.track_id)
    assert len(numbers["vehicle"]) == 1
    assert numbers["vehicle"].isdisjoint(numbers["person"])


def test_a_weak_look_continues_a_track_but_begins_none(manifest: Manifest) -> None:
    tracker = Tracker(manifest, 5.0)
    for number in range(5):
        assert tracker.follow(saw((VAN, 0.25, "car")), number / 5) == ()
    tracker.follow(saw((VAN, 0.6, "car")), 1.0)
    tracker.follow(saw((VAN, 0.6, "car")), 1.2)
    assert len(tracker.follow(saw((VAN, 0.25, "car")), 1.4)) == 1


def test_a_track_lost_for_a_moment_keeps_its_number_at_uneven_looks(manifest: Manifest) -> None:
    tracker = Tracker(manifest, 5.0)
    ids = set()
    for now_s in (0.0, 0.2, 0.9, 1.0, 1.0 + LOST_S - 0.2, 3.0):
        ids |= {track.track_id for track in tracker.follow(saw((VAN, 0.6, "car")), now_s)}
    assert ids == {1}


def test_an_overlay_shows_no_track_older_than_a_second(manifest: Manifest) -> None:
    tracker = Tracker(manifest, 5.0)
    for now_s in (0.0, 0.2, 0.4):
        tracker.follow(saw((VAN, 0.6, "car")), now_s)
    tracker.follow(saw(), 1.3)
    assert [track.media_time_s for track in tracker.within(1.0)] == [0.4]
    tracker.follow(saw(), 1.5)
    assert tracker.within(1.0) == ()


def test_numbers_are_never_given_twice(manifest: Manifest) -> None:
    tracker = Tracker(manifest, 5.0)
    ids: list[int] = []
    for number in range(20):
        for step in range(3):
            now_s = number * 10 + step / 5
            found = tracker.follow(saw((VAN, 0.6, "car"), ((0.1, 0.1, 0.2, 0.2), 0.6, "person")), now_s)
        ids += [track.track_id for track in found]
    assert len(ids) == len(set(ids)) == 40


@pytest.mark.parametrize("now_s", [0.2, 0.1])
def test_the_same_or_an_earlier_frame_is_not_counted(manifest: Manifest, now_s: float) -> None:
    tracker = Tracker(manifest, 5.0)
    tracker.follow(saw(), 0.2)
    with pytest.raises(ClockWentBackwards):
        tracker.follow(saw(), now_s)


def test_a_kind_that_was_away_for_long_comes_back_under_new_numbers(manifest: Manifest) -> None:
    tracker = Tracker(manifest, 5.0)
    walker: Box = (0.2, 0.2, 0.25, 0.4)

    def numbers(from_s: float) -> set[int]:
        looks = [tracker.follow(saw((VAN, 0.6, "car"), (walker, 0.6, "person")), from_s + at / 5) for at in range(5)]
        return {track.track_id for look in looks for track in look}

    before = numbers(0.0)
    for at in range(50):
        tracker.follow(saw((VAN, 0.6, "car")), 1.0 + at / 5)

    assert len(before) == 2
    assert len(numbers(11.0) - before) == 1  # the car is the same one
    assert tracker.follow(saw(), 60.0) == ()
