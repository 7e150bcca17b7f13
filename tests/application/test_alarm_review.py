"""Claims about reviewing: one alarm, one verdict, nothing twice, and everything can be looked up afterwards."""

from datetime import timedelta

import pytest

from console.application.alarm_review import Filing
from console.application.errors import NotPermitted
from console.domain.accounts import Actor, Role
from console.domain.alarms import CLAIM_LEASE, UNDO_WINDOW, AlarmStage, DismissReason
from console.domain.errors import DomainError, IncompleteFiling, TransitionRefused
from tests.application.city import PARKING, City, person


def test_the_same_hit_told_twice_is_one_alarm(city: City, li: Actor) -> None:
    assert city.hit("hit-1") == city.hit("hit-1")
    assert [row.hits for row in city.review.queue(li)] == [1]


def test_a_second_hit_in_the_same_zone_is_absorbed_by_the_waiting_alarm(city: City, li: Actor) -> None:
    first = city.hit("hit-1")
    assert city.hit("hit-2") == first
    assert [row.hits for row in city.review.queue(li)] == [2]


def test_after_a_verdict_the_next_hit_is_a_new_alarm(city: City, li: Actor) -> None:
    first = city.hit("hit-1")
    city.review.dismiss(li, first, DismissReason.NO_OFFENCE)
    assert city.hit("hit-2") != first


def test_an_alarm_claimed_by_one_seat_is_refused_to_another_until_the_lease_ends(
    city: City, li: Actor, wang: Actor
) -> None:
    alarm_id = city.hit()
    city.review.claim(li, alarm_id)
    with pytest.raises(TransitionRefused, match="李文静"):
        city.review.claim(wang, alarm_id)
    with pytest.raises(TransitionRefused, match="李文静"):
        city.review.dismiss(wang, alarm_id, DismissReason.NO_OFFENCE)
    city.clock.wait(seconds=CLAIM_LEASE.total_seconds() + 1)
    city.review.claim(wang, alarm_id)
    assert city.review.queue(li)[0].claimed_by == "王磊"


def test_a_claim_acknowledges_and_an_acknowledgement_claims_nothing(city: City, li: Actor) -> None:
    alarm_id = city.hit()
    city.review.acknowledge(li, alarm_id)
    assert (city.review.queue(li)[0].acknowledged_at, city.review.queue(li)[0].claimed_by) == (city.clock.now(), "")
    city.review.claim(li, alarm_id)
    assert city.review.queue(li)[0].claimed_by == "李文静"


def test_no_confirmation_without_a_condition_of_that_matter(city: City, li: Actor) -> None:
    alarm_id = city.hit()
    for condition in ("", "99"):
        with pytest.raises(DomainError):
            city.review.confirm(li, alarm_id, Filing(PARKING, condition))
    assert city.review.queue(li)[0].stage is AlarmStage.WAITING


def test_merging_into_nothing_or_itself_is_refused(city: City, li: Actor) -> None:
    alarm_id = city.hit()
    for into in ("", alarm_id):
        with pytest.raises(IncompleteFiling):
            city.review.merge(li, alarm_id, into)


def test_a_verdict_is_given_once(city: City, li: Actor, wang: Actor) -> None:
    alarm_id = city.hit()
    city.review.dismiss(li, alarm_id, DismissReason.ALREADY_GONE)
    with pytest.raises(TransitionRefused, match="李文静"):
        city.review.confirm(wang, alarm_id, Filing(PARKING, "1"))
    assert city.audit_verbs().count("dismiss") == 1 and "confirm" not in city.audit_verbs()


def test_a_verdict_can_be_undone_by_its_giver_within_ten_seconds_and_stays_in_the_history(
    city: City, li: Actor, wang: Actor
) -> None:
    alarm_id = city.hit()
    city.review.dismiss(li, alarm_id, DismissReason.SEEN_WRONGLY)
    with pytest.raises(TransitionRefused, match="李文静"):
        city.review.undo(wang, alarm_id)
    city.review.undo(li, alarm_id)
    card = city.review.card(li, alarm_id)
    assert card.row.stage is AlarmStage.WAITING and len(card.verdicts) == 1
    city.review.dismiss(li, alarm_id, DismissReason.SEEN_WRONGLY)
    city.clock.wait(seconds=UNDO_WINDOW.total_seconds() + 0.001)
    with pytest.raises(TransitionRefused, match="10 s"):
        city.review.undo(li, alarm_id)


def test_a_postponed_alarm_leaves_the_queue_and_comes_back(city: City, li: Actor) -> None:
    alarm_id = city.hit()
    city.review.postpone(li, alarm_id, timedelta(minutes=5))
    assert not city.review.queue(li)
    city.clock.wait(minutes=5, seconds=1)
    assert [row.alarm_id for row in city.review.queue(li)] == [alarm_id]


def test_a_field_officer_may_not_judge_and_the_attempt_is_written_down(city: City, li: Actor) -> None:
    alarm_id = city.hit()
    officer = person("赵强", Role.OFFICER)
    with pytest.raises(NotPermitted):
        city.review.dismiss(officer, alarm_id, DismissReason.OTHER)
    assert "refused" in city.audit_verbs()
    assert len(city.review.queue(li)) == 1
