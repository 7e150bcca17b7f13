"""What stands in the lists beside the wall: layouts, and the layers over the pictures. Words and rows, no widget."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from console.domain.cameras import Camera
from console.domain.ids import CameraId
from console.domain.wall_views import Bookmark, Salvo, Tour, View
from console.domain.walls import FREE, LAYOUTS, Layer, Layout, Wall
from console.words import N_
from widgets.choosing.side_list import SideAct, SideRow
from widgets.state.telling import Teller, Told

MOST_MARKS = 99  # two digits call one
ALARM_TILE = "alarm tile"
LAYER_WORDS = MappingProxyType(
    {
        Layer.BOXES: N_("boxes"),
        Layer.TRACKS: N_("tracks"),
        Layer.ZONES: N_("zones"),
        Layer.DWELL: N_("dwell rings"),
        Layer.NAME: N_("camera's name"),
        Layer.TIME: N_("time of the picture"),
        Layer.AGE: N_("age of the picture"),
        Layer.STATE: N_("shape of the state"),
        Layer.WATERMARK: N_("watermark: who looks"),
        Layer.HEAT: N_("where people stay"),
    }
)


def layout_name(layout: Layout, teller: Teller) -> str:
    """Return how a layout is called on the screen."""
    if layout.name == FREE:
        return teller.say(Told(N_("free, {count} tiles"), {"count": len(layout.places)}))
    return layout.name.replace("x", "×")


def layout_rows(now: Layout, teller: Teller) -> tuple[SideRow, ...]:
    """Return a row a layout, called by how many tiles it has; a free one that is shown now stands last."""
    rows = [
        SideRow(
            row_id=layout.name,
            number=len(layout.places),
            words=layout_name(layout, teller),
            drawing=layout,
            is_on=layout == now,
        )
        for layout in LAYOUTS
    ]
    if now.name == FREE:
        number = len(now.places)
        rows.append(SideRow(row_id=FREE, number=number, words=layout_name(now, teller), drawing=now, is_on=True))
    return tuple(rows)


def layout_acts(teller: Teller) -> tuple[SideAct, ...]:
    return (
        SideAct("D", teller.say(Told(N_("divide in four")))),
        SideAct("J", teller.say(Told(N_("join with the neighbour")))),
    )


def view_rows(views: Sequence[View], teller: Teller) -> tuple[SideRow, ...]:
    """Return a row a view, salvo or tour, with what it is and whose."""
    return tuple(
        SideRow(
            row_id=view.view_id,
            number=view.number,
            words=view.name,
            second=_second(view, teller),
            drawing=view.shows.layout if isinstance(view.shows, Wall) else None,
        )
        for view in views
    )


def _second(view: View, teller: Teller) -> str:
    match view.shows:
        case Wall(layout=layout):
            words = layout_name(layout, teller)
        case Salvo(puts=puts):
            words = teller.say(Told(N_("salvo of {count}"), {"count": len(puts)}))
        case Tour(views=views, cameras=cameras, dwell_s=dwell_s):
            facts = {"count": len(views) + len(cameras), "seconds": round(dwell_s)}
            words = teller.say(Told(N_("tour of {count}, {seconds} s each"), facts))
    return teller.say(Told(N_("{what} · every seat"), {"what": words})) if view.is_shared else words


def view_acts(selected: View | None, *, may_share: bool, teller: Teller) -> tuple[SideAct, ...]:
    """Return what can be done here: keep something new, and what the selected one allows."""
    say = teller.say
    acts = [
        SideAct("N", say(Told(N_("keep this wall as a view")))),
        SideAct("P", say(Told(N_("keep its cameras as a salvo")))),
        SideAct("R", say(Told(N_("tour of all views")))),
        SideAct("C", say(Told(N_("tour of these cameras in one tile")))),
    ]
    if selected is not None:
        if isinstance(selected.shows, Tour) and not selected.is_shared:
            acts.append(SideAct("S", say(Told(N_("other dwell")))))
        if may_share:
            acts.append(SideAct("H", say(Told(N_("share, or no longer")))))
        if not selected.is_shared:
            acts.append(SideAct("Del", say(Told(N_("remove")))))
    return tuple(acts)


def layer_rows(layers: frozenset[Layer], teller: Teller, *, has_alarm_tile: bool) -> tuple[SideRow, ...]:
    """Return a row a layer, with a tick where it is drawn, and the switch of the alarm tile."""
    alarm_tile = SideRow(
        row_id=ALARM_TILE,
        number=0,
        words=teller.say(Told(N_("alarm tile, last position"))),
        second=teller.say(Told(N_("shown"))) if has_alarm_tile else teller.say(Told(N_("not shown"))),
        is_on=has_alarm_tile,
    )
    return (*_layer_rows(layers, teller), alarm_tile)


def _layer_rows(layers: frozenset[Layer], teller: Teller) -> tuple[SideRow, ...]:
    return tuple(
        SideRow(
            row_id=layer.value,
            number=number,
            words=teller.say(Told(LAYER_WORDS[layer])),
            second=teller.say(Told(N_("shown"))) if layer in layers else teller.say(Told(N_("not shown"))),
            is_on=layer in layers,
        )
        for number, layer in enumerate(Layer, start=1)
    )


def mark_rows(marks: Sequence[Bookmark], known: Mapping[CameraId, Camera], teller: Teller) -> tuple[SideRow, ...]:
    """Return a row a bookmark: its words, else its camera; below, when, where and by whom."""
    rows = []
    for number, mark in enumerate(marks[:MOST_MARKS], start=1):
        camera = known.get(mark.camera_id)
        where = f"{camera.number} {camera.name}" if camera is not None else mark.camera_id
        when = f"{teller.day(mark.at)} {teller.clock(mark.at)}"
        second = f"{when} · {where}" if mark.words else f"{when} · {mark.made_by}"
        rows.append(SideRow(row_id=mark.bookmark_id, number=number, words=mark.words or where, second=second))
    return tuple(rows)
