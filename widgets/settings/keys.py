"""The settings page's keys as data."""

from console.words import N_
from widgets.common.page_keys import PageKey

SETTINGS_KEYS = (
    PageKey("1", ("1",), N_("speak Chinese")),
    PageKey("2", ("2",), N_("speak English")),
    PageKey("3", ("3",), N_("text 100 %")),
    PageKey("4", ("4",), N_("text 115 %")),
    PageKey("5", ("5",), N_("text 130 %")),
    PageKey("P", ("P",), N_("change my password")),
    PageKey("Esc", ("Esc",), N_("back")),
)
# Those of the form while it has the focus; ``Esc`` closes it and not the page.
OWN_PASSWORD_KEYS = (PageKey("Ctrl+Enter", ("Ctrl+Return", "Ctrl+Enter"), N_("save what is typed")),)
