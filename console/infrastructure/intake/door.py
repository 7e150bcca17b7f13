"""Serves the intake's application at a port until it is told to end."""

import asyncio
import logging
import socket
import threading
from pathlib import Path

import uvicorn

from console.application.ports import Clock
from console.infrastructure.intake.limits import App

_log = logging.getLogger(__name__)

TRY_PORT_EVERY_S = 2.0  # one that was killed may hold its port for a moment
KEEP_ALIVE_S = 5
BEAT_EVERY_S = 0.5
BACKLOG = 128
STUCK_AFTER_S = 2.0


class Door:
    """An event loop in a thread of its own. ``is_well`` while it turns."""

    def __init__(self, app: App, host: str, port: int, clock: Clock, pem: tuple[Path, Path] | None) -> None:
        self._config = uvicorn.Config(
            app,
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=1,
            server_header=False,
            proxy_headers=False,
            ssl_certfile=None if pem is None else str(pem[0]),
            ssl_keyfile=None if pem is None else str(pem[1]),
        )
        self._clock = clock
        self._turned_s = clock.monotonic_s()
        self._loop = asyncio.new_event_loop()
        self._over = asyncio.Event()
        self._port = 0
        self._is_open = threading.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),), name="intake-door")

    @property
    def is_well(self) -> bool:
        return self._clock.monotonic_s() - self._turned_s < STUCK_AFTER_S

    def open(self) -> None:
        self._thread.start()

    def wait_open(self, within_s: float) -> int:
        """Return the port it listens at, 0 where it does not yet."""
        self._is_open.wait(within_s)
        return self._port

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()
        self._loop.close()

    async def _serve(self) -> None:
        beating = asyncio.create_task(self._beat())
        while not self._over.is_set():
            try:
                listening = self._config.bind_socket()
                listening.listen(BACKLOG)
            except (OSError, SystemExit) as cause:
                _log.error("port %d cannot be listened at: %s", self._config.port, cause)
                await asyncio.sleep(TRY_PORT_EVERY_S)
                continue
            with listening:
                await self._serve_at(listening.getsockname()[1], listening)
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)

    async def _serve_at(self, port: int, listening: socket.socket) -> None:
        server = uvicorn.Server(self._config)
        serving = asyncio.create_task(server.serve([listening]))
        over = asyncio.create_task(self._over.wait())
        self._port = port
        self._is_open.set()
        _log.info("reports are taken at port %d", port)
        await asyncio.wait((serving, over), return_when=asyncio.FIRST_COMPLETED)
        server.should_exit = True
        over.cancel()
        await serving

    async def _beat(self) -> None:
        while True:
            self._turned_s = self._clock.monotonic_s()
            await asyncio.sleep(BEAT_EVERY_S)
