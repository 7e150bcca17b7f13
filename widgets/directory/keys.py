"""The directory panel's keys as data. Letters work in its list; in the search field they are text."""

from console.words import N_
from widgets.common.page_keys import PageKey

DIRECTORY_KEYS = (
    PageKey("Enter", ("Return", "Enter"), N_("open on the selected tile; open or close a branch")),
    PageKey("Right", ("Right",), N_("open the branch")),
    PageKey("Left", ("Left",), N_("close the branch")),
    PageKey("F", ("F",), N_("keep as a favourite, or no longer")),
    PageKey("I", ("I",), N_("only ill cameras, or all")),
    PageKey("Z", ("Z",), N_("rules and zones of the camera")),
    PageKey("/", ("/", "、"), N_("search")),
    PageKey("Esc", ("Esc",), N_("empty the search; then close the list")),
)
