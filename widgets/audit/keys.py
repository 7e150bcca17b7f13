"""The auditor's page's keys as data."""

from console.words import N_
from widgets.common.page_keys import PageKey

AUDIT_KEYS = (
    PageKey("/", ("/", "、", "／"), N_("write what to look for")),
    PageKey("Enter", ("Return", "Enter"), N_("look for it")),
    PageKey("O", ("O",), N_("older lines")),
    PageKey("V", ("V",), N_("check the whole trail")),
    PageKey("S", ("S",), N_("export what was found")),
    PageKey("Esc", ("Esc",), N_("back")),
)
