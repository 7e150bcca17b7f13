"""Playlists that lead elsewhere: to whoever has no trusted certificate, and to hosts that are none of ours."""

import subprocess
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import av.error
import pytest
from pydantic import SecretStr

from console.infrastructure.channel.messages import OpenStream
from console.infrastructure.clock import SystemClock
from console.infrastructure.video.opening import opened, why_refused
from tests.infrastructure.video.numbered_clips import make_clip
from tests.papers import papers
from tests.peers.video.streamers import Shelf

pytestmark = pytest.mark.peer
PICTURES = 40


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return four segments of a second and their list."""
    made = tmp_path_factory.mktemp("playlist")
    clip = make_clip(made / "clip.mp4", seconds=4, fps=10, size=(320, 180))
    form = ["-c", "copy", "-f", "hls", "-hls_time", "1", "-hls_list_size", "9", str(made / "live.m3u8")]
    subprocess.run(["ffmpeg", "-loglevel", "error", "-i", str(clip), *form], check=True, stdin=subprocess.DEVNULL)
    return made


@pytest.fixture
def hand_out(folder: Path) -> Iterator[Callable[..., Shelf]]:
    shelves: list[Shelf] = []

    def start(own: tuple[Path, Path] | None = None) -> Shelf:
        shelves.append(Shelf(folder, papers=own))
        return shelves[-1]

    yield start
    for shelf in shelves:
        shelf.close()


class Neighbour:
    """A server that no playlist may make us ask, and one that sends whoever asks on to it."""

    def __init__(self, sends_on_to: str = "") -> None:
        self.asked: list[str] = []
        asked = self.asked

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_response(302 if sends_on_to else 200)
                self.send_header("Location", sends_on_to)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.port = self._server.server_address[1]
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def read(address: str, ca_file: str = "") -> int:
    """Return how many pictures a playlist gives."""
    wish = OpenStream(stream_id="s", camera_id="c", address=SecretStr(address))
    with opened(wish, ca_file, SystemClock(), lambda: False) as container:
        return sum(packet.size > 0 for packet in container.demux(video=0))


def refusal(address: str, ca_file: str = "") -> tuple[str, str]:
    wish = OpenStream(stream_id="s", camera_id="c", address=SecretStr(address))
    try:
        found = read(address, ca_file)
    except (OSError, av.error.FFmpegError) as cause:
        return why_refused(cause, wish)
    raise AssertionError(f"{found} pictures came")


def led_to(folder: Path, name: str, place: str) -> None:
    """Write a list of the same segments at another place."""
    (folder / name).write_text((folder / "live.m3u8").read_text().replace("live", f"{place}/live"))


def test_every_segment_of_an_https_playlist_comes_from_who_is_trusted(
    folder: Path, tmp_path: Path, hand_out: Callable[..., Shelf]
) -> None:
    own, other = papers(tmp_path, "city"), papers(tmp_path, "other")
    shelf, thief = hand_out((own.certificate, own.key)), hand_out((other.certificate, other.key))
    ca_file = str(own.certificate)
    assert read(f"https://127.0.0.1:{shelf.port}/live.m3u8", ca_file) == PICTURES
    led_to(folder, "stolen.m3u8", f"https://127.0.0.1:{thief.port}")
    assert refusal(f"https://127.0.0.1:{shelf.port}/stolen.m3u8", ca_file)[0] == "not_trusted"
    plain = hand_out()
    led_to(folder, "plain.m3u8", f"http://127.0.0.1:{plain.port}")
    assert refusal(f"https://127.0.0.1:{shelf.port}/plain.m3u8", ca_file)[0] != "live"
    assert refusal(f"https://127.0.0.1:{shelf.port}/live.m3u8")[0] == "not_trusted"


def test_no_playlist_makes_us_ask_a_host_that_is_not_public(folder: Path, hand_out: Callable[..., Shelf]) -> None:
    shelf, neighbour = hand_out(), Neighbour()
    sends_on = Neighbour(f"http://localhost:{neighbour.port}/latest/meta-data")
    try:
        assert read(f"http://127.0.0.1:{shelf.port}/live.m3u8") == PICTURES
        led_to(folder, "next.m3u8", f"http://localhost:{neighbour.port}")
        led_to(folder, "round.m3u8", f"http://127.0.0.1:{sends_on.port}")
        for name in ("next", "round"):
            said = refusal(f"http://127.0.0.1:{shelf.port}/{name}.m3u8")[1]
            assert "not a public one" in said
        assert sends_on.asked and not neighbour.asked
        led_to(folder, "file.m3u8", f"file://{folder}")
        refusal(f"http://127.0.0.1:{shelf.port}/file.m3u8")
    finally:
        neighbour.close()
        sends_on.close()


def test_a_playlist_under_another_name_is_not_read(folder: Path, hand_out: Callable[..., Shelf]) -> None:
    neighbour = Neighbour()
    try:
        led_to(folder, "next.m3u8", f"http://localhost:{neighbour.port}")
        (folder / "cam.mp4").write_bytes((folder / "next.m3u8").read_bytes())
        refusal(f"http://127.0.0.1:{hand_out().port}/cam.mp4")
        assert not neighbour.asked
    finally:
        neighbour.close()
