"""Views, habits and bookmarks: rows and what they mean."""

from typing import Any

from sqlalchemy import RowMapping

from console.domain.ids import CameraId, SeatId
from console.domain.wall_views import Bookmark, Salvo, Tour, View, WallHabits
from console.domain.walls import Layer, Wall
from console.infrastructure.database.mapping.directory import layout_in, row_of_layout


def row_of_view(view: View) -> dict[str, Any]:
    return {
        "view_id": view.view_id,
        "name": view.name,
        "number": view.number,
        "seat_id": view.seat_id,
        "shows": _kept(view.shows),
    }


def view_in(row: RowMapping) -> View:
    return View(
        view_id=row["view_id"],
        name=row["name"],
        number=row["number"],
        seat_id=None if row["seat_id"] is None else SeatId(row["seat_id"]),
        shows=_shows_in(row["shows"]),
    )


def _kept(shows: Wall | Salvo | Tour) -> dict[str, Any]:
    match shows:
        case Wall(layout=layout, cameras=cameras):
            return {"kind": "wall", "layout": row_of_layout(layout), "cameras": cameras}
        case Salvo(puts=puts):
            return {"kind": "salvo", "puts": puts}
        case Tour(views=views, cameras=cameras, dwell_s=dwell_s):
            return {"kind": "tour", "views": views, "cameras": cameras, "dwell_s": dwell_s}


def _shows_in(kept: dict[str, Any]) -> Wall | Salvo | Tour:
    match kept["kind"]:
        case "wall":
            cameras = tuple(None if name is None else CameraId(name) for name in kept["cameras"])
            return Wall(layout=layout_in(kept["layout"]), cameras=cameras)
        case "salvo":
            return Salvo(tuple((int(place), CameraId(name)) for place, name in kept["puts"]))
        case _:
            cameras_of_tour = tuple(CameraId(name) for name in kept["cameras"])
            return Tour(views=tuple(kept["views"]), cameras=cameras_of_tour, dwell_s=float(kept["dwell_s"]))


def row_of_habits(seat_id: str, habits: WallHabits) -> dict[str, Any]:
    layers = sorted(layer.value for layer in habits.layers)
    return {"seat_id": seat_id, "layers": layers, "has_alarm_tile": habits.has_alarm_tile}


def habits_in(row: RowMapping) -> WallHabits:
    known = {layer.value for layer in Layer}  # a layer of an older program may be gone
    layers = frozenset(Layer(name) for name in row["layers"] if name in known)
    return WallHabits(layers=layers, has_alarm_tile=row["has_alarm_tile"])


def row_of_bookmark(bookmark: Bookmark) -> dict[str, Any]:
    return {
        "bookmark_id": bookmark.bookmark_id,
        "camera_id": bookmark.camera_id,
        "at": bookmark.at,
        "words": bookmark.words,
        "made_by": bookmark.made_by,
        "seat_id": bookmark.seat_id,
        "made_at": bookmark.made_at,
    }


def bookmark_in(row: RowMapping) -> Bookmark:
    return Bookmark(
        bookmark_id=row["bookmark_id"],
        camera_id=CameraId(row["camera_id"]),
        at=row["at"],
        words=row["words"],
        made_by=row["made_by"],
        seat_id=SeatId(row["seat_id"]),
        made_at=row["made_at"],
    )
