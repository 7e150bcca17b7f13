"""Icons of actions by name, all of one family; a word always stands beside them (DESIGN §4)."""

import qtawesome
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QIcon, QPixmap, QPixmapCache

from widgets.common import theme

IN_TEXT_PX, IN_BARS_PX, TRANSPORT_PX, PLATE_PX = 16, 18, 24, 30

ICONS = {
    "wall": "view-grid-outline",
    "review": "clipboard-list-outline",
    "cases": "folder-outline",
    "evidence": "history",
    "recordings": "filmstrip",
    "map": "map-outline",
    "shift": "file-chart-outline",
    "settings": "cog-outline",
    "health": "heart-pulse",
    "accounts": "account-group-outline",
    "audit": "clipboard-text-search-outline",
    "learning": "school-outline",
    "find": "magnify",
    "claim": "account-outline",
    "release": "undo",
    "take_over": "account-switch-outline",
    "bigger": "arrow-expand",
    "back": "arrow-collapse",
    "camera": "cctv",
    "ptz": "gamepad-circle-outline",
    "tours": "rotate-360",
    "onboarding": "cctv",
    "zones": "vector-polygon",
    "bays": "parking",
    "not_watched": "eye-off-outline",
    "ill": "eye-remove-outline",
    "hand_over": "hand-pointing-right",
    "confirm": "check-bold",
    "dismiss": "close-thick",
    "merge": "call-merge",
    "postpone": "clock-outline",
    "re_class": "shape-outline",
    "speak": "bullhorn-outline",
    "microphone": "microphone",
    "typed_speech": "account-voice",
    "recorded_speech": "playlist-music",
    "send": "send",
    "escalate": "arrow-up-bold",
    "no_signal": "video-off-outline",
    "stale": "timer-sand",
    "dropping": "speedometer-slow",
    "sound_low": "volume-low",
    "sound_medium": "volume-medium",
    "sound_high": "volume-high",
    "sound_muted": "volume-off",
    "sign": "pencil-outline",
    "play": "play",
    "pause": "pause",
    "step_back": "step-backward",
    "step_forward": "step-forward",
    "previous_event": "skip-previous",
    "next_event": "skip-next",
    "bookmark": "bookmark-outline",
    "snapshot": "camera-outline",
    "record": "record-circle-outline",
    "lock": "lock-outline",
    "verify": "shield-check-outline",
    "export": "export",
    "print": "printer",
    "quiet": "bell-off-outline",
    "swap": "swap-horizontal",
    "wrong_password": "key-alert",
    "frozen": "snowflake",
    "cannot_decode": "image-broken-variant",
    "sensor": "motion-sensor",
    "restarting": "restart",
    "detection": "chip",
    "delivery": "cloud-upload-outline",
    "storage": "database",
    "clock": "clock-outline",
    "language": "translate",
    "keys": "keyboard-outline",
}


def icon(action: str, tone: str = "t1") -> QIcon:
    """Return the icon of an action in a colour of the palette."""
    made: QIcon = qtawesome.icon(f"mdi6.{ICONS[action]}", color=theme.colour(tone))
    return made


def pixmap(action: str, size: int, tone: str, ratio: float) -> QPixmap:
    """Return the icon as pixels for a screen of this ratio, from Qt's own cache. GUI thread."""
    key = f"citydesk-{action}-{size}-{tone}-{ratio}"
    made = QPixmap()
    if not QPixmapCache.find(key, made):
        made = icon(action, tone).pixmap(QSize(size, size), ratio)
        QPixmapCache.insert(key, made)
    return made


def centred(size: int, room: QRect) -> QRect:
    """Return where an icon of ``size`` stands in the middle of ``room``."""
    return QRect(room.left() + (room.width() - size) // 2, room.top() + (room.height() - size) // 2, size, size)
