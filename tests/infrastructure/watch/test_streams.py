"""Claims about open streams: nothing is decoded twice or for nobody, and no password leaves the worker's message."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from console.domain.ids import RuleId
from console.domain.listening import SoundKeepingRule
from console.domain.rules import SWIFT_PER_S, WHOLE_PICTURE, Hours, RuleFamily, Tiling, Zone, tiles_of
from console.infrastructure.channel.messages import Arrange, CloseStream, OpenStream, StreamState, TileWish, to_bytes
from console.infrastructure.clock import SystemClock
from console.infrastructure.frame_slots import SlotReader
from console.infrastructure.watch.streams import LookSize, Streams
from tests.infrastructure.watch.builders import NOW, SECRET, OneSecret, Wires, camera, shared_memory


class HeldClock(SystemClock):
    """Says the moment it is told; what has passed is the machine's own."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def wires() -> Wires:
    return Wires()


@pytest.fixture
def streams(tmp_path: Path, wires: Wires) -> Streams:
    return Streams(
        slots=tmp_path,
        prefix="citydesk-test-",
        vault=OneSecret(),
        look=LookSize(320, 320),
        clock=SystemClock(),
        media_workers=("media-1", "media-2"),
        send=wires.send,
        linger_s=0.0,
    )


def wish(tile_id: str, camera_id: str = "cam01", *, profile: str = "sub", width: int = 480) -> TileWish:
    return TileWish.model_validate(
        {"tile_id": tile_id, "camera_id": camera_id, "profile": profile, "max_width": width, "max_height": 270}
    )


def opened(wires: Wires) -> dict[str, OpenStream]:
    return {message.stream_id: message for message in wires.take("open_stream") if isinstance(message, OpenStream)}


def test_a_watched_camera_is_opened_without_anybody_looking_and_keeps_its_packets(
    streams: Streams, wires: Wires
) -> None:
    streams.take_directory([camera("01"), camera("02", is_watched=False)])
    found = opened(wires)
    assert set(found) == {"cam01/main"}
    assert found["cam01/main"].ring_s > 0 and found["cam01/main"].looks and not found["cam01/main"].pictures


def test_a_camera_watched_for_what_is_thrown_gives_many_pictures_and_asks_no_detector(
    streams: Streams, wires: Wires
) -> None:
    front = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9))
    usual = camera("01").rules[0]
    thrown = replace(
        usual, rule_id=RuleId("front"), family=RuleFamily.THROWN, zone=Zone(name="1 号楼", polygon=front), dwell_s=0.0
    )
    streams.take_directory([replace(camera("01"), rules=(usual, thrown)), replace(camera("02"), rules=(thrown,))])
    both, only = streams.watch_messages()
    assert both.look is not None and both.look.looks_per_s == usual.looks_per_s
    assert both.swift is not None and both.swift.looks_per_s == SWIFT_PER_S
    assert only.look is None and only.swift is not None
    found = opened(wires)
    assert found["cam01/main"].looks == (both.look, both.swift)
    assert found["cam02/main"].looks == (only.swift,)


def test_the_look_at_a_camera_shows_each_of_its_rules_its_part(streams: Streams, wires: Wires) -> None:
    bay = replace(camera("01").rules[0], region=(0.5, 0.0, 1.0, 0.5))
    gate = replace(bay, rule_id=RuleId("gate"), region=(0.4, 0.3, 0.6, 0.9))
    yard = replace(bay, rule_id=RuleId("yard"), region=WHOLE_PICTURE)

    for rules, region in (((bay,), bay.region), ((bay, gate), (0.4, 0.0, 1.0, 0.9)), ((bay, yard), WHOLE_PICTURE)):
        streams.take_directory([replace(camera("01"), rules=rules)])
        (look,) = opened(wires)["cam01/main"].looks
        assert look.region == region


def test_recording_ends_at_once_when_the_disk_has_no_room_and_goes_on_when_it_has(tmp_path: Path, wires: Wires) -> None:
    room = [True]
    streams = Streams(
        slots=tmp_path,
        prefix="citydesk-test-",
        vault=OneSecret(),
        look=LookSize(320, 320),
        clock=SystemClock(),
        media_workers=("media-1",),
        send=wires.send,
        continuous="all",
        may_record=lambda: room[0],
    )

    def recorded() -> dict[str, bool]:
        streams.apply()
        return {name: message.recording is not None for name, message in opened(wires).items()}

    streams.take_directory([camera("01"), camera("02", is_watched=False)])
    assert recorded() == {"cam01/main": True, "cam02/main": True}
    room[0] = False
    assert recorded() == {"cam01/main": False, "cam02/main": False}, "also the one that nobody looks at"
    assert recorded() == {}
    room[0] = True
    assert recorded() == {"cam01/main": True, "cam02/main": True}
    streams.close()


