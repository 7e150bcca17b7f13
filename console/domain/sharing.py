"""Cameras that a sharing platform passes on: by which names it knows them, and what it says of them."""

import re
from dataclasses import dataclass
from datetime import datetime

from console.domain.cameras import CameraKind
from console.domain.errors import DomainError
from console.domain.ids import CameraId

SHARE = "share"  # the scheme of such a camera's address in the directory
PLATFORM_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
# A code of GB/T 28181 is 20 digits; platforms in the field hand on longer and lettered ones of their own.
PLATFORM_CODE = re.compile(r"[0-9A-Za-z_-]{1,64}")
# GB/T 28181 annex E, digits 11 to 13: what a code stands for. Of all kinds only these two give pictures.
CAMERA_TYPES = ("131", "132")
TYPE_DIGITS = slice(10, 13)


# Kinds of GB/T 28181 that are built to be turned.
TURNED_KINDS = (CameraKind.DOME, CameraKind.PTZ_BULLET, CameraKind.PTZ_HALF_DOME)


def login_name(platform: str) -> str:
    """Return under which name the vault keeps a platform's login."""
    return f"platform/{platform}"


@dataclass(frozen=True, slots=True)
class SharedSource:
    """Which camera of which platform; the whole of its address in the directory, and it is none to be opened.

    Attributes:
        platform: its name in this site's settings.
        device, channel: the platform's codes of what is connected to it and of one camera there.
    """

    platform: str
    device: str
    channel: str

    def __post_init__(self) -> None:
        is_named = PLATFORM_NAME.fullmatch(self.platform) is not None
        if not is_named or not all(PLATFORM_CODE.fullmatch(code) for code in (self.device, self.channel)):
            raise DomainError("This is no camera of a sharing platform.")

    @property
    def address(self) -> str:
        return f"{SHARE}://{self.platform}/{self.device}/{self.channel}"


def shared_source(address: str) -> SharedSource | None:
    """Return what an address of the directory means; ``None`` for one that can be opened as it stands.

    Raises:
        DomainError: it is meant as a platform's camera and names none.
    """
    scheme, found, rest = address.partition("://")
    if not found or scheme != SHARE:
        return None
    parts = rest.split("/")
    if len(parts) != 3:
        raise DomainError("This is no camera of a sharing platform.")
    return SharedSource(*parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedChannel:
    """A camera as its platform describes it now.

    Attributes:
        area: 2 to 8 digits of the administrative division (GB/T 2260), or empty.
        parent: the platform's code of what it hangs under.
        longitude, latitude: WGS 84; ``None`` where the platform gives none.
    """

    source: SharedSource
    name: str
    address: str = ""
    area: str = ""
    parent: str = ""
    kind: CameraKind = CameraKind.UNKNOWN
    is_online: bool = False
    longitude: float | None = None
    latitude: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedPage:
    """Some cameras of a platform's directory.

    Attributes:
        areas: codes and names of the divisions that were listed among the cameras.
        unclear: entries that are no camera one could open: without a code, or not even an entry.
        listed: how many entries of any kind have been read so far.
    """

    channels: tuple[SharedChannel, ...] = ()
    areas: tuple[tuple[str, str], ...] = ()
    unclear: int = 0
    listed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedDescription:
    """What a platform said of a camera, as our directory would write it down."""

    name: str
    address: str
    district: str
    parent: str
    kind: CameraKind
    longitude: float | None
    latitude: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedRecord:
    """What we remember of a camera a platform has listed; the directory's entry is beside it and may be otherwise.

    Attributes:
        since: when it came to be online, offline or gone.
        seen_at: the beginning of the reading that found it last. missed: whole readings since that did not.
        gone_at: when it was marked as gone from the platform.
    """

    camera_id: CameraId
    source: SharedSource
    said: SharedDescription
    is_online: bool
    since: datetime
    seen_at: datetime
    missed: int = 0
    gone_at: datetime | None = None
