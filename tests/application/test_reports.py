"""Claims about the shift's report: every share has its parts, and made again it is the same."""

from datetime import timedelta

import pytest

from console.application.reports import figures_of
from console.domain.accounts import Actor
from console.domain.alarms import DismissReason
from tests.application.city import PARKING, City


def test_a_shift_counts_what_happened_in_it(city: City, li: Actor) -> None:
    begin = city.clock.now()
    city.clock.wait(minutes=3)
    dismissed = city.hit("hit-1")
    city.clock.wait(seconds=30)
    city.review.dismiss(li, dismissed, DismissReason.NO_OFFENCE)
    city.clock.wait(minutes=12)
    city.filed(li, "hit-2")
    city.clock.wait(minutes=1)
    end = city.clock.now()
    figures = figures_of(
        city.queries.alarms_between(begin, end),
        city.queries.cases_between(begin, end),
        len(city.queries.talks_between(begin, end)),
        {},
        begin,
        end,
    )
    assert (figures.alarms, figures.filed, figures.closed) == (2, 1, 0)
    assert (figures.confirmed.part, figures.confirmed.whole, figures.confirmed.share) == (1, 2, 0.5)
    assert figures.per_ten_minutes == (1, 1)
    assert figures.median_first_response_s == pytest.approx(15.0)
    assert [line.category for line in figures.matters] == [PARKING]


def test_a_share_of_nothing_is_not_a_hundred_per_cent(city: City) -> None:
    begin = city.clock.now()
    figures = figures_of((), (), 0, {}, begin, begin + timedelta(hours=1))
    assert figures.confirmed.share is None and figures.in_time.share is None


def test_an_overdue_case_counts_against_the_unit_only_once_it_is_due(city: City, li: Actor) -> None:
    begin = city.clock.now()
    city.filed(li)
    early = begin + timedelta(hours=1)
    assert figures_of((), city.queries.cases_between(begin, early), 0, {}, begin, early).in_time.whole == 0
    late = begin + timedelta(hours=9)
    assert figures_of((), city.queries.cases_between(begin, late), 0, {}, begin, late).in_time.share == 0.0