def kept(tmp_path: Path, wires: Wires, rule: SoundKeepingRule) -> dict[str, bool]:
    """Return of which streams the sound is kept, where two cameras are recorded and only the first carries the tag."""
    streams = Streams(
        slots=tmp_path,
        prefix="citydesk-test-",
        vault=OneSecret(),
        look=LookSize(320, 320),
        clock=SystemClock(),
        media_workers=("media-1",),
        send=wires.send,
        continuous="all",
        sound=rule,
    )
    tagged = replace(camera("01"), tags=("sound",))
    streams.take_directory([tagged, camera("02", is_watched=False)])
    streams.arrange(Arrange(seat_id="a", tiles=(wish("1"),)))
    streams.close()
    return {name: message.keeps_sound for name, message in opened(wires).items()}


def test_sound_is_kept_only_where_the_site_allows_it_and_the_camera_carries_its_tag(
    tmp_path: Path, wires: Wires
) -> None:
    names = ("cam01/main", "cam01/sub", "cam02/main")
    assert kept(tmp_path, wires, SoundKeepingRule()) == dict.fromkeys(names, False)
    assert kept(tmp_path, wires, SoundKeepingRule(is_on=False, tag="sound")) == dict.fromkeys(names, False)
    is_tagged = kept(tmp_path, wires, SoundKeepingRule(is_on=True, tag="sound"))
    assert is_tagged == {"cam01/main": True, "cam01/sub": False, "cam02/main": False}, "a tile keeps nothing"
    is_all = kept(tmp_path, wires, SoundKeepingRule(is_on=True))
    assert is_all == {"cam01/main": True, "cam01/sub": False, "cam02/main": True}


def test_sound_is_kept_no_longer_when_the_camera_loses_its_tag(tmp_path: Path, wires: Wires) -> None:
    streams = Streams(
        slots=tmp_path,
        prefix="citydesk-test-",
        vault=OneSecret(),
        look=LookSize(320, 320),
        clock=SystemClock(),
        media_workers=("media-1",),
        send=wires.send,
        sound=SoundKeepingRule(is_on=True, tag="sound"),
    )
    streams.take_directory([replace(camera("01"), tags=("sound",))])
    assert opened(wires)["cam01/main"].keeps_sound
    streams.take_directory([camera("01")])
    assert not opened(wires)["cam01/main"].keeps_sound
    streams.close()


def test_a_device_gets_no_more_connections_than_it_may_have_and_the_rest_says_so(tmp_path: Path, wires: Wires) -> None:
    told: list[StreamState] = []
    streams = Streams(
        slots=tmp_path,
        prefix="citydesk-test-",
        vault=OneSecret(),
        look=LookSize(320, 320),
        clock=SystemClock(),
        media_workers=("media-1",),
        send=wires.send,
        most_per_device=2,
        show=told.append,
    )
    another = replace(camera("04", is_watched=False), sub_address="rtsp://127.0.0.2/cam04")
    watched = camera("03")
    streams.take_directory([camera("01", is_watched=False), camera("02", is_watched=False), watched, another])
    streams.arrange(Arrange(seat_id="02", tiles=(wish("1"), wish("2", "cam02"), wish("4", "cam04"))))
    # What a rule watches comes first; another device has a limit of its own.
    assert streams.open_names == {"cam03/main", "cam01/sub", "cam04/sub"}
    assert [(state.stream_id, state.condition) for state in told] == [("cam02/sub", "device_full")]
    assert streams.states["cam02/sub"].condition == "device_full"

    streams.arrange(Arrange(seat_id="02", tiles=(wish("2", "cam02"), wish("4", "cam04"))))
    assert streams.open_names == {"cam03/main", "cam02/sub", "cam04/sub"}
    assert "cam02/sub" not in streams.states and len(told) == 1
    closed = [message.stream_id for message in wires.take("close_stream") if isinstance(message, CloseStream)]
    assert closed == ["cam01/sub"]
    streams.close()


