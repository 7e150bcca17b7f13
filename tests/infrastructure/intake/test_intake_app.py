"""What comes in by HTTP is taken once or refused in words; read back from the desks' own records."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.application.alarm_review import Filing
from console.application.errors import Unavailable
from console.application.intake_desk import IntakeDesk
from console.application.ports import UnitsOfWork
from console.application.sensor_desk import SensorDesk
from console.application.settings import PartnerSettings
from console.domain.alarms import Source
from console.domain.ids import AlarmId
from console.infrastructure.intake.app import build
from console.infrastructure.intake.door import Door
from console.infrastructure.intake.limits import MOST_BODY_BYTES, App, Limited, Pace
from tests.application.city import CAMERA, PARKING, City, open_city, person

TOKEN = "token-of-the-hotline"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
API = "/open311/v2"
LI = person("李文静")


class AwayUnits:
    """A database that nobody reaches."""

    def read(self) -> Any:
        raise Unavailable("The database is away.")

    write = read


class Client:
    """Speaks to the door by HTTP on loopback."""

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self._session = requests.Session()
        self._session.trust_env = False

    def get(self, path: str, **given: Any) -> requests.Response:
        return self._session.get(self.base + path, timeout=30, **given)

    def post(self, path: str, **given: Any) -> requests.Response:
        return self._session.post(self.base + path, timeout=30, **given)

    def close(self) -> None:
        self._session.close()


@dataclass
class Street:
    """The city and the client that speaks to its intake."""

    city: City
    client: Client
    tokens: dict[str, str] = field(default_factory=lambda: {"hotline": TOKEN})

    def rows(self) -> list[AlarmId]:
        return [AlarmId(row.alarm_id) for row in self.city.review.queue(LI)]

    def reports(self) -> list[str]:
        return [said.text for alarm_id in self.rows() for said in self.city.review.card(LI, alarm_id).said]


@contextmanager
def client_of(
    city: City,
    units: UnitsOfWork,
    tokens: dict[str, str],
    *,
    per_minute: int = 100_000,
    around: Callable[[App], App] = lambda app: app,
) -> Iterator[Client]:
    partners = {"hotline": PartnerSettings(source="hotline", per_minute=per_minute)}
    pace = Pace(city.clock)
    application = build(
        IntakeDesk(units, city.clock), SensorDesk(units, city.clock), partners, lambda: tokens, pace, city.clock
    )
    door = Door(around(Limited(application, pace, 1_000_000)), "127.0.0.1", 0, city.clock, None)
    door.open()
    client = Client(door.wait_open(20))
    try:
        yield client
    finally:
        client.close()
        door.close()


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    tokens = {"hotline": TOKEN}
    with open_city(tmp_path) as city, client_of(city, city.units, tokens) as client:
        yield Street(city, client, tokens)


def ticket(**changes: Any) -> dict[str, Any]:
    return {"service_code": PARKING, "address": "河东街 12 号", "text": "车挡住盲道", "name": "周女士"} | changes


def form(**changes: Any) -> dict[str, Any]:
    return {"api_key": TOKEN, "service_code": PARKING, "address_string": "河东街 12 号", "description": "堵"} | changes


def test_a_ticket_is_an_alarm_of_the_hotline_and_its_way_to_the_end_can_be_asked(street: Street) -> None:
    answer = street.client.post("/api/reports", json=ticket(longitude=120.1, latitude=30.2), headers=BEARER)
    assert answer.status_code == 201
    report_id = answer.json()[0]["service_request_id"]
    (row,) = street.city.review.queue(LI)
    assert row.source is Source.HOTLINE and street.reports() == ["车挡住盲道"]
    asked = f"{API}/requests/{report_id}.json"
    assert street.client.get(asked).json()[0]["status_notes"] == "待核实"
    filed = street.city.cases.confirm_and_file(LI, AlarmId(row.alarm_id), Filing(PARKING, "1"))
    (told,) = street.client.get(asked).json()
    assert told["status"] == "open" and filed.number in told["status_notes"] and told["agency_responsible"]


def test_georeport_speaks_of_the_same_report(street: Street) -> None:
    (service, *_) = street.client.get(f"{API}/services.json").json()
    assert {"service_code", "service_name", "metadata", "type"} <= set(service)
    answer = street.client.post(f"{API}/requests.json", data=form(first_name="燕", last_name="周", phone="1380000"))
    assert answer.status_code == 201 and street.reports() == ["堵"]
    (listed,) = street.client.get(f"{API}/requests.json", headers=BEARER).json()
    assert listed["service_request_id"] == answer.json()[0]["service_request_id"]
    assert "周" not in json.dumps(listed, ensure_ascii=False)  # who reported is the desk's, not the list's


def test_the_same_key_is_one_report_and_other_words_under_it_are_refused(street: Street) -> None:
    first = street.client.post("/api/reports", json=ticket(key="7"), headers=BEARER)
    again = street.client.post("/api/reports", json=ticket(key="7"), headers=BEARER)
    other = street.client.post("/api/reports", json=ticket(key="7", text="别的事"), headers=BEARER)
    assert first.json() == again.json() and (first.status_code, other.status_code) == (201, 409)
    assert street.reports() == ["车挡住盲道"]


def test_a_ticket_may_name_a_camera_instead_of_a_place(street: Street) -> None:
    with street.city.units.read() as unit:
        camera = unit.directory.camera(CAMERA)
    wanted = ticket(camera_number=camera.number)
    del wanted["address"]
    assert street.client.post("/api/reports", json=wanted, headers=BEARER).status_code == 201
    (row,) = street.city.review.queue(LI)
    assert (row.camera_id, row.address) == (CAMERA, camera.place.address)


@pytest.mark.parametrize(
    ("changes", "code", "word"),
    [
        ({"service_code": "99999"}, 404, "matter"),
        ({"service_code": "1"}, 400, "service_code"),
        ({"address": ""}, 400, "place"),
        ({"latitude": 30.0}, 400, "belong together"),
        ({"latitude": 91.0, "longitude": 0.0}, 400, "latitude"),
        ({"text": "a\x00b"}, 400, "text"),
        ({"text": "长" * 4001}, 400, "text"),
        ({"camera_number": "nowhere"}, 404, "camera"),
        ({"priority": "urgent"}, 400, "priority"),
        ({"unknown": "1"}, 400, "unknown"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_sent_is_not(
    street: Street, changes: dict[str, Any], code: int, word: str
) -> None:
    answer = street.client.post("/api/reports", json=ticket(**changes), headers=BEARER)
    (fault,) = answer.json()
    assert answer.status_code == fault["code"] == code and word in fault["description"]
    assert "车挡住盲道" not in answer.text and TOKEN not in answer.text
    assert not street.reports()


@pytest.mark.parametrize(
    "raw",
    [
        b'{"service_code": "09009", "address": "\\ud800"}',
        b'{"service_code": "09009", "address": "a", "latitude": NaN, "longitude": 1}',
        b"[" * 50_000,
        b'{"service_code": ' + b"9" * 5000 + b"}",
        b"\xff\xfe",
        b"null",
    ],
)
def test_bodies_no_record_can_hold_are_refused(street: Street, raw: bytes) -> None:
    headers = {**BEARER, "content-type": "application/json"}
    assert street.client.post("/api/reports", data=raw, headers=headers).status_code == 400
    assert not street.reports()


def test_without_a_token_with_anothers_and_after_it_was_taken_away(street: Street) -> None:
    assert street.client.post("/api/reports", json=ticket()).status_code == 401
    wrong = {"Authorization": "Bearer token-of-nobody"}
    assert street.client.post("/api/reports", json=ticket(), headers=wrong).status_code == 403
    assert street.client.post(f"{API}/requests.json", data=form(api_key="x")).status_code == 403
    street.tokens.clear()
    assert street.client.post("/api/reports", json=ticket(), headers=BEARER).status_code == 403
    assert not street.reports()


def test_a_body_without_end_is_not_read(street: Street) -> None:
    answer = street.client.post(f"{API}/requests.json", data=b"a" * (MOST_BODY_BYTES + 1))
    assert answer.status_code == 413


def test_a_partner_has_its_pace_and_is_told_when_to_come_back(tmp_path: Path) -> None:
    with open_city(tmp_path) as city, client_of(city, city.units, {"hotline": TOKEN}, per_minute=2) as client:
        codes = [client.post("/api/reports", json=ticket(key=str(n)), headers=BEARER).status_code for n in range(3)]
        late = client.post("/api/reports", json=ticket(key="2"), headers=BEARER)
        assert codes == [201, 201, 429] and 0 < int(late.headers["retry-after"]) <= 61
        city.clock.wait(minutes=1)
        assert client.post("/api/reports", json=ticket(key="2"), headers=BEARER).status_code == 201


def test_while_the_records_are_away_a_report_is_refused_and_may_come_again(tmp_path: Path) -> None:
    with open_city(tmp_path) as city, client_of(city, AwayUnits(), {"hotline": TOKEN}) as client:
        answer = client.post("/api/reports", json=ticket(), headers=BEARER)
        assert answer.status_code == 503 and answer.headers["retry-after"]
        assert client.get("/health").status_code == 503


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=50),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4),
        max_leaves=12,
    ),
    given=st.dictionaries(
        st.sampled_from(["service_code", "address", "latitude", "longitude", "text", "key", "priority"]),
        st.text(max_size=30) | st.floats() | st.none(),
    ),
)
def test_no_json_whatever_is_an_error_of_ours(street: Street, body: Any, given: dict[str, Any]) -> None:
    for sent in (body, ticket(**given)):
        raw = json.dumps(sent).encode("utf-8", "surrogatepass")
        headers = {**BEARER, "content-type": "application/json"}
        answer = street.client.post("/api/reports", data=raw, headers=headers)
        street.city.clock.wait(minutes=1)
        assert answer.status_code in (201, 400, 404, 409), answer.text
