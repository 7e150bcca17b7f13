"""Views of a seat and of all seats, and who may do what with them."""

import pytest

from console.application.errors import NotPermitted, Stale
from console.application.wall_book import WallBook
from console.domain.accounts import Actor, Role
from console.domain.errors import DomainError
from console.domain.wall_views import OWN_NUMBERS, SHARED_NUMBERS, Tour
from console.domain.walls import LAYOUTS, Wall
from tests.application.city import CAMERA, City, person

WALL = Wall(layout=LAYOUTS[1], cameras=(CAMERA, None, None, None))


@pytest.fixture
def book(city: City) -> WallBook:
    return WallBook(city.units, city.gate, city.clock)


def test_a_view_takes_the_lowest_number_that_is_free(book: WallBook, li: Actor) -> None:
    first, second = book.keep_view(li, "早班", WALL), book.keep_view(li, "夜班", WALL)
    book.remove_view(li, first.view_id)
    third = book.keep_view(li, " 午班 ", WALL)
    assert [first.number, second.number, third.number] == [1, 2, 1] and third.name == "午班"
    assert [view.name for view in book.views(li)] == ["午班", "夜班"]


def test_a_shared_view_is_called_by_every_seat_and_taken_away_by_none_but_the_shift_leader(
    book: WallBook, li: Actor
) -> None:
    chief = person("陈建国", Role.SUPERVISOR, seat="01")
    view = book.share_view(chief, book.keep_view(chief, "学校", WALL).view_id)
    assert view.number == SHARED_NUMBERS[0] and [found.name for found in book.views(li)] == ["学校"]
    with pytest.raises(DomainError):
        book.remove_view(li, view.view_id)
    with pytest.raises(NotPermitted):
        book.unshare_view(li, view.view_id)
    assert book.unshare_view(chief, view.view_id).number == OWN_NUMBERS[0]
    assert book.views(li) == []


def test_an_operator_shares_nothing_and_nobody_touches_another_seats_view(book: WallBook, li: Actor) -> None:
    view = book.keep_view(li, "早班", WALL)
    with pytest.raises(NotPermitted):
        book.share_view(li, view.view_id)
    wang = person("王磊", seat="03")
    with pytest.raises(Stale):
        book.remove_view(wang, view.view_id)


def test_a_tour_is_shared_only_with_what_it_shows(book: WallBook) -> None:
    chief = person("陈建国", Role.SUPERVISOR)
    view = book.keep_view(chief, "学校", WALL)
    tour = book.keep_view(chief, "巡校", Tour(views=(view.view_id,)))
    with pytest.raises(DomainError):
        book.share_view(chief, tour.view_id)
    book.share_view(chief, view.view_id)
    assert book.share_view(chief, tour.view_id).is_shared


@pytest.mark.parametrize("name", ["", "   ", "x" * 41])
def test_a_view_has_a_name_that_fits(book: WallBook, li: Actor, name: str) -> None:
    with pytest.raises(DomainError):
        book.keep_view(li, name, WALL)


def test_a_tour_stays_long_enough_to_look(book: WallBook) -> None:
    with pytest.raises(DomainError):
        Tour(cameras=(CAMERA,), dwell_s=1.0)
    with pytest.raises(DomainError):
        Tour()
    dwell = Tour(cameras=(CAMERA,))
    seen = []
    for _ in range(5):
        dwell = dwell.with_next_dwell()
        seen.append(dwell.dwell_s)
    assert sorted(seen) == [5.0, 10.0, 20.0, 30.0, 60.0]
