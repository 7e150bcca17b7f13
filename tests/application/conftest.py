"""The city and the people at its desks."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.domain.accounts import Actor
from tests.application.city import City, open_city, person


@pytest.fixture
def li() -> Actor:
    return person("李文静")


@pytest.fixture
def wang() -> Actor:
    return person("王磊", seat="03")


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    with open_city(tmp_path) as found:
        yield found
