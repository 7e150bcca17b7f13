"""The keys of the page of zones, as data: those of the whole page, and those of the picture alone."""

from console.words import N_
from widgets.common.page_keys import PageKey

EDITOR_KEYS = (
    PageKey("/", ("/", "、"), N_("find a camera")),
    PageKey("Enter", ("Return", "Enter"), N_("take the camera that was found; close the outline")),
    PageKey("N", ("N",), N_("new rule")),
    PageKey("P", ("P",), N_("draw the zone anew")),
    PageKey("T", ("T",), N_("zone from a template")),
    PageKey("S", ("S",), N_("switch the rule off, or on")),
    PageKey("C", ("C",), N_("copy the rule to other cameras")),
    PageKey("Y", ("Y",), N_("try the rule on the last hour")),
    PageKey("F", ("F",), N_("try the rule on a file")),
    PageKey("R", ("R",), N_("a newer picture")),
    PageKey("Del", ("Del", "Backspace"), N_("remove the corner, or in the list the rule")),
    PageKey("Ctrl+Z", ("Ctrl+Z",), N_("undo the last change")),
    PageKey("Ctrl+Y", ("Ctrl+Y", "Ctrl+Shift+Z"), N_("do it again")),
    PageKey("Ctrl+Enter", ("Ctrl+Return", "Ctrl+Enter"), N_("keep what was changed; in the copying, copy")),
    PageKey("Esc", ("Esc",), N_("drop the outline; back")),
)
PICTURE_KEYS = (
    *(PageKey(name, (name,), N_("move the corner"), repeats=True) for name in ("Left", "Right", "Up", "Down")),
    *(
        PageKey(f"Shift+{name}", (f"Shift+{name}",), N_("move the corner further"), repeats=True)
        for name in ("Left", "Right", "Up", "Down")
    ),
    PageKey(",", (",", "，"), N_("previous corner"), repeats=True),
    PageKey(".", (".", "。"), N_("next corner"), repeats=True),
    PageKey("+", ("+", "=", "＋", "＝"), N_("one more corner after this one")),
    PageKey("Space", ("Space",), N_("set a corner of the outline")),
)
ZONE_SHEET = (*EDITOR_KEYS, *PICTURE_KEYS)
