"""Claims about the stream a tile asks for: sharp where it is large, calm where sizes change."""

from dataclasses import replace

from console.application.profile_choice import (
    BETWEEN_SWITCHES_S,
    HIGH_FROM_PX,
    LOW_AFTER_S,
    LOW_AT_MOST_PX,
    ProfileChoice,
    TileRoom,
)
from console.domain.cameras import StreamProfile
from console.domain.ids import CameraId

MAIN, SUB = StreamProfile.MAIN, StreamProfile.SUB


def tile(height_px: int, number: int = 1, *, is_alone: bool = False) -> TileRoom:
    return TileRoom(
        tile_id=f"tile-{number}",
        camera_id=CameraId(f"c{number:02d}"),
        width_px=height_px * 16 // 9,
        height_px=height_px,
        is_alone=is_alone,
    )


def test_a_large_tile_shows_the_main_stream_and_a_small_one_the_sub_stream_at_once() -> None:
    chosen = ProfileChoice().choose((tile(LOW_AT_MOST_PX + 1, 1), tile(LOW_AT_MOST_PX, 2)), 0.0)
    assert chosen == {"tile-1": MAIN, "tile-2": SUB}


def test_a_tile_that_is_small_for_a_moment_keeps_its_stream() -> None:
    choice = ProfileChoice()
    choice.choose((tile(600),), 0.0)
    assert choice.choose((tile(200),), 100.0) == {"tile-1": MAIN}
    assert choice.due_s == 100.0 + LOW_AFTER_S, "somebody must ask again by then"
    assert choice.choose((tile(600),), 100.5) == {"tile-1": MAIN}
    assert choice.due_s is None
    choice.choose((tile(200),), 101.0)
    assert choice.choose((tile(200),), 101.0 + LOW_AFTER_S) == {"tile-1": SUB}


def test_a_tile_about_as_large_as_the_border_does_not_flicker() -> None:
    choice = ProfileChoice()
    choice.choose((tile(LOW_AT_MOST_PX),), 0.0)
    assert choice.choose((tile(LOW_AT_MOST_PX + 40),), 100.0) == {"tile-1": SUB}
    assert choice.choose((tile(int(HIGH_FROM_PX) + 1),), 200.0) == {"tile-1": MAIN}


def test_two_switches_of_a_tile_lie_five_seconds_apart_but_whoever_enlarges_it_does_not_wait() -> None:
    choice = ProfileChoice()
    choice.choose((tile(200),), 0.0)
    assert choice.choose((tile(900, is_alone=True),), 10.0) == {"tile-1": MAIN}
    choice.choose((tile(200),), 10.5)
    assert choice.choose((tile(200),), 12.0) == {"tile-1": MAIN}
    assert choice.due_s == 10.0 + BETWEEN_SWITCHES_S
    assert choice.choose((tile(200),), 15.0) == {"tile-1": SUB}
    assert choice.choose((tile(900, is_alone=True),), 15.1) == {"tile-1": MAIN}


def test_above_sixteen_cameras_all_are_low_but_the_one_that_fills_the_screen() -> None:
    rooms = [tile(600, number) for number in range(1, 18)]
    assert set(ProfileChoice().choose(rooms, 0.0).values()) == {SUB}
    assert set(ProfileChoice().choose(rooms[:16], 0.0).values()) == {MAIN}
    choice = ProfileChoice()
    choice.choose(rooms, 0.0)
    chosen = choice.choose([replace(rooms[0], is_alone=True), *rooms[1:]], 1.0)
    assert [name for name, profile in chosen.items() if profile is MAIN] == ["tile-1"]


def test_another_camera_on_a_tile_is_asked_for_as_if_the_tile_were_new() -> None:
    choice = ProfileChoice()
    choice.choose((tile(200),), 0.0)
    other = replace(tile(700), camera_id=CameraId("c09"))
    assert choice.choose((other,), 0.1) == {"tile-1": MAIN}
