"""The cameras a wall is measured with: one even stream, served as many times as cameras are asked for."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from console.application.errors import Unavailable
from console.demo.even_footage import prepare_even
from console.infrastructure.assets.command import open_store
from console.infrastructure.supervisor import command_for, environment_for_child

CLIP = "campus-pedestrians.avi"
SYSTEM_PYTHON = "/usr/bin/python3"
END_WITHIN_S = 5.0
# GStreamer's own server, under the system's Python, which has its bindings. A pipeline a viewer, as cameras are.
_GSTREAMER = """
import sys
import gi
gi.require_version("Gst", "1.0"); gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer
Gst.init(None)
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1"); server.set_service("0")
for number in range(1, int(sys.argv[2]) + 1):
    factory = GstRtspServer.RTSPMediaFactory()
    wait = "queue max-size-time=0 max-size-buffers=0 ! "
    sound = "d. ! %saacparse ! rtpmp4gpay name=pay1 pt=97 " % wait if sys.argv[3] == "sound" else ""
    factory.set_launch("( filesrc location=%s ! qtdemux name=d d. ! %sh264parse config-interval=-1 ! "
                       "video/x-h264,alignment=au ! rtph264pay name=pay0 pt=96 %s)"
                       % (sys.argv[1], wait if sound else "", sound))
    server.get_mount_points().add_factory("/cam%02d/sub" % number, factory)
if not server.attach(None):
    sys.exit("cannot listen")
loop = GLib.MainLoop()
GLib.io_add_watch(sys.stdin, GLib.IO_HUP | GLib.IO_IN, lambda *_: loop.quit())
print("READY", server.get_bound_port(), flush=True)
loop.run()
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Street:
    """Where the cameras are, and whose server they are."""

    addresses: tuple[str, ...]
    server: str
    pid: int


@contextmanager
def street(cameras: int, say: Callable[[str], None]) -> Iterator[Street]:
    """Serve so many cameras over RTSP on loopback and end them afterwards.

    Raises:
        Unavailable: footage is missing, or the server did not start.
    """
    clip = open_store().path_of(CLIP)
    with served(prepare_even(clip, clip.parent / "prepared", say), cameras) as found:
        yield found


@contextmanager
def served(file: Path, cameras: int, *, has_sound: bool = False) -> Iterator[Street]:
    """Serve a clip as so many cameras, with its AAC sound where it has some.

    Raises:
        Unavailable: the server did not start, or the demo's own was to send sound.
    """
    process, name = _start(file, cameras, has_sound=has_sound)
    try:
        assert process.stdout is not None
        line = next((line for line in process.stdout if line.startswith("READY")), "")
        if not line:
            raise Unavailable("The server of the cameras did not start.")
        port = int(line.split()[1])
        addresses = tuple(f"rtsp://127.0.0.1:{port}/cam{number:02d}/sub" for number in range(1, cameras + 1))
        yield Street(addresses=addresses, server=name, pid=process.pid)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(END_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _start(file: Path, cameras: int, *, has_sound: bool) -> tuple["subprocess.Popen[str]", str]:
    """Start GStreamer's server where it is installed, else the demo's own."""
    if has_gstreamer():
        plain = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        command = [SYSTEM_PYTHON, "-c", _GSTREAMER, str(file), str(cameras), "sound" if has_sound else ""]
        name = "GStreamer gst-rtsp-server, TCP"
    elif has_sound:
        raise Unavailable("Sound needs GStreamer's server of the cameras.")
    else:
        plain = environment_for_child({})
        command = command_for("even-cameras", [str(file), str(cameras)])
        name = "the demo's own RTSP server, TCP"
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=plain
    )
    return process, name


def has_gstreamer() -> bool:
    """Say whether the system's Python can serve RTSP by GStreamer."""
    if shutil.which(SYSTEM_PYTHON) is None:
        return False
    asked = 'import gi; gi.require_version("GstRtspServer", "1.0"); from gi.repository import GstRtspServer'
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run([SYSTEM_PYTHON, "-c", asked], env=plain, capture_output=True, check=False)
    return done.returncode == 0
