"""The settings of a site: one TOML file, checked whole; what is wrong in it is said with its line.

Long because every key of that file stands here, beside the others.
"""

import re
import tomllib
from collections.abc import Mapping
from datetime import time, timedelta
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from console.domain.intake import PARTNER_NAME
from console.domain.listening import ListeningRule, SoundKeepingRule
from console.domain.retention import Holding, Quota, Retention, WhenFull
from console.domain.sharing import PLATFORM_NAME

GIB = 1024**3
StreamKind = Literal["rtsp", "rtsps", "flv", "https_flv", "hls", "https_hls", "ts", "https_ts", "rtmp"]
PlatformName = Annotated[str, StringConstraints(pattern=rf"^{PLATFORM_NAME.pattern}$")]
MatterCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")]
PartnerName = Annotated[str, StringConstraints(pattern=rf"^{PARTNER_NAME.pattern}$")]
PREFIX = "CITYDESK_"
DATABASE_VARIABLE = "CITYDESK_DATABASE_URL"


class SettingsRefused(Exception):
    """The settings cannot be used.

    Attributes:
        faults: one per line, each "file:line: key: what is wrong" and never a value that may be secret.
    """

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class Section(BaseModel):
    """A table of the file. Unknown keys are refused: a misspelt one must not be a silent default."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class SiteSettings(Section):
    title: str = "城市运行指挥中心"
    time_zone: str = "Asia/Shanghai"

    @field_validator("time_zone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as cause:
            raise ValueError("no such time zone; a name like Asia/Shanghai is meant") from cause
        return name


class DatabaseSettings(Section):
    """``url`` is empty for SQLite in the site's data folder."""

    url: SecretStr = SecretStr("")

    @field_validator("url")
    @classmethod
    def _is_postgresql(cls, url: SecretStr) -> SecretStr:
        if url.get_secret_value() and not url.get_secret_value().startswith(("postgresql", "sqlite")):
            raise ValueError("an address like postgresql://host/database is meant")
        return url


class StationSettings(Section):
    media_workers: int = Field(default=0, ge=0, le=64)


class CameraSettings(Section):
    """How cameras are connected to.

    ``connections_per_device``: most streams open at once at one host; 0 for no limit. Cameras take 4 to 20, recorders
    far more; the rest of their streams say so and wait. ``ca_file``: certificates (PEM) that cameras speaking TLS are
    checked against; empty for those this machine trusts.
    """

    connections_per_device: int = Field(default=0, ge=0)
    ca_file: str = ""


