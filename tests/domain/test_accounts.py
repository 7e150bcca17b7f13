"""Claims about scopes: what an area covers, and what a person may do where."""

import pytest

from console.domain.accounts import Actor, Role, Scope, Verb
from console.domain.errors import DomainError
from console.domain.ids import AccountId, CameraId, SeatId
from console.domain.places import Place

CELL = "330199001003001"
HERE, THERE = CameraId("here"), CameraId("there")


@pytest.mark.parametrize("area", [CELL[:6], CELL[:9], CELL[:12], CELL])
def test_a_district_a_street_a_community_and_a_cell_cover_what_lies_in_them(area: str) -> None:
    assert Scope(areas=frozenset({area})).covers(CELL, HERE)


@pytest.mark.parametrize("cell", ["330199001004001", "330199002003001", "330105001003001", ""])
def test_an_area_covers_neither_its_neighbour_nor_a_place_nobody_located(cell: str) -> None:
    assert not Scope(areas=frozenset({CELL[:12]})).covers(cell, THERE)


def test_a_camera_named_by_itself_is_covered_wherever_it_stands() -> None:
    scope = Scope(areas=frozenset({"330105"}), cameras=frozenset({HERE}))
    assert scope.covers(CELL, HERE) and scope.covers("", HERE)
    assert not scope.covers(CELL, THERE) and not scope.covers("", None)


def test_who_has_no_places_named_may_act_everywhere() -> None:
    assert Scope().covers("", None) and Scope().covers(CELL, HERE)


@pytest.mark.parametrize("area", ["", "33", "3301990", "33019x", "３３０１９９", "3301990010030011"])
def test_an_area_that_is_no_code_of_the_grid_is_refused(area: str) -> None:
    with pytest.raises(DomainError, match="Area"):
        Scope(areas=frozenset({area}))


def test_a_role_without_the_verb_may_not_even_in_its_own_place() -> None:
    person = Actor(account_id=AccountId("a"), display_name="赵强", role=Role.OFFICER, seat_id=SeatId("02"))
    assert not person.may(Verb.REVIEW, Place(address="", grid_cell=CELL), HERE)
    assert person.may(Verb.SEE_CASES, Place(address="", grid_cell=CELL), HERE)
