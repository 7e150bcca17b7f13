"""The role that takes in partners' and citizens' reports by HTTP and sensors' readings by MQTT, a child of the station.

A process of its own: whoever speaks to it from outside keeps neither the street's watch nor a seat waiting, and what
harms it ends it alone.
"""

import argparse
import hashlib
import logging
import os
import platform
import sys
from pathlib import Path

from console.application.citizen_desk import CitizenDesk
from console.application.errors import Unavailable
from console.application.intake_desk import IntakeDesk
from console.application.sensor_desk import SensorDesk
from console.application.settings import SettingsRefused
from console.domain.intake import BROKER_PASSWORD, token_name
from console.infrastructure.channel.connection import ChannelClosed, Endpoint, connect
from console.infrastructure.channel.messages import Heartbeat, Hello, ShutDown
from console.infrastructure.evidence_store import EvidenceStore
from console.infrastructure.intake.app import build
from console.infrastructure.intake.citizen import CitizenPages
from console.infrastructure.intake.door import Door
from console.infrastructure.intake.limits import Limited, Pace
from console.infrastructure.intake.mqtt import Broker, Ears
from console.infrastructure.intake.photos import SealedPhotos
from console.infrastructure.intake.sensor_watch import SensorWatch
from console.infrastructure.logs import Logs
from console.infrastructure.stored_files import EVIDENCE
from console.site import DEFAULT_SITE, Site

ROLE = "intake"
BEAT_EVERY_S = 0.5
READ_TOKENS_EVERY_S = 5.0  # one that was taken away ends within so long
# A report waits for a database that another program holds no longer than its sender waits for us (judgement).
WAIT_FOR_LOCK_S, REST_S = 5.0, 1.0

_log = logging.getLogger(__name__)


def main(arguments: list[str]) -> int:
    """Serve until the station's channel closes."""
    parser = argparse.ArgumentParser(prog=f"citydesk --role {ROLE}")
    parser.add_argument("--worker-id", default="intake-1")
    parser.add_argument("--site", default=DEFAULT_SITE)
    chosen = parser.parse_args(arguments)
    try:
        site = Site.open(chosen.site, wait_for_lock_s=WAIT_FOR_LOCK_S, rest_s=REST_S)
    except (SettingsRefused, Unavailable, ValueError) as cause:
        print(cause, file=sys.stderr)
        return 1
    logs = Logs(site.paths.logs, chosen.worker_id)
    logs.begin()
    try:
        return _serve(site, chosen.worker_id)
    except Unavailable as cause:
        _log.error("%s", cause)
        return 1
    finally:
        site.close()
        logs.end()


def _serve(site: Site, worker_id: str) -> int:
    settings, clock = site.settings.intake, site.clock
    tokens: dict[str, str] = {}

    def read_tokens() -> None:
        """Read what the vault has now; a vault belongs to one thread, which is this one."""
        found = {name: site.vault.get(token_name(name)) for name in settings.partners}
        tokens.clear()
        tokens.update({name: token for name, token in found.items() if token})

    read_tokens()
    pace = Pace(clock)
    desk = IntakeDesk(site.units, clock)
    sensors = SensorDesk(site.units, clock)
    ways: list[Door | Ears] = []
    if settings.is_on:
        shelf = SealedPhotos(EvidenceStore(site.paths.data / EVIDENCE, clock))
        citizens = CitizenPages(
            CitizenDesk(site.units, clock, shelf, settings.matters), pace, site.settings.site.title, site.zone
        )
        application = build(desk, sensors, settings.partners, lambda: dict(tokens), pace, clock, citizens)
        limited = Limited(application, pace, settings.per_minute, citizens.wide)
        pem = (Path(settings.certificate), Path(settings.key)) if settings.certificate else None
        ways.append(Door(limited, settings.host, settings.port, clock, pem))
    if site.settings.sensors.is_on:
        ways.append(Ears(_broker(site, worker_id), sensors.take, clock))
    watch = SensorWatch(sensors)
    channel = connect(Endpoint.from_environment())
    for way in ways:
        way.open()
    watch.start()
    try:
        channel.send(Hello(role=ROLE, worker_id=worker_id, pid=os.getpid()))
        read_at_s = clock.monotonic_s()
        while not (channel.has_arrived(BEAT_EVERY_S) and isinstance(channel.receive(), ShutDown)):
            if all(way.is_well for way in ways):
                channel.send(Heartbeat(role=ROLE, worker_id=worker_id, at=clock.now()))
            if clock.monotonic_s() - read_at_s >= READ_TOKENS_EVERY_S:
                read_tokens()
                read_at_s = clock.monotonic_s()
    except ChannelClosed:
        pass
    finally:
        watch.end()
        for way in ways:
            way.close()
        channel.close()
    return 0


def _broker(site: Site, worker_id: str) -> Broker:
    """Return where the broker is. Its session is this station's: two stations of a database each hear everything."""
    settings = site.settings.sensors
    name = hashlib.sha256(f"{platform.node()}/{site.paths.data}".encode()).hexdigest()[:12]
    return Broker(
        host=settings.host,
        port=settings.port,
        prefix=settings.prefix,
        client_id=f"citydesk-{worker_id}-{name}",
        ca_file=settings.ca_file,
        user=settings.user,
        password=(site.vault.get(BROKER_PASSWORD) or "") if settings.user else "",
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
