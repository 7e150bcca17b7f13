"""Claims about secrets: what people type and configure to get in stands nowhere where it can be read later.

The story looks for the demo's own secrets in everything it wrote. Here each kind goes through what usually leaks it:
a camera that refuses it, a department that repeats it, a wrong try, a password typed as a name, a worker that dies.
"""

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote

import psutil
import pytest

from console.application.alarm_intake import Hit
from console.application.alarm_review import Filing
from console.application.errors import NotPermitted
from console.application.sign_in import SignIn
from console.demo.site import SEAT, SITE_NAME, add_own_cameras, seed, write_settings
from console.desks import Desks
from console.domain.alarms import Priority
from console.domain.cameras import Camera
from console.domain.cases import Stage
from console.domain.evidence import RuleFacts
from console.domain.ids import AlarmId, CameraId, CategoryCode
from console.domain.outbox import OrderStage
from console.infrastructure.categories_csv import read_categories
from console.infrastructure.channel.messages import Arrange, ShutDown, TileWish
from console.infrastructure.database.engine import URL_VARIABLE
from console.infrastructure.database.upgrading import upgrade
from console.infrastructure.logs import Logs
from console.infrastructure.passwords import Argon2PasswordHasher
from console.infrastructure.paths import DATA_VARIABLE, Paths
from console.infrastructure.station_link import StationLink
from console.infrastructure.supervisor import command_for
from console.site import Site
from console.story.seat import Ears
from resources.locate import locate

STREAM, REFUSED = "stream-hunter2-GREPPABLE", "refused-hunter2-GREPPABLE"
KEY, ACCOUNT, TYPED = "key-hunter2-GREPPABLE", "account-hunter2-GREPPABLE", "typed-hunter2-GREPPABLE"
SECRETS = (STREAM, REFUSED, KEY, ACCOUNT, TYPED)
CATEGORY = CategoryCode("09009")
WITHIN_S = 60.0


class Repeating(BaseHTTPRequestHandler):
    """A department that repeats the key it was sent in its refusal, as some do."""

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self._refuse(f"api_key {form['api_key'][0]} is not valid")

    def do_GET(self) -> None:
        self._refuse("not valid")

    def _refuse(self, words: str) -> None:
        said = json.dumps([{"code": 403, "description": words}]).encode()
        self.send_response(403)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing on the terminal."""


@pytest.fixture
def department() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Repeating)
    thread = threading.Thread(target=server.serve_forever, name="department")
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def refusing_camera() -> Iterator[str]:
    """Give the place of a camera that asks for a password and takes none."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            with line:
                while asked := line.recv(4096).decode(errors="replace"):
                    number = asked.partition("CSeq: ")[2].partition("\r\n")[0] or "1"
                    head = f"RTSP/1.0 401 Unauthorized\r\nCSeq: {number}\r\n"
                    line.sendall(f'{head}WWW-Authenticate: Basic realm="street"\r\n\r\n'.encode())

    thread = threading.Thread(target=serve, name="camera")
    thread.start()
    yield f"127.0.0.1:{listening.getsockname()[1]}"
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join()


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, department: str, refusing_camera: str) -> Iterator[Site]:
    """Open a site whose cameras, unit and accounts all have greppable secrets."""
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    monkeypatch.delenv(URL_VARIABLE, raising=False)
    write_settings(Paths.for_site(SITE_NAME).make().data)
    site = Site.open(SITE_NAME)
    logs = Logs(site.paths.logs, "seat")
    logs.begin()
    upgrade(site.database)
    categories = tuple(item for path in sorted(locate("categories").glob("*.csv")) for item in read_categories(path))
    facts = {"api_key": KEY, "base_url": department}
    seed(site, Argon2PasswordHasher(), categories, cameras={}, speakers=[], department=facts)
    nobody = socket.socket()  # bound and never listening: the place refuses, and nobody else can get it
    nobody.bind(("127.0.0.1", 0))
    silent = f"127.0.0.1:{nobody.getsockname()[1]}"
    add_own_cameras(site, [f"rtsp://admin:{STREAM}@{silent}/main", f"rtsp://admin:{REFUSED}@{refusing_camera}/main"])
    with site.units.write() as unit:
        account = unit.accounts.named("op")
        assert account is not None
        unit.accounts.save(replace(account, password_hash=Argon2PasswordHasher().hash(ACCOUNT)))
        unit.commit()
    yield site
    nobody.close()
    site.close()
    logs.end()


@pytest.fixture
def station(site: Site, tmp_path: Path) -> Iterator[tuple[StationLink, Ears]]:
    """Run the site's station, and be its seat."""
    with open(tmp_path / "station.out", "wb") as said:
        process = subprocess.Popen(
            command_for("station", ["--site", SITE_NAME, "--stay"]), stdout=said, stderr=subprocess.STDOUT
        )
    ears = Ears(site.clock)
    link = StationLink(
        endpoint_file=site.endpoint_file,
        seat_id=SEAT,
        start=lambda: None,
        clock=site.clock,
        heard=ears.hear,
        changed=ears.note_link,
    )
    link.open()
    try:
        ears.wait("the station answers", WITHIN_S, lambda: ears.is_linked)
        yield link, ears
        link.send(ShutDown(reason="The test is over."))
        assert process.wait(20.0) == 0
    finally:
        link.close()
        if process.poll() is None:
            process.terminate()
            process.wait(20.0)


