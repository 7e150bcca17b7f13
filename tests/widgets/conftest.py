"""A seat at a real city, and the people at it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from console.domain.accounts import Actor, Role
from console.words import CHINESE, Words
from tests.application.city import SHANGHAI, City, open_city, person
from tests.widgets.desks import Clips, Seat
from widgets.desk import Desk
from widgets.evidence.stills import Stills
from widgets.state.telling import Teller


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with open_city(tmp_path) as found:
        yield found


@pytest.fixture
def li() -> Actor:
    return person("李文静")


@pytest.fixture
def wang() -> Actor:
    return person("王磊", seat="03")


@pytest.fixture
def chief() -> Actor:
    return person("陈建国", Role.SUPERVISOR)


@pytest.fixture
def seat(qtbot: QtBot, city: City, tmp_path: Path) -> Iterator[Seat]:
    words = Words(CHINESE)
    desk = Desk()
    stumbles: list[str] = []
    desk.stumbled.connect(stumbles.append)
    yield Seat(
        city=city,
        desk=desk,
        words=words,
        teller=Teller(words, SHANGHAI),
        clips=Clips(),
        stills=Stills(desk, lambda path: tmp_path / path),
        folder=tmp_path,
        qtbot=qtbot,
    )
    desk.close()
    assert not stumbles, "something broke off the GUI thread; see the log"
