"""How much of a caller's request is read, how long it may take, and how often it may come. Plain ASGI."""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from console.application.ports import Clock

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MOST_BODY_BYTES = 64 * 1024  # judgement: a report is text; GeoReport v2 ends at 4,000 characters
BODY_WITHIN_S = 20.0  # judgement: a phone on a bad network, not one who holds the line
MOST_CALLERS = 10_000  # addresses remembered; beyond that the one seen longest ago is forgotten
A_MINUTE_S = 60.0


class TooMuch(Exception):
    """The body is larger than what is read."""


class TooSlow(Exception):
    """The body did not come in time."""


class Pace:
    """Counts what each caller sent in the last minute. Used in one thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sent: dict[str, deque[float]] = {}

    def wait_s(self, caller: str, most: int) -> float:
        """Count one more and return 0, or, where it is one too many, how long to wait; that one is not counted."""
        now_s = self._clock.monotonic_s()
        sent = self._sent.pop(caller, None) or deque()
        self._sent[caller] = sent  # the newest last
        while len(self._sent) > MOST_CALLERS:
            del self._sent[next(iter(self._sent))]
        while sent and now_s - sent[0] >= A_MINUTE_S:
            sent.popleft()
        if len(sent) >= most:
            return A_MINUTE_S - (now_s - sent[0])
        sent.append(now_s)
        return 0.0


class Limited:
    """Stands before the application: bodies end at 64 KiB and within 20 s, and an address has its pace."""

    def __init__(self, app: App, pace: Pace, per_minute: int) -> None:
        self._app = app
        self._pace = pace
        self._per_minute = per_minute

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        caller = (scope.get("client") or ("",))[0]
        wait_s = self._pace.wait_s(f"address {caller}", self._per_minute)
        if wait_s:
            await refuse(send, 429, "too many requests; wait", {"retry-after": str(int(wait_s) + 1)})
            return
        try:
            body = await _whole(receive)
        except TooMuch:
            await refuse(send, 413, f"more than {MOST_BODY_BYTES} bytes", {"connection": "close"})
            return
        except TooSlow:
            await refuse(send, 408, "the request did not come in time", {"connection": "close"})
            return
        if body is None:  # the caller has gone
            return
        given = [{"type": "http.request", "body": body, "more_body": False}]

        async def again() -> Message:
            return given.pop() if given else await receive()

        await self._app(scope, again, send)


async def refuse(send: Send, code: int, description: str, headers: dict[str, str]) -> None:
    """Answer as GeoReport v2 answers a fault."""
    body = json.dumps([{"code": code, "description": description}]).encode()
    told = {"content-type": "application/json", "content-length": str(len(body)), **headers}
    raw = [(name.encode(), value.encode()) for name, value in told.items()]
    await send({"type": "http.response.start", "status": code, "headers": raw})
    await send({"type": "http.response.body", "body": body})


async def _whole(receive: Receive) -> bytes | None:
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_WITHIN_S):
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    return None
                body += message.get("body", b"")
                if len(body) > MOST_BODY_BYTES:
                    raise TooMuch
                if not message.get("more_body"):
                    return bytes(body)
    except TimeoutError as cause:
        raise TooSlow from cause
