"""The case pages' keys as data: one table for the shortcuts, the hints and the sheet of F1."""

from console.words import N_
from widgets.common.page_keys import MOVING, PageKey, digits

CASE_KEYS = (
    *MOVING,
    PageKey("Enter", ("Return", "Enter"), N_("open the case")),
    PageKey("Esc", ("Esc",), N_("back to the list")),
    *digits(N_("choose the closing condition or the reason")),
    PageKey("Y", ("Y",), N_("close, after a condition was chosen")),
    PageKey("N", ("N",), N_("send back with a reason")),
    PageKey("R", ("R",), N_("look again; resend what was stopped; route what was returned")),
    PageKey("X", ("X",), N_("swap before and after")),
    PageKey("=", ("=", "＝"), N_("enlarge both pictures")),
    PageKey("S", ("S",), N_("export the evidence")),
    PageKey("W", ("W",), N_("open the masked window, with a reason")),
    PageKey("U", ("U",), N_("undo the filing within 10 s")),
    PageKey("E", ("E",), N_("extend its time (dispatchers, supervisors)")),
    PageKey("P", ("P",), N_("suspend it, or let it run on (dispatchers, supervisors)")),
    PageKey("H", ("H",), N_("urge its unit")),
    PageKey("L", ("L",), N_("appeal against a late answer, or judge the appeal")),
    PageKey("Del", ("Del",), N_("void the case (dispatchers, supervisors)")),
    PageKey("/", ("/", "、", "／"), N_("type the reason")),
    PageKey("Space", ("Space",), N_("play or pause the clip")),
    PageKey(",", (",", "，"), N_("one frame back")),
    PageKey(".", (".", "。"), N_("one frame on")),
    PageKey("Left", ("Left",), N_("1 s back"), repeats=True),
    PageKey("Right", ("Right",), N_("1 s on"), repeats=True),
)
