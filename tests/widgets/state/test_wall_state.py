"""Which cameras stand where, and which one the keys mean."""

import pytest

from console.application.live_wall import layout_named
from console.domain.errors import DomainError
from console.domain.ids import CameraId
from console.domain.walls import Wall
from tests.widgets.street import cameras
from widgets.state import wall as w


def nine(layout: str = "3x3") -> w.WallState:
    return w.with_cameras(w.WallState(layout=layout_named(layout)), cameras(9), None)


def names(state: w.WallState) -> list[str]:
    return [camera.number if camera is not None else "" for camera in state.shown]


def test_a_layout_smaller_than_the_directory_has_pages_and_its_last_has_empty_places() -> None:
    state = nine("2x2")
    assert state.pages == 3 and names(state) == ["01", "02", "03", "04"]
    assert names(w.turn(state, -1)) == ["09", "", "", ""]
    assert names(w.turn(w.turn(state, -1), 1)) == ["01", "02", "03", "04"]


def test_the_kept_wall_comes_back_in_its_layout_and_order() -> None:
    directory = cameras(9)
    kept = Wall(layout=layout_named("2x2"), cameras=(directory[6].camera_id, directory[2].camera_id, None, None))
    state = w.with_cameras(w.WallState(), directory, kept)
    assert state.layout.name == "2x2" and names(state) == ["07", "03", "", ""]
    assert state.pages == 1


def test_a_wall_that_nobody_arranged_begins_with_the_directory() -> None:
    state = w.with_cameras(w.WallState(), cameras(9), Wall(layout=layout_named("2x2"), cameras=()))
    assert names(state) == ["01", "02", "03", "04"] and state.pages == 3


def test_a_wall_that_was_emptied_stays_empty() -> None:
    kept = Wall(layout=layout_named("2x2"), cameras=(None, None, None, None))
    assert names(w.with_cameras(w.WallState(), cameras(9), kept)) == ["", "", "", ""]
    state = w.with_cameras(w.WallState(), cameras(1), None)
    emptied = w.empty(state)
    assert names(w.with_cameras(emptied, cameras(1), None)) == [""]


def test_a_camera_is_shown_where_it_is_wanted_and_the_others_stay() -> None:
    state = w.put(w.empty(nine()), 4, cameras(9)[0].camera_id)
    assert names(state) == ["", "02", "03", "04", "01", "06", "07", "08", "09"] and state.selected == 4


def test_a_camera_that_may_not_be_watched_is_not_put_up() -> None:
    state = nine()
    assert w.put(state, 4, CameraId("c77")) is state


def test_two_places_change_their_cameras_and_an_empty_one_takes_part() -> None:
    state = w.swap(w.empty(nine()), 0, 8)
    assert names(state)[0] == "09" and names(state)[8] == "" and state.selected == 8
    beside = w.swap_beside(w.choose(nine(), 3), 1, 0)
    assert names(beside)[3:5] == ["05", "04"] and beside.selected == 4
    assert w.swap_beside(nine(), -1, 0) == nine()


def test_undo_brings_cameras_and_layout_back_one_step_at_a_time() -> None:
    first = nine()
    emptied = w.empty(w.choose(first, 2))
    smaller = w.in_layout(emptied, layout_named("2x2"))
    once = w.undo(smaller)
    assert once.layout.name == "3x3" and names(once)[2] == ""
    twice = w.undo(once)
    assert names(twice) == names(first)
    assert w.undo(twice) is twice


def test_what_changes_nothing_leaves_nothing_to_undo() -> None:
    state = w.empty(w.empty(nine()))
    assert len(state.before) == 1
    assert w.in_layout(state, state.layout) is state


def test_the_places_of_other_pages_stay_when_one_is_emptied() -> None:
    state = w.empty(w.turn(nine("2x2"), 1))
    assert names(state) == ["", "06", "07", "08"]
    assert names(w.turn(state, 1))[0] == "09" and names(w.turn(state, -1)) == ["01", "02", "03", "04"]


def test_the_selected_camera_stays_on_the_page_when_the_layout_changes() -> None:
    state = w.in_layout(w.choose(nine(), 6), layout_named("2x2"))
    assert state.selected_camera is not None and state.selected_camera.number == "07"
    assert names(state) == ["05", "06", "07", "08"]


def test_arrows_move_to_the_neighbour_also_beside_a_joined_place() -> None:
    state = nine("1+5")
    right = w.step(state, 1, 0)
    assert right.selected == 1 and w.step(right, -1, 0).selected == 0
    assert w.step(state, 0, 1).selected == 3
    assert w.step(state, -1, 0) == state


def test_an_enlarged_tile_keeps_its_place_until_back() -> None:
    state = w.enlarge(w.choose(nine(), 4))
    assert state.is_enlarged and w.choose(state, 0) == state and w.step(state, 1, 0) == state
    assert w.back(state).selected == 4


def test_an_empty_place_does_not_enlarge() -> None:
    state = w.choose(w.turn(nine("2x2"), -1), 2)
    assert not w.enlarge(state).is_enlarged


def test_a_divided_place_has_four_and_joining_them_brings_the_layout_back() -> None:
    state = w.split_selected(w.choose(nine(), 1))
    assert len(state.layout.places) == 12 and names(state)[:6] == ["01", "02", "", "", "", "03"]
    assert names(state)[5:] == ["03", "04", "05", "06", "07", "08", "09"] and state.selected == 1
    joined = w.join_selected(w.join_selected(state))
    assert joined.layout == layout_named("3x3") and names(joined) == names(nine())


def test_a_camera_whose_place_was_joined_away_goes_to_the_next_page() -> None:
    state = w.join_selected(nine())
    assert len(state.layout.places) == 8 and names(state) == ["01", "03", "04", "05", "06", "07", "08", "09"]
    assert names(w.turn(state, 1))[0] == "02"
    assert names(w.undo(state)) == names(nine())


def test_a_division_that_nobody_could_see_is_refused() -> None:
    state = w.WallState(layout=layout_named("8x8"))
    with pytest.raises(DomainError):
        w.split_selected(state)
    with pytest.raises(DomainError):
        w.join_selected(w.WallState(layout=layout_named("1")))


def test_a_view_brings_its_layout_and_cameras_and_undo_takes_it_back() -> None:
    view = Wall(layout=layout_named("2x2"), cameras=(None, cameras(9)[4].camera_id, None, None))
    shown = w.with_view(nine(), view)
    assert names(shown) == ["", "05", "", ""] and names(w.undo(shown)) == names(nine())


def test_a_camera_that_left_the_directory_leaves_the_wall() -> None:
    state = w.choose(nine(), 8)
    fewer = w.with_cameras(state, cameras(8), None)
    assert names(fewer)[-1] == "" and fewer.selected == 0
