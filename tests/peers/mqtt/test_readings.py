"""Readings by MQTT over a real broker: none lost, none twice, whoever is killed on the way."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from console.application.sensor_desk import SensorDesk, SensorsDesk
from console.infrastructure.clock import SystemClock
from console.infrastructure.database.engine import open_database
from console.infrastructure.database.upgrading import upgrade
from console.infrastructure.intake.mqtt import Broker, Ears
from tests.application.city import BEGIN, City, StandingClock, city_on, fill, open_city, person
from tests.application.test_sensor_desk import CHEN, CHIMNEY
from tests.infrastructure.intake.test_payloads import malformed
from tests.peers.database.postgresql_server import PostgresqlServer
from tests.peers.mqtt.mosquitto_server import MosquittoMissing, MosquittoServer
from tests.peers.mqtt.sender import Sender, said

pytestmark = [pytest.mark.peer, pytest.mark.timeout(240)]
WITHIN_S = 120.0
LI = person("李文静")


@pytest.fixture
def broker() -> Iterator[MosquittoServer]:
    try:
        server = MosquittoServer()
    except MosquittoMissing as missing:
        pytest.skip(f"no MQTT broker on this machine: {missing}")
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def hearing(city: City, broker: MosquittoServer, number: str = "YY-31") -> Iterator[Sender]:
    SensorsDesk(city.units, city.gate).put(CHEN, [replace(CHIMNEY, number=number)])
    at = Broker(host="127.0.0.1", port=broker.port, prefix="citydesk", client_id="citydesk-test")
    ears = Ears(at, SensorDesk(city.units, city.clock).take, SystemClock())
    ears.open()
    sender = Sender(broker.port, number)
    try:
        yield sender
    finally:
        sender.close()
        ears.close()


def kept(city: City, number: str = "YY-31") -> list[int]:
    with city.units.read() as unit:
        return sorted(reading.sequence for reading in unit.sensors.readings(number, BEGIN, 10_000))


def test_a_broker_that_is_killed_twice_loses_no_reading_and_counts_none_twice(
    tmp_path: Path, broker: MosquittoServer
) -> None:
    kills = [60, 180]

    def cut(receipts: int) -> None:
        if kills and receipts >= kills[0]:
            kills.pop(0)
            broker.kill()
            broker.start()

    with open_city(tmp_path) as city, hearing(city, broker) as sender:
        sender.send_all([1.0] * 299 + [2.7], WITHIN_S, cut)
        assert kills == []
        assert kept(city) == list(range(1, 301))
        (row,) = city.review.queue(LI)
        assert row.hits == 1


def test_a_database_that_is_killed_gives_no_receipt_and_afterwards_each_reading_once(broker: MosquittoServer) -> None:
    server = PostgresqlServer()
    server.start()
    try:
        database = open_database(server.new_address(), StandingClock())
        upgrade(database)
        city = city_on(database)
        fill(city.units)
        kills = [40]

        def cut(receipts: int) -> None:
            if kills and receipts >= kills[0]:
                kills.pop(0)
                server.kill()
                server.start()

        with hearing(city, broker) as sender:
            sender.send_all([1.0] * 120, WITHIN_S, cut)
            assert kills == []
            assert kept(city) == list(range(1, 121))
        database.close()
    finally:
        server.stop()


def test_a_thousand_malformed_messages_lose_no_reading_between_them(tmp_path: Path, broker: MosquittoServer) -> None:
    sent = 0

    with open_city(tmp_path) as city, hearing(city, broker) as sender:

        def disturb(_receipts: int) -> None:
            nonlocal sent
            for seed in range(sent, min(sent + 100, 1000)):
                # Some of a sensor's own, some of one nobody knows.
                sender.publish(malformed(seed), "" if seed % 3 else "nobody")
            sent = min(sent + 100, 1000)

        sender.send_all([1.0] * 220, WITHIN_S, disturb)
        assert sent == 1000
        assert kept(city) == list(range(1, 221))
        sender.wait_refused(1000, 60)


def test_what_came_while_the_intake_was_away_is_kept_when_it_is_back(tmp_path: Path, broker: MosquittoServer) -> None:
    with open_city(tmp_path) as city:
        with hearing(city, broker) as first:
            first.send_all([1.0], WITHIN_S)
        alone = Sender(broker.port, "YY-31")
        try:
            alone.publish(said(2, 1.0))  # once only: the broker keeps it for us
            with hearing(city, broker, "YY-32") as other:
                other.send_all([1.0], WITHIN_S)
                alone.wait_receipt(2, 60)
        finally:
            alone.close()
        assert kept(city) == [1, 2]
