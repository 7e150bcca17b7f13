"""What a sharing platform answered, taken apart with care: no field of it is believed before it is looked at."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from console.application.directory_desk import LONGEST_NAME
from console.application.sharing import NotPlayable, PlatformUnclear
from console.domain.cameras import CameraKind
from console.domain.sharing import CAMERA_TYPES, PLATFORM_CODE, TYPE_DIGITS, SharedChannel, SharedSource

LONGEST_ADDRESS = 128  # characters of a place; judgement: two lines of the directory
LONGEST_URL = 2048
LONGEST_SAID = 80  # characters of what a platform says, as far as a screen repeats it
# PTZType of GB/T 28181; 6 and 7 of the 2022 edition are the views of a camera with several lenses.
_KINDS = {
    1: CameraKind.DOME,
    2: CameraKind.HALF_DOME,
    3: CameraKind.BULLET,
    4: CameraKind.PTZ_BULLET,
    5: CameraKind.PTZ_HALF_DOME,
    6: CameraKind.PANORAMA,
}
_AREA = re.compile(r"[0-9]{2,8}")
# By the field of the answer: the scheme an address there must have.
SCHEMES = {
    "rtsp": "rtsp",
    "rtsps": "rtsps",
    "flv": "http",
    "https_flv": "https",
    "hls": "http",
    "https_hls": "https",
    "ts": "http",
    "https_ts": "https",
    "rtmp": "rtmp",
}


@dataclass(frozen=True, slots=True)
class Envelope:
    """What every answer is wrapped in.

    Attributes:
        code: 0 where it was done.
        said: the platform's own words, shortened to what a screen may repeat.
    """

    code: int
    said: str
    data: Any


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a list: the entries as they came, and how many the list has in all."""

    items: tuple[Any, ...]
    total: int


def envelope_of(content: bytes) -> Envelope:
    """Return what an answer wraps.

    Raises:
        PlatformUnclear: it is no JSON, half of it, or not wrapped as these platforms do.
    """
    try:
        found = json.loads(content, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise PlatformUnclear("What the platform answers cannot be read.") from None
    if not isinstance(found, dict) or type(found.get("code")) is not int:
        raise PlatformUnclear("What answers there is not a sharing platform.")
    return Envelope(found["code"], text_in(found, "msg", LONGEST_SAID), found.get("data"))


def page_of(data: Any) -> ListPage:
    """Return a page of a list.

    Raises:
        PlatformUnclear: it is none.
    """
    items = data.get("list") if isinstance(data, dict) else None
    total = data.get("total") if isinstance(data, dict) else None
    if not isinstance(items, list) or type(total) is not int or total < 0:
        raise PlatformUnclear("The platform's list is broken.")
    return ListPage(tuple(items), total)


def text_in(fields: Mapping[str, Any], name: str, longest: int) -> str:
    """Return a text without what no screen shows, no longer than so; empty where there is none."""
    value = fields.get(name)
    if not isinstance(value, str):
        return ""
    return "".join(sign for sign in value if sign.isprintable()).strip()[:longest].strip()


def code_in(fields: Any, name: str) -> str:
    """Return a code as platforms name devices; empty where there is none."""
    value = fields.get(name) if isinstance(fields, dict) else None
    return value if isinstance(value, str) and PLATFORM_CODE.fullmatch(value) else ""


def is_camera(code: str, fields: Mapping[str, Any]) -> bool:
    """Say whether an entry is a camera: lists hold areas, groups, recorders and alarm inputs as well.

    A code of twenty digits says so itself; of others only what the platform marks as a folder is none.
    """
    if len(code) == 20 and code.isdecimal():
        return code[TYPE_DIGITS] in CAMERA_TYPES
    return fields.get("channelType") in (None, 0)


def area_of(fields: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return code and name where an entry is a division of the city; its code is the beginning of a national one."""
    code, name = text_in(fields, "deviceId", 32), text_in(fields, "name", LONGEST_NAME)
    return (code, name) if name and _AREA.fullmatch(code) else None


def channel_of(platform: str, device: str, fields: Mapping[str, Any], *, is_reachable: bool) -> SharedChannel:
    """Return a camera as it is described; what makes no sense is left out, for a camera is more than its remarks.

    Args:
        fields: of an entry whose code is one.
        is_reachable: whether the platform reaches the device it hangs on.
    """
    code = code_in(fields, "deviceId")
    longitude, latitude = _degrees(fields, "longitude", 180.0), _degrees(fields, "latitude", 90.0)
    if longitude is None or latitude is None or (longitude, latitude) == (0.0, 0.0):
        longitude = latitude = None  # platforms write 0, 0 where nobody measured
    area = text_in(fields, "civilCode", 32)
    kind = fields.get("ptzType")
    return SharedChannel(
        source=SharedSource(platform, device, code),
        name=text_in(fields, "name", LONGEST_NAME) or code,
        address=text_in(fields, "address", LONGEST_ADDRESS),
        area=area if _AREA.fullmatch(area) else "",
        parent=code_in(fields, "parentId"),
        kind=_KINDS.get(kind, CameraKind.UNKNOWN) if type(kind) is int else CameraKind.UNKNOWN,
        is_online=is_reachable and is_on(fields),
        longitude=longitude,
        latitude=latitude,
    )


def is_on(fields: Mapping[str, Any]) -> bool:
    """Say whether a channel is said to be on; platforms write ``ON``, older ones ``true`` or 1."""
    status = fields.get("status")
    return status is True or status == 1 or (isinstance(status, str) and status.upper() in ("ON", "ONLINE"))


def stream_address(data: Any, protocols: Sequence[str], hosts: frozenset[str]) -> str:
    """Return the first address of a play answer that may be opened here, in the order of ``protocols``.

    Args:
        hosts: whose streams may be opened, in small letters. A platform that was taken over must not send this
            machine to whatever it likes in the network it stands in.

    Raises:
        NotPlayable: there is none.
        PlatformUnclear: it is no play answer.
    """
    if not isinstance(data, dict):
        raise PlatformUnclear("The platform's answer to “play” is broken.")
    elsewhere = ""
    for protocol in protocols:
        address = data.get(protocol)
        if not isinstance(address, str) or not address:
            continue
        host = _host_of(address, SCHEMES[protocol])
        if host in hosts:
            return address
        elsewhere = host or elsewhere
    if elsewhere:
        raise NotPlayable("The stream lies on {host}, which is not one of the platform's hosts here.", host=elsewhere)
    raise NotPlayable("The platform gives no stream of a kind that is opened here.")


def _host_of(address: str, scheme: str) -> str:
    """Return the host of an address, empty where it is not one to be opened: another scheme, a login, odd signs."""
    if len(address) > LONGEST_URL or not address.isascii() or not address.isprintable() or " " in address:
        return ""
    try:
        parts = urlsplit(address)
        is_one = parts.scheme == scheme and "@" not in parts.netloc and "\\" not in address and parts.port != 0
    except ValueError:
        return ""
    return (parts.hostname or "") if is_one else ""


def _degrees(fields: Mapping[str, Any], name: str, most: float) -> float | None:
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if -most <= value <= most else None


def _refuse_constant(name: str) -> None:
    raise ValueError(name)
