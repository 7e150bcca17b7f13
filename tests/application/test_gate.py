"""Claims about the gate: who may not, or not there, is told so, and a line says who tried what on which camera."""

from contextlib import AbstractContextManager
from dataclasses import replace

import pytest

from console.application.errors import NotPermitted, Unavailable
from console.application.evidence_desk import EvidenceDesk
from console.application.permissions import Gate
from console.application.ports import UnitOfWork
from console.application.talk import TalkDesk, TalkSettings
from console.domain.accounts import Account, Actor, Role, Scope, Verb
from console.domain.evidence import EvidenceItem, EvidenceKind
from console.domain.ids import EvidenceId
from tests.application.city import BEGIN, CAMERA, SHANGHAI, City, person


class NoPack:
    """Writes no package."""

    def write(self, *_: object) -> None:
        return


class Away:
    """Records that are away."""

    def write(self) -> AbstractContextManager[UnitOfWork]:
        raise Unavailable("The records do not answer.")

    def read(self) -> AbstractContextManager[UnitOfWork]:
        raise Unavailable("The records do not answer.")


NEXT_STREET = Scope(areas=frozenset({"330199002"}))
THIS_STREET = Scope(areas=frozenset({"330199001"}))


def refusals(city: City) -> list[dict[str, str]]:
    with city.units.read() as unit:
        lines = unit.audit.lines(0, 100)
    return [
        {key: str(line.facts.detail[key]) for key in ("wanted", "why")}
        | {"camera": line.facts.camera_id, "subject": line.facts.subject}
        for line in lines
        if line.facts.verb == "refused"
    ]


def test_a_camera_of_ones_own_street_lets_pass(city: City, li: Actor) -> None:
    with city.units.read() as unit:
        camera = unit.directory.camera(CAMERA)
    city.gate.require(replace(li, scope=THIS_STREET), Verb.WATCH, camera=camera)
    assert refusals(city) == []


def test_a_camera_of_another_street_is_refused_and_the_line_names_it(city: City, li: Actor) -> None:
    with city.units.read() as unit:
        camera = unit.directory.camera(CAMERA)
    with pytest.raises(NotPermitted, match="place"):
        city.gate.require(replace(li, scope=NEXT_STREET), Verb.SPEAK, "talk-1", camera=camera)
    assert refusals(city) == [{"wanted": "speak", "camera": CAMERA, "why": "place", "subject": "talk-1"}]


def with_account(city: City, actor: Actor) -> Account:
    """Give the actor an account as they signed in with it."""
    account = Account(
        account_id=actor.account_id,
        sign_in_name="li-signs-in",
        display_name=actor.display_name,
        role=actor.role,
        password_hash="right",
        scope=actor.scope,
    )
    with city.units.write() as unit:
        unit.accounts.add(account)
        unit.commit()
    return account


def change(city: City, account: Account) -> None:
    with city.units.write() as unit:
        unit.accounts.save(account)
        unit.commit()


def test_who_is_disabled_in_the_middle_of_a_shift_can_do_nothing_more(city: City, li: Actor) -> None:
    account = with_account(city, li)
    alarm_id = city.hit()
    city.review.acknowledge(li, alarm_id)
    account.is_active = False
    change(city, account)
    with pytest.raises(NotPermitted, match="out of use"):
        city.review.claim(li, alarm_id)
    assert [refusal["why"] for refusal in refusals(city)] == ["inactive"]


def test_who_is_moved_in_the_middle_of_a_shift_acts_and_sees_at_the_new_place_only(city: City, li: Actor) -> None:
    account = with_account(city, li)
    alarm_id = city.hit()
    assert len(city.review.queue(li)) == 1
    account.scope = NEXT_STREET
    change(city, account)
    assert city.review.queue(li) == [] and city.wall.cameras(li) == []
    with pytest.raises(NotPermitted, match="place"):
        city.review.claim(li, alarm_id)


def item(kind: EvidenceKind, subject: str) -> EvidenceItem:
    return EvidenceItem(
        evidence_id=EvidenceId(f"{kind.value}-of-{subject[:8]}"),
        kind=kind,
        subject_id=subject,
        path=f"{kind.value}",
        sha256="cd" * 32,
        size_bytes=1,
        begins_at=BEGIN,
    )


def test_speech_and_photographs_lie_where_their_talk_and_case_do(city: City, li: Actor) -> None:
    case_id = city.filed(li).case_id
    talk = city.talk.speak(li, city.line, CAMERA, "1")
    items = [item(EvidenceKind.SPEECH, talk.talk_id), item(EvidenceKind.PHOTO, case_id), item(EvidenceKind.PHOTO, "?")]
    with city.units.write() as unit:
        for one in items:
            unit.evidence.add(one)
        unit.commit()
    evidence = EvidenceDesk(city.units, city.queries, city.gate, city.clock, NoPack())
    speech, photo, stray = items
    for one in (speech, photo):
        assert evidence.view(replace(li, scope=THIS_STREET), one.evidence_id) == one
        with pytest.raises(NotPermitted, match="place"):
            evidence.view(replace(li, scope=NEXT_STREET), one.evidence_id)
    with pytest.raises(NotPermitted, match="place"):
        evidence.view(replace(li, scope=THIS_STREET), stray.evidence_id)
    assert evidence.view(li, stray.evidence_id) == stray


def test_an_alarm_stays_whose_street_it_was_in_when_its_camera_leaves_the_directory(city: City, li: Actor) -> None:
    alarm_id = city.hit()
    with city.units.write() as unit:
        unit.directory.remove_cameras([CAMERA])
        unit.commit()
    with pytest.raises(NotPermitted):
        city.review.acknowledge(replace(li, scope=NEXT_STREET), alarm_id)
    city.review.acknowledge(replace(li, scope=THIS_STREET), alarm_id)
    city.review.acknowledge(replace(li, scope=Scope(cameras=frozenset({CAMERA}))), alarm_id)


def test_silence_is_ordered_also_while_the_records_are_away(city: City, li: Actor) -> None:
    talk = city.talk.speak(li, city.line, CAMERA, "1")
    desk = TalkDesk(Away(), city.queries, Gate(Away(), city.clock), city.clock, TalkSettings(zone=SHANGHAI))
    desk.stop(li, city.line, talk.talk_id)
    assert city.line.orders[-1] == ("stop", talk.talk_id)


def test_a_role_without_the_verb_is_refused_also_in_its_own_street(city: City) -> None:
    officer = replace(person("赵强", Role.OFFICER), scope=THIS_STREET)
    with city.units.read() as unit:
        camera = unit.directory.camera(CAMERA)
    with pytest.raises(NotPermitted, match="role"):
        city.gate.require(officer, Verb.SPEAK, camera=camera)
    assert refusals(city) == [{"wanted": "speak", "camera": CAMERA, "why": "role", "subject": ""}]
