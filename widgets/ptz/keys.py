"""The keys of PTZ mode as data: while a camera is turned they mean this and not what they mean on the wall."""

from console.words import N_
from widgets.common.page_keys import PageKey, digits

PTZ_KEYS = (
    PageKey("Left", ("Left",), N_("turn while held")),
    PageKey("Right", ("Right",), N_("turn while held")),
    PageKey("Up", ("Up",), N_("turn while held")),
    PageKey("Down", ("Down",), N_("turn while held")),
    PageKey("+", ("+", "=", "＋", "＝"), N_("zoom in while held")),
    PageKey("-", ("-", "－", "_"), N_("zoom out while held")),
    *digits(N_("go to the preset")),
    PageKey("M", ("M",), N_("then 1–9: keep this view as that preset; M again: not")),
    PageKey("Home", ("Home",), N_("go home")),
    PageKey("Esc", ("Esc",), N_("leave; the camera goes back")),
)
# What turns the camera while it is held: pan, tilt, zoom.
HELD = {
    "Left": (-1, 0, 0),
    "Right": (1, 0, 0),
    "Up": (0, 1, 0),
    "Down": (0, -1, 0),
    "+": (0, 0, 1),
    "-": (0, 0, -1),
}