def test_a_stream_shown_by_two_seats_is_opened_once(streams: Streams, wires: Wires) -> None:
    streams.take_directory([camera("01", is_watched=False)])
    first = streams.arrange(Arrange(seat_id="02", tiles=(wish("1"),)))
    second = streams.arrange(Arrange(seat_id="03", tiles=(wish("9"),)))
    assert first.tiles[0].slot_path == second.tiles[0].slot_path
    assert len([m for _, m in wires.sent if isinstance(m, OpenStream)]) == 1


def test_a_stream_nobody_shows_any_more_is_closed_and_its_memory_given_back(
    streams: Streams, wires: Wires, tmp_path: Path
) -> None:
    streams.take_directory([camera("01", is_watched=False)])
    streams.arrange(Arrange(seat_id="02", tiles=(wish("1"),)))
    streams.arrange(Arrange(seat_id="03", tiles=(wish("1", width=960),)))
    streams.forget_seat("02")
    assert len(shared_memory(tmp_path)) == 1
    streams.forget_seat("03")
    assert any(isinstance(message, CloseStream) for _, message in wires.sent)
    assert shared_memory(tmp_path) == set()


def test_memory_that_was_given_back_and_is_wanted_again_has_another_name_so_that_nobody_reads_the_old_one_for_ever(
    streams: Streams, wires: Wires
) -> None:
    streams.take_directory([camera("01", is_watched=False)])
    places = []
    for width in (480, 960, 480):  # the layout of four, and back, faster than the first picture comes
        (source,) = streams.arrange(Arrange(seat_id="a", tiles=(wish("1", width=width),))).tiles
        assert opened(wires)["cam01/sub"].pictures[0].slot_path == source.slot_path
        places.append(source.slot_path)
    assert len(set(places)) == 3, "a tile or a worker that still has the first one open knows it by its name"
    streams.close()


def test_closing_the_station_leaves_no_memory_behind(streams: Streams, tmp_path: Path) -> None:
    streams.take_directory([camera("01")])
    streams.arrange(Arrange(seat_id="02", tiles=(wish("1"), wish("2", profile="main"))))
    assert shared_memory(tmp_path)
    streams.close()
    assert shared_memory(tmp_path) == set()


def test_the_password_goes_to_the_worker_and_into_no_print(streams: Streams, wires: Wires) -> None:
    streams.take_directory([camera("01", credentials="gate")])
    (message,) = opened(wires).values()
    assert f"admin:{SECRET}@127.0.0.1".encode() in to_bytes(message)
    assert SECRET not in repr(message) and SECRET not in str(message.model_dump())


def test_a_tile_that_asks_for_a_camera_no_longer_there_gets_no_source(streams: Streams) -> None:
    streams.take_directory([camera("01", is_watched=False)])
    answer = streams.arrange(Arrange(seat_id="02", tiles=(wish("1"), wish("2", "cam99"))))
    assert [tile.tile_id for tile in answer.tiles] == ["1"]


def test_when_a_decoder_dies_its_streams_say_so_and_its_successor_is_told_what_to_do(
    streams: Streams, wires: Wires
) -> None:
    streams.take_directory([camera("01")])
    worker = streams.worker_of("cam01/main")
    streams.states["cam01/main"] = StreamState(stream_id="cam01/main", camera_id="cam01", condition="live", since=NOW)
    assert [state.condition for state in streams.note_lost_worker(worker)] == ["worker_restarting"]
    wires.sent.clear()
    streams.resend(worker)
    assert set(opened(wires)) == {"cam01/main"}


def test_a_stream_that_lingers_is_not_recorded_meanwhile(tmp_path: Path, wires: Wires) -> None:
    streams = Streams(
        slots=tmp_path,
        prefix="citydesk-test-",
        vault=OneSecret(),
        look=LookSize(320, 320),
        clock=SystemClock(),
        media_workers=("media-1",),
        send=wires.send,
    )
    streams.take_directory([camera("01", is_watched=False)])
    streams.record_by_hand(frozenset({"cam01"}))
    assert opened(wires)["cam01/main"].recording is not None
    streams.record_by_hand(frozenset())
    assert opened(wires)["cam01/main"].recording is None
    assert "cam01/main" in streams.open_names
    streams.apply()
    assert opened(wires) == {}
    streams.close()


