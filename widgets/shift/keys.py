"""The shift page's keys as data."""

from console.words import N_
from widgets.common.page_keys import PageKey

SHIFT_KEYS = (
    PageKey("S", ("S",), N_("print the report as PDF")),
    PageKey("Esc", ("Esc",), N_("back")),
)
