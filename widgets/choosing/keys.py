"""The keys of the lists that open beside the wall, as data."""

from console.words import N_
from widgets.common.page_keys import PageKey, digits

CHOOSING_KEYS = (
    *digits(N_("take what has this number")),
    PageKey("0", ("0",), N_("take what has this number")),
    PageKey("Up", ("Up",), N_("previous row"), repeats=True),
    PageKey("Down", ("Down",), N_("next row"), repeats=True),
    PageKey("Home", ("Home",), N_("first row")),
    PageKey("End", ("End",), N_("last row")),
    PageKey("Enter", ("Return", "Enter"), N_("take the selected row")),
    PageKey("Esc", ("Esc",), N_("back to the wall")),
    PageKey("D", ("D",), N_("divide in four")),
    PageKey("J", ("J",), N_("join with the neighbour")),
    PageKey("N", ("N",), N_("keep this wall as a view")),
    PageKey("P", ("P",), N_("keep its cameras as a salvo")),
    PageKey("R", ("R",), N_("tour of all views")),
    PageKey("C", ("C",), N_("tour of these cameras in one tile")),
    PageKey("S", ("S",), N_("other dwell")),
    PageKey("H", ("H",), N_("share, or no longer")),
    PageKey("Del", ("Del", "Backspace"), N_("remove")),
)
