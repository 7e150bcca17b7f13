"""A sharing platform of GB/T 28181, reached as WVP-GB28181-pro is: its directory, its streams, its log-in."""

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from console.application.camera_devices import CannotTurn
from console.application.settings import PlatformSettings
from console.application.sharing import CameraOffline, NotPlayable, PlatformRefuses, PlatformSilent, PlatformUnclear
from console.domain.sharing import SharedChannel, SharedPage, SharedSource
from console.infrastructure.gateways.platform_answers import (
    Envelope,
    ListPage,
    area_of,
    channel_of,
    code_in,
    envelope_of,
    is_camera,
    is_on,
    page_of,
    stream_address,
    text_in,
)

_log = logging.getLogger(__name__)

TOKEN_HEADER, KEY_HEADER = "access-token", "api-key"
LONGEST_TOKEN = 8192
QUOTED = 12  # letters of a token that are enough to know it by
# Judgement: a wall of tiles that all ask with a wrong password would lock the account out.
REFUSED_FOR_S = 300.0
CONNECT_WITHIN_S, READ_WITHIN_S = 3.0, 10.0
# WVP waits 10 s for a camera it has to wake up and 20 s for one behind another platform (its own defaults).
PLAY_WITHIN_S = 25.0
TURN_WITHIN_S = 4.0  # WVP gives a camera 3 s to name its presets
WHOLE_ANSWER_WITHIN_S = 20.0  # a server that sends a byte now and then must not hold whoever asks; judgement
LARGEST_ANSWER = 4_000_000  # bytes: 500 entries of 2 kB each, four times over
DEVICES_A_PAGE, CHANNELS_A_PAGE = 100, 500
MOST_ENTRIES = 500_000  # judgement: eight times the largest directory there is; more is a list without an end
BLOCK = 1 << 16
DONE, NOT_LOGGED_IN, NOT_ALLOWED = 0, 401, 403


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformSpec:
    """How a platform is reached.

    Attributes:
        name: in this site's settings. url: where its API begins, without a login.
        protocols: fields of a play answer, the one liked best first.
        media_hosts: whose streams are opened besides those of the platform's own host.
        ca_file: certificates (PEM) its own is checked against; empty for those of this machine.
    """

    name: str
    url: str
    protocols: tuple[str, ...] = ("rtsp", "flv", "hls")
    media_hosts: tuple[str, ...] = ()
    ca_file: str = ""

    @property
    def hosts(self) -> frozenset[str]:
        own = urlsplit(self.url).hostname or ""
        return frozenset({own, *(host.lower() for host in self.media_hosts)} - {""})


def spec_of(name: str, settings: PlatformSettings) -> PlatformSpec:
    """Return how a platform of the settings is reached."""
    return PlatformSpec(
        name=name,
        url=settings.url,
        protocols=settings.protocols,
        media_hosts=settings.media_hosts,
        ca_file=settings.ca_file,
    )


@dataclass(slots=True)
class _Entries:
    """How far a list has been read."""

    listed: int = 0
    unclear: int = 0
    channels: list[SharedChannel] = field(default_factory=list)
    areas: list[tuple[str, str]] = field(default_factory=list)

    def take_page(self) -> SharedPage:
        channels, areas = tuple(self.channels), tuple(self.areas)
        page = SharedPage(channels=channels, areas=areas, unclear=self.unclear, listed=self.listed)
        self.channels, self.areas, self.unclear = [], [], 0
        return page


