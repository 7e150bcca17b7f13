"""A camera asked by ONVIF: what it is, its streams, its clock, and turning it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit, urlunsplit

import httpx
from onveef import (
    OnvifAuthError,
    OnvifCapabilityMissingError,
    OnvifClient,
    OnvifCredentials,
    OnvifEndpoint,
    OnvifError,
    OnvifOperationNotSupportedError,
    OnvifTransportError,
)

from console.application.camera_devices import CannotTurn, DeviceFacts, DeviceProfile, SignInRefused, Unbelievable
from console.application.errors import Unavailable
from console.application.ports import Clock
from console.domain.ptz import Preset, Velocity
from console.words import N_

Answer = TypeVar("Answer")

CONNECT_WITHIN_S, ANSWER_WITHIN_S = 3.0, 4.0  # judgement: a camera on the same network answers in 0.2 s
# A device that sends a byte now and then must not hold whoever asks.
WHOLE_ANSWER_WITHIN_S = 6.0
LARGEST_ANSWER = 1 << 20
MOST_PROFILES, MOST_PRESETS = 32, 300  # a lying device may name thousands
LONGEST_WORD = 200
DEVICE_PATH = "/onvif/device_service"
STREAM_SCHEMES = ("rtsp", "rtsps", "http", "https")
LARGEST_SIDE_PX = 16384
CLOCK_PARTS = ("year", "month", "day", "hour", "minute", "second")

UNREACHABLE = N_("The camera at {host} does not answer. Check its address and its network.")
NOT_TRUSTED = N_("The certificate of {host} is not trusted. Have it signed by an authority this computer knows.")
REFUSED = N_("The camera at {host} refuses this user and password. It is not asked again, so that it locks nobody out.")
NO_PTZ = N_("The camera at {host} cannot be turned.")
CANNOT_DO_THIS = N_("The camera at {host} cannot do this.")
NOT_ONVIF = N_("What answers at {host} does not speak ONVIF.")
NO_STREAM = N_("The camera at {host} names no stream that can be opened.")
TOO_MUCH = N_("The camera at {host} answers without end; it is not believed.")


def service_address(typed: str) -> str:
    """Return the device service's address of what a person typed: a host, host and port, or a whole address.

    Raises:
        Unavailable: it is no address.
    """
    text = typed.strip()
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        port, host = parts.port, parts.hostname
    except ValueError as cause:
        raise Unavailable("{address} is not an address.", address=_short(text)) from cause
    if not host or parts.scheme not in ("http", "https", "rtsp", "rtsps"):
        raise Unavailable("{address} is not an address.", address=_short(text))
    host = f"[{host}]" if ":" in host else host
    if parts.scheme.startswith("rtsp"):
        return f"http://{host}{DEVICE_PATH}"  # the stream's port is not the device's
    netloc = f"{host}:{port}" if port else host
    return urlunsplit((parts.scheme, netloc, parts.path.rstrip("/") or DEVICE_PATH, parts.query, ""))


class OnvifDevice:
    """One device (``CameraDevice``). Used from one thread; the password is in memory only and never in a text.

    Addresses that the device names for itself are taken at the host it was reached at: behind a router it names one
    that leads nowhere, and a hostile one would have us send the password to somebody else. Only digests are sent,
    over HTTP as over HTTPS; certificates are checked.
    """

    def __init__(self, address: str, user: str, password: str, clock: Clock) -> None:
        """Args:
        address: of the device service, or what a person types for it (``service_address``).
        """
        self._address = service_address(address)
        self._host = urlsplit(self._address).netloc
        self._clock = clock
        self._http = httpx.Client(
            transport=_InTime(httpx.HTTPTransport(retries=0), clock),
            timeout=httpx.Timeout(ANSWER_WITHIN_S, connect=CONNECT_WITHIN_S),
            trust_env=False,
        )
        self._client = OnvifClient(
            endpoint=OnvifEndpoint(self._address),
            credentials=OnvifCredentials(user, password),
            timeout_s=ANSWER_WITHIN_S,
            http_auth="digest",
            retries=0,
            max_response_bytes=LARGEST_ANSWER,
            http_client=self._http,
        )
        self._knows_services = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _: BaseException | None, _at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    @property
    def address(self) -> str:
        """The address of the device service it is asked at."""
        return self._address

    # ---- what it is ----------------------------------------------------------------------------------------------

    def facts(self) -> DeviceFacts:
        """Return what it says of itself, its streams and its clock."""
        offset = self._clock_offset()
        said = self._ask(self._client.get_device_information)
        profiles = self._profiles()
        if not profiles:
            raise Unbelievable(NO_STREAM, host=self._host)
        return DeviceFacts(
            manufacturer=_short(said.get("Manufacturer", "")),
            model=_short(said.get("Model", "")),
            firmware=_short(said.get("FirmwareVersion", "")),
            serial=_short(said.get("SerialNumber", "")),
            clock_offset_s=offset,
            profiles=profiles,
            snapshot_address=self._snapshot_address(profiles[0].token),
        )

    def _clock_offset(self) -> float | None:
        before = self._clock.now()
        said = self._ask(self._client.get_system_date_time)
        after = self._clock.now()
        utc = said.get("UTCDateTime")
        if not isinstance(utc, dict):
            return None
        try:
            year, month, day, hour, minute, second = (int(utc[part]) for part in CLOCK_PARTS)
            theirs = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        except (KeyError, ValueError, TypeError, OverflowError):
            return None
        # It says whole seconds of the past: on the average half a second ago, asked half-way there and back.
        return (theirs + timedelta(seconds=0.5) - (before + (after - before) / 2)).total_seconds()

    def _profiles(self) -> tuple[DeviceProfile, ...]:
        found = []
        for raw in self._ask(self._client.get_profiles)[:MOST_PROFILES]:
            token, encoder = str(raw.get("token", "")), raw.get("video_encoder")
            if not token or not isinstance(encoder, dict):
                continue
            address = self._stream_address(token)
            if address:
                found.append(_profile(raw, encoder, address, can_turn=self._client.endpoint.has("ptz")))
        return tuple(sorted(found, key=lambda one: one.width * one.height, reverse=True))

    def _stream_address(self, token: str) -> str:
        """Return a profile's stream address as it may be kept, or nothing if it leads nowhere."""
        said = self._ask(lambda: self._client.get_stream_uri(profile_token=token))
        return _cleaned(said, STREAM_SCHEMES)

    def _snapshot_address(self, token: str) -> str:
        try:
            said = self._ask(lambda: self._client.get_snapshot_uri(profile_token=token))
        except (Unbelievable, CannotTurn):
            return ""  # many devices have none
        return _cleaned(said, ("http", "https"))

    # ---- turning it ----------------------------------------------------------------------------------------------

    def turn(self, profile: str, velocity: Velocity, for_s: float) -> None:
        """Turn at this speed; a device that understands it stops by itself after ``for_s`` seconds."""
        self._tell(
            lambda: self._client.ptz_continuous_move(
                profile_token=profile,
                pan=velocity.pan,
                tilt=velocity.tilt,
                zoom=velocity.zoom,
                timeout=f"PT{for_s:.0f}S",
            )
        )

    def step(self, profile: str, by: Velocity) -> None:
        self._tell(
            lambda: self._client.ptz_relative_move(profile_token=profile, pan=by.pan, tilt=by.tilt, zoom=by.zoom)
        )

    def stop(self, profile: str) -> None:
        self._tell(lambda: self._client.ptz_stop(profile_token=profile))

    def presets(self, profile: str) -> tuple[Preset, ...]:
        said = self._tell(lambda: self._client.ptz_get_presets(profile_token=profile))
        tokens = [(str(raw.get("token", "")), _short(raw.get("name", ""))) for raw in said[:MOST_PRESETS]]
        return tuple(Preset(token, name or token) for token, name in tokens if token)

    def go_to(self, profile: str, token: str) -> None:
        self._tell(lambda: self._client.ptz_goto_preset(profile_token=profile, preset_token=token))

    def keep_preset(self, profile: str, name: str, token: str = "") -> str:
        said = self._tell(
            lambda: self._client.ptz_set_preset(profile_token=profile, preset_name=name, preset_token=token)
        )
        if not said:
            raise Unbelievable(CANNOT_DO_THIS, host=self._host)
        return str(said)

    def go_home(self, profile: str) -> None:
        self._tell(lambda: self._client.ptz_goto_home_position(profile_token=profile))

    # ---- asking --------------------------------------------------------------------------------------------------

    def _tell(self, act: Callable[[], Answer]) -> Answer:
        try:
            return self._ask(act)
        except _Lacks as cause:
            raise CannotTurn(NO_PTZ, host=self._host) from cause

    def _ask(self, act: Callable[[], Answer]) -> Answer:
        """Return the device's answer, its faults in our words."""
        if not self._knows_services:
            services = self._translate(self._client.discover_services)
            if not services:
                raise Unbelievable(NOT_ONVIF, host=self._host)
            self._client.set_endpoint(OnvifEndpoint(self._address, services={**services, "device": self._address}))
            self._knows_services = True
        return self._translate(act)

    def _translate(self, act: Callable[[], Answer]) -> Answer:
        try:
            return act()
        except OnvifAuthError as cause:
            raise SignInRefused(REFUSED, host=self._host) from cause
        except OnvifCapabilityMissingError as cause:
            raise _Lacks(CANNOT_DO_THIS, host=self._host) from cause
        except OnvifOperationNotSupportedError as cause:
            raise Unbelievable(CANNOT_DO_THIS, host=self._host) from cause
        except OnvifTransportError as cause:
            raise self._translated(cause) from cause
        except OnvifError as cause:
            raise Unbelievable(CANNOT_DO_THIS, host=self._host) from cause
        except (httpx.InvalidURL, ValueError) as cause:  # an address or a number of the device that is none
            raise Unbelievable(NOT_ONVIF, host=self._host) from cause

    def _translated(self, fault: OnvifTransportError) -> Unavailable:
        if "cap." in str(fault):
            return Unbelievable(TOO_MUCH, host=self._host)
        if "CERTIFICATE_VERIFY_FAILED" in str(fault):
            return Unavailable(NOT_TRUSTED, host=self._host)
        # Something answered, in a language of its own.
        return (
            Unavailable(UNREACHABLE, host=self._host) if fault.retryable else Unbelievable(NOT_ONVIF, host=self._host)
        )


