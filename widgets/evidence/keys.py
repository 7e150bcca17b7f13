"""The player's keys as data."""

from console.words import N_
from widgets.common.page_keys import PageKey

PLAYER_KEYS = (
    PageKey("Space", ("Space",), N_("play or pause the clip")),
    PageKey(",", (",", "，"), N_("one frame back"), repeats=True),
    PageKey(".", (".", "。"), N_("one frame on"), repeats=True),
    PageKey("Left", ("Left",), N_("1 s back"), repeats=True),
    PageKey("Right", ("Right",), N_("1 s on"), repeats=True),
    PageKey("Shift+Left", ("Shift+Left",), N_("10 s back")),
    PageKey("Shift+Right", ("Shift+Right",), N_("10 s on")),
    PageKey("Home", ("Home",), N_("to the beginning")),
    PageKey("Q", ("Q",), N_("sound of the clip on or off")),
    PageKey("D", ("D",), N_("boxes on or off")),
    PageKey("Z", ("Z",), N_("zones on or off")),
    PageKey("Up", ("Up",), N_("previous row"), repeats=True),
    PageKey("Down", ("Down",), N_("next row"), repeats=True),
    PageKey("Esc", ("Esc",), N_("back")),
)
