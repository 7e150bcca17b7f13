"""The vision worker as its station sees it: a real process, a real channel, real slots, real footage."""

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from console.domain.rules import SWIFT_PER_S, WHOLE_PICTURE, RuleFamily, RuleFigures, Tiling, tiles_of
from console.infrastructure.channel.endings import ENDING_OF
from console.infrastructure.channel.messages import (
    AnyMessage,
    Heartbeat,
    LookAgain,
    LookedAgain,
    LookSlot,
    NotWatched,
    RuleHit,
    Seen,
    ShutDown,
    UnwatchCamera,
    VisionPace,
    WatchCamera,
    ZoneRule,
)
from console.infrastructure.frame_slots import FrameFacts, SlotWriter, create
from inference.frames import Frame, Pixels
from tests.inference.falling_scenes import COLUMNS, CORNERS, HEIGHT, STOREYS, WIDTH, falling, played

from .conftest import START_WITHIN_S, Camera, Station

pytestmark = pytest.mark.media

VAN = (0.849, 0.077, 0.940, 0.172)
STEP_S = 0.5
"""Media time between the frames shown: rules count it, so the tests need not wait for it."""


def without_the_van(picture: Pixels) -> Pixels:
    """Return the picture with the bay filled from what surrounds it."""
    rows, columns = picture.shape[:2]
    mask = np.zeros((rows, columns), np.uint8)
    mask[int(0.06 * rows) : int(0.19 * rows), int(0.835 * columns) : int(0.952 * columns)] = 255
    return np.asarray(cv2.inpaint(picture, mask, 5, cv2.INPAINT_TELEA), np.uint8)


