"""No question anybody can form is an error of ours, and 503 is said only while the database is away."""

from collections import Counter
from pathlib import Path

import pytest

from console.infrastructure.database.engine import open_database
from console.infrastructure.database.upgrading import upgrade
from console.infrastructure.intake.limits import App, Message, Receive, Scope, Send
from tests.application.city import PARKING, StandingClock, city_on, fill, open_city, person
from tests.infrastructure.intake.test_intake_app import API, BEARER, TOKEN, client_of, form, ticket
from tests.peers.database.postgresql_server import PostgresqlServer
from tests.peers.intake import foreign_client, schemathesis_program

pytestmark = [pytest.mark.peer, pytest.mark.timeout(360)]


class Counting:
    """Counts the answers on their way out."""

    def __init__(self, app: App) -> None:
        self._app = app
        self.codes: Counter[int] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def count(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.codes[message["status"]] += 1
            await send(message)

        await self._app(scope, receive, count)


def test_whatever_is_asked_is_answered_as_the_document_says(tmp_path: Path) -> None:
    counting: list[Counting] = []

    def watched(app: App) -> App:
        counting.append(Counting(app))
        return counting[0]

    with open_city(tmp_path) as city, client_of(city, city.units, {"hotline": TOKEN}, around=watched) as client:
        ended = schemathesis_program.run(client.base, TOKEN, tmp_path, examples=25)
    assert ended.returncode == 0, ended.stdout[-6000:]
    codes = counting[0].codes
    assert sum(codes.values()) > 100 and codes[400] > 10
    assert not [code for code in codes if code >= 500]


def test_503_is_said_while_the_database_is_away_and_a_report_sent_again_is_one(tmp_path: Path) -> None:
    server = PostgresqlServer()
    server.start()
    try:
        database = open_database(server.new_address(), StandingClock())
        upgrade(database)
        city = city_on(database)
        fill(city.units)
        with client_of(city, city.units, {"hotline": TOKEN}) as client:
            kept = client.post("/api/reports", json=ticket(key="kept"), headers=BEARER)
            server.kill()
            lost = [client.post("/api/reports", json=ticket(key=f"k{n}"), headers=BEARER) for n in range(5)]
            wrong = client.post("/api/reports", json=ticket(service_code="1"), headers=BEARER)
            server.start()
            again = [client.post("/api/reports", json=ticket(key=key), headers=BEARER) for key in ("kept", "k0", "k0")]
        assert {answer.status_code for answer in lost} == {503} and wrong.status_code == 400
        assert [answer.status_code for answer in again] == [201, 201, 201]
        assert again[0].json() == kept.json() and again[1].json() == again[2].json()
        (row,) = city.review.queue(person("李文静"))
        assert row.hits == 2  # one spot, two reports
        database.close()
    finally:
        server.stop()


def test_a_client_we_did_not_write_reads_our_services_and_where_a_report_stands(tmp_path: Path) -> None:
    with open_city(tmp_path) as city, client_of(city, city.units, {"hotline": TOKEN}) as client:
        sent = client.post(f"{API}/requests.json", data=form()).json()
        told = foreign_client.read(f"{client.base}{API}", sent[0]["service_request_id"])
    assert PARKING in told["services"]
    assert "'status': 'open'" in str(told["request"]) and "河东街 12 号" in str(told["request"])
