"""A site of its own for a seat's window inside the test, with a station's end of its line."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from console.domain.accounts import Account, Role
from console.domain.ids import AccountId, SeatId
from console.infrastructure.database.engine import URL_VARIABLE
from console.infrastructure.database.upgrading import upgrade
from console.infrastructure.passwords import Argon2PasswordHasher
from console.infrastructure.paths import DATA_VARIABLE
from console.seat.window import Seat
from console.site import Site
from console.words import Words
from tests.application.city import fill
from tests.seat.quiet_station import QuietStation

PASSWORD = "only for a test"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    monkeypatch.delenv(URL_VARIABLE, raising=False)
    site = Site.open("seat-test")
    upgrade(site.database)
    fill(site.units)
    yield site
    site.close()


@pytest.fixture
def station(site: Site) -> Iterator[QuietStation]:
    station = QuietStation(site.endpoint_file)
    yield station
    station.close()


@pytest.fixture
def open_seat(qtbot: QtBot, site: Site, station: QuietStation) -> Iterator[Callable[[Role], Seat]]:
    """Return a function that opens the seat with a person of a role signed in."""
    opened: list[Seat] = []

    def open_one(role: Role) -> Seat:
        with site.units.write() as unit:
            unit.accounts.add(
                Account(
                    account_id=AccountId("acc-test"),
                    sign_in_name="somebody",
                    display_name="赵敏",
                    role=role,
                    password_hash=Argon2PasswordHasher().hash(PASSWORD),
                )
            )
            unit.commit()
        seat = Seat(site, SeatId("02"), Words("en"))
        opened.append(seat)
        qtbot.addWidget(seat.window)
        seat.open("somebody", PASSWORD)
        return seat

    yield open_one
    for seat in opened:
        seat.close()
        seat.window.close()
