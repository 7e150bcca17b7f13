"""A whole station with a sharing platform: from its list to the directory, the wall and the health page."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.domain.cameras import Camera
from console.domain.sharing import login_name
from console.infrastructure.channel.messages import Arrange, HealthItem, TileWish
from console.infrastructure.database.engine import URL_VARIABLE
from console.infrastructure.paths import DATA_VARIABLE
from console.site import SETTINGS_FILE, Site
from tests.flows.running_station import RunningStation, a_running_station, a_site
from tests.infrastructure.gateways.wvp_stand_in import DEVICE, PASSWORD, USER, StandInPlatform, channel_code
from tests.infrastructure.video.numbered_clips import make_clip
from tests.peers.video.gst_camera import GstCamera, GstMissing, plays

pytestmark = pytest.mark.peer
WITHIN_S = 60.0


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[StandInPlatform]:
    clip = make_clip(tmp_path / "street.mp4", seconds=30, fps=10, size=(320, 180))
    try:
        streams = GstCamera({"/cam": plays(clip)})
    except GstMissing as missing:
        pytest.skip(f"no gst-rtsp-server for the system's Python: {missing}")
    running = StandInPlatform(rtsp_port=streams.port)
    running.add(2)
    running.channels[DEVICE][1].status = "OFF"
    yield running
    running.close()
    streams.close()


@pytest.fixture
def site(platform: StandInPlatform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    monkeypatch.delenv(URL_VARIABLE, raising=False)
    with a_site([]) as found:
        with open(found.paths.data / SETTINGS_FILE, "a", encoding="utf-8") as settings:
            settings.write(f'\n[sharing.city]\nurl = "{platform.url}"\n')
        found.vault.put(login_name("city"), f"{USER}:{PASSWORD}")
        yield found


def test_a_platforms_cameras_come_to_the_wall_by_themselves_and_are_given_back_at_the_end(
    site: Site, platform: StandInPlatform
) -> None:
    with a_running_station(site) as running:
        running.wait_until_linked()
        look_through(running)
    assert platform.stops == {channel_code(1): 1}, "the platform is told"
    kept = b"".join(
        file.read_bytes()
        for file in site.paths.data.rglob("*")
        if file.is_file() and file.name not in ("vault.json", "vault.key")
    )
    for secret in ("secret-token", PASSWORD, *platform.tokens):
        assert secret.encode() not in kept


def look_through(running: RunningStation) -> None:
    """See one camera's street, and what is said of the other that the platform has lost."""
    ears, link = running.ears, running.link
    assert link is not None

    def shared() -> dict[str, Camera] | None:
        with running.site.units.read() as unit:
            found = {camera.code: camera for camera in unit.directory.cameras() if camera.code}
        return found if {channel_code(1), channel_code(2)} <= found.keys() else None

    cameras = ears.wait("the directory", WITHIN_S, shared)
    seen, lost = (cameras[channel_code(number)].camera_id for number in (1, 2))
    tiles = [
        {"tile_id": camera, "camera_id": camera, "profile": "main", "max_width": 320, "max_height": 180}
        for camera in (seen, lost)
    ]
    link.send(Arrange(seat_id="01", tiles=tuple(TileWish.model_validate(tile) for tile in tiles)))

    def condition(camera: str) -> str:
        state = ears.streams.get(f"{camera}/main")
        return state.condition if state is not None else ""

    ears.wait("the street", WITHIN_S, lambda: condition(seen) == "live")
    ears.wait("what the platform has lost", WITHIN_S, lambda: condition(lost) == "camera_offline")

    def told() -> HealthItem | None:
        items = ears.health.items if ears.health is not None else ()
        found = next((item for item in items if item.name == "sharing"), None)
        return found if found is not None and found.condition == "ok" else None

    item = ears.wait("the health page", WITHIN_S, told)
    assert item.sentence.format(**item.values) == "1/2 cameras online"
