"""The learning page's keys as data."""

from console.words import N_
from widgets.common.page_keys import PageKey

LEARNING_KEYS = (
    PageKey("L", ("L",), N_("write the line below which alarms are kept off")),
    PageKey("Enter", ("Return", "Enter"), N_("set the line")),
    PageKey("B", ("B",), N_("go back a lesson")),
    PageKey("N", ("N",), N_("let the newest lesson judge")),
    PageKey("G", ("G",), N_("lessons, or what is kept off")),
    PageKey("Y", ("Y",), N_("show it after all")),
    PageKey("R", ("R",), N_("read it again")),
    PageKey("Esc", ("Esc",), N_("back")),
)
