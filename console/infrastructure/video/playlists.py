"""What an HLS playlist leads to, fetched by ourselves: FFmpeg hands its orders about TLS to the playlist alone.

FFmpeg reads segments of whoever answers, whatever their certificate (seen with 8.1), and from any host a list names.
"""

import io
import ipaddress
import socket
import ssl
from base64 import b64encode
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

CONNECT_WITHIN_S = 5.0
MOST_REDIRECTS = 5
_PORTS = {"http": 80, "https": 443}
_REDIRECTS = (301, 302, 303, 307, 308)


class PlaylistRefused(OSError):
    """What a playlist leads to cannot or may not be read.

    Attributes:
        is_about_who_asks: it is there, but not for this user and password.
    """

    def __init__(self, why: str, *, is_about_who_asks: bool = False) -> None:
        super().__init__(why)
        self.is_about_who_asks = is_about_who_asks


def is_playlist(address: str) -> bool:
    """Say whether an address names a playlist; nothing else is taken for one, whatever a server sends."""
    parts = urlsplit(address)
    return parts.scheme in _PORTS and parts.path.lower().endswith((".m3u8", ".m3u"))


class PlaylistReader:
    """Opens for FFmpeg what a playlist leads to. Owned by its stream's thread.

    What began with TLS goes on with it. Another host than the playlist's own is met only at a public address: no list
    from the net makes us knock at this machine, at its neighbours, or at a cloud's metadata service.
    """

    def __init__(self, address: str, ca_file: str) -> None:
        """Args:
        ca_file: certificates that are trusted, PEM; empty for those of this machine.
        """
        self._own = urlsplit(address)
        self._schemes = ("https",) if self._own.scheme == "https" else ("http", "https")
        self._trust = ssl.create_default_context(cafile=ca_file or None)
        self._has_failed = False

    def open(self, url: str, flags: int, options: Mapping[str, str]) -> io.BufferedIOBase:
        """Return what lies at ``url``, to be read once.

        Raises:
            PlaylistRefused: it may not be read, or is not there.
            OSError: nobody answers, or (``ssl.SSLError``) whoever does is not trusted.
        """
        if self._has_failed:
            return io.BytesIO()  # FFmpeg would go on with the next segment; so its reading ends with the first cause
        try:
            return self._fetched(url, MOST_REDIRECTS)
        except OSError:  # before the next: a certificate that is not trusted is a ValueError too
            self._has_failed = True
            raise
        except (HTTPException, ValueError) as cause:
            self._has_failed = True
            raise PlaylistRefused("what its playlist leads to is no HTTP") from cause

    def _fetched(self, url: str, redirects_left: int) -> HTTPResponse:
        parts = urlsplit(url)
        if parts.scheme not in self._schemes or not parts.hostname:
            raise PlaylistRefused(f"its playlist leads to {parts.scheme[:20] or 'nowhere'}, which is not read")
        line = self._line(parts)
        try:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            line.request("GET", target, headers={"Connection": "close", "User-Agent": "citydesk", **self._login(parts)})
            answer = line.getresponse()
        except BaseException:
            line.close()
            raise
        if answer.status == 200:
            return answer
        answer.close()
        if answer.status in _REDIRECTS and redirects_left:
            return self._fetched(urljoin(url, answer.getheader("Location", "")), redirects_left - 1)
        raise PlaylistRefused(f"its server answers {answer.status}", is_about_who_asks=answer.status in (401, 403))

    def _line(self, parts: SplitResult) -> HTTPConnection:
        assert parts.hostname is not None
        port = parts.port or _PORTS[parts.scheme]
        plain = socket.create_connection((parts.hostname, port), CONNECT_WITHIN_S)
        try:
            if parts.hostname != self._own.hostname and not _is_public(plain.getpeername()[0]):
                raise PlaylistRefused("its playlist leads to another host that is not a public one")
            line = HTTPConnection(parts.hostname, port, timeout=CONNECT_WITHIN_S)
            is_tls = parts.scheme == "https"
            line.sock = self._trust.wrap_socket(plain, server_hostname=parts.hostname) if is_tls else plain
        except BaseException:
            plain.close()
            raise
        return line

    def _login(self, parts: SplitResult) -> dict[str, str]:
        """Return who asks, at the playlist's own place and nowhere else."""
        own = self._own
        is_own = (parts.scheme, parts.hostname, parts.port) == (own.scheme, own.hostname, own.port)
        if not is_own or own.username is None:
            return {}
        login = f"{unquote(own.username)}:{unquote(own.password or '')}"
        return {"Authorization": f"Basic {b64encode(login.encode()).decode()}"}


def _is_public(address: str) -> bool:
    return ipaddress.ip_address(address.partition("%")[0]).is_global
