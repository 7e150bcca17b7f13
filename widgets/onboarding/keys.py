"""The keys of bringing a camera in, as data."""

from console.words import N_
from widgets.common.page_keys import PageKey, digits

ONBOARDING_KEYS = (
    PageKey("Enter", ("Return", "Enter"), N_("next step")),
    PageKey("Ctrl+F", ("Ctrl+F",), N_("search the network for cameras")),
    PageKey("Ctrl+I", ("Ctrl+I",), N_("cameras from a table, or into one")),
    PageKey("Ctrl+O", ("Ctrl+O",), N_("choose the file of a table")),
    PageKey("Ctrl+E", ("Ctrl+E",), N_("write the directory to a table")),
    *digits(N_("choose a rule, or no longer")),
    PageKey("Esc", ("Esc",), N_("step back")),
)
