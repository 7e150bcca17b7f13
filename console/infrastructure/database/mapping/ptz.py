"""How cameras are turned, and by whom."""

from datetime import time, timedelta
from typing import Any

from sqlalchemy import RowMapping

from console.domain.ids import AccountId, CameraId, SeatId
from console.domain.ptz import DayKind, PtzLease, PtzSetup, PtzTour, TourStop


def row_of_setup(setup: PtzSetup) -> dict[str, Any]:
    return {
        "camera_id": setup.camera_id,
        "device_address": setup.device_address,
        "profile": setup.profile,
        "return_preset": setup.return_preset,
        "tour": [_json_of(tour) for tour in setup.tours] or None,
    }


def setup_in(row: RowMapping) -> PtzSetup:
    return PtzSetup(
        camera_id=CameraId(row["camera_id"]),
        device_address=row["device_address"],
        profile=row["profile"],
        return_preset=row["return_preset"],
        tours=tuple(_tour_in(kept) for kept in _listed(row["tour"])),
    )


def row_of_lease(lease: PtzLease) -> dict[str, Any]:
    return {
        "camera_id": lease.camera_id,
        "lease_id": lease.lease_id,
        "account_id": lease.account_id,
        "display_name": lease.display_name,
        "seat_id": lease.seat_id,
        "priority": lease.priority,
        "since": lease.since,
        "until": lease.until,
    }


def lease_in(row: RowMapping) -> PtzLease:
    return PtzLease(
        camera_id=CameraId(row["camera_id"]),
        lease_id=row["lease_id"],
        account_id=AccountId(row["account_id"]),
        display_name=row["display_name"],
        seat_id=SeatId(row["seat_id"]),
        priority=row["priority"],
        since=row["since"],
        until=row["until"],
    )


def _listed(kept: Any) -> list[dict[str, Any]]:
    """Return the tours of a row: none, several, or the only one that a camera could have before."""
    return [] if kept is None else [kept] if isinstance(kept, dict) else list(kept)


def _json_of(tour: PtzTour) -> dict[str, Any]:
    return {
        "stops": [
            {"preset": stop.preset, "dwell_s": stop.dwell.total_seconds(), "watches": stop.watches}
            for stop in tour.stops
        ],
        "name": tour.name,
        "is_on": tour.is_on,
        "kept_to": tour.kept_to.value,
        "days": sorted(tour.days),
        "begins": tour.begins.isoformat(),
        "ends": tour.ends.isoformat(),
    }


def _tour_in(kept: dict[str, Any]) -> PtzTour:
    return PtzTour(
        stops=tuple(
            TourStop(preset=stop["preset"], dwell=timedelta(seconds=stop["dwell_s"]), watches=stop["watches"])
            for stop in kept["stops"]
        ),
        name=kept.get("name", ""),
        is_on=kept.get("is_on", True),
        kept_to=DayKind(kept.get("kept_to", DayKind.ANY)),
        days=frozenset(kept["days"]),
        begins=time.fromisoformat(kept["begins"]),
        ends=time.fromisoformat(kept["ends"]),
    )
