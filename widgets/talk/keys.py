"""The talk bar's keys as data. ``Space`` is not here: it is held, so the bar hears its way down and up itself."""

from console.words import N_
from widgets.common.page_keys import PageKey, digits

TALK_KEYS = (
    *digits(N_("speak the ready sentence")),
    PageKey("/", ("/", "、", "／"), N_("type what is to be spoken")),
    PageKey("Esc", ("Esc",), N_("stop and close")),
    PageKey("Enter", ("Return", "Enter", "Ctrl+Return", "Ctrl+Enter"), N_("speak what was typed")),
)
