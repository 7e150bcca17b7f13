"""The health page's keys as data."""

from console.words import N_
from widgets.common.page_keys import PageKey

HEALTH_KEYS = (PageKey("Esc", ("Esc",), N_("back")),)
