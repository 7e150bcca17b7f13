"""The accounts page's keys as data."""

from console.words import N_
from widgets.common.page_keys import PageKey

ACCOUNT_KEYS = (
    PageKey("N", ("N",), N_("new account")),
    PageKey("E", ("E",), N_("change the account")),
    PageKey("P", ("P",), N_("give it another password")),
    PageKey("S", ("S",), N_("second step: set it up or end it")),
    PageKey("U", ("U",), N_("let it try again after wrong tries")),
    PageKey("Ctrl+Enter", ("Ctrl+Return", "Ctrl+Enter"), N_("save what is typed")),
    PageKey("Esc", ("Esc",), N_("back")),
)
