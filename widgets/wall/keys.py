"""The wall's keys as data: one table for the shortcuts, the strip's hints and the sheet of F1."""

from console.words import N_
from widgets.common.page_keys import PageKey, digits

# Of a wall in a window of its own; the main window is closed by no key.
CLOSE_WALL_KEY = PageKey("Ctrl+W", ("Ctrl+W",), N_("close this screen"))
WALL_KEYS = (
    *digits(N_("select the tile")),
    PageKey("0", ("0",), N_("the whole picture; also second digit of a tile")),
    PageKey("Left", ("Left",), N_("the tile beside"), repeats=True),
    PageKey("Right", ("Right",), N_("the tile beside"), repeats=True),
    PageKey("Up", ("Up",), N_("the tile above"), repeats=True),
    PageKey("Down", ("Down",), N_("the tile below"), repeats=True),
    PageKey("Shift+Left", ("Shift+Left",), N_("move the camera to the next place")),
    PageKey("Shift+Right", ("Shift+Right",), N_("move the camera to the next place")),
    PageKey("Shift+Up", ("Shift+Up",), N_("move the camera to the next place")),
    PageKey("Shift+Down", ("Shift+Down",), N_("move the camera to the next place")),
    PageKey("Del", ("Del", "Backspace"), N_("empty the tile")),
    PageKey("U", ("U",), N_("undo the last change of the wall")),
    PageKey("Enter", ("Return", "Enter"), N_("enlarge the tile")),
    PageKey("Esc", ("Esc",), N_("back")),
    PageKey("[", ("[", "【"), N_("page before")),
    PageKey("]", ("]", "】"), N_("next page")),
    PageKey("L", ("L",), N_("choose a layout, divide and join tiles")),
    PageKey("W", ("W",), N_("views, salvos and tours, by number")),
    PageKey("Space", ("Space",), N_("start or stop the tour")),
    PageKey("O", ("O",), N_("choose what is drawn over the pictures")),
    PageKey("+", ("+", "="), N_("come closer in the tile")),
    PageKey("-", ("-", "－", "_"), N_("go back in the tile")),
    PageKey("D", ("D",), N_("boxes on or off")),
    PageKey("Z", ("Z",), N_("zones on or off")),
)
# Verbs that leave the wall; the seat says which of them it offers.
OFFERED_KEYS = (
    PageKey("A", ("A",), N_("acknowledge the highest, oldest alarm")),
    PageKey("T", ("T",), N_("speak to the street")),
    PageKey("B", ("B",), N_("bookmark")),
    PageKey("S", ("S",), N_("snapshot")),
    PageKey("H", ("H",), N_("playback of this camera")),
    PageKey("J", ("J",), N_("replay the last minutes beside the live picture")),
    PageKey("Shift+J", ("Shift+J",), N_("replay the whole page in step")),
    PageKey("R", ("R",), N_("record this camera, or end it")),
    PageKey("Q", ("Q",), N_("sound of this camera on or off")),
    PageKey("V", ("V",), N_("file this camera as out of order")),
    PageKey("G", ("G",), N_("take how the camera looks now for how it should look")),
    PageKey("X", ("X",), N_("turn this camera")),
    PageKey("Shift+Z", ("Shift+Z",), N_("rules and zones of this camera")),
)
