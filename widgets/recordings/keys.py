"""The keys of the page for recordings, and those of a replay beside the live wall, as data."""

from console.words import N_
from widgets.common.page_keys import PageKey

TRANSPORT = (
    PageKey("Space", ("Space",), N_("play or pause")),
    PageKey(",", (",", "，"), N_("one frame back"), repeats=True),
    PageKey(".", (".", "。"), N_("one frame on"), repeats=True),
    PageKey("Left", ("Left",), N_("1 s back"), repeats=True),
    PageKey("Right", ("Right",), N_("1 s on"), repeats=True),
    PageKey("Shift+Left", ("Shift+Left",), N_("10 s back"), repeats=True),
    PageKey("Shift+Right", ("Shift+Right",), N_("10 s on"), repeats=True),
    PageKey("-", ("-", "－"), N_("slower")),
    PageKey("=", ("=", "＝"), N_("faster")),
    PageKey("Q", ("Q",), N_("sound of the recording on or off")),
)
RECORDING_KEYS = (
    *TRANSPORT,
    PageKey("[", ("[", "【"), N_("previous event")),
    PageKey("]", ("]", "】"), N_("next event")),
    PageKey("I", ("I",), N_("in point")),
    PageKey("O", ("O",), N_("out point")),
    PageKey("C", ("C",), N_("cut the span into evidence")),
    PageKey("L", ("L",), N_("lock the span")),
    PageKey("U", ("U",), N_("release a lock")),
    PageKey("X", ("X",), N_("delete the span")),
    PageKey("Y", ("Y",), N_("delete it for good")),
    PageKey("G", ("G",), N_("locks or deletion log")),
    PageKey("/", ("/", "、"), N_("find a camera")),
    PageKey("Up", ("Up",), N_("previous row"), repeats=True),
    PageKey("Down", ("Down",), N_("next row"), repeats=True),
    PageKey("PgUp", ("PgUp",), N_("show less time"), repeats=True),
    PageKey("PgDn", ("PgDown",), N_("show more time"), repeats=True),
    PageKey("Home", ("Home",), N_("to the first recording of the day")),
    PageKey("End", ("End",), N_("to the last recording of the day")),
    PageKey("Enter", ("Return", "Enter"), N_("open the camera, or do what is asked")),
    PageKey("Esc", ("Esc",), N_("back")),
)
