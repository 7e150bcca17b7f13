"""GStreamer's own RTSP server as a camera we did not write: runs under the system's Python, which has its bindings."""

import os
import subprocess
from pathlib import Path

SYSTEM_PYTHON = "/usr/bin/python3"

# Each argument is "path=gst-launch description" or, to lock every path, "digest=user:password" or
# "basic=user:password", or, to speak TLS, "cert=FILE" and "key=FILE".
_SERVER = """
import sys
import gi
gi.require_version("Gst", "1.0"); gi.require_version("GstRtspServer", "1.0"); gi.require_version("GstRtsp", "1.0")
from gi.repository import Gio, GLib, Gst, GstRtsp, GstRtspServer
Gst.init(None)
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1"); server.set_service(sys.argv[1])
words = dict(word.split("=", 1) for word in sys.argv[2:])
digest, basic = words.pop("digest", None), words.pop("basic", None)
cert, key = words.pop("cert", None), words.pop("key", None)
login = digest or basic or cert
if login:
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken(); token.set_string("media.factory.role", "user")
    if digest:
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(*digest.split(":", 1), token)
    elif basic:
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(*basic.split(":", 1)), token)
    else:
        auth.set_default_token(token)
    if cert:
        auth.set_tls_certificate(Gio.TlsCertificate.new_from_files(cert, key))
    server.set_auth(auth)
for path, launch in words.items():
    factory = GstRtspServer.RTSPMediaFactory(); factory.set_launch(launch)
    if login:
        factory.add_role_from_structure(Gst.Structure.new_from_string(
            "user, media.factory.access=(boolean)true, media.factory.construct=(boolean)true"))
    server.get_mount_points().add_factory(path, factory)
if not server.attach(None):
    sys.exit("cannot listen")
loop = GLib.MainLoop()
GLib.io_add_watch(sys.stdin, GLib.IO_HUP | GLib.IO_IN, lambda *_: loop.quit())
print("READY", server.get_bound_port(), flush=True)
loop.run()
"""


class GstMissing(Exception):
    """The system's Python has no GStreamer RTSP server."""


class GstCamera:
    """A GStreamer RTSP server of some paths; ends with its input."""

    def __init__(
        self,
        paths: dict[str, str],
        *,
        login: str = "",
        method: str = "digest",
        tls: tuple[Path, Path] | None = None,
        port: int = 0,
    ) -> None:
        """Args:
        login: user and password, ``user:password``. method: how they are asked for, ``digest`` or ``basic``.
        tls: its certificate and its key, PEM; it then speaks nothing else.
        """
        if not Path(SYSTEM_PYTHON).exists():
            raise GstMissing(SYSTEM_PYTHON)
        words = [f"{path}={launch}" for path, launch in paths.items()] + ([f"{method}={login}"] if login else [])
        words += [f"cert={tls[0]}", f"key={tls[1]}"] if tls else []
        self._scheme = "rtsps" if tls else "rtsp"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        self.process = subprocess.Popen(
            [SYSTEM_PYTHON, "-c", _SERVER, str(port), *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line.startswith("READY"):
            _, said = self.process.communicate()
            raise GstMissing(said.strip().splitlines()[-1] if said.strip() else "it ended at once")
        self.port = int(line.split()[1])

    def address(self, path: str, login: str = "") -> str:
        return f"{self._scheme}://{login}{'@' if login else ''}127.0.0.1:{self.port}{path}"

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


def plays(file: Path, codec: str = "h264") -> str:
    """Return the description of a file as a stream, as it is."""
    return (
        f"( filesrc location={file} ! qtdemux ! {codec}parse config-interval=-1 ! "
        f"video/x-{codec},alignment=au ! rtp{codec}pay name=pay0 pt=96 )"
    )
