"""Sensors as a table: one line each, with what its kind is usually bound by where a cell is empty."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from console.application.directory_tables import Complaint
from console.domain.alarms import Priority
from console.domain.errors import DomainError
from console.domain.ids import CameraId, CategoryCode
from console.domain.places import Place
from console.domain.sensors import CLOSES_ITSELF, SENSOR_NUMBER, Bound, Sensor, SensorKind
from console.words import N_

COLUMNS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "number": ("编号", "number"),
        "kind": ("类型", "kind"),
        "zh": ("名称", "name"),
        "en": ("英文名称", "name in English"),
        "camera": ("摄像机编号", "camera"),
        "address": ("地址", "address"),
        "longitude": ("经度", "longitude"),
        "latitude": ("纬度", "latitude"),
        "category": ("事项", "matter"),
        "priority": ("等级", "priority"),
        "above": ("上限", "above"),
        "below": ("下限", "below"),
        "back_at": ("恢复值", "back at"),
        "for_s": ("持续秒数", "for seconds"),
        "hold_off_s": ("恢复后静默秒数", "hold off seconds"),
        "unit_of_value": ("单位", "unit"),
        "closes_itself": ("自动关闭", "closes itself"),
        "silent_after_s": ("失联秒数", "silent after seconds"),
    }
)
NEEDED = ("number", "kind", "zh")
KINDS_ZH: Mapping[str, SensorKind] = MappingProxyType(
    {
        "油烟": SensorKind.FUME,
        "井盖": SensorKind.MANHOLE,
        "垃圾箱": SensorKind.BIN,
        "公厕用品": SensorKind.SUPPLY,
        "车棚电流": SensorKind.SHED_CURRENT,
        "车棚电压": SensorKind.SHED_VOLTAGE,
        "车棚烟感": SensorKind.SHED_SMOKE,
        "电梯": SensorKind.LIFT,
        "门禁": SensorKind.ACCESS,
        "随身设备": SensorKind.WEARABLE,
    }
)
_PRIORITIES = MappingProxyType({"高": Priority.HIGH, "中": Priority.MEDIUM, "低": Priority.LOW})
_YES, _NO = frozenset({"是", "yes", "1"}), frozenset({"否", "no", "0"})


@dataclass(frozen=True, slots=True)
class Usual:
    """What a kind of sensor is bound by where its line says nothing: judgement but for the fumes (GB 18483-2001)."""

    category: str
    priority: Priority
    bound: Bound
    unit: str = ""


_STATE = Bound(is_upper=True, at=1.0, back_at=0.0)
USUAL: Mapping[SensorKind, Usual] = MappingProxyType(
    {
        SensorKind.FUME: Usual(
            "06027", Priority.MEDIUM, Bound(is_upper=True, at=2.0, back_at=1.6, for_s=60, hold_off_s=600), "mg/m³"
        ),
        SensorKind.MANHOLE: Usual("01023", Priority.HIGH, _STATE),
        SensorKind.BIN: Usual("06042", Priority.LOW, Bound(is_upper=True, at=90, back_at=20, hold_off_s=600), "%"),
        SensorKind.SUPPLY: Usual("03001", Priority.LOW, Bound(is_upper=False, at=10, back_at=60), "%"),
        SensorKind.SHED_CURRENT: Usual(
            "10986", Priority.MEDIUM, Bound(is_upper=True, at=16, back_at=14, for_s=10, hold_off_s=120), "A"
        ),
        SensorKind.SHED_VOLTAGE: Usual(
            "10986", Priority.MEDIUM, Bound(is_upper=True, at=253, back_at=245, for_s=10, hold_off_s=120), "V"
        ),
        SensorKind.SHED_SMOKE: Usual("10987", Priority.HIGH, _STATE),
        SensorKind.LIFT: Usual("01076", Priority.HIGH, _STATE),
        SensorKind.ACCESS: Usual("10985", Priority.MEDIUM, Bound(is_upper=True, at=1, back_at=0, for_s=60)),
        SensorKind.WEARABLE: Usual("10988", Priority.HIGH, _STATE),
    }
)


@dataclass(frozen=True, slots=True)
class SensorTable:
    """The sensors of a table, or everything that is wrong with it."""

    sensors: tuple[Sensor, ...]
    complaints: tuple[Complaint, ...]


def read_sensors(rows: Sequence[Sequence[str]], cameras: Mapping[str, tuple[CameraId, Place]]) -> SensorTable:
    """Return the sensors of a table by its head, in either language.

    Args:
        cameras: by number; a sensor without a place of its own stands where its camera does.

    Raises:
        DomainError: there is no head.
    """
    if not rows or not any(cell.strip() for cell in rows[0]):
        raise DomainError("The table has no head.")
    known = {head.casefold(): name for name, heads in COLUMNS.items() for head in (name, *heads, " ".join(heads))}
    columns = [known.get(cell.strip().casefold()) for cell in rows[0]]
    complaints = [
        Complaint(1, N_("Column “{head}” is not known."), {"head": cell.strip()})
        for cell, name in zip(rows[0], columns, strict=True)
        if name is None and cell.strip()
    ]
    complaints += [
        Complaint(1, N_("Column “{head}” is missing."), {"head": " ".join(COLUMNS[name])})
        for name in NEEDED
        if name not in columns
    ]
    found: dict[str, Sensor] = {}
    for line, row in enumerate(rows[1:], start=2):
        cells = {name: cell.strip() for name, cell in zip(columns, row, strict=False) if name is not None}
        if (complaints and complaints[0].line == 1) or not any(cells.values()):
            continue
        try:
            sensor = _sensor_of(cells, cameras)
            if sensor.number in found:
                raise DomainError("Number {number} stands there twice.", number=sensor.number)
            found[sensor.number] = sensor
        except DomainError as fault:
            complaints.append(Complaint(line, fault.sentence, fault.values))
    return SensorTable(() if complaints else tuple(found.values()), tuple(complaints))


def _sensor_of(cells: Mapping[str, str], cameras: Mapping[str, tuple[CameraId, Place]]) -> Sensor:
    number = cells.get("number", "")
    if not re.match(SENSOR_NUMBER, number):
        raise DomainError("A sensor's number has 1 to 64 letters, digits, points, - and _.")
    kind = _kind(cells.get("kind", ""))
    usual = USUAL[kind]
    camera_number = cells.get("camera", "")
    if camera_number and camera_number not in cameras:
        raise DomainError("The directory knows no camera {number}.", number=camera_number)
    camera_id, place = cameras[camera_number] if camera_number else (None, Place(address=""))
    if cells.get("address") or cells.get("longitude"):
        east, north = _number(cells, "longitude"), _number(cells, "latitude")
        if (east is None) != (north is None):
            raise DomainError("Longitude and latitude belong together.")
        place = Place(address=cells.get("address", ""), longitude=east, latitude=north)
    if not place.address and place.latitude is None:
        raise DomainError("A sensor needs a place: an address, longitude and latitude, or a camera.")
    closes = cells.get("closes_itself", "").casefold()
    if closes and closes not in _YES | _NO:
        raise DomainError("“{cell}” is neither yes nor no.", cell=closes)
    return Sensor(
        number=number,
        kind=kind,
        zh=cells.get("zh", "") or number,
        en=cells.get("en", "") or cells.get("zh", "") or number,
        place=place,
        camera_id=camera_id,
        category=CategoryCode(cells.get("category", "") or usual.category),
        priority=_priority(cells.get("priority", ""), usual.priority),
        bound=_bound(cells, usual.bound),
        unit_of_value=cells.get("unit_of_value", "") or usual.unit,
        closes_itself=closes in _YES if closes else kind in CLOSES_ITSELF,
        silent_after_s=_number(cells, "silent_after_s") or 0.0,
    )


def _kind(cell: str) -> SensorKind:
    if cell in KINDS_ZH:
        return KINDS_ZH[cell]
    try:
        return SensorKind(cell.casefold().replace(" ", "_"))
    except ValueError:
        raise DomainError("“{cell}” is no kind of sensor.", cell=cell) from None


def _priority(cell: str, usual: Priority) -> Priority:
    if not cell:
        return usual
    try:
        return _PRIORITIES.get(cell) or Priority(cell.casefold())
    except ValueError:
        raise DomainError("“{cell}” is no priority: high, medium or low.", cell=cell) from None


def _bound(cells: Mapping[str, str], usual: Bound) -> Bound:
    above, below = _number(cells, "above"), _number(cells, "below")
    back_at, for_s, hold_off_s = (_number(cells, name) for name in ("back_at", "for_s", "hold_off_s"))
    if above is not None and below is not None:
        raise DomainError("A sensor is bound above or below, not both; register it twice for both.")
    if (above is not None or below is not None) and back_at is None:
        raise DomainError("A bound needs the value at which all is normal again.")
    at = above if above is not None else below
    return Bound(
        is_upper=usual.is_upper if at is None else above is not None,
        at=usual.at if at is None else at,
        back_at=usual.back_at if back_at is None else back_at,
        for_s=usual.for_s if for_s is None else for_s,
        hold_off_s=usual.hold_off_s if hold_off_s is None else hold_off_s,
    )


def _number(cells: Mapping[str, str], name: str) -> float | None:
    cell = cells.get(name, "")
    if not cell:
        return None
    try:
        value = float(cell)
    except ValueError:
        value = float("nan")
    if not -1e12 <= value <= 1e12:
        raise DomainError("“{cell}” is no number.", cell=cell)
    return value
