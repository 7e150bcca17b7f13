"""The demo's cameras: real footage as live RTSP streams, one of them behind a password, one whose street can change."""

import argparse
import asyncio
import json
import logging
import os
import secrets
import sys
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

from console.demo.footage import Prepared, prepare, prepare_own
from console.demo.rtsp.digest import Login
from console.demo.rtsp.reel import read_reel
from console.demo.rtsp.server import LiveStream, RtspServer

_log = logging.getLogger(__name__)

LOCKED = "09"
USER = "viewer"
LONGEST_REQUEST = 8192
CLIPS = (".mp4", ".avi", ".mkv", ".mov")


def main(arguments: list[str]) -> int:
    """Prepare the footage if needed and serve it until our parent ends."""
    parser = argparse.ArgumentParser(prog="citydesk --role demo-cameras")
    parser.add_argument("--assets", type=Path, required=True, help="folder with the demo's clips")
    parser.add_argument("--work", type=Path, required=True, help="folder for what is prepared from them")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--state", type=Path, required=True, help="file to say in where everything is")
    parser.add_argument("--footage", type=Path, help="a folder of a person's own clips instead")
    parser.add_argument("--again", action="store_true", help="come back as the cameras that the state file tells of")
    chosen = parser.parse_args(arguments)
    prepared = (
        prepare_own(sorted(p for p in chosen.footage.iterdir() if p.suffix.lower() in CLIPS), chosen.work, _say)
        if chosen.footage is not None
        else prepare(chosen.assets, chosen.work, _say)
    )
    if not prepared:
        print(f"no clips ({', '.join(CLIPS)}) in {chosen.footage}", file=sys.stderr)
        return 1
    before = json.loads(chosen.state.read_text(encoding="utf-8")) if chosen.again else {}
    asyncio.run(_serve(prepared, chosen.port, chosen.state, before))
    return 0


async def _serve(prepared: list[Prepared], port: int, state: Path, before: dict[str, Any]) -> None:
    """Serve. ``before`` is what these cameras said in an earlier life: same places, same password, same street."""
    known = before.get("cameras", {}).get(LOCKED, {}).get("password")
    login = Login(USER, known or secrets.token_hex(8))
    streams = {camera.number: _streams(camera, login) for camera in prepared}
    for number, street in before.get("shown", {}).items():
        for stream in streams[number]:
            stream.shown = street
    server = RtspServer([stream for pair in streams.values() for stream in pair])
    rtsp_port = await server.start(before.get("rtsp_port", port))
    cameras = {
        camera.number: {
            "main": f"rtsp://127.0.0.1:{rtsp_port}/cam{camera.number}/main",
            "sub": f"rtsp://127.0.0.1:{rtsp_port}/cam{camera.number}/sub",
            "main_file": str(camera.main),
            "main_after_file": str(camera.main_after or camera.main),
            "user": USER if camera.number == LOCKED else "",
            "password": login.password if camera.number == LOCKED else "",
        }
        for camera in prepared
    }
    said: dict[str, Any] = {"pid": os.getpid(), "rtsp_port": rtsp_port, "cameras": cameras}

    def note_street() -> None:
        _write_state(state, said | {"shown": {number: pair[0].shown for number, pair in streams.items()}})

    said["token"] = before.get("token") or secrets.token_hex(16)
    said["control_port"] = await _Control(streams, said["token"], note_street).start(before.get("control_port", 0))
    note_street()
    _say("READY")
    await _parent_leaves()
    await server.close()


def _streams(camera: Prepared, login: Login) -> tuple[LiveStream, LiveStream]:
    found = []
    for kind, before, after in (
        ("main", camera.main, camera.main_after),
        ("sub", camera.sub, camera.sub_after),
    ):
        reels = {"before": read_reel(before)}
        if after is not None:
            reels["after"] = read_reel(after)
        found.append(
            LiveStream(
                path=f"/cam{camera.number}/{kind}",
                reels=reels,
                begins_s=camera.begins_s,
                login=login if camera.number == LOCKED else None,
            )
        )
    return found[0], found[1]


class _Control:
    """A small HTTP door for the demo and the story: which street a camera shows, and changing it."""

    def __init__(
        self, streams: dict[str, tuple[LiveStream, LiveStream]], token: str, changed: Callable[[], None]
    ) -> None:
        """Args:
        changed: called before a change of the street is acknowledged.
        """
        self._streams = streams
        self._changed = changed
        self._token = token

    async def start(self, port: int) -> int:
        """Listen, and return the port."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        found: int = server.sockets[0].getsockname()[1]
        return found

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            raw = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5.0)
            lines = raw[:LONGEST_REQUEST].decode("ascii", "replace").split("\r\n")
            method, path, _ = lines[0].split(" ", 2)
            is_known = f"x-token: {self._token}" in (line.lower() for line in lines)
            status, body = self._act(method, path) if is_known else (HTTPStatus.FORBIDDEN, {})
        except (ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError, ConnectionError):
            status, body = HTTPStatus.BAD_REQUEST, {}
        text = json.dumps(body)
        head = f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: application/json\r\n"
        writer.write(f"{head}Content-Length: {len(text)}\r\nConnection: close\r\n\r\n{text}".encode())
        writer.close()

    def _act(self, method: str, path: str) -> tuple[HTTPStatus, dict[str, Any]]:
        parts = path.strip("/").split("/")
        if len(parts) < 2 or parts[0] != "camera" or parts[1] not in self._streams:
            return HTTPStatus.NOT_FOUND, {}
        pair = self._streams[parts[1]]
        if method == "POST" and len(parts) == 3:
            if parts[2] not in pair[0].reels:
                return HTTPStatus.CONFLICT, {"shows": pair[0].shown}
            for stream in pair:
                stream.shown = parts[2]
            self._changed()
            _log.info("camera %s goes over to %s", parts[1], parts[2])
        return HTTPStatus.OK, {"shows": pair[0].shown, "viewers": [stream.viewers for stream in pair]}


async def _parent_leaves() -> None:
    """Wait until our input is closed: whoever started us has gone, or wants us to go."""
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.buffer.read)


def _write_state(path: Path, state: dict[str, Any]) -> None:
    draft = path.with_suffix(".draft")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(state, file, indent=1)
    draft.replace(path)


def _say(line: str) -> None:
    print(line, flush=True)
