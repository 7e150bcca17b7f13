"""The table a directory is exchanged as: its columns in both languages, and what may stand in each cell."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from console.domain.camera_words import normal
from console.domain.cameras import NATIONAL_CODE_DIGITS, TAG_BREAKS, Camera, CameraKind
from console.domain.errors import DomainError
from console.domain.ids import CameraId, new_id
from console.domain.places import Place
from console.words import N_

# Column: its head in Chinese and in English. The file goes to people and to programs, so it has both.
COLUMNS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "number": ("编号", "number"),
        "code": ("国标编码", "code"),
        "name": ("名称", "name"),
        "kind": ("类型", "kind"),
        "owner": ("权属单位", "owner"),
        "tags": ("标签", "tags"),
        "address": ("地址", "address"),
        "district": ("区", "district"),
        "street": ("街道", "street"),
        "community": ("社区", "community"),
        "grid_cell": ("单元网格", "grid cell"),
        "longitude": ("经度", "longitude"),
        "latitude": ("纬度", "latitude"),
        "main_address": ("主码流", "main stream"),
        "sub_address": ("子码流", "sub stream"),
        "transport": ("传输", "transport"),
        "login": ("登录", "login"),
    }
)
NEEDED = ("number", "name", "main_address")
# Never written out; read in, it goes to the vault.
SECRET_COLUMN = "login"
HEAD = tuple(f"{zh} {en}" for name, (zh, en) in COLUMNS.items() if name != SECRET_COLUMN)
KINDS_ZH: Mapping[str, CameraKind] = MappingProxyType(
    {
        "球机": CameraKind.DOME,
        "半球": CameraKind.HALF_DOME,
        "枪机": CameraKind.BULLET,
        "固定枪机": CameraKind.BULLET,
        "遥控枪机": CameraKind.PTZ_BULLET,
        "遥控半球": CameraKind.PTZ_HALF_DOME,
        "全景": CameraKind.PANORAMA,
        "执法记录仪": CameraKind.BODY_WORN,
        "无人机": CameraKind.DRONE,
        "其他": CameraKind.OTHER,
    }
)
_ZH_OF_KIND = MappingProxyType({kind: zh for zh, kind in KINDS_ZH.items() if zh != "固定枪机"})
TRANSPORTS = ("tcp", "udp")
Wrong = tuple[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong in a line of the file; lines are counted from 1, as a spreadsheet does."""

    line: int
    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parsed:
    """The lines of a table, each with its cells by column, and what is wrong with its form."""

    lines: tuple[tuple[int, Mapping[str, str]], ...]
    complaints: tuple[Complaint, ...]


def parse(rows: Sequence[Sequence[str]]) -> Parsed:
    """Return the lines of a table by its head; empty lines are left out.

    Raises:
        DomainError: there is no head.
    """
    if not rows or not any(cell.strip() for cell in rows[0]):
        raise DomainError("The table has no head. Export the directory to see how one looks.")
    complaints: list[Complaint] = []
    columns: list[str | None] = []
    known = {normal(head): name for name, heads in COLUMNS.items() for head in (*heads, " ".join(heads))}
    for cell in rows[0]:
        name = known.get(normal(cell))
        if name is None and cell.strip():
            complaints.append(Complaint(1, N_("Column “{head}” is not known."), {"head": cell.strip()}))
        if name is not None and name in columns:
            complaints.append(Complaint(1, N_("Column “{head}” stands there twice."), {"head": cell.strip()}))
        columns.append(name)
    for name in NEEDED:
        if name not in columns:
            complaints.append(Complaint(1, N_("Column “{head}” is missing."), {"head": " ".join(COLUMNS[name])}))
    lines = []
    for line, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        if any(cell.strip() for cell in row[len(columns) :]):
            complaints.append(Complaint(line, N_("There are more cells than columns.")))
        lines.append((line, {name: cell.strip() for name, cell in zip(columns, row, strict=False) if name is not None}))
    return Parsed(tuple(lines), tuple(complaints))


