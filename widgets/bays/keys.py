"""The keys of the page of parking bays as data."""

from console.words import N_
from widgets.common.page_keys import PageKey

BAY_KEYS = (
    PageKey("O", ("O",), N_("it was occupied")),
    PageKey("F", ("F",), N_("it was free")),
    PageKey("U", ("U",), N_("all stays, or those that wait for a person")),
    PageKey("R", ("R",), N_("read it again")),
    PageKey("Esc", ("Esc",), N_("back")),
)
