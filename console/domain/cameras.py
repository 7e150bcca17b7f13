"""Cameras, their streams, and the zones drawn in their pictures."""

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit, urlunsplit

from console.domain.errors import DomainError
from console.domain.ids import CameraId, CategoryCode, RuleId, SpeakerId
from console.domain.places import Place

Point = tuple[float, float]
Box = tuple[float, float, float, float]
WHOLE_PICTURE: Box = (0.0, 0.0, 1.0, 1.0)


class StreamProfile(StrEnum):
    MAIN = "main"
    SUB = "sub"


def without_credentials(address: str) -> str:
    """Return the address as it may be written down: no user, no password, no query.

    An address that cannot be understood is not written down at all.
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "(address not shown)"
    if not parts.scheme or not parts.netloc:
        return "(address not shown)"
    if ":" in host:
        host = f"[{host}]"
    return urlunsplit((parts.scheme, f"{host}{port}", parts.path, "", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A polygon in the picture, in fractions of it, origin top left."""

    name: str
    polygon: tuple[Point, ...]

    def __post_init__(self) -> None:
        if len(self.polygon) < 3:
            raise DomainError("Zone {name} needs at least three corners.", name=self.name)
        if not all(0 <= x <= 1 and 0 <= y <= 1 for x, y in self.polygon):
            raise DomainError("Zone {name} leaves the picture.", name=self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingRule:
    """A vehicle standing where it may not.

    Attributes:
        labels: classes of the model that count as the vehicle.
        dwell_s: seconds by media time until it is an alarm.
        region: the part of the picture the detector looks at; a smaller part finds smaller things.
        priority: of the alarm it raises.
    """

    rule_id: RuleId
    camera_id: CameraId
    zone: Zone
    category: CategoryCode
    labels: tuple[str, ...]
    dwell_s: float
    minimum_score: float
    region: Box = WHOLE_PICTURE
    looks_per_s: float = 3.0
    priority: str = "medium"

    def __post_init__(self) -> None:
        if self.dwell_s <= 0:
            raise DomainError("The dwell of rule {rule} must be longer than 0 s.", rule=self.rule_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A camera of the directory.

    Addresses hold no credentials: those are in the vault under ``credentials_name``.
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
    rules: tuple[StandingRule, ...] = field(default=())

    def __post_init__(self) -> None:
        for address in (self.main_address, self.sub_address):
            if "@" in urlsplit(address).netloc:
                raise DomainError("Camera {name}: put user and password into the vault.", name=self.name)

    def address(self, profile: StreamProfile) -> str:
        """Return the address of a profile; a camera without a sub stream shows its main one."""
        return self.main_address if profile is StreamProfile.MAIN or not self.sub_address else self.sub_address
