"""Claims about hearing the street: nowhere until a site allows it, and every time it is written down."""

from dataclasses import replace

import pytest

from console.application.errors import NotPermitted, Unavailable
from console.application.listening_desk import ListeningDesk
from console.application.settings import SoundSettings
from console.domain.accounts import Actor, Role
from console.domain.errors import DomainError
from console.domain.listening import ListeningRule
from tests.application.city import CAMERA, City, person
from tests.application.test_recordings_desk import last_line


def at_a_site(city: City, **sound: bool | str) -> ListeningDesk:
    return ListeningDesk(city.units, city.gate, SoundSettings.model_validate(sound).rule())


def mark(city: City, *tags: str) -> None:
    with city.units.write() as unit:
        unit.directory.put_camera(replace(unit.directory.camera(CAMERA), tags=tags))
        unit.commit()


def test_no_street_is_heard_until_the_site_allows_it(city: City, li: Actor) -> None:
    with pytest.raises(DomainError, match="switched off"):
        at_a_site(city).listen(li, city.line, CAMERA)
    assert not city.line.orders


def test_where_sound_is_allowed_only_marked_cameras_are_heard(city: City, li: Actor) -> None:
    desk = at_a_site(city, listening=True)
    with pytest.raises(DomainError, match="tag"):
        desk.listen(li, city.line, CAMERA)
    mark(city, "school", "sound")
    desk.listen(li, city.line, CAMERA)
    assert city.line.orders == [("listen", CAMERA)]


def test_hearing_is_written_down_before_anything_is_heard(city: City, li: Actor) -> None:
    city.line.is_cut = True
    with pytest.raises(Unavailable):
        at_a_site(city, listening=True, tag="").listen(li, city.line, CAMERA)
    assert (last_line(city).verb, last_line(city).camera_id) == ("listen", CAMERA)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.OFFICER])
def test_who_only_keeps_the_machine_or_the_records_does_not_listen(city: City, role: Role) -> None:
    with pytest.raises(NotPermitted):
        at_a_site(city, listening=True, tag="").listen(person("other", role), city.line, CAMERA)
    assert last_line(city).verb == "refused"


def test_a_rule_without_a_tag_allows_every_camera_and_one_that_is_off_allows_none(city: City) -> None:
    with city.units.read() as unit:
        camera = unit.directory.camera(CAMERA)
    assert ListeningRule(is_on=True).allows(camera)
    assert not ListeningRule(is_on=False).allows(camera)
    assert not ListeningRule(is_on=True, tag="sound").allows(camera)


def test_hearing_what_was_kept_is_asked_for_and_written_down_like_hearing_the_street(city: City, li: Actor) -> None:
    desk = at_a_site(city)  # what was kept the site had allowed
    desk.hear_recording(li, city.line, CAMERA, "player")
    assert (last_line(city).verb, last_line(city).camera_id) == ("hear_recording", CAMERA)
    assert city.line.orders == [("hear", "player")]
    with pytest.raises(NotPermitted):
        desk.hear_recording(person("other", Role.AUDITOR), city.line, CAMERA, "player")
    assert last_line(city).verb == "refused"
    assert city.line.orders == [("hear", "player")]