class WvpPlatform:
    """Keeps the promises of ``application.sharing.SharingPlatform``. Safe from any thread.

    Nothing repeats by itself but a question whose token had run out. Redirects are not followed: they would carry the
    token to whoever is named there. Messages quote no address: a log-in is a part of one.
    """

    def __init__(
        self,
        spec: PlatformSpec,
        login: Callable[[], str | None],
        read_within_s: float = READ_WITHIN_S,
        play_within_s: float = PLAY_WITHIN_S,
    ) -> None:
        """Args:
        login: reads ``user:password`` from the vault, or ``:key`` where the platform gave a key; called under a lock.
        """
        self._spec = spec
        self._login = login
        self._read_within_s = read_within_s
        self._play_within_s = play_within_s
        self._lock = threading.Lock()
        self._proof: dict[str, str] = {}
        self._refused: tuple[str, float] | None = None

    # ---- streams -------------------------------------------------------------------------------------------------

    def play(self, source: SharedSource) -> str:
        answer = self._ask(f"/api/play/start/{source.device}/{source.channel}", within_s=self._play_within_s)
        if answer.code != DONE:
            self._refuse_lost(source)
            raise NotPlayable("The platform cannot play it: {said} ({code}).", said=answer.said, code=answer.code)
        return stream_address(answer.data, self._spec.protocols, self._spec.hosts)

    def stop(self, source: SharedSource) -> None:
        answer = self._ask(f"/api/play/stop/{source.device}/{source.channel}")
        if answer.code != DONE:
            raise PlatformSilent("The platform did not stop: {said} ({code}).", said=answer.said, code=answer.code)

    def front_end(self, source: SharedSource, act: str, query: Mapping[str, str]) -> Any:
        """Pass a command on to a camera (``platform_camera.FrontEnd``)."""
        answer = self._ask(f"/api/front-end/{act}/{source.device}/{source.channel}", query, TURN_WITHIN_S)
        if answer.code != DONE:
            raise CannotTurn("The platform does not turn it: {said} ({code}).", said=answer.said, code=answer.code)
        return answer.data

    def _refuse_lost(self, source: SharedSource) -> None:
        """Say so where the platform itself has lost the camera: why it cannot be played is told by nothing else.

        Raises:
            CameraOffline: it is off there, or not there.
        """
        query = {"deviceId": source.device, "channelDeviceId": source.channel}
        channel = self._ask("/api/device/query/channel/one", query)
        if channel.code == DONE and not isinstance(channel.data, dict):
            raise CameraOffline("The platform does not know this camera any more.")
        device = self._ask(f"/api/device/query/devices/{source.device}")
        is_known = isinstance(channel.data, dict) and isinstance(device.data, dict)
        if is_known and not (is_on(channel.data) and device.data.get("onLine") is True):
            raise CameraOffline("The platform does not reach the camera.")

    # ---- directory -----------------------------------------------------------------------------------------------

    def directory(self) -> Iterator[SharedPage]:
        entries = _Entries()
        for devices in self._pages("/api/device/query/devices", DEVICES_A_PAGE, entries):
            for device in devices.items:
                code = code_in(device, "deviceId")
                if not code:
                    entries.unclear += 1
                    continue
                is_reachable = device.get("onLine") is True
                path = f"/api/device/query/devices/{code}/channels"
                for channels in self._pages(path, CHANNELS_A_PAGE, entries):
                    for item in channels.items:
                        self._take(entries, code, item, is_reachable=is_reachable)
                    if len(entries.channels) + len(entries.areas) >= CHANNELS_A_PAGE:
                        yield entries.take_page()
        yield entries.take_page()

    def _take(self, entries: _Entries, device: str, item: Any, *, is_reachable: bool) -> None:
        code = code_in(item, "deviceId")
        if not code:
            entries.unclear += 1
        elif is_camera(code, item):
            entries.channels.append(channel_of(self._spec.name, device, item, is_reachable=is_reachable))
        elif (area := area_of(item)) is not None:
            entries.areas.append(area)

    def _pages(self, path: str, size: int, entries: _Entries) -> Iterator[ListPage]:
        """Read a list page by page.

        Raises:
            PlatformUnclear: it broke off before its end, or has none.
        """
        number, read = 1, 0
        while True:
            answer = self._ask(path, {"page": str(number), "count": str(size)})
            if answer.code != DONE:
                raise PlatformSilent(
                    "The platform does not list its cameras: {said} ({code}).", said=answer.said, code=answer.code
                )
            page = page_of(answer.data)
            read += len(page.items)
            entries.listed += len(page.items)
            if entries.listed > MOST_ENTRIES:
                raise PlatformUnclear("The platform's list has no end.")
            yield page
            if read >= page.total:
                return
            if not page.items:
                raise PlatformUnclear("The platform's list broke off: {read} of {total}.", read=read, total=page.total)
            number += 1

    # ---- asking --------------------------------------------------------------------------------------------------

    def _ask(self, path: str, query: Mapping[str, str] | None = None, within_s: float | None = None) -> Envelope:
        """Ask with our token; once more with a new one where it had run out."""
        within_s = within_s or self._read_within_s
        proof = self._sign_in({})
        try:
            return self._get(path, query or {}, proof, within_s)
        except PlatformRefuses:
            return self._get(path, query or {}, self._sign_in(proof), within_s)

    def _sign_in(self, worn_out: Mapping[str, str]) -> Mapping[str, str]:
        """Return a header that lets us in; one that has just been refused is replaced, once for all who hold it."""
        with self._lock:
            if self._proof and self._proof != worn_out:
                return self._proof
            user, _, secret = (self._login() or "").partition(":")
            if not secret:
                name = self._spec.name
                raise PlatformRefuses(
                    "No login of platform {name} is kept on this machine. See `citydesk platform`.", name=name
                )
            if not user:
                if worn_out:
                    raise PlatformRefuses("The platform refuses our key.")
                self._proof = {KEY_HEADER: secret}
                return self._proof
            self._proof = {}
            self._refuse_again(f"{user}:{secret}")
            try:
                self._proof = {TOKEN_HEADER: self._token(user, secret)}
            except PlatformRefuses:
                self._refused = (f"{user}:{secret}", time.monotonic() + REFUSED_FOR_S)
                raise
            return self._proof

    def _refuse_again(self, login: str) -> None:
        """Do not try a login again that was refused lately.

        Raises:
            PlatformRefuses: it was.
        """
        if self._refused is not None and self._refused[0] == login and time.monotonic() < self._refused[1]:
            raise PlatformRefuses("The platform refused our login; it is tried again after some minutes.")

    def _token(self, user: str, password: str) -> str:
        # The platform's rule, not ours: a digest that opens the door is a password. Hence TLS.
        digest = hashlib.md5(password.encode(), usedforsecurity=False).hexdigest()
        answer = self._get("/api/user/login", {"username": user, "password": digest}, {}, self._read_within_s)
        if answer.code != DONE:
            raise PlatformRefuses("The platform refuses our login ({code}).", code=answer.code)
        token = text_in(answer.data, "accessToken", LONGEST_TOKEN) if isinstance(answer.data, dict) else ""
        if not token or not token.isascii():
            raise PlatformUnclear("The platform let us in and gave no token.")
        return token

    def _get(self, path: str, query: Mapping[str, str], proof: Mapping[str, str], within_s: float) -> Envelope:
        try:
            code, content = self._fetch(path, query, proof, within_s)
        except requests.exceptions.SSLError:
            raise PlatformSilent("The platform's certificate is not trusted here.") from None
        except requests.RequestException as cause:
            # Without the cause's text: it quotes addresses and what was asked.
            raise PlatformSilent("The platform does not answer ({kind}).", kind=type(cause).__name__) from None
        except OSError:
            raise PlatformSilent("The file of certificates for the platform cannot be read.") from None
        if code in (NOT_LOGGED_IN, NOT_ALLOWED):
            raise PlatformRefuses("The platform does not let us in ({code}).", code=code)
        if 300 <= code < 400:
            raise PlatformUnclear("The platform has moved ({code}); its address must be corrected.", code=code)
        if code == 404:
            raise PlatformUnclear("What answers there is not a sharing platform.")
        if code >= 500 and not content.lstrip().startswith(b"{"):
            raise PlatformSilent("The platform cannot answer now ({code}).", code=code)
        answer = envelope_of(content)
        if any(value[:QUOTED] in answer.said for value in proof.values()):
            answer = replace(answer, said="")  # what it repeats goes to screens and logs
        if answer.code in (NOT_LOGGED_IN, NOT_ALLOWED):
            raise PlatformRefuses("The platform does not let us in ({code}).", code=answer.code)
        return answer

    def _fetch(
        self, path: str, query: Mapping[str, str], proof: Mapping[str, str], within_s: float
    ) -> tuple[int, bytes]:
        give_up_s = time.monotonic() + within_s + WHOLE_ANSWER_WITHIN_S
        content = bytearray()
        with requests.Session() as session:
            session.trust_env = False
            session.mount("http://", HTTPAdapter(max_retries=0))
            session.mount("https://", HTTPAdapter(max_retries=0))
            answer = session.get(
                f"{self._spec.url.rstrip('/')}{path}",
                params=dict(query),
                headers=dict(proof),
                timeout=(CONNECT_WITHIN_S, within_s),
                allow_redirects=False,
                stream=True,
                verify=self._spec.ca_file or True,
            )
            for block in answer.iter_content(BLOCK):
                content += block
                if len(content) > LARGEST_ANSWER:
                    raise PlatformUnclear("What the platform answers is too long.")
                if time.monotonic() > give_up_s:
                    raise PlatformSilent("The platform answers too slowly.")
            return answer.status_code, bytes(content)
