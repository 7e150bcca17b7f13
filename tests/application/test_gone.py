"""Claims about what comes twice or stays behind: a hit, a file, the claims of a seat that died."""

import pytest

from console.domain.accounts import Actor
from console.domain.alarms import DismissReason
from console.domain.errors import TransitionRefused
from console.domain.evidence import EvidenceItem, EvidenceKind
from console.domain.ids import AlarmId, EvidenceId
from tests.application.city import City


def test_what_a_dead_seat_claimed_can_be_claimed_by_another_and_the_trail_says_who_let_go(
    city: City, li: Actor, wang: Actor
) -> None:
    alarm_id = city.hit()
    city.review.claim(li, alarm_id)
    with pytest.raises(TransitionRefused):
        city.review.claim(wang, alarm_id)
    assert city.intake.free_claims(wang.seat_id) == []
    assert city.intake.free_claims(li.seat_id) == [alarm_id]
    city.review.claim(wang, alarm_id)
    assert city.audit_verbs().count("release") == 1


def test_a_hit_that_an_alarm_has_absorbed_is_no_second_alarm_when_it_is_told_again(city: City, li: Actor) -> None:
    alarm_id = city.hit("hit-1")
    assert city.hit("hit-2") == alarm_id
    assert city.hit("hit-2") == alarm_id
    (row,) = city.review.queue(li)
    assert row.hits == 2
    city.review.dismiss(li, alarm_id, DismissReason.NO_OFFENCE)
    city.hit("hit-2")
    assert list(city.review.queue(li)) == []


def test_evidence_told_twice_is_kept_once(city: City) -> None:
    alarm_id = city.hit()
    for _ in range(2):
        city.intake.keep_evidence(still_of(city, alarm_id))
    assert len(city.queries.alarm_card(alarm_id).evidence) == 1


def still_of(city: City, alarm_id: AlarmId) -> EvidenceItem:
    return EvidenceItem(
        evidence_id=EvidenceId("still"),
        kind=EvidenceKind.STILL,
        subject_id=alarm_id,
        path="2026/11/22/still.jpg",
        sha256="ab" * 32,
        size_bytes=1,
        begins_at=city.clock.now(),
    )
