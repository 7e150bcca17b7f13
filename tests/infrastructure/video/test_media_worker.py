"""A real media worker on the demo's cameras: what it shows, what it says, what it writes, what it plays."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2

from console.infrastructure.channel.messages import (
    ClipCut,
    CloseStream,
    ControlPlayer,
    CutClip,
    Heartbeat,
    KnownMoment,
    LookSlot,
    PictureSlot,
    PlayClip,
    RecordingWish,
    RequestFailed,
    SegmentClosed,
    StillTaken,
    StreamState,
    TakeStill,
)
from console.infrastructure.evidence_notes import draft_of, read_note
from console.infrastructure.recording_shelf import RecordingShelf
from tests.infrastructure.video.media_station import CLIP_S, DemoCameras, MediaStation, Slots, Viewer, wait_until
from tests.infrastructure.video.numbered_clips import make_clip, number_in, pictures_in

Look = Callable[[PictureSlot | LookSlot], Viewer]


def test_one_stream_feeds_a_small_tile_a_large_tile_and_the_detector(
    cameras: DemoCameras, station: MediaStation, slots: Slots, look_at: Look
) -> None:
    small, large = slots.picture(160, 160), slots.picture()
    look = LookSlot(slot_path=str(slots.new()), region=(0.0, 0.0, 1.0, 1.0), width=320, height=320, looks_per_s=2.0)
    station.open("s", cameras.address("01"), pictures=(small, large), looks=(look,))

    fitted, _ = look_at(small).next()
    full, luma = look_at(large).next()
    looked, grey = look_at(look).next()

    assert (fitted.width, fitted.height, fitted.pixel_format) == (160, 120, "bgra")
    assert (full.width, full.height) == (320, 240)  # never enlarged
    assert 0 <= number_in(luma) < 60
    assert (looked.width, looked.height, looked.pixel_format) == (320, 320, "i420")
    assert (grey[240:] == 16).all()  # the picture stands top left, the rest is black
    assert 0 <= number_in(grey[:240]) < 60
    state = station.state("s", "live", lambda state: state.frames_per_s > 8)
    assert (state.width, state.height, state.codec) == (320, 240, "h264")


def test_the_cameras_clock_is_known_and_close_to_ours(
    cameras: DemoCameras, station: MediaStation, slots: Slots, look_at: Look
) -> None:
    slot = slots.picture()
    station.open("s", cameras.address("02"), pictures=(slot,))
    facts, _ = look_at(slot).next(lambda facts, _: facts.media_time_s > 1.5)
    assert facts.captured_at is not None
    assert abs((facts.received_at - facts.captured_at).total_seconds()) <= 1.0
    state = station.state("s", "live", lambda state: state.clock_offset_s is not None)
    assert state.clock_source == "sender_report"
    assert state.clock_offset_s is not None
    assert abs(state.clock_offset_s) <= 1.0


def test_looks_come_as_often_as_asked_for(
    cameras: DemoCameras, station: MediaStation, slots: Slots, look_at: Look
) -> None:
    look = LookSlot(slot_path=str(slots.new()), width=320, height=320, looks_per_s=2.0)
    station.open("s", cameras.address("01"), looks=(look,))
    viewer = look_at(look)
    first, _ = viewer.next()
    last, _ = viewer.next(lambda facts, _: facts.sequence >= first.sequence + 4)
    pace = (last.media_time_s - first.media_time_s) / (last.sequence - first.sequence)
    assert 0.45 <= pace <= 0.65


def test_a_camera_whose_password_is_wrong_is_asked_once(cameras: DemoCameras, station: MediaStation) -> None:
    station.open("s", cameras.address("09"))
    refused = station.state("s", "wrong_password")
    again = [station.state("s", "wrong_password") for _ in range(3)]
    assert {state.since for state in again} == {refused.since}
    assert all(state.next_retry_at is None for state in again)


def test_the_right_password_opens_the_locked_camera_and_is_written_nowhere(
    cameras: DemoCameras, station: MediaStation, slots: Slots, look_at: Look
) -> None:
    slot = slots.picture()
    address = cameras.unlocked("09")
    password = cameras.state["cameras"]["09"]["password"]
    assert len(password) >= 12
    station.open("s", address, pictures=(slot,))
    look_at(slot).next()
    # The same password on a street that is not there: the reason is told, the password is not.
    station.open("t", address.replace("cam09", "cam77"))
    lost = station.state("t", "no_signal")
    assert lost.detail
    assert lost.next_retry_at is not None
    assert station.close() == 0
    assert password not in station.logged()
    assert "is live" in station.logged()
    assert not any(password in said.model_dump_json() for said in station.said)


def test_a_clip_holds_the_cameras_own_pictures_from_a_key_picture_on(
    cameras: DemoCameras, station: MediaStation, tmp_path: Path
) -> None:
    station.open("m", cameras.address("01", "main"), ring_s=20.0)
    live = station.state("m", "live", lambda state: (state.media_time_s or 0) > 2.5)
    assert live.media_time_s is not None
    begin_s, end_s = live.media_time_s - 0.4, live.media_time_s + 1.5  # reaches into the future
    path = tmp_path / "clip.mp4"
    station.order(CutClip(request_id="c", stream_id="m", from_media_s=begin_s, to_media_s=end_s, path=str(path)))

    cut = station.until(lambda said: isinstance(said, ClipCut | RequestFailed))

    assert isinstance(cut, ClipCut), cut
    assert begin_s - 1.0 <= cut.from_media_s <= begin_s
    assert end_s - 0.15 <= cut.to_media_s <= end_s
    assert cut.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert cut.captured_at is not None
    wanted, found = pictures_in(cameras.file_of("01")), pictures_in(path)
    slices = len(wanted) // round(CLIP_S * 10)  # of one picture
    assert len(found) == slices * (round((cut.to_media_s - cut.from_media_s) * 10) + 1)
    first = wanted.index(found[0])
    assert first % (10 * slices) == 0
    assert found == [wanted[(first + at) % len(wanted)] for at in range(len(found))]
    assert not list(tmp_path.glob("*.draft"))


def test_a_recording_is_the_cameras_own_pictures_and_none_is_missing(
    cameras: DemoCameras, station: MediaStation
) -> None:
    address = cameras.address("01", "main")
    station.open("m", address, recording=RecordingWish(made_for="continuous"))
    live = station.state("m", "live", lambda state: state.recording == "continuous")
    station.state("m", "live", lambda state: (state.media_time_s or 0) > (live.media_time_s or 0) + CLIP_S)
    station.open("m", address)
    closed = station.until(lambda said: isinstance(said, SegmentClosed))
    station.state("m", "live", lambda state: state.recording == "off")

    assert isinstance(closed, SegmentClosed)
    shelf = RecordingShelf(station.recordings)
    (segment,) = shelf.noted()
    assert (segment.segment_id, segment.camera_id) == (closed.segment_id, "camera-m")
    assert segment.captured_at is not None
    wanted, found = pictures_in(cameras.file_of("01")), pictures_in(shelf.absolute(segment.path))
    slices = len(wanted) // round(CLIP_S * 10)  # of one picture
    assert len(found) == slices * round((segment.media_to_s - segment.media_from_s) * 10) > len(wanted)
    first = wanted.index(found[0])
    assert first % (10 * slices) == 0
    assert found == [wanted[(first + at) % len(wanted)] for at in range(len(found))]


def test_a_worker_killed_over_a_clip_leaves_what_it_had_of_it_and_says_how_much(
    cameras: DemoCameras, station: MediaStation, tmp_path: Path
) -> None:
    station.open("m", cameras.address("01", "main"), ring_s=20.0)
    live = station.state("m", "live", lambda state: (state.media_time_s or 0) > 2.5)
    assert live.media_time_s is not None
    path = tmp_path / "clip.mp4"
    station.order(
        CutClip(
            request_id="c",
            stream_id="m",
            from_media_s=live.media_time_s - 2.0,
            to_media_s=live.media_time_s + 60.0,  # it will not live to see it
            path=str(path),
        )
    )
    wait_until(lambda: _noted_s(path) > 3.0, "a note of what is written")
    station.worker.kill()
    station.worker.wait()

    note = read_note(str(path))
    assert isinstance(note, ClipCut) and note.sha256 == ""
    found = pictures_in(draft_of(path))
    wanted = pictures_in(cameras.file_of("01"))
    slices = len(wanted) // round(CLIP_S * 10)  # of one picture
    assert len(found) >= slices * (round((note.to_media_s - note.from_media_s) * 10) + 1)
    first = wanted.index(found[0])
    assert found == [wanted[(first + at) % len(wanted)] for at in range(len(found))]


def _noted_s(path: Path) -> float:
    note = read_note(str(path))
    return note.to_media_s - note.from_media_s if isinstance(note, ClipCut) else 0.0


def test_packets_of_another_worker_are_not_taken_for_those_of_a_moment(
    cameras: DemoCameras, station: MediaStation, tmp_path: Path
) -> None:
    station.open("m", cameras.address("01", "main"), ring_s=20.0)
    live = station.state("m", "live", lambda state: (state.media_time_s or 0) > 1.5)
    assert live.media_time_s is not None
    long_ago = KnownMoment(media_time_s=1.0, received_at=datetime.now(UTC) - timedelta(minutes=1))
    clip, still = tmp_path / "clip.mp4", tmp_path / "still.jpg"
    station.order(
        CutClip(request_id="c", stream_id="m", from_media_s=0.5, to_media_s=1.5, path=str(clip), known=long_ago)
    )
    station.order(TakeStill(request_id="s", stream_id="m", media_time_s=1.0, path=str(still), known=long_ago))
    for _ in range(2):
        refused = station.until(lambda said: isinstance(said, ClipCut | StillTaken | RequestFailed))
        assert isinstance(refused, RequestFailed), refused
        assert refused.sentence == "The stream has no packets of that time." and not refused.may_pass
    assert not clip.exists() and not still.exists()


def test_a_still_is_the_picture_of_the_moment_asked_for(
    cameras: DemoCameras, station: MediaStation, slots: Slots, look_at: Look, tmp_path: Path
) -> None:
    slot = slots.picture()
    station.open("m", cameras.address("01", "main"), ring_s=20.0, pictures=(slot,))
    facts, luma = look_at(slot).next(lambda facts, _: facts.media_time_s > 1.2)
    path = tmp_path / "still.jpg"
    station.order(TakeStill(request_id="p", stream_id="m", media_time_s=facts.media_time_s, path=str(path)))
    taken = station.until(lambda said: isinstance(said, StillTaken | RequestFailed))
    assert isinstance(taken, StillTaken), taken
    picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    assert (taken.width, taken.height) == (320, 240) == picture.shape[::-1]
    assert number_in(picture.astype("uint8")) == number_in(luma)
    assert taken.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_request_that_cannot_be_met_is_answered(cameras: DemoCameras, station: MediaStation, tmp_path: Path) -> None:
    station.order(TakeStill(request_id="p", stream_id="nobody", path=str(tmp_path / "x.jpg")))
    failed = station.until(lambda said: isinstance(said, RequestFailed))
    assert isinstance(failed, RequestFailed)
    assert failed.request_id == "p"
    assert not (tmp_path / "x.jpg").exists()


def test_a_closed_stream_is_no_longer_written_or_spoken_of(
    cameras: DemoCameras, station: MediaStation, slots: Slots, look_at: Look
) -> None:
    kept, left = slots.picture(), slots.picture()
    station.open("kept", cameras.address("01"), pictures=(kept,))
    station.open("left", cameras.address("02"), pictures=(left,))
    look_at(kept).next()
    look_at(left).next()
    station.until(lambda said: isinstance(said, Heartbeat) and said.figures["streams"] == 2)
    station.order(CloseStream(stream_id="left"))
    station.until(lambda said: isinstance(said, Heartbeat) and said.figures["streams"] == 1)
    station.until(lambda said: isinstance(said, Heartbeat))
    mark = len(station.said)
    station.until(lambda said: isinstance(said, StreamState))
    station.until(lambda said: isinstance(said, StreamState))
    assert {said.stream_id for said in station.said[mark:] if isinstance(said, StreamState)} == {"kept"}
    look_at(kept).next()


def test_a_player_loops_stands_still_seeks_and_steps(
    station: MediaStation, slots: Slots, look_at: Look, tmp_path: Path
) -> None:
    clip = make_clip(tmp_path / "clip.mp4", seconds=3.0, fragmented=True)
    slot = slots.picture()
    viewer = look_at(slot)

    def order(action: str, position_s: float = 0.0) -> None:
        station.order(ControlPlayer.model_validate({"player_id": "p", "action": action, "position_s": position_s}))

    station.order(PlayClip(player_id="p", path=str(clip), picture=slot))
    viewer.next(lambda _, luma: number_in(luma) == 29)
    viewer.next(lambda _, luma: number_in(luma) == 1)  # it began again
    order("pause")
    station.player(lambda state: not state.playing)
    order("seek", 1.72)
    assert station.player(lambda state: 1.6 < state.position_s < 1.8).duration_s == 2.9
    viewer.next(lambda _, luma: number_in(luma) == 17)
    for _ in range(3):
        order("step_back")
    viewer.next(lambda _, luma: number_in(luma) == 14)
    order("step_forward")
    viewer.next(lambda _, luma: number_in(luma) == 15)
    order("close")
    station.until(lambda said: isinstance(said, Heartbeat) and said.figures["players"] == 0)


def test_a_file_that_is_no_clip_is_told_and_harms_nobody(
    cameras: DemoCameras, station: MediaStation, slots: Slots, look_at: Look, tmp_path: Path
) -> None:
    slot = slots.picture()
    station.open("s", cameras.address("01"), pictures=(slot,))
    (tmp_path / "clip.mp4").write_bytes(b"not a film" * 1000)
    station.order(PlayClip(player_id="p", path=str(tmp_path / "clip.mp4"), picture=slots.picture()))
    assert station.player(lambda state: bool(state.failed)).duration_s == 0
    look_at(slot).next()


def test_a_worker_ends_with_its_station(station: MediaStation, cameras: DemoCameras, slots: Slots) -> None:
    station.open("s", cameras.address("01"), pictures=(slots.picture(),))
    station.state("s", "live")
    assert station.close() == 0
