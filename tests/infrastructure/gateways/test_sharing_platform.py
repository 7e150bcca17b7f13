"""A sharing platform: its cameras are read whole, its streams are asked for, and none of its faults costs more."""

import json
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

import pytest

from console.application.camera_devices import CannotTurn
from console.application.errors import Unavailable
from console.application.sharing import CameraOffline, NotPlayable, PlatformRefuses, PlatformSilent, PlatformUnclear
from console.domain.cameras import CameraKind
from console.domain.ptz import Preset, Velocity
from console.domain.sharing import SharedChannel, SharedSource
from console.infrastructure.gateways.platform_camera import PlatformCamera
from console.infrastructure.gateways.sharing_platform import PlatformSpec, WvpPlatform
from tests.papers import papers

from .wvp_stand_in import DEVICE, PASSWORD, USER, StandInPlatform, channel_code

LOGIN = f"{USER}:{PASSWORD}"
FIRST = SharedSource("city", DEVICE, channel_code(1))


@pytest.fixture
def platform() -> Iterator[StandInPlatform]:
    running = StandInPlatform(rtsp_port=8554)
    yield running
    running.close()


def gateway(
    platform: StandInPlatform,
    *,
    login: str = LOGIN,
    read_within_s: float = 5.0,
    protocols: tuple[str, ...] = ("rtsp", "flv", "hls"),
    media_hosts: tuple[str, ...] = (),
    ca_file: str = "",
) -> WvpPlatform:
    spec = PlatformSpec(name="city", url=platform.url, protocols=protocols, media_hosts=media_hosts, ca_file=ca_file)
    return WvpPlatform(spec, lambda: login, read_within_s, read_within_s)


def listed(asked: WvpPlatform) -> list[SharedChannel]:
    return [channel for page in asked.directory() for channel in page.channels]


def test_a_camera_is_read_as_its_platform_describes_it(platform: StandInPlatform) -> None:
    platform.add(1)
    (found,) = listed(gateway(platform))
    assert found == SharedChannel(
        source=FIRST,
        name="路口 1",
        address="学府路 12 号",
        area="310104",
        parent=DEVICE,
        kind=CameraKind.DOME,
        is_online=True,
        longitude=121.43,
        latitude=31.19,
    )
    assert found.source.address == f"share://city/{DEVICE}/{channel_code(1)}"


def test_a_camera_behind_a_device_that_is_away_is_not_online_whatever_its_entry_says(platform: StandInPlatform) -> None:
    platform.add(1)
    platform.add(1, "31010400002000000002")
    platform.channels[DEVICE][0].status = "OFF"
    platform.offline_devices.add("31010400002000000002")
    assert [channel.is_online for channel in listed(gateway(platform))] == [False, False]


def test_twenty_thousand_cameras_come_once_each_and_never_all_at_once(platform: StandInPlatform) -> None:
    platform.add(20_000)
    codes: set[str] = set()
    largest = 0
    for page in gateway(platform).directory():
        codes.update(channel.source.channel for channel in page.channels)
        largest = max(largest, len(page.channels))
    assert len(codes) == 20_000 and largest <= 1000


def test_folders_recorders_and_alarm_inputs_are_no_cameras(platform: StandInPlatform) -> None:
    platform.add(4)
    of_platform = platform.channels[DEVICE]
    of_platform[1].code = "31010400001370000002"  # an audio output
    of_platform[2].code = "31010400002160000003"  # a group
    of_platform[3].code = "310104"  # an area
    of_platform[3].status = "OFF"
    areas = {"310104"}

    def as_folder(content: bytes) -> tuple[int, bytes]:
        found = json.loads(content)
        for item in found["data"]["list"]:
            item["channelType"] = 1 if item["deviceId"] in areas else 0
        return 200, json.dumps(found).encode()

    platform.odd[f"/api/device/query/devices/{DEVICE}/channels"] = as_folder
    assert [channel.source.channel for channel in listed(gateway(platform))] == [channel_code(1)]


