"""What stands in the lists beside the wall: layouts, and the layers over the pictures. Words and rows, no widget."""

from types import MappingProxyType

from console.domain.walls import FREE, LAYOUTS, Layer, Layout
from console.words import N_
from widgets.choosing.side_list import SideAct, SideRow
from widgets.state.telling import Teller, Told

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


def layer_rows(layers: frozenset[Layer], teller: Teller) -> tuple[SideRow, ...]:
    """Return a row a layer, with a tick where it is drawn."""
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
