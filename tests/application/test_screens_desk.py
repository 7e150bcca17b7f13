"""Claims about screens elsewhere: who lets them in, what they show, and what of it is written down."""

from dataclasses import replace

import pytest

from console.application.errors import NotPermitted
from console.application.live_wall import layout_named
from console.application.screens_desk import ScreensDesk
from console.domain.accounts import Account, Actor, Role, Scope
from console.domain.errors import DomainError
from console.domain.ids import AccountId, CameraId
from console.domain.walls import Wall
from tests.application.city import CAMERA, City, person

HALL = "大厅"
OTHER = CameraId("cam02")
BOTH = Wall(layout=layout_named("2x2"), cameras=(CAMERA, OTHER, None, None))
ADMIN = person("陈建国", Role.ADMINISTRATOR)


@pytest.fixture
def desk(city: City) -> ScreensDesk:
    with city.units.write() as unit:
        unit.directory.put_camera(replace(unit.directory.camera(CAMERA), camera_id=OTHER, number="02", rules=()))
        unit.commit()
    return ScreensDesk(city.units, city.gate, city.clock)


@pytest.fixture
def li(city: City) -> Actor:
    """An operator with an account, so that it can be changed and shut out."""
    actor = person("李文静")
    with city.units.write() as unit:
        if unit.accounts.find(actor.account_id) is None:
            unit.accounts.add(
                Account(
                    account_id=AccountId(actor.account_id),
                    sign_in_name="li-of-screens",
                    display_name=actor.display_name,
                    role=Role.OPERATOR,
                    password_hash="",
                )
            )
            unit.commit()
    return actor


def verbs(city: City) -> list[tuple[str, str]]:
    with city.units.read() as unit:
        return [(line.facts.verb, line.facts.subject) for line in unit.audit.lines(0, 1000)]


def change(city: City, actor: Actor, *, scope: Scope | None = None, is_active: bool = True) -> None:
    with city.units.write() as unit:
        account = unit.accounts.get(actor.account_id)
        account.is_active = is_active
        account.scope = scope or account.scope
        unit.accounts.save(account)
        unit.commit()


def test_a_screen_shows_what_was_sent_to_it_and_each_step_is_written_down(
    city: City, desk: ScreensDesk, li: Actor
) -> None:
    key = desk.issue(ADMIN, HALL)
    desk.sign_in(HALL, key)
    assert desk.shown(HALL, key) is None

    desk.send(li, HALL, BOTH)

    shown = desk.shown(HALL, key)
    assert shown is not None
    assert shown.wall == BOTH
    assert {camera.camera_id for camera in shown.cameras} == {CAMERA, OTHER}
    assert shown.sent_by == li.display_name
    assert [(line.name, line.sent_by) for line in desk.all(li)] == [(HALL, li.display_name)]
    desk.clear(li, HALL)
    assert desk.shown(HALL, key) is None
    desk.revoke(ADMIN, HALL)
    assert desk.all(li) == []
    said = [verb for verb, subject in verbs(city) if subject == HALL]
    assert said == ["issue_screen_key", "sign_in", "send_to_screen", "clear_screen", "revoke_screen_key"]


def test_a_screen_shows_only_what_its_sender_may_watch_now(city: City, desk: ScreensDesk, li: Actor) -> None:
    key = desk.issue(ADMIN, HALL)
    desk.send(li, HALL, BOTH)

    change(city, li, scope=Scope(cameras=frozenset({OTHER})))

    shown = desk.shown(HALL, key)
    assert shown is not None
    assert shown.wall.cameras == (None, OTHER, None, None)
    assert [camera.camera_id for camera in shown.cameras] == [OTHER]
    with pytest.raises(NotPermitted):
        desk.send(li, HALL, BOTH)
    change(city, li, is_active=False)
    assert desk.shown(HALL, key) is None


def test_a_wrong_an_old_and_a_revoked_key_open_nothing(city: City, desk: ScreensDesk, li: Actor) -> None:
    old = desk.issue(ADMIN, HALL)
    key = desk.issue(ADMIN, HALL)

    for wrong in ("", "key", old):
        with pytest.raises(NotPermitted):
            desk.sign_in(HALL, wrong)
        with pytest.raises(NotPermitted):
            desk.shown(HALL, wrong)
    desk.sign_in(HALL, key)
    desk.revoke(ADMIN, HALL)
    with pytest.raises(NotPermitted):
        desk.shown(HALL, key)
    with pytest.raises(DomainError):
        desk.send(li, HALL, BOTH)
    assert verbs(city).count(("sign_in_refused", HALL)) == 3


def test_the_key_itself_is_nowhere_in_the_records(city: City, desk: ScreensDesk) -> None:
    key = desk.issue(ADMIN, HALL)

    with city.units.read() as unit:
        screen = unit.screens.find(HALL)
        lines = unit.audit.lines(0, 1000)
    assert screen is not None
    assert key not in repr(screen)
    assert key not in repr(lines)


def test_a_screen_without_a_name_gets_no_key(desk: ScreensDesk) -> None:
    with pytest.raises(DomainError):
        desk.issue(ADMIN, "  ")
