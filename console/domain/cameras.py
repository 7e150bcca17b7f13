"""Cameras and their streams."""

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

from console.domain.errors import DomainError
from console.domain.ids import CameraId, SpeakerId
from console.domain.places import Place
from console.domain.rules import CameraRule

NATIONAL_CODE_DIGITS = 20  # GB/T 28181 annex E: 8 of the area, 2 of the trade, 3 of the kind, 1 of the net, 6 in a row
LONGEST_TAG = 32  # characters; judgement: what one line of a list can show beside a name
MOST_TAGS = 16  # judgement: more are a description, and there is a name for that
# How a stream's address may begin. ``file`` and ``webcam`` are of the machine that watches, ``share`` of a
# platform; ``push`` is what a device sends to us.
STREAM_SCHEMES = ("rtsp", "rtsps", "http", "https", "rtmp", "rtmps", "srt", "file", "webcam", "share", "push")
# Names that addresses give to what nobody may read over a shoulder; such a part is of the vault.
_SECRET_NAMES = frozenset(
    {"passphrase", "password", "passwd", "pass", "pwd", "token", "access_token", "key", "secret", "sign", "auth"}
)
USER_PLACE, PASSWORD_PLACE = "{user}", "{password}"
TAG_BREAKS = ",，;；、\n\r\t"  # what a table puts between tags, so no tag may hold one


class StreamProfile(StrEnum):
    MAIN = "main"
    SUB = "sub"


class CameraKind(StrEnum):
    """How a camera is built, in the field's words; the first six are PTZType 1 to 6 of GB/T 28181."""

    UNKNOWN = ""
    DOME = "dome"
    HALF_DOME = "half_dome"
    BULLET = "bullet"
    PTZ_BULLET = "ptz_bullet"
    PTZ_HALF_DOME = "ptz_half_dome"
    PANORAMA = "panorama"
    BODY_WORN = "body_worn"
    DRONE = "drone"
    OTHER = "other"


def without_credentials(address: str) -> str:
    """Return the address as it may be written down: no user, no password, no query.

    An address that cannot be understood is not written down at all.
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "…"
    if not parts.scheme or not parts.netloc:
        return "…"
    if ":" in host:
        host = f"[{host}]"
    return urlunsplit((parts.scheme, f"{host}{port}", parts.path, "", ""))


def secrets_in(address: str) -> tuple[str, ...]:
    """Return which named parts of an address's query are secrets that stand in it openly."""
    try:
        told = parse_qsl(urlsplit(address).query)
    except ValueError:
        return ()
    return tuple(
        name for name, value in told if name.lower() in _SECRET_NAMES and value not in (USER_PLACE, PASSWORD_PLACE)
    )


def with_credentials(address: str, user: str, password: str) -> str:
    """Return the address with user and password in it: where it has places for them, else before the host.

    ``srt://10.1.2.3:9000?streamid={user}&passphrase={password}``, ``http://10.1.2.3/video?pwd={password}``.
    """
    if USER_PLACE in address or PASSWORD_PLACE in address:
        return address.replace(USER_PLACE, quote(user, safe="")).replace(PASSWORD_PLACE, quote(password, safe=""))
    parts = urlsplit(address)
    host = parts.netloc.rsplit("@", 1)[-1]
    return urlunsplit(parts._replace(netloc=f"{quote(user, safe='')}:{quote(password, safe='')}@{host}"))


def device_of(address: str) -> str:
    """Return which device an address is of: its host, whatever the port; a file or a webcam is one by itself."""
    try:
        return urlsplit(address).hostname or address
    except ValueError:
        return address


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A camera of the directory.

    Addresses hold no credentials: those are in the vault under ``credentials_name``.

    Attributes:
        number: the site's own, as it is said at a desk.
        code: 20 digits, the one a national sharing platform knows it by; empty without one.
        owner: who answers for the device.
    """

    camera_id: CameraId
    number: str
    name: str
    place: Place
    main_address: str
    sub_address: str
    credentials_name: str = ""
    transport: str = "tcp"
    speaker_ids: tuple[SpeakerId, ...] = ()
    rules: tuple[CameraRule, ...] = field(default=())
    code: str = ""
    owner: str = ""
    kind: CameraKind = CameraKind.UNKNOWN
    tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.code and (len(self.code) != NATIONAL_CODE_DIGITS or not (self.code.isascii() and self.code.isdigit())):
            raise DomainError("Code {code} is not {digits} digits.", code=self.code, digits=NATIONAL_CODE_DIGITS)
        if len(self.tags) > MOST_TAGS or len(set(self.tags)) != len(self.tags):
            raise DomainError("Camera {name}: at most {most} tags, each once.", name=self.name, most=MOST_TAGS)
        for tag in self.tags:
            if tag != tag.strip() or not 0 < len(tag) <= LONGEST_TAG or any(sign in tag for sign in TAG_BREAKS):
                raise DomainError(
                    "“{tag}” cannot be a tag: 1 to {most} characters, no comma.", tag=tag, most=LONGEST_TAG
                )
        for address in (self.main_address, self.sub_address):
            try:
                has_login = "@" in urlsplit(address).netloc
            except ValueError:  # rtsp://[::1
                raise DomainError(
                    "“{address}” is no address of a stream; it looks like rtsp://10.1.2.3:554/main.",
                    address=without_credentials(address),
                ) from None
            if has_login:
                raise DomainError("Camera {name}: put user and password into the vault.", name=self.name)

    @property
    def is_watched(self) -> bool:
        """Whether a rule of it is switched on; its hours are another matter."""
        return any(rule.is_on for rule in self.rules)

    def address(self, profile: StreamProfile) -> str:
        """Return the address of a profile; a camera without a sub stream shows its main one."""
        return self.main_address if profile is StreamProfile.MAIN or not self.sub_address else self.sub_address
