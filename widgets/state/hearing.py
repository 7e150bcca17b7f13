"""What a tile says of its sound: a shape for its level, a word for why there is none. Qt-free, pure."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from console.words import N_
from widgets.state.chips import Chip
from widgets.state.telling import Told

# Judgement, on the scale the sound of the street has: a quiet street at night, talk nearby, a horn.
MEDIUM_FROM_DBFS, HIGH_FROM_DBFS = -45.0, -25.0


class SoundTold(Protocol):
    """What the station says of the one camera that is heard."""

    @property
    def condition(self) -> str: ...
    @property
    def level_dbfs(self) -> float: ...


_SILENT: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "waiting": (N_("Waiting for sound"), "t1"),
        "muted": (N_("Muted while speaking"), "t1"),
        "no_device": (N_("No loudspeaker"), "fault"),
        "no_player": (N_("Sound program starting"), "fault"),
        "no_sound": (N_("Camera sends no sound"), "fault"),
        "not_kept": (N_("No sound was kept"), "t1"),
        "still": (N_("Sound while it plays"), "t1"),
        "other_speed": (N_("Muted: not at 1 ×"), "t1"),
    }
)


def sound_chip(told: SoundTold) -> Chip:
    """Return what stands in the header of the tile that is heard."""
    if told.condition in _SILENT:
        words, tone = _SILENT[told.condition]
        return Chip("sound_muted", Told(words), tone)
    level = "high" if told.level_dbfs >= HIGH_FROM_DBFS else "medium" if told.level_dbfs >= MEDIUM_FROM_DBFS else "low"
    return Chip(f"sound_{level}", Told(N_("Sound")), "t1")
