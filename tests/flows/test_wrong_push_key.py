"""A whole station: somebody tries to send to it with a wrong key, and the audit and the health page say who."""

import socket
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.domain.audit import AuditFacts
from console.infrastructure.channel.messages import HealthItem
from console.infrastructure.database.engine import URL_VARIABLE
from console.infrastructure.paths import DATA_VARIABLE
from console.site import SETTINGS_FILE, Site
from tests.flows.running_station import RunningStation, a_running_station, a_site
from tests.infrastructure.video.media_station import wait_until
from tests.peers.video.streamers import free_port
from tests.peers.video.test_hostile_senders import SDP

pytestmark = pytest.mark.media
WITHIN_S = 60.0


@pytest.fixture
def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Site, int]]:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    monkeypatch.delenv(URL_VARIABLE, raising=False)
    port = free_port()
    with a_site([]) as site:
        with open(site.paths.data / SETTINGS_FILE, "a", encoding="utf-8") as settings:
            settings.write(f'\n[push]\nhost = "127.0.0.1"\nrtsp_port = {port}\n')
        yield site, port


def test_who_tries_a_wrong_key_at_the_station_stands_in_its_audit(door: tuple[Site, int]) -> None:
    site, port = door

    def refused() -> list[AuditFacts]:
        with site.units.read() as unit:
            return [line.facts for line in unit.audit.lines(0, 10_000) if line.facts.verb == "push_refused"]

    with a_running_station(site) as running:
        running.wait_until_linked()
        wait_until(lambda: announced(port), "the listener answers", WITHIN_S)
        wait_until(lambda: bool(refused()), "a line in the audit", WITHIN_S)
        line_of_health = running.ears.wait("the health page", WITHIN_S, lambda: senders(running))
    line = refused()[0]
    assert (line.subject, line.detail["peer"]) == ("drone-1", "127.0.0.1")
    assert "Wr0ng" not in str(refused())
    assert line_of_health.values["device"] == "drone-1" and "no key was given" in line_of_health.sentence
    assert "Wr0ng" not in str(line_of_health)


def senders(running: RunningStation) -> HealthItem | None:
    """Return the health page's line of senders once somebody was refused."""
    items = running.ears.health.items if running.ears.health is not None else ()
    return next((item for item in items if item.name == "pushing" and item.condition == "waiting"), None)


def announced(port: int) -> bool:
    """Try to send once with a wrong key, and say whether anybody answered."""
    login = b64encode(b"drone-1:Wr0ng").decode()
    said = f"ANNOUNCE rtsp://127.0.0.1/drone-1 RTSP/1.0\r\nCSeq: 1\r\nAuthorization: Basic {login}\r\n"
    said += f"Content-Type: application/sdp\r\nContent-Length: {len(SDP)}\r\n\r\n{SDP}"
    try:
        with socket.create_connection(("127.0.0.1", port), 5) as line:
            line.settimeout(10)
            line.sendall(said.encode())
            return b"403" in line.recv(65_536)
    except OSError:
        return False