def test_an_entry_that_makes_no_sense_costs_no_other_camera(platform: StandInPlatform) -> None:
    platform.add(3)
    broken = platform.channels[DEVICE][1]
    broken.code = "../../secret"
    platform.channels[DEVICE][2].name = "北门\x00\x1b[31m" + "长" * 400
    platform.channels[DEVICE][2].longitude = 999.0
    platform.channels[DEVICE][2].area = "上海"
    pages = list(gateway(platform).directory())
    first, last = [channel for page in pages for channel in page.channels]
    assert (first.name, sum(page.unclear for page in pages)) == ("路口 1", 1)
    assert last.name.startswith("北门[31m长") and len(last.name) == 64
    assert (last.longitude, last.latitude, last.area) == (None, None, "")


def test_a_stream_is_asked_for_by_the_kind_that_is_liked_best(platform: StandInPlatform) -> None:
    platform.add(1)
    assert gateway(platform).play(FIRST) == "rtsp://127.0.0.1:8554/cam?callId=secret-token-1"
    flv = gateway(platform, protocols=("rtsps", "hls", "flv"))
    assert flv.play(FIRST) == "http://127.0.0.1:8554/cam?callId=secret-token-2"
    with pytest.raises(NotPlayable, match="no stream of a kind"):
        gateway(platform, protocols=("hls", "rtmp")).play(FIRST)


def test_a_token_that_ran_out_is_made_anew_without_anybody_noticing(platform: StandInPlatform) -> None:
    platform.add(1)
    asked = gateway(platform)
    asked.play(FIRST)
    platform.wear_out_tokens()
    asked.play(FIRST)
    assert platform.asked.count("/api/user/login") == 2
    asked.play(FIRST)
    assert platform.asked.count("/api/user/login") == 2, "a good token is kept"


def test_a_wrong_password_is_tried_once_and_not_by_every_tile(platform: StandInPlatform) -> None:
    platform.add(1)
    asked = gateway(platform, login=f"{USER}:guess")
    for _ in range(5):
        with pytest.raises(PlatformRefuses) as refusal:
            asked.play(FIRST)
        assert "guess" not in str(refusal.value)
    assert platform.asked == ["/api/user/login"]


def test_a_platform_that_gave_a_key_is_asked_with_it(platform: StandInPlatform) -> None:
    platform.add(1)
    platform.api_key = "key-7"
    assert gateway(platform, login=":key-7").play(FIRST).startswith("rtsp://")
    with pytest.raises(PlatformRefuses, match="refuses our key"):
        gateway(platform, login=":key-8").play(FIRST)
    assert "/api/user/login" not in platform.asked


def test_nobody_is_asked_without_a_login(platform: StandInPlatform) -> None:
    with pytest.raises(PlatformRefuses, match="No login of platform city"):
        gateway(platform, login="").play(FIRST)
    assert platform.asked == []


@pytest.mark.parametrize(
    "host",
    ["10.0.0.9", "127.0.0.1.evil.example", "[::1]", "user:pass@127.0.0.1", "127.0.0.1\\@10.0.0.9", "localhost"],
)
def test_a_stream_elsewhere_is_not_opened(platform: StandInPlatform, host: str) -> None:
    platform.add(1)
    platform.play_host = host
    with pytest.raises(NotPlayable):
        gateway(platform).play(FIRST)


def test_a_stream_on_a_media_host_that_is_listed_is_opened(platform: StandInPlatform) -> None:
    platform.add(1)
    platform.play_host = "Media.city.example"
    found = gateway(platform, media_hosts=("media.city.EXAMPLE",)).play(FIRST)
    assert found.startswith("rtsp://Media.city.example:8554/")


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "http://127.0.0.1:1/", "rtsp://127.0.0.1:8554/a b", "rtsp://127.0.0.1:0/", 7, "x" * 4000],
)
def test_an_address_of_another_kind_than_its_field_says_is_not_opened(
    platform: StandInPlatform, address: object
) -> None:
    platform.add(1)
    answer = json.dumps({"code": 0, "msg": "", "data": {"rtsp": address, "flv": None}}).encode()
    platform.odd["/api/play/start"] = lambda _content: (200, answer)
    with pytest.raises(NotPlayable):
        gateway(platform).play(FIRST)


