"""Claims about two sites of one machine: what one sweeps after a crash is never the other's."""

from pathlib import Path

import pytest

from console.infrastructure.frame_slots import create, sweep
from console.site import Site
from console.station import slots_prefix

FRAME_BYTES = 64


def prefix_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("CITYDESK_DATA", str(folder))
    site = Site.open("demo")
    site.close()
    return slots_prefix(site)


def test_a_station_sweeps_its_own_leftovers_and_not_those_of_its_namesake_in_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = (prefix_in(tmp_path / name, monkeypatch) for name in ("here", "there"))
    slots = tmp_path / "slots"
    slots.mkdir()
    own, other = (create(slots / f"{prefix}run-cam01", FRAME_BYTES) for prefix in (here, there))
    assert sweep(slots, here) == 1
    assert not own.path.exists() and other.path.exists()
    other.remove()
