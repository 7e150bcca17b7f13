"""A camera that is only tried: its rules look through a real station and detector, and nothing of it is filed."""

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from console.infrastructure.channel.connection import Channel, Endpoint, connect
from console.infrastructure.channel.messages import (
    AnyMessage,
    EndTrial,
    Hello,
    RuleHit,
    Seen,
    StreamState,
    TrialOpened,
    TryCamera,
    ZoneRule,
)
from console.infrastructure.database.engine import URL_VARIABLE
from console.infrastructure.paths import DATA_VARIABLE
from tests.flows.running_station import WITHIN_S, RunningStation, a_running_station, a_site
from tests.infrastructure.video.media_station import DemoCameras
from tests.infrastructure.video.numbered_clips import make_clip

pytestmark = [pytest.mark.media]

WHOLE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
FIRST_PICTURE_WITHIN_S = 60.0  # what the wizard promises
RULE = ZoneRule(
    rule_id="tried-09009", zone_name="whole picture", polygon=WHOLE, labels=("car",), dwell_s=5.0, minimum_score=0.3
)


@pytest.fixture
def cameras(tmp_path: Path) -> Iterator[DemoCameras]:
    clips = tmp_path / "clips"
    clips.mkdir()
    for number in range(1, 10):  # the demo's cameras are nine
        make_clip(clips / f"{number:02d}.mp4", seconds=4)
    running = DemoCameras(clips, tmp_path / "cameras")
    yield running
    running.close()


@pytest.fixture
def station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningStation]:
    """Run a station whose directory is empty."""
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    monkeypatch.delenv(URL_VARIABLE, raising=False)
    with a_site([]) as site, a_running_station(site) as running:
        running.wait_until_linked()
        yield running


def join(station: RunningStation, role: str) -> Channel:
    line = connect(Endpoint.load(station.site.endpoint_file))
    line.send(Hello(role=role, worker_id=f"{role}-of-the-test", pid=os.getpid()))
    return line


def wait_for(line: Channel, what: str, is_it: Callable[[AnyMessage], bool], within_s: float = WITHIN_S) -> float:
    """Receive until the message has come, and return how many seconds that took."""
    began_s = time.monotonic()
    while (left_s := began_s + within_s - time.monotonic()) > 0:
        if line.has_arrived(left_s) and is_it(line.receive()):
            return time.monotonic() - began_s
    raise AssertionError(f"not told within {within_s:.0f} s: {what}")


def hit(name: str) -> RuleHit:
    return RuleHit(
        hit_id=name,
        camera_id="tried",
        rule_id=RULE.rule_id,
        zone_name=RULE.zone_name,
        polygon=WHOLE,
        track_id=1,
        label="car",
        score=0.8,
        mean_score=0.7,
        box=(0.4, 0.4, 0.6, 0.6),
        dwell_s=5.0,
        began_media_s=0.0,
        media_time_s=5.0,
        received_at=datetime.now(UTC),
        model_name="model",
        model_sha256="00" * 32,
        device="CPU",
        precision="f32",
    )


def test_a_tried_camera_is_seen_within_a_minute_its_rule_looks_and_its_candidates_are_told_but_filed_nowhere(
    cameras: DemoCameras, station: RunningStation
) -> None:
    station.wait_for_worker("vision-worker")
    seat = join(station, "seat")
    seat.send(
        TryCamera(
            request_id="one",
            camera_id="tried",
            main_address=cameras.address("01", "main"),
            login=SecretStr(""),
            max_width=640,
            max_height=360,
            rules=(RULE,),
        )
    )
    wait_for(seat, "where its picture lies", lambda said: isinstance(said, TrialOpened))
    took_s = wait_for(
        seat,
        "its picture",
        lambda said: isinstance(said, StreamState) and said.camera_id == "tried" and said.condition == "live",
        FIRST_PICTURE_WITHIN_S,
    )
    wait_for(seat, "a look of the detector", lambda said: isinstance(said, Seen) and said.camera_id == "tried")
    print(f"first picture {took_s:.1f} s after it was asked for")

    eye = join(station, "vision-worker")
    eye.send(hit("while-tried"))
    wait_for(seat, "the candidate", lambda said: isinstance(said, RuleHit) and said.hit_id == "while-tried")
    eye.close()

    with station.site.units.read() as unit:
        assert not unit.directory.cameras()
    assert not station.site.queries.alarm_queue(station.site.clock.now(), 9)
    journal = station.site.paths.data / "journal.jsonl"
    assert not journal.exists() or "while-tried" not in journal.read_text(encoding="utf-8")

    seat.send(EndTrial())
    station.ears.wait(
        "the picture taken away", WITHIN_S, lambda: not [one for one in station.slot_files() if "tried" in one]
    )
    seat.close()
