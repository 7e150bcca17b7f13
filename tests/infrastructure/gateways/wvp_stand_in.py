"""A stand-in of ours for a sharing platform: it answers as WVP-GB28181-pro does, with the faults of the field.

No such platform can be had from a registry. Paths, envelope, paging and field names are those of the public project;
what is not in them here was left out, never invented.
"""

import hashlib
import json
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

Item = TypeVar("Item")
USER, PASSWORD = "console", "Gr3ppable-pass"
DEVICE = "31010400002000000001"


def channel_code(number: int) -> str:
    return f"3101040000132{number:07d}"


@dataclass(slots=True)
class StandInChannel:
    """One camera there; ``path`` is of the RTSP server its picture comes from."""

    code: str
    name: str
    status: str = "ON"
    area: str = "310104"
    address: str = "学府路 12 号"
    path: str = "/cam"
    longitude: float = 121.43
    latitude: float = 31.19

    def fields(self, parent: str) -> dict[str, Any]:
        return {
            "id": 7,
            "deviceId": self.code,
            "name": self.name,
            "civilCode": self.area,
            "address": self.address,
            "parentId": parent,
            "status": self.status,
            "longitude": self.longitude,
            "latitude": self.latitude,
            "ptzType": 1,
            "channelType": 0,
            "hasAudio": False,
            "password": None,
        }


class StandInPlatform:
    """A platform on loopback. What it was asked is in ``asked``; what it does wrong is set by its fields."""

    def __init__(self, rtsp_port: int = 0, tls: tuple[Path, Path] | None = None) -> None:
        """Args:
        rtsp_port: of the server the play addresses lie on. tls: certificate and key, PEM.
        """
        self.rtsp_port = rtsp_port
        self.channels: dict[str, list[StandInChannel]] = {DEVICE: []}
        self.offline_devices: set[str] = set()
        self.asked: list[str] = []
        self.plays: Counter[str] = Counter()
        self.stops: Counter[str] = Counter()
        self.tokens: list[str] = []
        self.turned: list[tuple[str, dict[str, str]]] = []
        self.api_key = ""
        self.play_host = "127.0.0.1"
        self.hold_s: dict[str, float] = {}
        self.odd: dict[str, Callable[[bytes], tuple[int, bytes]]] = {}
        self.play_code = 0
        self.ending = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._server.daemon_threads = True
        if tls is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self._server.server_port}"

    def add(self, count: int, device: str = DEVICE) -> None:
        kept = self.channels.setdefault(device, [])
        first = sum(len(each) for each in self.channels.values())
        kept += [StandInChannel(channel_code(first + n + 1), f"路口 {first + n + 1}") for n in range(count)]

    def wear_out_tokens(self) -> None:
        """Let every token there is be one of yesterday."""
        self.tokens = [f"worn-{number}" for number, _ in enumerate(self.tokens)]

    def close(self) -> None:
        self.ending.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    # ---- as the platform ----

    def answer(self, target: str, headers: Any) -> tuple[int, bytes]:
        parts = urlsplit(target)
        self.asked.append(parts.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        for beginning, hold_s in self.hold_s.items():
            if parts.path.startswith(beginning):
                self.ending.wait(hold_s)
        if parts.path == "/api/user/login":
            code, found = 200, self._login(query)
        elif headers.get("access-token") not in self.tokens and (
            not self.api_key or headers.get("api-key") != self.api_key
        ):
            code, found = 401, {"code": 401, "msg": "请登录后重新请求"}
        else:
            code, found = 200, self._known(parts.path, query)
        content = json.dumps(found, ensure_ascii=False).encode()
        for beginning, spoil in self.odd.items():
            if parts.path.startswith(beginning):
                return spoil(content)
        return code, content

    def _login(self, query: dict[str, str]) -> dict[str, Any]:
        digest = hashlib.md5(PASSWORD.encode(), usedforsecurity=False).hexdigest()
        if (query.get("username"), query.get("password")) != (USER, digest):
            return {"code": 100, "msg": "用户名或密码错误", "data": None}
        self.tokens.append(f"token-of-{len(self.tokens)}-{time.monotonic_ns()}")
        return _done({"username": USER, "accessToken": self.tokens[-1], "serverId": "000000"})

    def _known(self, path: str, query: dict[str, str]) -> dict[str, Any]:
        words = path.strip("/").split("/")
        if words[:3] == ["api", "play", "start"]:
            return self._play(words[3], words[4])
        if words[:3] == ["api", "play", "stop"]:
            self.stops[words[4]] += 1
            return _done({"deviceId": words[3], "channelId": words[4]})
        if words[:2] == ["api", "front-end"]:
            self.turned.append(("/".join(words[2:-2]), query))
            presets = [{"presetId": "1", "presetName": "北门"}, {"presetId": 7}, {"presetId": "all"}, None]
            return _done(presets if words[2:4] == ["preset", "query"] else None)
        if path == "/api/device/query/channel/one":
            found = self._channel(query["deviceId"], query["channelDeviceId"])
            return _done(found.fields(query["deviceId"]) if found is not None else None)
        if path == "/api/device/query/devices":
            return _done(_page(list(self.channels), self._device, query))
        device = words[4]
        if len(words) == 5:
            return _done(self._device(device) if device in self.channels else None)
        return _done(_page(self.channels[device], lambda channel: channel.fields(device), query))

    def _device(self, code: str) -> dict[str, Any]:
        return {"deviceId": code, "name": "区平台", "onLine": code not in self.offline_devices, "transport": "UDP"}

    def _channel(self, device: str, code: str) -> StandInChannel | None:
        return next((one for one in self.channels.get(device, []) if one.code == code), None)

    def _play(self, device: str, code: str) -> dict[str, Any]:
        found = self._channel(device, code)
        if found is None:
            return {"code": 100, "msg": "通道不存在", "data": None}
        self.plays[code] += 1
        if self.play_code or found.status != "ON" or device in self.offline_devices:
            return {"code": self.play_code or -2, "msg": "收流超时", "data": None}
        rest = f"{self.play_host}:{self.rtsp_port}{found.path}?callId=secret-token-{self.plays[code]}"
        stream = {"app": "rtp", "stream": f"{device}_{code}", "rtsp": f"rtsp://{rest}", "rtsps": None}
        return _done({**stream, "flv": f"http://{rest}", "ws_flv": f"ws://{rest}", "hls": None, "rtmp": None})


def _done(data: Any) -> dict[str, Any]:
    return {"code": 0, "msg": "成功", "data": data}


def _page(items: list[Item], fields_of: Callable[[Item], Any], query: dict[str, str]) -> dict[str, Any]:
    number, count = int(query["page"]), int(query["count"])
    part = [fields_of(item) for item in items[(number - 1) * count : number * count]]
    return {"total": len(items), "list": part, "pageNum": number, "pageSize": count, "hasNextPage": False}


def _handler_of(platform: StandInPlatform) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            code, content = platform.answer(self.path, self.headers)
            with suppress(OSError):  # whoever asked has had enough
                self.send_response(code)
                self.send_header("Content-Type", "application/json;charset=UTF-8")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    return Handler
