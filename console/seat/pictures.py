"""The pictures of a seat's walls: wishes go to the station, its answers become sources that tiles pull from."""

import logging
from collections.abc import Container, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot

from console.application.errors import Unavailable
from console.application.live_wall import LiveWall
from console.application.ports import Clock
from console.application.profile_choice import ProfileChoice, TileRoom
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
        self, wall: LiveWall, link: StationLink, seat_id: SeatId, clock: Clock, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._wall, self._link, self._seat_id, self._clock = wall, link, seat_id, clock
        self._pages: dict[str, WallPage] = {}
        self._rooms: dict[str, tuple[TileRoom, ...]] = {}
        self._wishes: dict[str, _PageWishes] = {}
        self._choice = ProfileChoice()
        self._choosing = QTimer(self)
        self._choosing.setObjectName("profile-choice")
        self._choosing.setSingleShot(True)
        self._choosing.timeout.connect(self._ask)
        self._readers: dict[str, SlotReader] = {}
        self._sources: dict[str, TileSource] = {}
        self._states: dict[str, StreamState] = {}
        self._allowed: frozenset[CameraId] = frozenset()
        self.first = FirstPicture(self)

    def serve(self, name: str, page: WallPage) -> None:
        """Get pictures for this wall too; its tiles go by its name in what the station hears."""
        self._pages[name] = page
        self._wishes[name] = _PageWishes(name, self)
        page.arranged.connect(self._wishes[name].take)
        page.paced.connect(self._tell_pace)
        for state in self._states.values():
            if state.stream_id.endswith("/main"):
                page.note_recording(state.camera_id, state.recording)

    def leave(self, name: str) -> None:
        """Get no more pictures for a wall that is being taken away."""
        page = self._pages.pop(name)
        page.arranged.disconnect(self._wishes.pop(name).take)
        page.paced.disconnect(self._tell_pace)
        self._rooms.pop(name, None)
        self._ask()

    def allow(self, cameras: Iterable[CameraId]) -> None:
        """Ask for pictures of these cameras only: those the directory gave to who sits here."""
        self._allowed = frozenset(cameras)

    def wish(self, name: str, rooms: Sequence[TileRoom]) -> None:
        """Ask the station for what this wall shows now, and for what the others show as before."""
        self._rooms[name] = tuple(replace(room, tile_id=f"{name}/{room.tile_id}") for room in rooms)
        self._ask()

    @Slot()
    def _ask(self) -> None:
        """Ask for the whole of it. Without a station the pages ask again when there is one."""
        rooms = [room for name in self._pages for room in self._rooms.get(name, ())]
        now_s = self._clock.monotonic_s()
        profiles = self._choice.choose(rooms, now_s)
        if self._choice.due_s is not None:
            self._choosing.start(max(1, round((self._choice.due_s - now_s) * 1000)))
        else:
            self._choosing.stop()
        wishes = tuple(
            TileWish.model_validate(
                {
                    "tile_id": wish.tile_id,
                    "camera_id": wish.camera_id,
                    "profile": wish.profile.value,
                    "max_width": wish.max_width,
                    "max_height": wish.max_height,
                    "is_selected": wish.is_selected,
                }
            )
            for wish in self._wall.arrange(self._allowed, rooms, profiles)
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
                self._attach(tile, None)
        self._sources = {tile.tile_id: tile for tile in message.tiles}
        for tile in message.tiles:
            try:
                if tile.slot_path not in self._readers:
                    self._readers[tile.slot_path] = SlotReader(Path(tile.slot_path))
            except SlotUnavailable:
                self._attach(tile, None)
                continue
            self._attach(tile, self._readers[tile.slot_path])
        self._let_go(wanted)
        for page in self._pages.values():
            self.first.watch(page.tiles)
        for tile in message.tiles:
            state = self._states.get(tile.stream_id)
            shown = self._pages.get(_page_name(tile.tile_id))
            if state is not None and shown is not None:
                shown.note_stream(state)

    def _let_go(self, wanted: Container[str]) -> None:
        """Close what no tile pulls from any more: one that changes its stream goes on with the old one for a while."""
        held = {id(source) for page in self._pages.values() for tile in page.tiles for source in tile.sources}
        for path in [path for path, reader in self._readers.items() if path not in wanted and id(reader) not in held]:
            self._readers.pop(path).close()

    def take_state(self, state: StreamState) -> None:
        """Tell each wall of a stream it shows; the other profile of the same camera is not its business."""
        self._states[state.stream_id] = state
        self._let_go({source.slot_path for source in self._sources.values()})
        showing = {
            _page_name(source.tile_id) for source in self._sources.values() if source.stream_id == state.stream_id
        }
        for name, page in self._pages.items():
            if state.stream_id.endswith("/main"):  # the one that is recorded
                page.note_recording(state.camera_id, state.recording)
            if name in showing:
                page.note_stream(state)

    def note_station(self, *, is_there: bool) -> None:
        """The line to the station opened or was lost: ask again, or let tiles grow old honestly."""
        if is_there:
            for page in self._pages.values():
                page.ask_again()
        else:
            for page in self._pages.values():
                for state in self._states.values():
                    page.note_recording(state.camera_id, "off")  # nobody knows, and nobody may rely on it
            self._states.clear()

    def close(self) -> None:
        self._choosing.stop()
        for tile in self._sources.values():
            self._attach(tile, None)
        for reader in self._readers.values():
            reader.close()
        self._readers.clear()
        self._pages.clear()

    @Slot(float)
    def _tell_pace(self, late_s: float) -> None:
        with suppress(Unavailable):  # a station that is away opens no streams either
            self._link.tell_pace(late_s)

    def _attach(self, tile: TileSource, reader: SlotReader | None) -> None:
        name, _, tile_id = tile.tile_id.partition("/")
        if (page := self._pages.get(name)) is not None:
            page.attach(tile_id, tile.camera_id, reader)


class _PageWishes(QObject):
    """Says whose wish it is: all walls ask by the same signal."""

    def __init__(self, name: str, pictures: WallPictures) -> None:
        super().__init__(pictures)
        self._name, self._pictures = name, pictures

    @Slot(tuple)
    def take(self, rooms: Sequence[TileRoom]) -> None:
        self._pictures.wish(self._name, rooms)


def _page_name(tile_id: str) -> str:
    return tile_id.partition("/")[0]


def slot_at(path: str) -> SlotReader | None:
    """Return a reader of the pictures that lie there; ``None`` where they are gone already."""
    try:
        return SlotReader(Path(path))
    except SlotUnavailable:
        return None
