"""The listener's process: drones and body-worn devices send to it, media workers read from it."""

import argparse
import asyncio
import logging
import os
import threading
from contextlib import suppress
from pathlib import Path

from console.application.errors import Unavailable
from console.domain.pushing import SRT_PASSPHRASE
from console.infrastructure.channel.connection import Channel, ChannelClosed, Endpoint, connect
from console.infrastructure.channel.messages import Heartbeat, Hello, PushRefused, RefusedPush, ShutDown
from console.infrastructure.clock import SystemClock
from console.infrastructure.logs import Logs
from console.infrastructure.pushed.publications import Publications
from console.infrastructure.pushed.reading import reading_key
from console.infrastructure.pushed.rtmp_door import RtmpDoor
from console.infrastructure.pushed.rtsp_door import RtspDoor
from console.infrastructure.pushed.srt_door import SrtDoor
from console.infrastructure.secrets import open_vault
from console.infrastructure.video.srt import SrtMissing

_log = logging.getLogger(__name__)

ROLE = "push-listener"
BEAT_EVERY_S = 0.5
LOOP_IS_STUCK_S = 2.0
TRY_PORT_EVERY_S = 2.0  # a listener that was killed may hold its port for a moment


def main(arguments: list[str]) -> int:
    """Serve until the station's channel closes."""
    parser = argparse.ArgumentParser(prog=f"citydesk --role {ROLE}")
    parser.add_argument("--worker-id", default="push-1")
    parser.add_argument("--logs", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--site", required=True)
    parser.add_argument("--host", default="0.0.0.0")
    parser.add_argument("--rtsp-port", type=int, required=True)
    parser.add_argument("--rtmp-port", type=int, default=0)
    parser.add_argument("--srt-port", type=int, default=0)
    chosen = parser.parse_args(arguments)
    logs = Logs(chosen.logs, chosen.worker_id)
    logs.begin()
    try:
        endpoint = Endpoint.from_environment()
        channel = connect(endpoint)
    except Unavailable as cause:
        _log.error("%s", cause)
        return 1
    listener = Listener(channel, chosen.worker_id, reading_key(endpoint.key), chosen)
    try:
        listener.run()
    finally:
        channel.close()
        logs.end()
    return 0


class Listener:
    """The main thread keeps the channel; doors and sessions live in an event loop with a thread of its own."""

    def __init__(self, channel: Channel, worker_id: str, key: str, chosen: argparse.Namespace) -> None:
        self._channel = channel
        self._worker_id = worker_id
        self._key = key
        self._chosen = chosen
        self._clock = SystemClock()
        self._loop = asyncio.new_event_loop()
        self._beat_s = self._clock.monotonic_s()
        self._over = asyncio.Event()

    def run(self) -> None:
        """Serve until the station goes."""
        self._channel.send(Hello(role=ROLE, worker_id=self._worker_id, pid=os.getpid()))
        thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),), name="doors")
        thread.start()
        try:
            while not (self._channel.has_arrived(BEAT_EVERY_S) and isinstance(self._channel.receive(), ShutDown)):
                if self._clock.monotonic_s() - self._beat_s < LOOP_IS_STUCK_S:
                    self._channel.send(Heartbeat(role=ROLE, worker_id=self._worker_id, at=self._clock.now()))
        except ChannelClosed:
            pass
        self._loop.call_soon_threadsafe(self._over.set)
        thread.join()
        self._loop.close()

    async def _serve(self) -> None:
        vault = open_vault(self._chosen.site, self._chosen.data)
        publications = Publications(vault.get, self._tell_refused)
        rtsp, rtmp = RtspDoor(publications, self._key), RtmpDoor(publications)
        srt = SrtDoor(publications, self._clock, lambda: vault.get(SRT_PASSPHRASE) or "")
        beating = asyncio.create_task(self._beat(srt))
        chosen = self._chosen
        await self._open_all((rtsp, chosen.rtsp_port), (rtmp, chosen.rtmp_port), (srt, chosen.srt_port))
        await self._over.wait()
        await rtsp.close()
        await rtmp.close()
        await srt.close()
        publications.close()
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)

    def _tell_refused(self, device: str, whence: str, reason: RefusedPush) -> None:
        with suppress(ChannelClosed):  # the station has gone, and so does this process
            self._channel.send(PushRefused(device=device, peer=whence, reason=reason))

    async def _open_all(self, *doors: tuple[RtspDoor | RtmpDoor | SrtDoor, int]) -> None:
        for door, port in doors:
            while port and not self._over.is_set():
                try:
                    _log.info("%s listens at %d", type(door).__name__, await door.open(self._chosen.host, port))
                    break
                except SrtMissing:
                    _log.error("devices cannot send by SRT: this machine has no libsrt")
                    break
                except (OSError, Unavailable) as cause:
                    _log.error("port %d cannot be listened at: %s", port, getattr(cause, "strerror", None) or cause)
                    await asyncio.sleep(TRY_PORT_EVERY_S)

    async def _beat(self, srt: SrtDoor) -> None:
        while True:
            if srt.is_well:
                self._beat_s = self._clock.monotonic_s()
            await asyncio.sleep(BEAT_EVERY_S)
