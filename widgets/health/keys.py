"""The health page's keys as data."""

from console.words import N_
from widgets.common.page_keys import MOVING, PageKey

WALKING = tuple(key for key in MOVING if key.name not in ("PgUp", "PgDn"))
HEALTH_KEYS = (*WALKING, PageKey("Esc", ("Esc",), N_("back")))