def entry_of(cells: Mapping[str, str], old: Camera | None) -> tuple[Camera | None, list[Wrong]]:
    """Return the camera a line makes of what is kept (or of nothing), or all that is wrong with its cells.

    A column the file does not have leaves what is kept.
    """
    wrong: list[Wrong] = []

    def cell(name: str, read: Callable[[str], object], kept: object) -> object:
        if name not in cells:
            return kept
        try:
            return read(cells[name])
        except DomainError as refusal:
            wrong.append((refusal.sentence, refusal.values))
            return kept

    base = old or Camera(
        camera_id=CameraId(f"cam-{new_id()[:12]}"),
        number="",
        name="",
        place=Place(address=""),
        main_address="",
        sub_address="",
    )
    entry = base
    for name in ("number", "name", "owner", "main_address", "sub_address"):
        entry = _with(entry, wrong, **{name: cells.get(name, getattr(base, name))})
    for name, read in (("code", _code), ("kind", _kind), ("tags", _tags), ("transport", _transport)):
        entry = _with(entry, wrong, **{name: cell(name, read, getattr(base, name))})
    place = base.place
    for name in ("address", "district", "street", "community", "grid_cell"):
        if name in cells:
            place = _placed(place, wrong, **{name: cells[name]})
    for name in ("longitude", "latitude"):
        place = _placed(place, wrong, **{name: cell(name, _degrees, getattr(base.place, name))})
    login = cells.get(SECRET_COLUMN, "")
    if login and ":" not in login:
        wrong.append((N_("A login is written user:password."), {}))
    return (None, wrong) if wrong else (replace(entry, place=place), [])


def cells_of(camera: Camera) -> tuple[str, ...]:
    """Return a camera's line: no secret, and no address holds one."""
    place = camera.place
    return (
        camera.number,
        camera.code,
        camera.name,
        _ZH_OF_KIND.get(camera.kind, ""),
        camera.owner,
        "；".join(camera.tags),
        place.address,
        place.district,
        place.street,
        place.community,
        place.grid_cell,
        "" if place.longitude is None else f"{place.longitude:.10g}",
        "" if place.latitude is None else f"{place.latitude:.10g}",
        camera.main_address,
        camera.sub_address,
        camera.transport,
    )


def _with(entry: Camera, wrong: list[Wrong], **changes: Any) -> Camera:
    try:
        return replace(entry, **changes)
    except DomainError as refusal:
        wrong.append((refusal.sentence, refusal.values))
        return entry


def _placed(place: Place, wrong: list[Wrong], **changes: Any) -> Place:
    try:
        return replace(place, **changes)
    except DomainError as refusal:
        wrong.append((refusal.sentence, refusal.values))
        return place


def _code(text: str) -> str:
    if "E+" in text.upper():
        raise DomainError(
            "Code {code} has lost digits in a spreadsheet. Format the column as text and fill it again.", code=text
        )
    if text and (len(text) != NATIONAL_CODE_DIGITS or not (text.isascii() and text.isdigit())):
        raise DomainError("Code {code} is not {digits} digits.", code=text, digits=NATIONAL_CODE_DIGITS)
    return text


def _kind(text: str) -> CameraKind:
    if not text:
        return CameraKind.UNKNOWN
    if text in KINDS_ZH:
        return KINDS_ZH[text]
    try:
        return CameraKind(normal(text).replace(" ", "_"))
    except ValueError:
        known = "、".join(KINDS_ZH)
        raise DomainError("Kind “{kind}” is none of {known}.", kind=text, known=known) from None


def _tags(text: str) -> tuple[str, ...]:
    for sign in TAG_BREAKS:
        text = text.replace(sign, "\n")
    return tuple(dict.fromkeys(tag.strip() for tag in text.split("\n") if tag.strip()))


def _transport(text: str) -> str:
    said = normal(text) or TRANSPORTS[0]
    if said not in TRANSPORTS:
        raise DomainError("Transport “{transport}” is neither tcp nor udp.", transport=text)
    return said


def _degrees(text: str) -> float | None:
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise DomainError("“{text}” is not degrees; write them like 115.8583.", text=text) from None
