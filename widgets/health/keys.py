"""The health page's keys as data."""

from console.words import N_
from widgets.common.page_keys import MOVING, PageKey

WALKING = tuple(key for key in MOVING if key.name not in ("PgUp", "PgDn"))
HEALTH_KEYS = (
    *WALKING,
    PageKey("V", ("V",), N_("file the camera that is out of order")),
    PageKey("U", ("U",), N_("take its filing back")),
    PageKey("G", ("G",), N_("take how the camera looks now for how it should look")),
    PageKey("N", ("N",), N_("only what is not filed, or all")),
    PageKey("Esc", ("Esc",), N_("back")),
)
