"""Whatever is done to the audit below its triggers is found and called by its name; what nobody touched is whole."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.domain.audit_check import ChainCheck
from tests.infrastructure.audit.trails import CHANGES, Done, Trail, make_trail, spoil

LENGTH = 66
SAMPLE, ALL = 5 * len(CHANGES), 500
UNTOUCHED_SAMPLE, UNTOUCHED = 10, 100


@pytest.fixture(scope="module")
def trail(tmp_path_factory: pytest.TempPathFactory) -> Trail:
    return make_trail(tmp_path_factory.mktemp("trail"), seed=20261122, length=LENGTH)


def spoilt(trail: Trail, folder: Path, seeds: range) -> Iterator[tuple[int, str, Done, ChainCheck]]:
    for seed in seeds:
        copy = trail.copy(folder / str(seed))
        name, done = spoil(copy, seed)
        yield seed, name, done, copy.check()


def misnamed(trail: Trail, folder: Path, seeds: range) -> list[str]:
    return [
        f"seed {seed}: {name}: expected {done}, found {found.breaks}"
        for seed, name, done, found in spoilt(trail, folder, seeds)
        if not done.is_named_by(found)
    ]


def test_each_kind_of_change_is_found_and_named(trail: Trail, tmp_path: Path) -> None:
    assert misnamed(trail, tmp_path, range(SAMPLE)) == []


@pytest.mark.long
@pytest.mark.timeout(600)
def test_five_hundred_changes_are_all_found_and_named(trail: Trail, tmp_path: Path) -> None:
    assert misnamed(trail, tmp_path, range(1000, 1000 + ALL)) == []


def accused(folder: Path, count: int) -> list[str]:
    found = []
    for seed in range(count):
        place = folder / str(seed)
        place.mkdir()
        check = make_trail(place, seed, length=1 + seed * 7 % 90).check()
        if not check.is_whole or check.anchored != check.lines:
            found.append(f"seed {seed}: {check}")
    return found


def test_no_trail_that_nobody_touched_is_accused(tmp_path: Path) -> None:
    assert accused(tmp_path, UNTOUCHED_SAMPLE) == []


@pytest.mark.long
@pytest.mark.timeout(600)
def test_of_a_hundred_trails_that_nobody_touched_none_is_accused(tmp_path: Path) -> None:
    assert accused(tmp_path, UNTOUCHED) == []
