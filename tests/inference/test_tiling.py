"""What was seen in a picture and in its parts is each thing once, and nothing that only one of them shows is lost."""

import numpy as np
import pytest

from inference.detections import Detections
from inference.detector import Detector
from inference.frames import Frame, Pixels
from inference.geometry import Box, iou
from inference.preprocessing import letterbox
from inference.tiling import merged, seen_in

CAR, PERSON = 0, 1
GROUPS = np.array([0, 1], np.int32)
PARTS: tuple[Box, ...] = ((0.0, 0.0, 1.0, 1.0), (0.0, 0.0, 0.56, 1.0), (0.44, 0.0, 1.0, 1.0))
FRAMES = [
    Frame(i420=np.zeros((48, 32), np.uint8), content_px=(32, 32), sequence=1, media_time_s=0.0, region=region)
    for region in PARTS
]


def saw(*things: tuple[Box, float, int]) -> Detections:
    if not things:
        return Detections.none()
    boxes, scores, labels = zip(*things, strict=True)
    return Detections(np.array(boxes, np.float32), np.array(scores, np.float32), np.array(labels, np.int32))


def things(*seen: Detections) -> list[tuple[Box, int]]:
    found = merged(FRAMES, seen, GROUPS, 0.5)
    return [(rounded(found.box(row)), int(found.labels[row])) for row in range(len(found))]


def rounded(box: Box) -> Box:
    x0, y0, x1, y1 = (round(part, 3) for part in box)
    return x0, y0, x1, y1


def test_a_thing_seen_in_the_whole_and_in_a_part_is_one_and_the_surer_box_is_kept() -> None:
    loose, tight = (0.1, 0.3, 0.2, 0.6), (0.11, 0.32, 0.19, 0.6)
    assert things(saw((loose, 0.4, PERSON)), saw((tight, 0.8, PERSON)), saw()) == [(tight, PERSON)]


def test_who_is_seen_in_a_part_alone_is_kept() -> None:
    far = (0.8, 0.1, 0.82, 0.16)
    assert things(saw(), saw(), saw((far, 0.5, PERSON))) == [(far, PERSON)]


def test_a_bus_that_the_parts_cut_is_one_bus_though_its_pieces_are_surer() -> None:
    bus, left, right = (0.2, 0.4, 0.9, 0.8), (0.2, 0.4, 0.56, 0.8), (0.44, 0.4, 0.9, 0.8)
    assert things(saw((bus, 0.5, CAR)), saw((left, 0.9, CAR)), saw((right, 0.9, CAR))) == [(bus, CAR)]


def test_somebody_at_the_seam_is_whole_in_one_part_and_the_piece_in_the_other_is_dropped() -> None:
    whole, piece = (0.47, 0.3, 0.55, 0.6), (0.47, 0.3, 0.555, 0.6)
    found = things(saw(), saw((piece, 0.9, PERSON)), saw((whole, 0.6, PERSON)))
    assert found == [(whole, PERSON)]


def test_a_car_before_a_bus_and_a_person_before_a_car_stay_two() -> None:
    bus, car, person = (0.1, 0.2, 0.5, 0.8), (0.2, 0.6, 0.3, 0.75), (0.22, 0.6, 0.28, 0.75)
    found = things(saw((bus, 0.8, CAR)), saw((car, 0.7, CAR), (person, 0.6, PERSON)), saw())
    assert sorted(label for _, label in found) == [CAR, CAR, PERSON]


def test_two_who_stand_close_in_one_part_are_not_made_one_by_another() -> None:
    first, second = (0.1, 0.3, 0.2, 0.6), (0.15, 0.3, 0.25, 0.6)
    assert len(things(saw(), saw((first, 0.8, PERSON), (second, 0.7, PERSON)), saw())) == 2


@pytest.mark.media
def test_parts_find_those_who_are_far_away_on_the_campus_and_nobody_twice(
    detector: Detector, campus: tuple[Pixels, ...]
) -> None:
    person, counts = detector.manifest.labels.index("person"), [0, 0]
    quarters = [(x, y, x + 0.56, y + 0.56) for y in (0.0, 0.44) for x in (0.0, 0.44)]
    for picture in campus[::50]:
        frames = [
            letterbox(picture, (320, 320), sequence=1, media_time_s=0.0, region=region)
            for region in ((0.0, 0.0, 1.0, 1.0), *quarters)
        ]
        for at, chosen in enumerate((frames[:1], frames)):
            found = seen_in(detector, chosen)
            people = [found.box(row) for row in range(len(found)) if found.labels[row] == person]
            counts[at] += len(people)
            doubles = [(a, b) for row, a in enumerate(people) for b in people[row + 1 :] if iou(a, b) > 0.5]
            assert not doubles
    assert counts[1] > counts[0] > 0
