"""Which stream of its camera a tile asks for: by its size, and with patience, so that no wall flickers to and fro."""

from collections.abc import Sequence
from dataclasses import dataclass

from console.domain.cameras import StreamProfile
from console.domain.ids import CameraId

# The manner is nx_open's adaptive controller (its figures stand in PERFORMANCE): low quality in a tile at most 171 px
# high for 1 s, back at × 1.34, all low above 16 cameras, at least 5 s between two switches, full screen forced high.
# Its low streams are small; ours are of 360 lines, which a tile of 400 px shows as sharp as it can.
LOW_AT_MOST_PX = 400
HIGH_FROM_PX = LOW_AT_MOST_PX * 1.34
LOW_AFTER_S = 1.0
ALL_LOW_ABOVE = 16
BETWEEN_SWITCHES_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TileRoom:
    """A tile as the screen has it: which camera, and how many pixels its picture may fill.

    Attributes:
        is_alone: it fills the wall; whoever enlarged it wants all there is to see.
        is_selected: the keys mean it; its pictures are the last that a busy machine leaves out.
    """

    tile_id: str
    camera_id: CameraId
    width_px: int
    height_px: int
    is_alone: bool = False
    is_selected: bool = False


@dataclass(slots=True)
class _Chosen:
    profile: StreamProfile
    switched_s: float
    small_since_s: float | None = None


class ProfileChoice:
    """Remembers what each tile was given. Owned by one thread."""

    def __init__(self) -> None:
        self._chosen: dict[tuple[str, CameraId], _Chosen] = {}
        self._due_s: float | None = None

    @property
    def due_s(self) -> float | None:
        """When to ask again though nothing changed, by the same clock: some tile waits for its time."""
        return self._due_s

    def choose(self, rooms: Sequence[TileRoom], now_s: float) -> dict[str, StreamProfile]:
        """Return the profile of each tile, by its id.

        Args:
            now_s: monotonic seconds.
        """
        known = {(room.tile_id, room.camera_id) for room in rooms}
        self._chosen = {key: chosen for key, chosen in self._chosen.items() if key in known}
        self._due_s = None
        is_crowded = len({room.camera_id for room in rooms}) > ALL_LOW_ABOVE
        return {room.tile_id: self._of(room, now_s, is_crowded=is_crowded) for room in rooms}

    def _of(self, room: TileRoom, now_s: float, *, is_crowded: bool) -> StreamProfile:
        key = (room.tile_id, room.camera_id)
        chosen = self._chosen.get(key)
        if chosen is None:
            is_high = room.is_alone or (room.height_px > LOW_AT_MOST_PX and not is_crowded)
            profile = StreamProfile.MAIN if is_high else StreamProfile.SUB
            self._chosen[key] = _Chosen(profile, now_s - BETWEEN_SWITCHES_S)
            return profile
        if room.is_alone:
            self._switch(chosen, StreamProfile.MAIN, now_s)
        elif is_crowded or room.height_px <= LOW_AT_MOST_PX:
            chosen.small_since_s = now_s if chosen.small_since_s is None else chosen.small_since_s
            self._when(chosen, StreamProfile.SUB, chosen.small_since_s + LOW_AFTER_S, now_s)
        else:
            chosen.small_since_s = None
            if room.height_px >= HIGH_FROM_PX:
                self._when(chosen, StreamProfile.MAIN, now_s, now_s)
        return chosen.profile

    def _when(self, chosen: _Chosen, profile: StreamProfile, from_s: float, now_s: float) -> None:
        """Switch if the time has come, else note when it will have."""
        due_s = max(from_s, chosen.switched_s + BETWEEN_SWITCHES_S)
        if chosen.profile is profile:
            return
        if now_s >= due_s:
            self._switch(chosen, profile, now_s)
        else:
            self._due_s = due_s if self._due_s is None else min(self._due_s, due_s)

    def _switch(self, chosen: _Chosen, profile: StreamProfile, now_s: float) -> None:
        if chosen.profile is not profile:
            chosen.profile = profile
            chosen.switched_s = now_s
            chosen.small_since_s = None