@pytest.mark.media
def test_no_secret_is_written_where_it_can_be_read_later(
    site: Site, station: tuple[StationLink, Ears], tmp_path: Path
) -> None:
    link, ears = station
    sign_in = SignIn(site.units, Argon2PasswordHasher(), site.clock, site.vault)
    for name, password in (("op", TYPED), (TYPED, ACCOUNT), (ACCOUNT, "")):
        with pytest.raises(NotPermitted) as refusal:
            sign_in.sign_in(name, password, SEAT)
        assert holding(repr(refusal.value).encode()) == []
    actor = sign_in.sign_in("op", ACCOUNT, SEAT)

    cameras = Desks.of(site).wall.cameras(actor)
    link.send(Arrange(seat_id=SEAT, tiles=tuple(wish(camera) for camera in cameras)))
    heard = ears.streams
    silent, refusing = (f"{camera.camera_id}/main" for camera in cameras)
    ears.wait("no signal", WITHIN_S, lambda: silent in heard and heard[silent].condition == "no_signal")
    ears.wait("refused", WITHIN_S, lambda: refusing in heard and heard[refusing].condition == "wrong_password")
    assert [name for name, state in heard.items() if holding(state.model_dump_json().encode())] == []

    desks = Desks.of(site)
    alarm = desks.intake.take(hit(cameras[0].camera_id)).alarm_id
    desks.review.claim(actor, alarm)
    condition = next(item for item in desks.review.categories() if item.code == CATEGORY).filing[0].code
    desks.review.confirm(actor, alarm, Filing(category=CATEGORY, condition=condition))
    case = desks.cases.file(actor, AlarmId(alarm)).case_id
    link.nudge("outbox", (case,))
    page = ears.wait(
        "the refusal",
        WITHIN_S,
        lambda: page if (page := desks.cases.page(actor, case)).deliveries[0].stage == OrderStage.PARKED else None,
    )
    assert page.case.stage is Stage.ROUTED and "is not valid" in page.deliveries[0].failure

    media = [child for child in psutil.Process(station_pid(site)).children() if "media-worker" in child.cmdline()]
    for worker in media:
        os.kill(worker.pid, signal.SIGABRT)
    ears.wait("the worker's end is said", WITHIN_S, lambda: heard[refusing].condition == "worker_restarting")

    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.name for path in written} >= {
        "citydesk.db",
        "station.log",
        "seat.log",
        "media-1.log",
        "vault.json",
    }
    assert {path.name: found for path in written if (found := holding(bytes_of(path)))} == {}


def test_a_worker_that_cannot_start_does_not_say_the_key_it_was_given(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "console", "--role", "media-worker", "--worker-id", "media-1"),
            *("--logs", str(tmp_path), "--recordings", str(tmp_path / "recordings")),
        ],
        env={**os.environ, "CITYDESK_STATION": '{"host": "127.0.0.1"}', "CITYDESK_STATION_KEY": KEY},
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert done.returncode != 0
    assert done.stderr, "it must have crashed, or this proves nothing"
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert holding(done.stdout + done.stderr + written) == []


def bytes_of(path: Path) -> bytes:
    """Return what a file holds; one of a process that has just ended may be gone, and can tell nobody anything."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def holding(raw: bytes) -> list[str]:
    """Return the secrets that stand in the bytes: plainly, as in an address, or as a login header has them."""
    logins = {secret: base64.b64encode(f"admin:{secret}".encode()).decode().rstrip("=") for secret in SECRETS}
    return [
        secret
        for secret, login in logins.items()
        if any(form.encode() in raw for form in (secret, quote(secret, safe=""), login))
    ]


def station_pid(site: Site) -> int:
    return int(json.loads(site.endpoint_file.read_text(encoding="utf-8"))["pid"])


def wish(camera: Camera) -> TileWish:
    return TileWish(tile_id=camera.number, camera_id=camera.camera_id, profile="main", max_width=480, max_height=270)


def hit(camera_id: CameraId) -> Hit:
    """Return a high rule hit: its order leaves at once."""
    return Hit(
        hit_id="hit-1",
        camera_id=camera_id,
        category=CATEGORY,
        priority=Priority.HIGH,
        facts=RuleFacts(
            rule_id="rule-1",
            zone_name="bay",
            polygon=((0.1, 0.1), (0.9, 0.1), (0.9, 0.9)),
            box=None,
            label="car",
            score=0.9,
            mean_score=0.9,
            dwell_s=12.0,
            model_name="model",
            model_sha256="0" * 64,
            device="CPU",
            precision="f32",
        ),
        media_time_s=12.0,
        received_at=datetime.now(UTC),
    )
