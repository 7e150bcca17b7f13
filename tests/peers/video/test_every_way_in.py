"""Every way a picture comes besides RTSP, from programs we did not write: it arrives, dies with a word, comes back."""

import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.infrastructure.channel.messages import AnyMessage, LookSlot, PictureSlot, StreamState
from tests.infrastructure.video.media_station import MediaStation, Slots, Viewer
from tests.infrastructure.video.numbered_clips import make_clip, number_in
from tests.peers.video.streamers import Ffmpeg, Playlist, Shelf, free_port

pytestmark = pytest.mark.peer
Look = Callable[[PictureSlot | LookSlot], Viewer]
PASSPHRASE = "Str33tL1ght-srt"
COPY = ("-c", "copy")
QUICK = ("http-mjpeg", "http-flv", "http-ts", "rtmp")
SLOW = ("srt", "hls")  # whoever is killed says nothing by SRT: that is noticed after 5 s


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("ways") / "clip.mp4", seconds=20, fps=10, size=(320, 180))


@pytest.fixture(scope="module")
def shelf(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Shelf, Path]]:
    """Return a web server and its folder: a clip, one of another codec, and lists that name a file of this machine."""
    folder = tmp_path_factory.mktemp("shelf")
    (folder / "clip.mp4").write_bytes(clip.read_bytes())
    made = ["ffmpeg", "-loglevel", "error", "-i", str(clip), "-t", "1", "-c:v", "mpeg4", str(folder / "other.mp4")]
    subprocess.run(made, check=True, stdin=subprocess.DEVNULL)
    lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:20", "#EXTINF:20,", f"file://{clip}", "#EXT-X-ENDLIST"]
    (folder / "theft.m3u8").write_text("\n".join(lines))
    (folder / "list.ffconcat").write_text(f"ffconcat version 1.0\nfile file://{clip}\n")
    door = Shelf(folder)
    yield door, folder
    door.close()


@pytest.fixture(scope="module")
def sender(clip: Path) -> Iterator[int]:
    """Return the port of one who sends by SRT to those who know the passphrase."""
    port = free_port(socket.SOCK_DGRAM)
    peer = Ffmpeg(clip, *COPY, "-f", "mpegts", f"srt://127.0.0.1:{port}?mode=listener&passphrase={PASSPHRASE}")
    yield port
    peer.close()


def ways(clip: Path, folder: Path) -> dict[str, tuple[str, Ffmpeg | Playlist]]:
    """Return by the name of each way its address and who sends."""
    ports = [free_port() for _ in range(5)]
    secret = f"&passphrase={PASSPHRASE}"
    srt = f"srt://127.0.0.1:{free_port(socket.SOCK_DGRAM)}?mode=listener"
    http = [f"http://127.0.0.1:{port}/cam" for port in ports]
    rtmp = f"rtmp://127.0.0.1:{ports[4]}/live/cam"
    playlist = Playlist(clip, folder / "playlist")
    return {
        "http-mjpeg": (http[0], Ffmpeg(clip, "-c:v", "mjpeg", "-f", "mpjpeg", "-listen", "1", http[0])),
        "http-flv": (http[1], Ffmpeg(clip, *COPY, "-f", "flv", "-listen", "1", http[1])),
        "http-ts": (http[2], Ffmpeg(clip, *COPY, "-f", "mpegts", "-listen", "1", http[2])),
        "rtmp": (rtmp, Ffmpeg(clip, *COPY, "-f", "flv", "-listen", "1", rtmp)),
        "srt": (
            srt.replace("mode=listener", "latency=80") + secret,
            Ffmpeg(clip, *COPY, "-f", "mpegts", srt + secret),
        ),
        "hls": (playlist.address, playlist),
    }


def until(station: MediaStation, wanted: dict[str, str]) -> None:
    """Wait until each stream was said to be as wanted, whatever came before and after."""
    lacking = dict(wanted)

    def is_so(said: AnyMessage) -> bool:
        if isinstance(said, StreamState) and lacking.get(said.stream_id) == said.condition:
            del lacking[said.stream_id]
        return not lacking

    try:
        station.until(is_so)
    except AssertionError:
        raise AssertionError(f"never said: {lacking}") from None


REFUSALS = {
    "http://127.0.0.1:{port}/locked/cam": "wrong_password",
    "http://127.0.0.1:{port}/forbidden/cam": "wrong_password",
    "http://127.0.0.1:{port}/nowhere": "no_signal",
    "http://127.0.0.1:{port}/theft.m3u8": "no_signal",
    "http://127.0.0.1:{port}/list.ffconcat": "no_signal",
    "https://127.0.0.1:{port}/clip.mp4": "not_trusted",
    "rtmps://127.0.0.1:{port}/live/cam": "not_trusted",
    "rtmp://127.0.0.1:{nobody}/live/cam": "no_signal",
    "srt://127.0.0.1:{sender}?passphrase=anOtherSecret": "wrong_password",
    "gopher+x://127.0.0.1:{port}/cam": "cannot_open",
    "http://127.0.0.1:{port}/other.mp4": "cannot_decode",
    "file://{folder}/clip.mp4": "live",
}


def test_what_cannot_be_opened_says_why_and_no_secret(
    shelf: tuple[Shelf, Path], sender: int, station: MediaStation
) -> None:
    door, folder = shelf
    for name, address in enumerate(REFUSALS):
        whole = address.format(port=door.port, folder=folder, nobody=free_port(), sender=sender)
        station.open(str(name), whole)
    until(station, {str(name): said for name, said in enumerate(REFUSALS.values())})
    assert "anOtherSecret" not in station.logged() + "".join(map(str, station.said))


@pytest.mark.parametrize("dying", [QUICK, pytest.param(SLOW, marks=pytest.mark.long)])
def test_every_way_brings_pictures_dies_with_a_word_and_comes_back(
    dying: tuple[str, ...], clip: Path, tmp_path: Path, station: MediaStation, slots: Slots, look_at: Look
) -> None:
    peers = ways(clip, tmp_path)
    try:
        viewers = {}
        for name, (address, _) in peers.items():
            slot = slots.picture()
            station.open(name, address, ring_s=5.0, pictures=(slot,))
            viewers[name] = look_at(slot)
        for name, viewer in viewers.items():
            viewer.next(
                lambda facts, _: facts.media_time_s > 2.0
            )  # what waited while it was being opened comes at once
            seen = [viewer.next() for _ in range(6)]
            numbers = [number_in(luma) for _, luma in seen]
            assert numbers == sorted(numbers), name
            passed_s = (seen[-1][0].received_at_us - seen[0][0].received_at_us) / 1e6
            assert passed_s == pytest.approx((numbers[-1] - numbers[0]) / 10, abs=0.4), name  # at the street's pace
            media_s = seen[-1][0].media_time_s - seen[0][0].media_time_s
            assert media_s == pytest.approx((numbers[-1] - numbers[0]) / 10, abs=0.3), name
        for name in dying:
            peers[name][1].stop()
        until(station, dict.fromkeys(dying, "no_signal"))
        for name in dying:
            peers[name][1].start()
        until(station, dict.fromkeys(dying, "live"))
        for name in dying:
            before = viewers[name].newest()
            assert viewers[name].next()[0].sequence > before, name
        assert PASSPHRASE not in station.logged()
    finally:
        for _, peer in peers.values():
            peer.close()
