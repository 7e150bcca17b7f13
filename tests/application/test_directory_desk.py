"""An administrator keeps the directory: numbers and codes are one camera's, secrets lie in the vault alone."""

from dataclasses import replace
from typing import Any

import pytest

from console.application.errors import NotPermitted, Stale
from console.domain.accounts import Actor, Role, Scope
from console.domain.cameras import Camera, CameraKind
from console.domain.errors import DomainError
from console.domain.ids import CameraId
from console.domain.places import Place
from tests.application.city import CAMERA, City, person

KEEPER = person("孙主任", Role.ADMINISTRATOR, seat="08")
SECRET = "admin:Guang#mei"


def camera(camera_id: str = "cam77", number: str = "77", **changes: Any) -> Camera:
    plain = Camera(
        camera_id=CameraId(camera_id),
        number=number,
        name="滨江路与学府路口",
        place=Place(address="滨江路 88 号", grid_cell="330199001003002"),
        main_address="rtsp://10.1.2.3:554/main",
        sub_address="",
        code="33019900001320000077",
        kind=CameraKind.DOME,
        owner="城管局",
        tags=("重点",),
    )
    return replace(plain, **changes)


def in_the_directory(city: City, camera_id: str) -> Camera:
    with city.units.read() as unit:
        return unit.directory.camera(CameraId(camera_id))


def everything_written(city: City) -> str:
    with city.units.read() as unit:
        return repr([line.facts for line in unit.audit.lines(0, 1000)]) + repr(unit.directory.cameras())


def test_a_camera_comes_with_its_secret_in_the_vault_and_nowhere_else(city: City) -> None:
    city.directory.add(KEEPER, camera(), SECRET)

    kept = in_the_directory(city, "cam77")
    assert replace(kept, credentials_name="") == camera()
    assert city.vault.get(kept.credentials_name) == SECRET
    assert "Guang" not in everything_written(city)


def test_another_secret_takes_the_place_of_the_old_one_and_none_keeps_it(city: City) -> None:
    city.directory.add(KEEPER, camera(), SECRET)
    city.directory.change(KEEPER, camera(number="78"))
    assert city.vault.get(in_the_directory(city, "cam77").credentials_name) == SECRET

    city.directory.change(KEEPER, camera(number="78"), "admin:other")
    assert list(city.vault.secrets.values()) == ["admin:other"]
    city.directory.change(KEEPER, camera(number="78"), "")
    assert in_the_directory(city, "cam77").credentials_name == "" and city.vault.secrets == {}


def test_a_secret_that_another_camera_uses_stays(city: City) -> None:
    city.directory.add(KEEPER, camera(), SECRET)
    shared = in_the_directory(city, "cam77").credentials_name
    with city.units.write() as unit:
        unit.directory.put_camera(camera("cam78", "78", code="", credentials_name=shared))
        unit.commit()

    city.directory.remove(KEEPER, CameraId("cam77"))
    assert city.vault.get(shared) == SECRET
    city.directory.remove(KEEPER, CameraId("cam78"))
    assert city.vault.get(shared) is None


def test_what_was_changed_is_written_down_with_what_it_was(city: City) -> None:
    city.directory.add(KEEPER, camera())
    city.directory.change(KEEPER, camera(name="滨江路口", tags=("重点", "涉水")), SECRET)

    with city.units.read() as unit:
        head = unit.audit.head()
    assert head is not None
    assert head.facts.detail == {
        "role": "administrator",
        "name": "滨江路口",
        "name_before": "滨江路与学府路口",
        "tags": "重点, 涉水",
        "tags_before": "重点",
        "secret": "changed",
    }


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"number": "01"}, "Number 01 is taken by 学府路口·南"),
        ({"number": " "}, "number"),
        ({"name": ""}, "name"),
        ({"main_address": "10.1.2.3"}, "address"),
        ({"main_address": "rtsp://10.1.2.3:99999/a"}, "address"),
        ({"sub_address": "rtsp://10.1.2.3/a b"}, "address"),
        ({"main_address": "gopher://10.1.2.3/a"}, "No stream comes by"),
        ({"main_address": "srt://10.1.2.3:9000?passphrase=Str33tL1ght"}, "secret"),
    ],
)
def test_what_cannot_be_an_entry_is_refused_in_words(city: City, changes: dict[str, str], says: str) -> None:
    with pytest.raises(DomainError, match=says):
        city.directory.add(KEEPER, camera(**changes))
    assert "add_camera" not in city.audit_verbs()


def test_a_national_code_is_one_cameras(city: City) -> None:
    city.directory.add(KEEPER, camera())
    with pytest.raises(DomainError, match="33019900001320000077 is taken by 滨江路与学府路口"):
        city.directory.add(KEEPER, camera("cam78", "78"))
    city.directory.add(KEEPER, camera("cam78", "78", code=""))
    city.directory.add(KEEPER, camera("cam79", "79", code=""))


@pytest.mark.parametrize("code", ["3301990000132000007", "3.30199E+19", "３３０１９９００００１３２０００００７７"])
def test_a_code_that_a_spreadsheet_has_spoilt_is_no_code(code: str) -> None:
    with pytest.raises(DomainError, match="20 digits"):
        camera(code=code)


@pytest.mark.parametrize("tags", [("a", "a"), ("a,b",), ("",), (" a",), ("x" * 33,), tuple(map(str, range(17)))])
def test_tags_are_short_different_and_hold_no_comma(tags: tuple[str, ...]) -> None:
    with pytest.raises(DomainError, match="tag"):
        camera(tags=tags)


def test_two_administrators_do_not_write_over_each_other(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    city.directory.add(KEEPER, camera())
    seen = city.directory.entry

    def seen_before_the_other(actor: Actor, camera_id: CameraId) -> Camera:
        found = seen(actor, camera_id)
        with city.units.write() as unit:
            unit.directory.put_camera(replace(found, name="another's"))
            unit.commit()
        return found

    monkeypatch.setattr(city.directory, "entry", seen_before_the_other)
    with pytest.raises(Stale, match="first"):
        city.directory.change(KEEPER, camera(name="mine"))
    assert in_the_directory(city, "cam77").name == "another's"


def test_a_camera_cannot_be_moved_out_of_the_places_of_whoever_moves_it(city: City) -> None:
    near = replace(KEEPER, scope=Scope(areas=frozenset({"330199001"})))
    city.directory.add(near, camera())
    with pytest.raises(NotPermitted, match="place"):
        city.directory.change(near, camera(place=Place(address="远", grid_cell="330199002001001")))
    with pytest.raises(NotPermitted, match="place"):
        city.directory.add(near, camera("cam78", "78", code="", place=Place(address="?")))


def test_the_camera_of_an_id_is_added_once(city: City) -> None:
    with pytest.raises(Stale, match="already"):
        city.directory.add(KEEPER, camera(CAMERA))
