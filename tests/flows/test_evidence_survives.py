"""Claims about an alarm's clip and stills: whoever dies before they are written, each is kept or said to be lost."""

import hashlib
import os
import secrets
import signal
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import av
import pytest

from console.application.read_models import AlarmCard, AlarmRow
from console.domain.ids import AlarmId, CategoryCode, RuleId
from console.domain.rules import CameraRule, Zone
from console.infrastructure.channel.connection import Endpoint, connect
from console.infrastructure.channel.messages import Hello, RuleHit, StreamState
from console.infrastructure.database.engine import FILE_NAME, URL_VARIABLE
from console.infrastructure.evidence_notes import read_note
from console.infrastructure.paths import DATA_VARIABLE
from tests.flows.running_station import WITHIN_S, RunningStation, a_running_station, a_site, until
from tests.infrastructure.video.media_station import CLIP_S, DemoCameras
from tests.infrastructure.video.numbered_clips import make_clip

ZONE = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9))
CAMERAS = 9


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a moving street and give its address."""
    clips = tmp_path_factory.mktemp("clips")
    for number in range(1, CAMERAS + 1):
        make_clip(clips / f"{number:02d}.mp4", seconds=CLIP_S)
    running = DemoCameras(clips, tmp_path_factory.mktemp("cameras") / "cameras")
    yield running.address("01", "main")
    running.close()


@pytest.fixture
def station(street: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningStation]:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    monkeypatch.delenv(URL_VARIABLE, raising=False)
    with a_site([street]) as site:
        with site.units.write() as unit:
            (camera,) = unit.directory.cameras()
            rule = CameraRule(
                rule_id=RuleId("bay"),
                camera_id=camera.camera_id,
                zone=Zone(name="bay", polygon=ZONE),
                category=CategoryCode("09009"),
                labels=("car",),
                dwell_s=10.0,
                minimum_score=0.3,
            )
            unit.directory.put_camera(replace(camera, rules=(rule,)))
            unit.commit()
        with a_running_station(site) as running:
            running.wait_until_linked()
            yield running


def live(station: RunningStation) -> StreamState:
    """Wait for some seconds of the watched stream."""
    heard = station.ears.streams

    def is_live() -> StreamState | None:
        found = [state for state in heard.values() if state.condition == "live" and (state.media_time_s or 0) > 5.0]
        return found[0] if found else None

    return station.ears.wait("the stream", WITHIN_S, is_live)


def see_a_car(station: RunningStation, state: StreamState) -> str:
    """Say what a detector says that saw a car in the zone too long, and return the hit's id."""
    assert state.media_time_s is not None
    name = secrets.token_hex(8)
    eye = connect(Endpoint.load(station.site.endpoint_file))
    eye.send(Hello(role="vision-worker", worker_id=f"eye-{name}", pid=os.getpid()))
    eye.send(
        RuleHit(
            hit_id=name,
            camera_id=state.camera_id,
            rule_id="bay",
            zone_name="bay",
            polygon=ZONE,
            track_id=1,
            label="car",
            score=0.8,
            mean_score=0.7,
            box=(0.4, 0.4, 0.6, 0.6),
            dwell_s=10.0,
            began_media_s=0.0,
            media_time_s=state.media_time_s,
            received_at=datetime.now(UTC),
            model_name="model",
            model_sha256="00" * 32,
            device="CPU",
            precision="f32",
        )
    )
    # Heard by the hub before the line closes: what follows on it would be refused.
    until(lambda: any(name in path.read_text() for path in [station.site.paths.data / "journal.jsonl"]), WITHIN_S)
    eye.close()
    return name


def alarms(station: RunningStation) -> list[AlarmRow]:
    return list(station.site.queries.alarm_queue(datetime.now(UTC), 100))


def card(station: RunningStation) -> AlarmCard:
    (row,) = alarms(station)
    return station.site.queries.alarm_card(AlarmId(row.alarm_id))


def is_accounted_for(station: RunningStation) -> bool:
    """Say whether the clip and both stills of the one alarm are each kept or said to be missing."""
    if not alarms(station):
        return False
    found = card(station)
    return len(found.evidence) + len(found.missing) >= 3


def check(station: RunningStation, found: AlarmCard) -> None:
    """Read at the far end: every item lies in the store as its digest says, and every clip can be played."""
    assert len(found.evidence) + len(found.missing) == 3
    for item in found.evidence:
        path = station.site.paths.data / "evidence" / item.path
        assert hashlib.sha256(path.read_bytes()).hexdigest() == item.sha256
        if path.suffix == ".mp4":
            with av.open(str(path)) as container:
                assert sum(1 for _ in container.decode(video=0)) > 10
    # The note beside a file goes after the records have it: where those were locked, a moment later.
    until(lambda: not list((station.site.paths.data / "evidence" / "incoming").iterdir()), WITHIN_S)


def clip_is_begun(station: RunningStation) -> bool:
    incoming = station.site.paths.data / "evidence" / "incoming"
    return any(read_note(str(draft).removesuffix(".draft")) is not None for draft in incoming.glob("*.mp4.draft"))


@pytest.mark.media
@pytest.mark.timeout(300)
def test_a_station_killed_before_its_clip_was_whole_keeps_what_was_written_and_both_stills(
    station: RunningStation,
) -> None:
    see_a_car(station, live(station))
    until(lambda: clip_is_begun(station), WITHIN_S)
    until(lambda: len(card(station).evidence) == 2, WITHIN_S)
    killed = station.kill()
    station.wait_until_away()
    station.wait_until_linked()
    assert station.pid != killed
    until(lambda: is_accounted_for(station), WITHIN_S)
    found = card(station)
    assert not found.missing
    check(station, found)


@pytest.mark.long
@pytest.mark.media
@pytest.mark.timeout(300)
def test_a_decoder_killed_over_a_clip_is_back_in_seconds_and_every_item_is_kept_or_said_to_be_missing(
    station: RunningStation,
) -> None:
    state = live(station)
    see_a_car(station, state)
    until(lambda: clip_is_begun(station), WITHIN_S)
    before = {child.pid for child in station.children()}
    owners = [child for child in station.children() if "media-worker" in child.cmdline()]
    for owner in owners:
        os.kill(owner.pid, signal.SIGKILL)
    heard = station.ears.streams
    until(lambda: heard[state.stream_id].condition == "worker_restarting", 2.0)
    until(lambda: heard[state.stream_id].condition == "live", WITHIN_S)
    assert {child.pid for child in station.children()} != before
    until(lambda: is_accounted_for(station), WITHIN_S)
    check(station, card(station))


@pytest.mark.media
@pytest.mark.timeout(300)
def test_a_hit_while_another_program_holds_the_database_is_one_alarm_with_its_clip(station: RunningStation) -> None:
    state = live(station)
    other = sqlite3.connect(station.site.paths.data / FILE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    see_a_car(station, state)
    until(lambda: journal_waits(station), WITHIN_S)
    other.execute("ROLLBACK")
    other.close()
    until(lambda: is_accounted_for(station), WITHIN_S)
    found = card(station)
    assert not found.missing and found.row.hits == 1
    check(station, found)
    until(lambda: not journal_waits(station), WITHIN_S)


def journal_waits(station: RunningStation) -> bool:
    health = station.ears.health
    return health is not None and any(item.name == "journal" and item.condition == "waiting" for item in health.items)
