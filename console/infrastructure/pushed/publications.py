"""Who sends now, who may, and who reads it: one publication a device."""

import asyncio
import hmac
import logging
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from console.application.errors import Unavailable
from console.domain.pushing import DEVICE_NAME, key_name
from console.infrastructure.channel.messages import RefusedPush

_log = logging.getLogger(__name__)

REFUSED_AFTER_S = 1.0  # judgement: whoever tries keys gets one answer a second from each connection


class Refused(Exception):
    """A device that may not send. Its words are for the log, they hold no key."""


class Reader(Protocol):
    """Who takes what a device sends. ``take`` never waits."""

    def take(self, track: int, is_report: bool, packet: bytes) -> None: ...

    def end(self) -> None: ...


class Publication:
    """What one device sends now: what it is (SDP), and packets of RTP and RTCP. Owned by the event loop."""

    def __init__(self, device: str) -> None:
        self.device = device
        self.tracks: tuple[str, ...] = ()  # the media sections of its SDP, without their control lines
        self.readers: set[Reader] = set()
        self._reports: dict[int, bytes] = {}  # the newest of each track

    def welcome(self, reader: Reader) -> None:
        """Begin to hand on to a reader; the newest reports first, by which it puts sound beside its picture."""
        for track, packet in self._reports.items():
            reader.take(track, True, packet)
        self.readers.add(reader)

    def forward(self, track: int, is_report: bool, packet: bytes) -> None:
        if is_report:
            self._reports[track] = packet
        for reader in tuple(self.readers):
            reader.take(track, is_report, packet)

    def end(self) -> None:
        for reader in tuple(self.readers):
            reader.end()
        self.readers.clear()


class Publications:
    """Owned by the event loop; the vault is asked in one thread of its own."""

    def __init__(self, key_of: Callable[[str], str | None], refused: Callable[[str, str, RefusedPush], object]) -> None:
        """Args:
        key_of: a device → its key, ``None`` where none was given out.
        refused: told who was turned away: the device, empty where that was no name, whence it came, and why.
        """
        self._key_of = key_of
        self._refused = refused
        self._asking = ThreadPoolExecutor(1, "vault")
        self._sending: dict[str, Publication] = {}
        self._nobody = secrets.token_hex(16)  # compared with where there is no key, so that this takes as long

    def of(self, device: str) -> Publication | None:
        """Return what a device sends now, once it is known what that is."""
        found = self._sending.get(device)
        return found if found is not None and found.tracks else None

    async def admit(self, device: str, key: str, whence: str) -> Publication:
        """Let a device send.

        Raises:
            Refused: no such device, another key, or it sends already.
        """
        known = None
        shown = device if DEVICE_NAME.fullmatch(device) else ""
        if shown:
            try:
                known = await asyncio.get_running_loop().run_in_executor(self._asking, self._key_of, key_name(device))
            except Unavailable as cause:
                self._refused(shown, whence, "no_vault")
                raise Refused("the vault does not answer") from cause
        is_right = hmac.compare_digest(key.encode(), (known or self._nobody).encode())
        if known is None or not is_right:
            _log.warning("%s was refused from %s: its key is wrong", shown or "(no name)", whence)
            self._refused(shown, whence, "unknown" if known is None else "wrong_key")
            await asyncio.sleep(REFUSED_AFTER_S)
            raise Refused("its key is wrong")
        if device in self._sending:
            _log.warning("%s was refused from %s: it sends already", device, whence)
            self._refused(device, whence, "sends_already")
            raise Refused("it sends already")
        publication = self._sending[device] = Publication(device)
        _log.info("%s sends from %s", device, whence)
        return publication

    def turn_away(self, device: str, whence: str) -> None:
        """Tell that what a device wants to send is of a kind that is not passed on; its session ends."""
        self._refused(device, whence, "not_taken")

    def leave(self, publication: Publication) -> None:
        """End what a device sends."""
        if self._sending.get(publication.device) is publication:
            del self._sending[publication.device]
            _log.info("%s sends no more", publication.device)
        publication.end()

    def close(self) -> None:
        for publication in list(self._sending.values()):
            self.leave(publication)
        self._asking.shutdown(wait=False, cancel_futures=True)