def test_a_camera_the_platform_has_lost_is_told_from_one_it_cannot_play(platform: StandInPlatform) -> None:
    platform.add(2)
    asked = gateway(platform)
    platform.play_code = -2
    with pytest.raises(NotPlayable, match="收流超时"):
        asked.play(FIRST)
    platform.channels[DEVICE][0].status = "OFF"
    with pytest.raises(CameraOffline, match="does not reach"):
        asked.play(FIRST)
    platform.channels[DEVICE][0].status = "ON"
    platform.offline_devices.add(DEVICE)
    with pytest.raises(CameraOffline, match="does not reach"):
        asked.play(FIRST)
    with pytest.raises(CameraOffline, match="does not know"):
        asked.play(SharedSource("city", DEVICE, channel_code(99)))


def whole(status: int, content: bytes) -> Callable[[bytes], tuple[int, bytes]]:
    return lambda _content: (status, content)


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [
        (lambda content: (200, content[: len(content) // 2]), PlatformUnclear),
        (whole(200, b""), PlatformUnclear),
        (whole(200, b"<html>hello</html>"), PlatformUnclear),
        (whole(200, b"[" * 100_000), PlatformUnclear),
        (whole(200, b'{"code": NaN}'), PlatformUnclear),
        (whole(200, b'{"code": true, "data": {}}'), PlatformUnclear),
        (whole(200, b'{"code": 0, "data": ' + b"9" * 6000 + b"}"), PlatformUnclear),
        (whole(200, b'{"code": 0, "data": {"list": "all", "total": 1}}'), PlatformUnclear),
        (whole(200, b'{"code": 0, "data": {"list": [], "total": 9}}'), PlatformUnclear),
        (whole(200, b'{"code": 0, "data": {"list": [], "total": -1}}'), PlatformUnclear),
        (whole(200, b'{"code": 0, "data": null}'), PlatformUnclear),
        (whole(200, b" " * 5_000_000), PlatformUnclear),
        (whole(302, b""), PlatformUnclear),
        (whole(404, b""), PlatformUnclear),
        (whole(503, b"busy"), PlatformSilent),
        (whole(500, b'{"code": 500, "msg": "broken", "data": null}'), PlatformSilent),
        (whole(403, b"{}"), PlatformRefuses),
    ],
)
def test_a_broken_answer_is_told_as_what_it_is(
    platform: StandInPlatform, spoil: Callable[[bytes], tuple[int, bytes]], kind: type[Unavailable]
) -> None:
    platform.add(3)
    platform.odd["/api/device/query/devices"] = spoil
    with pytest.raises(kind):
        listed(gateway(platform))


def test_a_list_that_breaks_off_is_not_taken_for_the_whole(platform: StandInPlatform) -> None:
    platform.add(1200)
    kept: list[SharedChannel] = []
    path = f"/api/device/query/devices/{DEVICE}/channels"

    def half(content: bytes) -> tuple[int, bytes]:
        return (200, content) if platform.asked.count(path) < 2 else (200, content[: len(content) // 2])

    platform.odd[path] = half
    pages = (page.channels for page in gateway(platform).directory())
    with pytest.raises(PlatformUnclear):
        kept.extend(chain.from_iterable(pages))
    assert len(kept) == 500, "what came whole is had"


def test_a_list_without_an_end_is_left(platform: StandInPlatform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.infrastructure.gateways.sharing_platform.MOST_ENTRIES", 2000)
    platform.add(3)

    def more(content: bytes) -> tuple[int, bytes]:
        found = json.loads(content)
        found["data"]["total"] = 10**9
        found["data"]["list"] = found["data"]["list"] * 300 or [None] * 900
        return 200, json.dumps(found).encode()

    platform.odd[f"/api/device/query/devices/{DEVICE}/channels"] = more
    with pytest.raises(PlatformUnclear, match="no end"):
        listed(gateway(platform))


def test_a_platform_that_hangs_is_left_in_time(platform: StandInPlatform) -> None:
    platform.add(1)
    platform.hold_s["/api/play"] = 30.0
    with pytest.raises(PlatformSilent, match="ReadTimeout"):
        gateway(platform, read_within_s=0.3).play(FIRST)


def test_a_platform_that_is_away_is_silent() -> None:
    gone = StandInPlatform()
    gone.close()
    with pytest.raises(PlatformSilent, match="does not answer"):
        gateway(gone).play(FIRST)


def test_a_platform_must_prove_who_it_is_before_it_is_told_a_login(tmp_path: Path) -> None:
    own, other = papers(tmp_path, "city"), papers(tmp_path, "other")
    locked = StandInPlatform(rtsp_port=8554, tls=(own.certificate, own.key))
    locked.add(1)
    for ca_file, said in (("", "not trusted"), (str(other.certificate), "not trusted"), ("/nowhere", "cannot be read")):
        with pytest.raises(PlatformSilent, match=said):
            gateway(locked, ca_file=ca_file).play(FIRST)
    assert locked.asked == []
    assert gateway(locked, ca_file=str(own.certificate)).play(FIRST).startswith("rtsp://")
    locked.close()


def test_what_a_platform_repeats_of_our_token_is_not_told_on(platform: StandInPlatform) -> None:
    platform.add(1)
    asked = gateway(platform)
    asked.play(FIRST)
    said = {"code": 100, "msg": f"no right: {platform.tokens[-1]}", "data": None}
    platform.odd["/api/play"] = whole(200, json.dumps(said).encode())
    with pytest.raises(NotPlayable) as refusal:
        asked.play(FIRST)
    assert platform.tokens[-1][:12] not in str(refusal.value)


def test_the_platform_is_told_when_nobody_watches(platform: StandInPlatform) -> None:
    platform.add(1)
    gateway(platform).stop(FIRST)
    assert platform.stops == {FIRST.channel: 1}


def test_a_camera_is_turned_by_the_words_of_the_standard_and_stands_when_told(platform: StandInPlatform) -> None:
    platform.add(1)
    camera = PlatformCamera(gateway(platform), FIRST)
    camera.turn("", Velocity(pan=1.0), 2.0)
    camera.turn("", Velocity(pan=-0.5, tilt=-0.2, zoom=1.0), 2.0)
    camera.turn("", Velocity(zoom=-1.0), 2.0)
    camera.stop("")
    assert [(act, query["command"]) for act, query in platform.turned] == [
        ("ptz", "right"),
        ("ptz", "downleft"),
        ("ptz", "zoomout"),
        ("ptz", "stop"),
    ]
    assert platform.turned[1][1] == {
        "command": "downleft",
        "horizonSpeed": "128",
        "verticalSpeed": "51",
        "zoomSpeed": "15",
    }


def test_presets_come_by_number_and_name_and_what_is_none_is_left_out(platform: StandInPlatform) -> None:
    platform.add(1)
    camera = PlatformCamera(gateway(platform), FIRST)
    assert camera.presets("") == (Preset("1", "北门"), Preset("7", "7"))
    camera.go_to("", "7")
    assert platform.turned[-1] == ("preset/call", {"presetId": "7"})
    camera.go_home("")
    assert platform.turned[-1] == ("preset/call", {"presetId": "1"})


def test_a_platform_that_does_not_turn_says_so(platform: StandInPlatform) -> None:
    platform.add(1)
    platform.odd["/api/front-end"] = whole(200, '{"code": 100, "msg": "设备不支持", "data": null}'.encode())
    camera = PlatformCamera(gateway(platform), FIRST)
    with pytest.raises(CannotTurn, match="设备不支持"):
        camera.turn("", Velocity(tilt=1.0), 2.0)
