"""The wall's pictures at a seat: wishes go to the station, its answers become sources that tiles pull from."""

import logging
from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from console.application.errors import Unavailable
from console.application.live_wall import LiveWall, TileRoom
from console.domain.ids import CameraId, SeatId
from console.infrastructure.channel.messages import Arrange, Arranged, StreamState, TileSource, TileWish
from console.infrastructure.frame_slots import SlotReader, SlotUnavailable
from console.infrastructure.station_link import StationLink
from console.seat.first_picture import FirstPicture
from widgets.wall.wall_page import WallPage

_log = logging.getLogger(__name__)


class WallPictures(QObject):
    """Lives in the GUI thread. ``first`` says when the first picture was painted."""

    def __init__(
        self, page: WallPage, wall: LiveWall, link: StationLink, seat_id: SeatId, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._page, self._wall, self._link, self._seat_id = page, wall, link, seat_id
        self._readers: dict[str, SlotReader] = {}
        self._sources: dict[str, TileSource] = {}
        self._states: dict[str, StreamState] = {}
        self._allowed: frozenset[CameraId] = frozenset()
        self.first = FirstPicture(self)
        page.arranged.connect(self.wish)

    def allow(self, cameras: Iterable[CameraId]) -> None:
        """Ask for pictures of these cameras only: those the directory gave to who sits here."""
        self._allowed = frozenset(cameras)

    @Slot(tuple)
    def wish(self, rooms: Sequence[TileRoom]) -> None:
        """Ask the station for what the page shows now. Without a station the page asks again when there is one."""
        wishes = tuple(
            TileWish.model_validate(
                {
                    "tile_id": wish.tile_id,
                    "camera_id": wish.camera_id,
                    "profile": wish.profile.value,
                    "max_width": wish.max_width,
                    "max_height": wish.max_height,
                }
            )
            for wish in self._wall.arrange(self._allowed, rooms)
        )
        try:
            self._link.send(Arrange(seat_id=self._seat_id, tiles=wishes))
        except Unavailable as cause:
            _log.info("wall not arranged: %s", cause)

    def take_arranged(self, message: Arranged) -> None:
        """Let the tiles pull from where their pictures lie now."""
        wanted = {tile.slot_path for tile in message.tiles}
        named = {tile.tile_id for tile in message.tiles}
        for tile in self._sources.values():
            if tile.tile_id not in named:
                self._page.attach(tile.tile_id, tile.camera_id, None)
        self._sources = {tile.tile_id: tile for tile in message.tiles}
        for tile in message.tiles:
            try:
                if tile.slot_path not in self._readers:
                    self._readers[tile.slot_path] = SlotReader(Path(tile.slot_path))
            except SlotUnavailable:
                self._page.attach(tile.tile_id, tile.camera_id, None)
                continue
            self._page.attach(tile.tile_id, tile.camera_id, self._readers[tile.slot_path])
        for path in [path for path in self._readers if path not in wanted]:
            self._readers.pop(path).close()
        self.first.watch(self._page.tiles)
        shown = {tile.stream_id for tile in message.tiles}
        for name, state in self._states.items():
            if name in shown:
                self._page.note_stream(state)

    def take_state(self, state: StreamState) -> None:
        """Tell the page of a stream it shows; the other profile of the same camera is not its business."""
        self._states[state.stream_id] = state
        if state.stream_id.endswith("/main"):  # the one that is recorded
            self._page.note_recording(state.camera_id, state.recording)
        if any(source.stream_id == state.stream_id for source in self._sources.values()):
            self._page.note_stream(state)

    def note_station(self, *, is_there: bool) -> None:
        """The line to the station opened or was lost: ask again, or let tiles grow old honestly."""
        if is_there:
            self._page.ask_again()
        else:
            for state in self._states.values():
                self._page.note_recording(state.camera_id, "off")  # nobody knows, and nobody may rely on it
            self._states.clear()

    def close(self) -> None:
        for tile in self._sources.values():
            self._page.attach(tile.tile_id, tile.camera_id, None)
        for reader in self._readers.values():
            reader.close()
        self._readers.clear()
