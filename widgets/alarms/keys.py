"""The review page's keys as data: one table for the shortcuts, the hints and the sheet of F1."""

from console.words import N_
from widgets.common.page_keys import MOVING, PageKey, digits

REVIEW_KEYS = (
    *MOVING,
    PageKey("Enter", ("Return", "Enter"), N_("claim; after Y: file and route")),
    PageKey("Y", ("Y",), N_("confirm, then Enter files")),
    PageKey("N", ("N",), N_("dismiss, then a reason 1–6")),
    PageKey("M", ("M",), N_("merge, then 1–9")),
    PageKey("P", ("P",), N_("postpone, then 1–3")),
    PageKey("C", ("C",), N_("re-class, then 1–9")),
    PageKey("T", ("T",), N_("speak to the street")),
    PageKey("R", ("R",), N_("change the route")),
    PageKey("O", ("O",), N_("release the claim")),
    PageKey("U", ("U",), N_("undo within 10 s")),
    PageKey("A", ("A",), N_("acknowledge the highest, oldest alarm")),
    PageKey("/", ("/", "、", "／"), N_("type the reason; after C: look for a matter")),
    PageKey("Esc", ("Esc",), N_("back")),
    PageKey("Space", ("Space",), N_("play or pause the clip")),
    PageKey("Left", ("Left",), N_("1 s back"), repeats=True),
    PageKey("Right", ("Right",), N_("1 s on"), repeats=True),
    PageKey("Q", ("Q",), N_("sound of the clip on or off")),
    PageKey("D", ("D",), N_("boxes on or off")),
    PageKey("Z", ("Z",), N_("zones on or off")),
    *digits(N_("take the numbered choice")),
)
