"""The keys of the page of PTZ tours, as data."""

from console.words import N_
from widgets.common.page_keys import PageKey, digits

TOUR_KEYS = (
    PageKey("/", ("/", "、"), N_("find a camera")),
    PageKey("Enter", ("Return", "Enter"), N_("take the camera that was found; from a list go on to the next")),
    PageKey("N", ("N",), N_("new tour")),
    PageKey("S", ("S",), N_("start or stop the tour")),
    *digits(N_("add a step at this preset")),
    PageKey("Shift+Up", ("Shift+Up",), N_("move the step up"), repeats=True),
    PageKey("Shift+Down", ("Shift+Down",), N_("move the step down"), repeats=True),
    PageKey("+", ("+", "=", "＋", "＝"), N_("stay longer"), repeats=True),
    PageKey("-", ("-", "－", "_"), N_("stay shorter"), repeats=True),
    PageKey("R", ("R",), N_("rules on or off at this step")),
    PageKey("Del", ("Del", "Backspace"), N_("remove the step, or in the list of tours the tour")),
    PageKey("U", ("U",), N_("undo the last change")),
    PageKey("Ctrl+Enter", ("Ctrl+Return", "Ctrl+Enter"), N_("keep what was changed")),
    PageKey("Esc", ("Esc",), N_("back")),
)
