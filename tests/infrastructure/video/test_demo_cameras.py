"""The demo's cameras as a viewer of any make meets them."""

import threading
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from itertools import islice, pairwise
from pathlib import Path

import av
import av.error
import numpy as np
import psutil
import pytest

from console.demo.footage import VAN, VIEWS, _pictures, _VanPainter
from console.demo.rtsp.reel import read_reel
from console.demo.rtsp.server import LiveStream
from tests.infrastructure.video.media_station import DemoCameras, wait_until
from tests.infrastructure.video.numbered_clips import make_clip, number_in

Serve = Callable[[LiveStream], str]


def opened(address: str) -> av.container.InputContainer:
    options = {"rtsp_transport": "tcp", "fpsprobesize": "0"}
    return av.open(address, options=options, timeout=(5, 5))


def numbers(container: av.container.InputContainer) -> Iterator[tuple[int, int]]:
    """Give time stamp and number of each picture."""
    for frame in container.decode(video=0):
        luma = frame.to_ndarray(format="gray").astype(np.uint8, copy=False)
        yield frame.pts or 0, number_in(luma)


def test_a_street_without_end_never_goes_back_in_time(tmp_path: Path, serve: Serve) -> None:
    clip = make_clip(tmp_path / "c.mp4", seconds=1.0, fps=25)
    address = serve(LiveStream(path="/cam01/main", reels={"before": read_reel(clip)}))
    with opened(address) as container:
        seen = list(islice(numbers(container), 70))
    assert {(after - before) % 25 for (_, before), (_, after) in pairwise(seen)} == {1}  # laps, none skipped
    assert {after - before for (before, _), (after, _) in pairwise(seen)} <= {3599, 3600, 3601}


def test_a_street_changes_at_a_key_picture_without_a_break(tmp_path: Path, serve: Serve) -> None:
    before = make_clip(tmp_path / "before.mp4", seconds=2.0, fps=25)
    after = make_clip(tmp_path / "after.mp4", seconds=2.0, fps=25, is_still=True)
    stream = LiveStream(path="/cam01/main", reels={"before": read_reel(before), "after": read_reel(after)})
    with opened(serve(stream)) as container:
        pictures = numbers(container)
        seen = list(islice(pictures, 10))
        assert all(number for _, number in seen[1:])
        stream.shown = "after"
        for found in islice(pictures, 120):
            seen.append(found)
            if [number for _, number in seen[-5:]] == [0] * 5:
                break
    assert [number for _, number in seen[-5:]] == [0] * 5, "the street never changed"
    assert {after - before for (before, _), (after, _) in pairwise(seen)} <= {3599, 3600, 3601}


def test_a_locked_camera_opens_to_its_own_password_alone(cameras: DemoCameras) -> None:
    with pytest.raises(av.error.HTTPUnauthorizedError):
        opened(cameras.address("09"))
    with pytest.raises(av.error.HTTPUnauthorizedError):
        opened(cameras.address("09").replace("://", "://viewer:guess@"))
    with opened(cameras.unlocked("09")) as container:
        assert next(numbers(container))


def test_two_viewers_see_the_same_moment(cameras: DemoCameras) -> None:
    with opened(cameras.address("01")) as first:
        earlier = numbers(first)
        next(earlier)
        with opened(cameras.address("01", "main")) as second:
            later = numbers(second)
            next(later)
            found: dict[str, int] = {}

            def drain(name: str, pictures: Iterator[tuple[int, int]]) -> None:
                for _, number in islice(pictures, 25):
                    found[name] = number

            threads = [threading.Thread(target=drain, args=pair) for pair in (("a", earlier), ("b", later))]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(30)
    assert min((found["a"] - found["b"]) % 60, (found["b"] - found["a"]) % 60) <= 12  # what waited at opening


def ask(cameras: DemoCameras, method: str, path: str, token: str) -> int:
    connection = HTTPConnection("127.0.0.1", cameras.state["control_port"], timeout=10)
    try:
        connection.request(method, path, headers={"X-Token": token})
        return connection.getresponse().status
    finally:
        connection.close()


def test_the_control_door_is_for_whoever_holds_its_token(cameras: DemoCameras) -> None:
    token = cameras.state["token"]
    assert cameras.mode == 0o600
    assert ask(cameras, "GET", "/camera/01", "guess") == 403
    assert ask(cameras, "GET", "/camera/01", token) == 200
    assert ask(cameras, "POST", "/camera/01/before", token) == 200
    assert ask(cameras, "POST", "/camera/01/after", token) == 409  # a person's own clip has no after
    assert ask(cameras, "POST", "/camera/44/before", token) == 404


def test_the_cameras_listen_on_this_machine_only_and_end_with_their_parent(cameras: DemoCameras) -> None:
    process = psutil.Process(cameras.process.pid)
    listening = [found.laddr.ip for found in process.net_connections() if found.status == psutil.CONN_LISTEN]
    assert set(listening) == {"127.0.0.1"}
    assert cameras.close() == 0
    wait_until(lambda: not process.is_running(), "the cameras end")


@pytest.mark.media
def test_the_after_clip_is_the_street_without_the_van_and_nothing_else(media_folder: Path) -> None:
    left, top, right, bottom = VAN
    painter = _VanPainter()
    for picture in islice(_pictures(media_folder / VIEWS[0].clip, VIEWS[0]), 0, 200, 40):
        after = painter.paint(picture)
        outside = np.ones(picture.shape[:2], bool)
        outside[top:bottom, left:right] = False
        assert (after[outside] == picture[outside]).all()
        body = (slice(60, 85), slice(662, 705))
        assert picture[body].mean() > 150 > 110 > after[body].mean()  # the van is white, the wall is not