class _Lacks(Unbelievable):
    """The device does not offer the service."""


class _InTime(httpx.BaseTransport):
    """Ends an answer that takes too long as a whole, however lively its single bytes come."""

    def __init__(self, inner: httpx.BaseTransport, clock: Clock) -> None:
        self._inner = inner
        self._clock = clock

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        give_up_s = self._clock.monotonic_s() + WHOLE_ANSWER_WITHIN_S
        response = self._inner.handle_request(request)
        assert isinstance(response.stream, httpx.SyncByteStream)
        return httpx.Response(
            response.status_code,
            headers=response.headers,
            stream=_TimedStream(response.stream, request, give_up_s, self._clock),
            extensions=response.extensions,
        )

    def close(self) -> None:
        self._inner.close()


class _TimedStream(httpx.SyncByteStream):
    def __init__(self, inner: httpx.SyncByteStream, request: httpx.Request, give_up_s: float, clock: Clock) -> None:
        self._inner = inner
        self._request = request
        self._give_up_s = give_up_s
        self._clock = clock

    def __iter__(self) -> Iterator[bytes]:
        for part in self._inner:
            if self._clock.monotonic_s() > self._give_up_s:
                raise httpx.ReadTimeout("the answer takes too long", request=self._request)
            yield part

    def close(self) -> None:
        self._inner.close()


def _profile(raw: dict[str, Any], encoder: dict[str, Any], address: str, *, can_turn: bool) -> DeviceProfile:
    return DeviceProfile(
        token=str(raw["token"]),
        name=_short(raw.get("name", "")),
        codec=_short(encoder.get("encoding", "")),
        width=_side(encoder.get("width")),
        height=_side(encoder.get("height")),
        frames_per_s=float(min(max(encoder.get("fps_limit") or 0, 0), 240)),
        address=address,
        can_turn=can_turn and "ptz" in raw,
    )


def _side(said: object) -> int:
    return min(max(said, 0), LARGEST_SIDE_PX) if isinstance(said, int) else 0


def _short(said: object) -> str:
    """Return a word of a device as it may be shown: one line of limited length."""
    return "".join(letter for letter in str(said) if letter.isprintable())[:LONGEST_WORD].strip()


def _cleaned(address: str, schemes: tuple[str, ...]) -> str:
    """Return an address without user and password; nothing if it is none of these schemes."""
    try:
        parts = urlsplit(address.strip())
        if parts.scheme not in schemes or not parts.hostname:
            return ""
    except ValueError:
        return ""
    return urlunsplit(parts._replace(netloc=parts.netloc.rsplit("@", 1)[-1], fragment=""))
