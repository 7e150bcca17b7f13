"""The demo's department as a real process, and a server that answers whatever a test wants."""

import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from console.infrastructure.gateways.open311 import Open311
from console.infrastructure.supervisor import command_for, environment_for_child

JPEG = b"\xff\xd8\xff\xe0" + b"street" * 40 + b"\xff\xd9"


@dataclass(slots=True)
class Department:
    """A department's process. ``stop`` ends it as a person would, ``kill`` as a power cut does."""

    folder: Path
    state_file: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    def start(self) -> None:
        self.state_file.unlink(missing_ok=True)
        options = ["--out", str(self.folder), "--port", str(self.port), "--state", str(self.state_file)]
        self.process = subprocess.Popen(
            command_for("demo-department", options),
            env=environment_for_child({}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"READY\n"
        self.facts = json.loads(self.state_file.read_text(encoding="utf-8"))
        self.port = int(self.facts["port"])

    @property
    def base_url(self) -> str:
        return str(self.facts["base_url"])

    @property
    def key(self) -> str:
        return str(self.facts["api_key"])

    def gateway(self, read_within_s: float = 10.0) -> Open311:
        return Open311(self.base_url, self.key, read_within_s)

    def stored(self) -> list[dict[str, Any]]:
        """Return the department's own records, from its own file."""
        return [json.loads(line) for line in (self.folder / "requests.jsonl").read_text("utf-8").splitlines()]

    def fails_next(self, how: str, count: int = 1) -> None:
        said = requests.post(f"{self.base_url}/faults", json={"next": how, "count": count}, timeout=10)
        said.raise_for_status()

    def answer(self, receipt: str, says: str, text: str, photo: bytes | None = None) -> None:
        files = {"photo": ("photo.jpg", photo, "image/jpeg")} if photo else None
        said = requests.post(
            f"{self.base_url}/answer/{receipt}", data={"says": says, "text": text}, files=files, timeout=10
        )
        said.raise_for_status()

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self._gone()

    def stop(self) -> int:
        assert self.process is not None and self.process.stdin is not None
        self.process.stdin.close()
        return self._gone()

    def _gone(self) -> int:
        assert self.process is not None
        code = self.process.wait(20)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        self.process = None
        return code


@pytest.fixture
def department(tmp_path: Path) -> Iterator[Department]:
    running = Department(tmp_path / "department", tmp_path / "department.json")
    running.start()
    yield running
    if running.process is not None:
        running.kill()


@pytest.fixture
def case() -> dict[str, Any]:
    """Return the body of an order, as the case desk writes it."""
    return {
        "case_number": "20261122-0007",
        "service_code": "09012",
        "service_name": "占用消防通道",
        "condition": "消防通道被占用或堵塞",
        "remark": "白色厢式货车",
        "address": "学府路 12 号北门",
        "grid_cell": "310104-07-03",
        "due_at": "2026-11-22T10:00:00+00:00",
        "latitude": 31.19,
        "longitude": 121.43,
        "stills": [],
    }


Reply = tuple[int, dict[str, str], bytes]


class OddServer:
    """Answers every request with what the test put in; keeps what it was sent."""

    def __init__(self) -> None:
        self.reply: Callable[[str], Reply] = lambda _path: (200, {}, b"[]")
        self.seen: list[tuple[str, str, bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                outer.seen.append((self.command, self.path, body))
                code, headers, content = outer.reply(self.path)
                self.send_response(code)
                for name, value in {"Content-Length": str(len(content)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            do_POST = do_GET

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        self.base_url = f"http://127.0.0.1:{self._server.server_port}"

    def says(self, code: int, content: bytes, headers: dict[str, str] | None = None) -> None:
        self.reply = lambda _path: (code, headers or {}, content)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def odd_server() -> Iterator[OddServer]:
    server = OddServer()
    yield server
    server.close()
