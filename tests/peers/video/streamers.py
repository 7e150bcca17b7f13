"""ffmpeg and http.server as whatever else sends pictures: by HTTP, as a playlist, by RTMP, by SRT."""

import socket
import ssl
import subprocess
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.infrastructure.video.media_station import wait_until


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
        return port


class Ffmpeg:
    """ffmpeg that sends a clip again and again at its own pace; ``words`` say how and whither."""

    def __init__(self, clip: Path, *words: str) -> None:
        self._words = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-re", "-stream_loop", "-1"]
        self._words += ["-i", str(clip), *words]
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(self._words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def stop(self) -> None:
        """End it, without a farewell."""
        self.process.kill()
        self.process.wait()

    def is_over(self) -> bool:
        return self.process.poll() is not None

    def close(self) -> None:
        self.stop()


class _Shelf(SimpleHTTPRequestHandler):
    """Python's file server, silent, with a door that asks for a login."""

    def do_GET(self) -> None:
        if self.path.startswith("/locked/"):
            self.send_error(401)
        elif self.path.startswith("/forbidden/"):
            self.send_error(403)
        else:
            super().do_GET()

    def log_message(self, format: str, *args: object) -> None:
        return


class Shelf:
    """A folder over HTTP, or over HTTPS with a certificate."""

    def __init__(self, folder: Path, *, papers: tuple[Path, Path] | None = None, port: int = 0) -> None:
        self._folder, self._papers = folder, papers
        self.port = port
        self.start()

    def start(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), partial(_Shelf, directory=str(self._folder)))
        self.port = self._server.server_address[1]
        if self._papers is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*self._papers)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Playlist:
    """A live playlist: ffmpeg writes it, Python's file server hands it out."""

    def __init__(self, clip: Path, folder: Path) -> None:
        folder.mkdir()
        self._writer = Ffmpeg(
            clip,
            *("-c", "copy", "-f", "hls", "-hls_time", "1", "-hls_list_size", "4"),
            *("-hls_flags", "delete_segments", str(folder / "live.m3u8")),
        )
        wait_until(lambda: (folder / "live.m3u8").exists(), "a playlist")
        self._shelf = Shelf(folder)
        self.address = f"http://127.0.0.1:{self._shelf.port}/live.m3u8"

    def start(self) -> None:
        self._shelf.start()

    def stop(self) -> None:
        self._shelf.close()

    def close(self) -> None:
        self._writer.close()
        self._shelf.close()
