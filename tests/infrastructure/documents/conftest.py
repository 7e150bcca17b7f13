"""A shift with figures, and a printer over a small directory."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from console.application.ports import UnitsOfWork
from console.domain.evaluation import MatterLine, Ratio, ShiftFigures
from console.domain.ids import AccountId, SeatId, ShiftId
from console.domain.shifts import Shift
from console.infrastructure.documents.printer import PdfReports


@dataclass(frozen=True)
class Category:
    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class Camera:
    camera_id: str
    number: str
    name: str


class Directory:
    """The two lists a report asks for."""

    def categories(self) -> Sequence[Category]:
        return (Category("09012", "占用消防通道", "Fire lane blocked"), Category("06010", "暴露垃圾", "Garbage"))

    def cameras_of(self, camera_ids: Sequence[str]) -> Sequence[Camera]:
        known = (Camera("05", "05", "南市场停车区 <东>"), Camera("06", "06", "解放路桥头"))
        return [camera for camera in known if camera.camera_id in camera_ids]

    @property
    def directory(self) -> "Directory":
        return self

    @contextmanager
    def read(self) -> Iterator["Directory"]:
        yield self


@pytest.fixture
def reports() -> PdfReports:
    return PdfReports("滨河区城市运行中心", ZoneInfo("Asia/Shanghai"), cast(UnitsOfWork, cast(Any, Directory())))


@pytest.fixture
def shift() -> Shift:
    return Shift(
        shift_id=ShiftId("s"),
        account_id=AccountId("op"),
        display_name="李文静 & 搭档",
        seat_id=SeatId("02"),
        began_at=datetime(2026, 11, 22, 0, 0, tzinfo=UTC),
    )


@pytest.fixture
def until() -> datetime:
    return datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def matter(code: str) -> MatterLine:
    return MatterLine(
        category=code,
        alarms=31,
        confirmed=22,
        dismissed=9,
        filed=14,
        in_time=Ratio(part=13, whole=14),
        mean_first_response_s=31.0,
        mean_handling_s=4720.0,
    )


@pytest.fixture
def figures() -> ShiftFigures:
    return ShiftFigures(
        alarms=126,
        confirmed=Ratio(part=78, whole=126),
        in_time=Ratio(part=48, whole=52),
        filed=55,
        closed=40,
        spoken=35,
        median_first_response_s=24.0,
        unwatched_minutes={"05": 280.0, "06": 173.96, "07": 0.0},
        per_ten_minutes=(0, 2, 1),
        matters=(matter("09012"), matter("06010"), matter("99999")),
    )


@pytest.fixture
def quiet_figures() -> ShiftFigures:
    """Return a shift in which nothing happened."""
    return ShiftFigures(
        alarms=0,
        confirmed=Ratio(part=0, whole=0),
        in_time=Ratio(part=0, whole=0),
        filed=0,
        closed=0,
        spoken=0,
        median_first_response_s=None,
        unwatched_minutes={},
        per_ten_minutes=(0,),
        matters=(),
    )