class PlatformSettings(Section):
    """A sharing platform, by a name of its own: ``[sharing.NAME]``. Its login is in the vault.

    ``protocols``: kinds of stream, the one liked best first. ``media_hosts``: hosts whose streams are opened besides
    the platform's own. ``ca_file``: certificates (PEM) its own is checked against; empty for those this machine trusts.
    ``read_every_min``: how often its cameras are read into the directory. ``tell_stop``: tell it when nobody here
    watches a camera any more; WVP then ends the stream for whoever else watches it.
    """

    url: str
    protocols: tuple[StreamKind, ...] = Field(default=("rtsp", "flv", "hls"), min_length=1)
    media_hosts: tuple[str, ...] = ()
    ca_file: str = ""
    read_every_min: float = Field(default=10.0, ge=1, le=24 * 60)
    tell_stop: bool = True

    @field_validator("url")
    @classmethod
    def _is_a_place(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("an address like https://10.1.2.3:18080 is meant")
        if "@" in parts.netloc:
            raise ValueError("no login here; citydesk platform puts it into the vault")
        return url


class VideoSettings(Section):
    """``hardware_decode``: ``auto`` takes the device that is there; software where none is, and where it fails."""

    hardware_decode: Literal["auto", "off", "vaapi", "qsv", "d3d11va", "cuda"] = "off"


class PushSettings(Section):
    """Devices that send to us; off while ``rtsp_port`` is 0. Media workers read there too, so RTMP needs it as well.

    The same goes for SRT, which needs libsrt on this machine. ``host``: at which of this machine's addresses (IPv4) is
    listened; all of them unless told otherwise.
    """

    host: str = Field(default="0.0.0.0", pattern=r"^\d{1,3}(\.\d{1,3}){3}$")
    rtsp_port: int = Field(default=0, ge=0, le=65535)
    rtmp_port: int = Field(default=0, ge=0, le=65535)
    srt_port: int = Field(default=0, ge=0, le=65535)

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        if (self.rtmp_port or self.srt_port) and not self.rtsp_port:
            raise ValueError("rtmp_port and srt_port need an rtsp_port")
        return self

    @property
    def is_on(self) -> bool:
        return self.rtsp_port > 0

    @property
    def read_at(self) -> str:
        return "127.0.0.1" if self.host == "0.0.0.0" else self.host


class PartnerSettings(Section):
    """A partner that reports to us. Its token is in the vault: ``citydesk intake --partner NAME --new-token``.

    ``source``: what its reports count as. ``per_minute``: how many it may send.
    """

    source: Literal["citizen", "hotline", "patrol", "sensor"]
    per_minute: int = Field(default=120, ge=1, le=100_000)


# Judgement: what somebody on foot sees without asking anyone, the most frequent kinds first.
OFFERED = (
    "09009", "09010", "09012", "09005", "09001", "06010", "06042", "06013", "10997", "10002", "06028", "07001",
)  # fmt: skip


class IntakeSettings(Section):
    """Where partners report by HTTP; off while ``port`` is 0.

    Beyond this machine only with a certificate and its key (PEM files). ``per_minute``: requests of one address.
    ``public_url``: what citizens' phones reach it by, for the codes of places; empty for its own address.
    ``matters``: what their form offers, in this order; those the directory does not know are passed over.
    """

    host: str = Field(default="127.0.0.1", pattern=r"^\d{1,3}(\.\d{1,3}){3}$")
    port: int = Field(default=0, ge=0, le=65535)
    certificate: str = ""
    key: str = ""
    per_minute: int = Field(default=600, ge=1, le=100_000)
    public_url: str = Field(default="", pattern=r"^(https?://[^\s/?#]+(/[^\s?#]*)?)?$")
    matters: tuple[MatterCode, ...] = OFFERED
    partners: dict[PartnerName, PartnerSettings] = {}

    @model_validator(mode="after")
    def _is_kept_from_ears(self) -> Self:
        if bool(self.certificate) != bool(self.key):
            raise ValueError("certificate and key belong together")
        if self.port and not self.host.startswith("127.") and not self.certificate:
            raise ValueError("beyond this machine a certificate and its key are needed")
        return self

    @property
    def is_on(self) -> bool:
        return self.port > 0

    @property
    def base_url(self) -> str:
        """Return what a phone reaches the intake by, without a slash at its end."""
        own = f"{'https' if self.certificate else 'http'}://{self.host}:{self.port}"
        return (self.public_url or own).rstrip("/")


class SensorSettings(Section):
    """The MQTT broker whose readings are taken in; none while ``host`` is empty.

    Beyond this machine only by TLS: ``ca_file`` holds the certificates (PEM) the broker's own is checked against.
    ``user``: its password is in the vault. ``prefix``: of every topic.
    """

    host: str = Field(default="", max_length=253)
    port: int = Field(default=1883, ge=1, le=65535)
    ca_file: str = ""
    user: str = Field(default="", max_length=64)
    prefix: str = Field(default="citydesk", pattern=r"^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$", max_length=64)

    @model_validator(mode="after")
    def _is_kept_from_ears(self) -> Self:
        if self.host and not self.host.startswith("127.") and self.host != "localhost" and not self.ca_file:
            raise ValueError("beyond this machine a broker is reached by TLS only: ca_file is needed")
        return self

    @property
    def is_on(self) -> bool:
        return bool(self.host)


class SeatSettings(Section):
    """``lock_after_min``: a seat that nobody touches for so long locks itself; 0 for never.

    Half an hour is judgement: the wall is watched without a hand on the desk, and a locked seat still shows the
    street, its sounds and how many alarms wait.
    """

    lock_after_min: float = Field(default=30.0, ge=0, le=24 * 60)


class VisionSettings(Section):
    device: str = Field(default="CPU", pattern=r"^(AUTO|CPU|GPU|NPU)([.:][A-Z0-9.,]+)?$")


class AlarmSettings(Section):
    pre_roll_s: float = Field(default=10.0, ge=0, le=120)
    post_roll_s: float = Field(default=5.0, ge=0, le=120)


class RecordingSettings(Section):
    """``continuous``: which cameras are recorded day and night; ``by_hand_min``: when a recording by hand ends itself.

    A quarter of an hour is judgement: long enough for what an operator follows, short enough to be forgotten.
    """

    continuous: Literal["none", "watched", "all"] = "none"
    by_hand_min: float = Field(default=15.0, gt=0, le=24 * 60)


class SoundSettings(Section):
    """Sound of the street, off until a site says that it may be heard, or kept.

    ``listening``: cameras may be heard live at a seat. ``recording``: recordings, and clips of alarms and cases, keep
    their sound. ``tag``: only those that carry this tag of the directory; empty for all.
    """

    listening: bool = False
    recording: bool = False
    tag: str = Field(default="sound", max_length=40)

    def rule(self) -> ListeningRule:
        """Return what may be heard live, as the domain knows it."""
        return ListeningRule(is_on=self.listening, tag=self.tag)

    def keeping_rule(self) -> SoundKeepingRule:
        """Return what may be kept, as the domain knows it."""
        return SoundKeepingRule(is_on=self.recording, tag=self.tag)


class RecheckSettings(Section):
    looks: int = Field(default=8, ge=3)
    within_s: float = Field(default=30.0, gt=0)


class TalkSettings(Section):
    longest_s: float = Field(default=60.0, gt=0)
    quiet_from: time | None = time(22, 0)
    quiet_to: time | None = time(6, 0)


class DeliverySettings(Section):
    undo_s: float = Field(default=10.0, ge=0)


class AuditSettings(Section):
    """``anchor_folder`` is empty for the platform's place on this machine; better is a folder of another machine."""

    anchor_folder: str = ""


class StorageSettings(Section):
    """What is kept, and how long. A quota of 0 is none; a gigabyte is 1024³ bytes.

    ``least_days`` is the law's 30 (State Council decree 799); what is set lower is said by `citydesk doctor`.
    ``case_days``: two years, as local rules ask of important material (新疆 2014).
    ``stay_days``: of stays in parking bays, a year of figures (judgement).
    """

    keep_days: int = Field(default=30, ge=0)
    least_days: int = Field(default=30, ge=0)
    case_days: int = Field(default=730, ge=0)
    stay_days: int = Field(default=365, ge=0)
    reserve_gb: float = Field(default=2.0, gt=0)
    when_full: WhenFull = WhenFull.FREE_OLDEST
    continuous_gb: float = Field(default=0.0, ge=0)
    manual_gb: float = Field(default=0.0, ge=0)
    unfiled_gb: float = Field(default=0.0, ge=0)
    speech_gb: float = Field(default=0.0, ge=0)

    @model_validator(mode="after")
    def _keeps_at_least_the_least(self) -> Self:
        if self.keep_days < self.least_days:
            raise ValueError("keep_days is below least_days")
        return self

    @property
    def reserve_bytes(self) -> int:
        return int(self.reserve_gb * GIB)

    def rules(self) -> Retention:
        """Return them as the domain knows them."""
        most_gb = {
            Holding.CONTINUOUS: self.continuous_gb,
            Holding.MANUAL: self.manual_gb,
            Holding.UNFILED: self.unfiled_gb,
            Holding.SPEECH: self.speech_gb,
        }
        return Retention(
            quotas=tuple(
                Quota(
                    made_for=holding,
                    keep=timedelta(days=self.keep_days),
                    least=timedelta(days=self.least_days),
                    most_bytes=int(gb * GIB),
                )
                for holding, gb in most_gb.items()
            ),
            when_full=self.when_full,
        )


class LanguageSettings(Section):
    default: Literal["zh_CN", "en"] = "zh_CN"


class Settings(Section):
    """Everything a site may set. Secrets are not here: they are in the vault."""

    site: SiteSettings = SiteSettings()
    database: DatabaseSettings = DatabaseSettings()
    station: StationSettings = StationSettings()
    cameras: CameraSettings = CameraSettings()
    push: PushSettings = PushSettings()
    sensors: SensorSettings = SensorSettings()
    intake: IntakeSettings = IntakeSettings()
    video: VideoSettings = VideoSettings()
    sharing: dict[PlatformName, PlatformSettings] = {}
    seat: SeatSettings = SeatSettings()
    vision: VisionSettings = VisionSettings()
    alarm: AlarmSettings = AlarmSettings()
    recording: RecordingSettings = RecordingSettings()
    sound: SoundSettings = SoundSettings()
    recheck: RecheckSettings = RecheckSettings()
    talk: TalkSettings = TalkSettings()
    delivery: DeliverySettings = DeliverySettings()
    audit: AuditSettings = AuditSettings()
    storage: StorageSettings = StorageSettings()
    language: LanguageSettings = LanguageSettings()


def read_settings(text: str, environment: Mapping[str, str], file_name: str = "citydesk.toml") -> Settings:
    """Return the settings of a file's text, overridden by ``CITYDESK_SECTION__KEY`` and ``CITYDESK_DATABASE_URL``.

    Raises:
        SettingsRefused: every fault at once, each with its line or the name of its variable.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as cause:
        place = re.search(r"at line (\d+)", str(cause))
        line = place.group(1) if place else str(len(text.splitlines()))
        raise SettingsRefused((f"{file_name}:{line}: {str(cause).split(' (at ', 1)[0]}",)) from cause
    _refuse_secrets(tables, text, file_name)
    origins = _override(tables, environment)
    try:
        return Settings.model_validate(tables)
    except ValidationError as cause:
        faults = []
        for fault in cause.errors(include_input=False, include_url=False):
            key = tuple(str(part) for part in fault["loc"])
            said = "unknown key" if fault["type"] == "extra_forbidden" else fault["msg"].removeprefix("Value error, ")
            origin = origins.get(key[:2]) or f"{file_name}:{_line_of(text, key)}"
            faults.append(f"{origin}: {'.'.join(key)}: {said}")
        raise SettingsRefused(tuple(faults)) from cause


def text_of(raw: bytes, file_name: str) -> str:
    """Return the text of a settings file.

    Raises:
        SettingsRefused: it is not UTF-8.
    """
    try:
        return raw.decode("utf-8-sig")  # some editors of Windows mark the beginning
    except UnicodeDecodeError as cause:
        line = raw[: cause.start].count(b"\n") + 1
        raise SettingsRefused((f"{file_name}:{line}: not UTF-8; save the file as UTF-8",)) from cause


def _refuse_secrets(tables: dict[str, Any], text: str, file_name: str) -> None:
    """A password in the database's address belongs to the environment: the file is copied, mailed and backed up."""
    database = tables.get("database")
    url = database.get("url") if isinstance(database, dict) else None
    if isinstance(url, str) and urlsplit(url).password is not None:
        line = _line_of(text, ("database", "url"))
        raise SettingsRefused(
            (f"{file_name}:{line}: database.url: no password here; give the address in {DATABASE_VARIABLE}",)
        )


def _override(tables: dict[str, Any], environment: Mapping[str, str]) -> dict[tuple[str, ...], str]:
    """Put the environment's values into the tables; return which key came from which variable."""
    origins: dict[tuple[str, ...], str] = {}
    for name, value in environment.items():
        section, found, key = name.removeprefix(PREFIX).lower().partition("__")
        if name == DATABASE_VARIABLE:
            section, key = "database", "url"
        elif not name.startswith(PREFIX) or not found:
            continue
        table = tables.setdefault(section, {})
        if isinstance(table, dict):
            table[key] = value
        origins[section, key] = name
    return origins


def _line_of(text: str, key: tuple[str, ...]) -> int:
    """Return the line on which the key, or else its table, stands; 1 where neither does."""
    names, table_line = (key[0], ".".join(key[:2])), 1
    inside = ""
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line)
        if header:
            inside = header.group(1) if header.group(1) in names else ""
            table_line = number if inside else table_line
            continue
        wanted = key[2:] if inside == names[1] else key[1:]
        if inside and wanted and re.match(rf"\s*[\"']?{re.escape(wanted[0])}[\"']?\s*=", line):
            return number
        if not inside and re.match(rf"\s*{re.escape(key[0])}\s*[.=]", line):
            table_line = number
    return table_line
