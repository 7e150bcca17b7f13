"""The wall's keys as data: one table for the shortcuts, the strip's hints and the sheet of F1."""

from console.words import N_
from widgets.common.page_keys import PageKey

_PLACES = tuple(PageKey(str(digit), (str(digit),), N_("select the tile")) for digit in range(1, 10))

WALL_KEYS = (
    *_PLACES,
    PageKey("Left", ("Left",), N_("the tile beside"), repeats=True),
    PageKey("Right", ("Right",), N_("the tile beside"), repeats=True),
    PageKey("Up", ("Up",), N_("the tile above"), repeats=True),
    PageKey("Down", ("Down",), N_("the tile below"), repeats=True),
    PageKey("Enter", ("Return", "Enter"), N_("enlarge the tile")),
    PageKey("Esc", ("Esc",), N_("back")),
    PageKey("[", ("[", "【"), N_("page before")),
    PageKey("]", ("]", "】"), N_("next page")),
    PageKey("L", ("L",), N_("next layout")),
    PageKey("D", ("D",), N_("boxes on or off")),
    PageKey("Z", ("Z",), N_("zones on or off")),
)
# Verbs that leave the wall; the seat says which of them it offers.
OFFERED_KEYS = (
    PageKey("A", ("A",), N_("acknowledge the highest, oldest alarm")),
    PageKey("T", ("T",), N_("speak to the street")),
    PageKey("B", ("B",), N_("bookmark")),
    PageKey("S", ("S",), N_("snapshot")),
    PageKey("H", ("H",), N_("playback of this camera")),
    PageKey("R", ("R",), N_("record this camera, or end it")),
    PageKey("V", ("V",), N_("report what I see")),
)
