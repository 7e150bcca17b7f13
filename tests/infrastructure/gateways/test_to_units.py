"""What stands between the outbox and a unit: stills go along, photos come in sealed, and neither holds up the rest."""

from pathlib import Path
from typing import Any

import pytest

from console.application.errors import Unavailable
from console.domain.ids import UnitId
from console.domain.routing import Unit
from console.infrastructure.evidence_store import EvidenceStore
from console.infrastructure.gateways.open311 import Open311
from console.infrastructure.gateways.to_units import PHOTO_TRIES, UnitGateways, UnitSystem

from .conftest import JPEG, Department, OddServer

Case = dict[str, Any]
LIST = "/open311/v2/servicerequestupdates.json"
TWO_ANSWERS = (
    b'[{"update_id": "u1", "service_request_id": "a", "status": "closed", "description": "done",'
    b' "updated_datetime": "2026-11-22T08:00:00Z", "media_url": "/media/1.jpg"},'
    b'{"update_id": "u2", "service_request_id": "b", "status": "closed", "description": "done too",'
    b' "updated_datetime": "2026-11-22T08:01:00Z"}]'
)


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    return EvidenceStore(tmp_path / "evidence")


def unit_at(server: Open311, store: EvidenceStore) -> UnitSystem:
    return UnitSystem(UnitId("unit-2"), server, store)


def test_the_first_still_goes_along_with_the_case(department: Department, store: EvidenceStore, case: Case) -> None:
    name, path = store.reserve(".jpg")
    path.write_bytes(JPEG)
    still = store.seal_new(name, path)
    receipt = unit_at(department.gateway(), store).submit(case | {"stills": [still.path]}, "key-1")
    assert [(fact["kind"], fact["id"]) for fact in department.stored()] == [("request", receipt), ("media", receipt)]


def test_a_lost_still_does_not_keep_the_case_from_its_unit(
    department: Department, store: EvidenceStore, case: Case, caplog: pytest.LogCaptureFixture
) -> None:
    unit_at(department.gateway(), store).submit(case | {"stills": ["2026/11/22/gone.jpg"]}, "key-1")
    assert [fact["kind"] for fact in department.stored()] == ["request"]
    assert "cannot be read" in caplog.text


def test_a_photo_is_sealed_as_it_came_and_fetched_once_even_by_the_next_station(
    odd_server: OddServer, store: EvidenceStore
) -> None:
    odd_server.reply = lambda path: (200, {}, TWO_ANSWERS if path.startswith(LIST) else JPEG)
    first = unit_at(Open311(odd_server.base_url, "k"), store).answers(None)
    again = unit_at(Open311(odd_server.base_url, "k"), store).answers(None)
    assert first == again
    (photo,) = first[0].photos
    store.check(photo.path, photo.sha256)
    assert store.absolute(photo.path).read_bytes() == JPEG
    assert first[1].photos == ()
    assert [path for _, path, _ in odd_server.seen].count("/media/1.jpg") == 1


def test_answers_wait_for_a_photo_that_is_late_and_nothing_is_taken_out_of_order(
    odd_server: OddServer, store: EvidenceStore
) -> None:
    odd_server.reply = lambda path: (200, {}, TWO_ANSWERS) if path.startswith(LIST) else (503, {}, b"")
    unit = unit_at(Open311(odd_server.base_url, "k"), store)
    assert unit.answers(None) == []
    odd_server.reply = lambda path: (200, {}, TWO_ANSWERS if path.startswith(LIST) else JPEG)
    assert [(answer.answer_id, len(answer.photos)) for answer in unit.answers(None)] == [("u1", 1), ("u2", 0)]


def test_a_photo_that_never_comes_does_not_silence_a_unit(odd_server: OddServer, store: EvidenceStore) -> None:
    odd_server.reply = lambda path: (200, {}, TWO_ANSWERS) if path.startswith(LIST) else (503, {}, b"")
    unit = unit_at(Open311(odd_server.base_url, "k"), store)
    looks = [[answer.answer_id for answer in unit.answers(None)] for _ in range(PHOTO_TRIES)]
    assert looks == [[]] * (PHOTO_TRIES - 1) + [["u1", "u2"]]


@pytest.mark.parametrize("reply", [(404, b""), (200, b"MZ no picture")])
def test_a_photo_that_is_refused_is_left_out_at_once_and_said_once(
    odd_server: OddServer, store: EvidenceStore, caplog: pytest.LogCaptureFixture, reply: tuple[int, bytes]
) -> None:
    odd_server.reply = lambda path: (200, {}, TWO_ANSWERS) if path.startswith(LIST) else (reply[0], {}, reply[1])
    unit = unit_at(Open311(odd_server.base_url, "k"), store)
    for _ in range(3):
        assert [(answer.answer_id, answer.photos) for answer in unit.answers(None)] == [("u1", ()), ("u2", ())]
    assert len([line for line in caplog.messages if "has no photo" in line]) == 1


def test_a_unit_that_is_away_is_the_world_s_failure(department: Department, store: EvidenceStore, case: Case) -> None:
    unit = unit_at(department.gateway(), store)
    department.kill()
    with pytest.raises(Unavailable):
        unit.answers(None)
    with pytest.raises(Unavailable):
        unit.submit(case, "key-1")


class EmptyVault:
    """A vault in which nothing is yet."""

    def get(self, name: str) -> str | None:
        del name
        return None

    def put(self, name: str, secret: str) -> None:
        raise NotImplementedError(name, secret)

    def delete(self, name: str) -> None:
        raise NotImplementedError(name)


def test_a_unit_whose_key_is_not_in_the_vault_is_not_tried_without_one(store: EvidenceStore) -> None:
    unit = Unit(
        unit_id=UnitId("team-2"), zh="二中队", en="Team 2", address="http://127.0.0.1:1", credentials_name="key"
    )
    with pytest.raises(Unavailable, match="not in the vault"):
        UnitGateways(EmptyVault(), store).to(unit)