class SwiftCamera:
    """A slot of many pictures a second, with room for all that the test has."""

    def __init__(self, path: Path, frames: list[Frame]) -> None:
        self._frames = frames
        self._ring = create(path, WIDTH * HEIGHT * 3 // 2, len(frames) * 2)
        self._writer = SlotWriter(path)
        self._slot = LookSlot(slot_path=str(path), width=WIDTH, height=HEIGHT, looks_per_s=SWIFT_PER_S)

    def watch(self) -> WatchCamera:
        figures = RuleFigures(storeys=STOREYS, columns=COLUMNS)
        rule = ZoneRule(
            rule_id="front",
            family=RuleFamily.THROWN,
            zone_name="Front",
            polygon=CORNERS,
            labels=(),
            dwell_s=0.0,
            minimum_score=0.3,
            figures=figures,
        )
        return WatchCamera(camera_id="c2", look=None, swift=self._slot, rules=(rule,))

    def show(self, before_s: float | None = None) -> None:
        """Write all pictures at once; before the fall only those of the still façade, at another time."""
        for frame in self._frames if before_s is None else self._frames[:12]:
            at_s = frame.media_time_s + (before_s or 0.0)
            facts = FrameFacts(
                width=WIDTH,
                height=HEIGHT,
                stride=WIDTH,
                pixel_format="i420",
                received_at_us=1_780_000_000_000_000 + round(at_s * 1e6),
                media_time_s=at_s,
            )
            self._writer.write([frame.i420.data], facts)

    def close(self) -> None:
        self._writer.close()
        self._ring.remove()


def play(station: Station, camera: Camera, pictures: tuple[Pixels, ...], from_s: float = STEP_S) -> list[Seen]:
    """Show pictures one after the other, each once the one before was looked at."""
    return [
        station.seen(camera, camera.show(picture, from_s + number * STEP_S)) for number, picture in enumerate(pictures)
    ]


def look_again(station: Station, camera: Camera, within_s: float = 15.0) -> None:
    station.say(LookAgain(request_id="r1", camera_id=camera.camera_id, rule_id="van-bay", looks=8, within_s=within_s))


def answer_of(station: Station) -> LookedAgain:
    told = [message for message in station.heard if isinstance(message, LookedAgain)]
    message = told[0] if told else station.wait_for(lambda it: isinstance(it, LookedAgain))
    assert isinstance(message, LookedAgain)
    assert message.request_id == "r1"
    return message


def test_the_parked_van_is_one_hit_with_its_reasons(
    station: Station, default_model: Path, campus: tuple[Pixels, ...], bay: ZoneRule
) -> None:
    camera = station.camera("c1")
    station.start(default_model)
    station.begin(camera, campus[0], bay)
    looks = play(station, camera, campus[1:60])

    (hit,) = station.of_kind("rule_hit")
    assert isinstance(hit, RuleHit)
    assert (hit.camera_id, hit.rule_id, hit.zone_name) == ("c1", "van-bay", "Bay 1")
    assert hit.dwell_s == pytest.approx(10.0, abs=0.6)
    assert hit.box == pytest.approx(VAN, abs=0.012)
    assert hit.mean_score > 0.6
    assert (hit.model_name, hit.device) == ("efficientdet-lite0-int8", "CPU")
    assert hit.model_sha256.startswith("0720bf24")
    assert hit.received_at.utcoffset() is not None
    counted = [track for track in looks[-1].tracks if track.rule_id == "van-bay"]
    assert [track.dwell_s for track in counted] == [pytest.approx(29.5, abs=0.6)]


def test_a_stream_that_begins_again_does_not_report_the_van_twice(
    station: Station, default_model: Path, campus: tuple[Pixels, ...], bay: ZoneRule
) -> None:
    camera = station.camera("c1")
    station.start(default_model)
    station.begin(camera, campus[0], bay)
    play(station, camera, campus[1:25], from_s=100.0)
    play(station, camera, campus[25:60], from_s=0.04)
    assert len(station.of_kind("rule_hit")) == 1


def test_asked_again_it_says_the_van_is_still_there(
    station: Station, default_model: Path, campus: tuple[Pixels, ...], bay: ZoneRule
) -> None:
    camera = station.camera("c1")
    station.start(default_model)
    station.begin(camera, campus[0], bay)
    look_again(station, camera)
    play(station, camera, campus[1:20])
    answer = answer_of(station)
    assert (answer.answer, answer.reason) == ("still_there", "The vehicle was seen in most looks.")
    assert (answer.looks, answer.moving) == (8, True)
    assert answer.box == pytest.approx(VAN, abs=0.012)


def test_asked_again_it_says_the_bay_is_clear_once_the_van_has_gone(
    station: Station, default_model: Path, campus: tuple[Pixels, ...], bay: ZoneRule
) -> None:
    gone = tuple(without_the_van(picture) for picture in campus[:45])
    camera = station.camera("c1")
    station.start(default_model)
    station.begin(camera, campus[0], bay)
    play(station, camera, campus[1:25])
    look_again(station, camera)
    play(station, camera, gone[1:45], from_s=13.0)
    answer = answer_of(station)
    assert (answer.answer, answer.reason, answer.looks_with) == ("cleared", "The zone was seen empty.", 0)
    assert answer.to_media_s is not None
    assert answer.from_media_s is not None
    assert answer.to_media_s - answer.from_media_s >= 3.0
    assert [message.kind for message in station.of_kind("rule_cleared")] == ["rule_cleared"]


def test_a_frozen_picture_of_an_empty_bay_cannot_be_told(
    station: Station, default_model: Path, campus: tuple[Pixels, ...], bay: ZoneRule
) -> None:
    gone = without_the_van(campus[0])
    camera = station.camera("c1")
    station.start(default_model)
    station.begin(camera, gone, bay)
    look_again(station, camera, within_s=3.0)
    play(station, camera, (gone,) * 20)
    answer = answer_of(station)
    assert (answer.answer, answer.reason, answer.moving) == (
        "cannot_tell",
        "Nothing moved in the picture; it may be frozen.",
        False,
    )


def test_a_frame_that_only_stays_in_its_slot_cannot_be_told(
    station: Station, default_model: Path, campus: tuple[Pixels, ...], bay: ZoneRule
) -> None:
    camera = station.camera("c1")
    station.start(default_model)
    station.begin(camera, campus[0], bay)
    look_again(station, camera, within_s=1.5)
    answer = answer_of(station)
    assert (answer.answer, answer.reason, answer.looks) == ("cannot_tell", "No new picture came.", 0)


def test_a_camera_whose_frames_stop_is_not_looked_at_again_and_its_pace_is_zero(
    station: Station, default_model: Path, campus: tuple[Pixels, ...], bay: ZoneRule
) -> None:
    camera = station.camera("c1")
    station.start(default_model)
    station.begin(camera, campus[0], bay)
    play(station, camera, campus[1:10])

    def is_pace(message: AnyMessage, of_zero: bool) -> bool:
        return isinstance(message, VisionPace) and (message.looks_per_s["c1"] == 0.0) is of_zero

    station.wait_for(lambda it: is_pace(it, of_zero=False))
    before = len(station.of_kind("seen"))
    station.wait_for(lambda it: is_pace(it, of_zero=True))
    station.wait_for(lambda it: isinstance(it, Heartbeat))
    assert len(station.of_kind("seen")) == before
    station.seen(camera, camera.show(campus[10], 20.0))


def test_two_cameras_are_looked_at_and_one_can_be_let_go(
    station: Station, default_model: Path, campus: tuple[Pixels, ...], bay: ZoneRule
) -> None:
    first, second = station.camera("c1"), station.camera("c2", region=(0.0, 0.0, 1.0, 1.0))
    station.start(default_model)
    station.begin(first, campus[0], bay)
    station.begin(second, campus[0], bay)
    play(station, first, campus[1:4])
    (van,) = (
        track
        for track in play(station, second, campus[1:4])[-1].tracks
        if track.label in {"car", "truck", "bus"} and track.box[0] < 0.9
    )
    assert van.box == pytest.approx(VAN, abs=0.02)
    station.say(UnwatchCamera(camera_id="c2"))
    station.wait_for(lambda it: isinstance(it, VisionPace) and set(it.looks_per_s) == {"c1"})


def test_who_is_too_small_in_the_whole_picture_is_seen_in_its_parts(
    station: Station, default_model: Path, campus: tuple[Pixels, ...], bay: ZoneRule
) -> None:
    whole = station.camera("c1", WHOLE_PICTURE)
    tiled = station.camera("c2", WHOLE_PICTURE, tiles=tiles_of(WHOLE_PICTURE, Tiling.FOUR))
    station.start(default_model)
    station.begin(whole, campus[0], bay)
    station.begin(tiled, campus[0], bay)
    counts = {}
    for camera in (whole, tiled):
        seen = play(station, camera, campus[40:52])
        counts[camera.camera_id] = sum(len(look.tracks) for look in seen)
    assert counts["c2"] >= 1.3 * counts["c1"]


def test_a_fall_is_followed_in_every_picture_while_the_detector_looks_at_another_camera(
    station: Station, default_model: Path, campus: tuple[Pixels, ...], bay: ZoneRule
) -> None:
    chance = np.random.default_rng([7, 0])
    paint, fell = falling(chance)
    frames = list(played([paint], chance))
    other, facade = station.camera("c1"), SwiftCamera(station.folder / "look-c2", frames)
    station.start(default_model)
    try:
        station.begin(other, campus[0], bay)
        station.say(facade.watch())
        # What lay there before the worker opened its slot is of another day: it is shown until the worker follows.
        while not any(isinstance(it, VisionPace) and it.looks_per_s.get("c2", 0.0) > 0 for it in station.heard):
            facade.show(before_s=100.0)
            play(station, other, campus[1:3])
        facade.show()
        hit = station.wait_for(lambda it: isinstance(it, RuleHit) and it.media_time_s < 100.0)
    finally:
        facade.close()
    assert isinstance(hit, RuleHit)
    known = dict(hit.reasons)
    assert (hit.camera_id, hit.rule_id, hit.family) == ("c2", "front", RuleFamily.THROWN)
    assert (known["storey"], known["column"]) == (fell.storey, fell.column)
    assert not [it for it in station.of_kind("seen") if isinstance(it, Seen) and it.camera_id == "c2"]


def test_a_rule_without_a_zone_costs_its_own_camera_and_no_other(
    station: Station, default_model: Path, campus: tuple[Pixels, ...], bay: ZoneRule
) -> None:
    good, bad = station.camera("c1"), station.camera("c2")
    station.start(default_model)
    station.say(bad.watch(bay.model_copy(update={"polygon": ((0.1, 0.1), (0.2, 0.2))})))
    assert station.wait_for(lambda it: isinstance(it, NotWatched)) == NotWatched(camera_id="c2", reason="rule_unusable")
    station.begin(good, campus[0], bay)
    play(station, good, campus[1:4])
    station.wait_for(lambda it: isinstance(it, VisionPace) and set(it.looks_per_s) == {"c1"})


def test_asked_about_a_rule_it_does_not_watch_it_cannot_tell(station: Station, default_model: Path) -> None:
    station.start(default_model)
    station.say(LookAgain(request_id="r1", camera_id="c9", rule_id="van-bay", looks=8, within_s=5.0))
    assert (answer_of(station).answer, answer_of(station).reason) == (
        "cannot_tell",
        "This rule is not being watched now.",
    )


def test_it_leaves_when_its_station_goes(station: Station, default_model: Path) -> None:
    station.start(default_model)
    assert station.end() == 0


def test_it_leaves_when_told_to(station: Station, default_model: Path) -> None:
    station.start(default_model)
    station.say(ShutDown(reason="The station ends."))
    assert station.worker is not None
    assert station.worker.wait(20) == 0


def test_a_model_with_a_wrong_digest_never_says_hello(station: Station, default_model: Path, tmp_path: Path) -> None:
    changed = tmp_path / "efficientdet_lite0.tflite"
    shutil.copyfile(default_model, changed)
    with changed.open("ab") as file:
        file.write(b"!")
    worker = station.launch(changed)
    _, said = worker.communicate(timeout=START_WITHIN_S)
    assert ENDING_OF[worker.returncode] == "model_refused"
    assert "digest" in said
    assert "Traceback" not in said