def test_a_camera_that_sends_to_us_is_read_at_our_own_listener(tmp_path: Path, wires: Wires) -> None:
    streams = Streams(
        slots=tmp_path,
        prefix="citydesk-test-",
        vault=OneSecret(),
        look=LookSize(320, 320),
        clock=SystemClock(),
        media_workers=("media-1",),
        send=wires.send,
        most_per_device=1,
        pushed=lambda device: f"rtsp://reader:key@127.0.0.1:8554/{device}",
    )
    sending = [replace(camera(number), main_address=f"push://drone-{number}") for number in ("01", "02")]
    streams.take_directory(sending)
    addresses = {message.address.get_secret_value() for message in opened(wires).values()}
    assert addresses == {f"rtsp://reader:key@127.0.0.1:8554/drone-{number}" for number in ("01", "02")}
    streams.close()


def test_a_rule_looks_in_its_hours_by_the_citys_time_and_costs_nothing_in_the_others(
    tmp_path: Path, wires: Wires
) -> None:
    clock = HeldClock(datetime(2026, 11, 20, 13, 59, tzinfo=UTC))  # 21:59 in Shanghai
    streams = Streams(
        slots=tmp_path,
        prefix="citydesk-test-",
        vault=OneSecret(),
        look=LookSize(320, 320),
        clock=clock,
        media_workers=("media-1",),
        send=wires.send,
        linger_s=0.0,
        zone=ZoneInfo("Asia/Shanghai"),
    )
    always, asleep = camera("01"), camera("02")
    (rule,) = asleep.rules
    night = replace(rule, hours=Hours(begins=time(22), ends=time(6)))
    streams.take_directory([always, replace(asleep, rules=(night,))])
    assert set(opened(wires)) == {"cam01/main"}
    assert not streams.note_hours()

    clock.at += timedelta(minutes=1)
    assert streams.note_hours()
    assert set(opened(wires)) == {"cam02/main"}
    assert [watched.camera_id for watched in streams.watch_messages()] == ["cam01", "cam02"]

    clock.at += timedelta(hours=8)
    assert streams.note_hours()
    assert [one.camera_id for one in streams.watched()] == ["cam01"]
    streams.apply()
    assert [message.stream_id for message in wires.take("close_stream") if isinstance(message, CloseStream)] == [
        "cam02/main"
    ]


def test_a_rule_that_is_switched_off_opens_no_stream_until_it_is_on_again(tmp_path: Path, wires: Wires) -> None:
    streams = Streams(
        slots=tmp_path,
        prefix="citydesk-test-",
        vault=OneSecret(),
        look=LookSize(320, 320),
        clock=HeldClock(datetime(2026, 11, 20, 13, 59, tzinfo=UTC)),
        media_workers=("media-1",),
        send=wires.send,
        linger_s=0.0,
        zone=ZoneInfo("Asia/Shanghai"),
    )
    watched = camera("02")
    (rule,) = watched.rules
    streams.take_directory([replace(watched, rules=(replace(rule, is_on=False),))])
    assert not opened(wires) and not streams.watched()

    streams.take_directory([watched])
    assert set(opened(wires)) == {"cam02/main"}
    streams.close()


def test_a_camera_with_a_rule_that_looks_at_parts_gets_room_for_them_and_loses_it_with_the_rule(
    tmp_path: Path, wires: Wires
) -> None:
    streams = Streams(
        slots=tmp_path,
        prefix="citydesk-test-",
        vault=OneSecret(),
        look=LookSize(320, 320),
        clock=HeldClock(datetime(2026, 11, 20, 13, 59, tzinfo=UTC)),
        media_workers=("media-1",),
        send=wires.send,
        linger_s=0.0,
        zone=ZoneInfo("Asia/Shanghai"),
    )
    watched = camera("02")
    (rule,) = watched.rules
    streams.take_directory([replace(watched, rules=(rule, replace(rule, rule_id=RuleId("fine"), tiling=Tiling.FOUR)))])
    (message,) = streams.watch_messages()
    assert message.look is not None
    assert message.look.tiles == tiles_of(message.look.region, Tiling.FOUR)
    with SlotReader(Path(message.look.slot_path)) as reader:
        assert reader.capacity_bytes == 5 * 320 * 320 * 3 // 2
    streams.take_directory([watched])
    (message,) = streams.watch_messages()
    assert message.look is not None and not message.look.tiles
    streams.close()
