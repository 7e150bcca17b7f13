"""How much of a caller's request is read, how long it may take, and how often it may come. Plain ASGI."""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from console.application.ports import Clock

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MOST_BODY_BYTES = 64 * 1024  # judgement: a report is text; GeoReport v2 ends at 4,000 characters
BODY_WITHIN_S = 20.0  # judgement: a phone on a bad network, not one who holds the line
WIDE_WITHIN_S = 120.0  # photos on a bad network: 24 MiB in two minutes are 200 KiB a second
# Judgement: four forms full of photos at once; beyond that the next is asked to wait. It is memory of this process.
MOST_HELD_BYTES = 96 * 1024 * 1024
# Who sends too much is heard to the end, so that a phone shows our answer and not a broken line; up to here.
HEARD_TIMES = 4
BUSY_S = 5
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


class TooBusy(Exception):
    """Too many large bodies are on their way at once."""


@dataclass(frozen=True, slots=True)
class Wide:
    """Addresses that take larger bodies, and how their callers, who are people, are refused.

    Attributes:
        prefix: of the paths. refuse: answers with a status, the seconds to wait (0: none) and further headers.
    """

    prefix: str
    most_bytes: int
    refuse: Callable[[Scope, Send, int, int, dict[str, str]], Awaitable[None]]


class Limited:
    """Stands before the application: bodies end at 64 KiB and within 20 s, and an address has its pace.

    What is ``wide`` has its own size, 120 s, and shares 96 MiB of memory. Used in one thread.
    """

    def __init__(self, app: App, pace: Pace, per_minute: int, wide: Wide | None = None) -> None:
        self._app = app
        self._pace = pace
        self._per_minute = per_minute
        self._wide = wide
        self._held_bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wide = self._wide if self._wide is not None and scope["path"].startswith(self._wide.prefix) else None
        caller = (scope.get("client") or ("",))[0]
        wait_s = self._pace.wait_s(f"address {caller}", self._per_minute)
        if wait_s:
            await _refuse(wide, scope, send, 429, "too many requests; wait", int(wait_s) + 1)
            return
        body = _Body(MOST_BODY_BYTES if wide is None else wide.most_bytes, self._may_hold)
        try:
            is_whole = await body.read(receive, BODY_WITHIN_S if wide is None else WIDE_WITHIN_S)
            if is_whole:  # else the caller has gone
                await self._app(scope, body.again(receive), send)
        except TooMuch:
            await _refuse(wide, scope, send, 413, f"more than {body.most_bytes} bytes", 0, {"connection": "close"})
        except TooSlow:
            await _refuse(wide, scope, send, 408, "the request did not come in time", 0, {"connection": "close"})
        except TooBusy:
            await _refuse(wide, scope, send, 429, "too many requests; wait", BUSY_S, {"connection": "close"})
        finally:
            self._held_bytes -= body.held_bytes

    def _may_hold(self, more_bytes: int) -> bool:
        if self._held_bytes + more_bytes > MOST_HELD_BYTES:
            return False
        self._held_bytes += more_bytes
        return True


class _Body:
    """The body of one request, in the pieces it came in."""

    def __init__(self, most_bytes: int, may_hold: Callable[[int], bool]) -> None:
        self.most_bytes = most_bytes
        self.held_bytes = 0
        self._may_hold = may_hold
        self._pieces: deque[bytes] = deque()

    async def read(self, receive: Receive, within_s: float) -> bool:
        """Read it to its end; false where the caller went away.

        Raises:
            TooMuch, TooSlow, TooBusy: nothing of it is held any longer than this request.
        """
        heard_bytes, is_busy = 0, False
        try:
            async with asyncio.timeout(within_s):
                while True:
                    message = await receive()
                    if message["type"] != "http.request":
                        return False
                    piece: bytes = message.get("body", b"")
                    heard_bytes += len(piece)
                    if heard_bytes > self.most_bytes or is_busy:
                        self._pieces.clear()
                    elif self._may_hold(len(piece)):
                        self.held_bytes += len(piece)
                        self._pieces.append(piece)
                    else:
                        is_busy = True
                    if heard_bytes > self.most_bytes * HEARD_TIMES:
                        raise TooMuch
                    if not message.get("more_body"):
                        break
        except TimeoutError as cause:
            raise TooSlow from cause
        if heard_bytes > self.most_bytes:
            raise TooMuch
        if is_busy:
            raise TooBusy
        return True

    def again(self, receive: Receive) -> Receive:
        """Return what gives the pieces again, each once, and then what the caller does next."""
        pieces, is_given = self._pieces, False

        async def give() -> Message:
            nonlocal is_given
            if is_given:
                return await receive()
            piece = pieces.popleft() if pieces else b""
            is_given = not pieces
            return {"type": "http.request", "body": piece, "more_body": not is_given}

        return give


async def _refuse(
    wide: Wide | None,
    scope: Scope,
    send: Send,
    code: int,
    description: str,
    wait_s: int,
    headers: dict[str, str] | None = None,
) -> None:
    told = dict(headers or {})
    if wait_s:
        told["retry-after"] = str(wait_s)
    if wide is not None:
        await wide.refuse(scope, send, code, wait_s, told)
    else:
        await refuse(send, code, description, told)


async def refuse(send: Send, code: int, description: str, headers: dict[str, str]) -> None:
    """Answer as GeoReport v2 answers a fault."""
    body = json.dumps([{"code": code, "description": description}]).encode()
    await answer(send, code, body, {"content-type": "application/json", **headers})


async def answer(send: Send, code: int, body: bytes, headers: dict[str, str]) -> None:
    """Answer with a whole body."""
    told = {"content-length": str(len(body)), **headers}
    raw = [(name.encode(), value.encode()) for name, value in told.items()]
    await send({"type": "http.response.start", "status": code, "headers": raw})
    await send({"type": "http.response.body", "body": body})
