"""A seat without a window: the station's messages kept by kind, waiting with a deadline, keys pressed again."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from console.application.errors import Stale, Unavailable
from console.application.ports import Clock
from console.domain.errors import TransitionRefused
from console.infrastructure.channel.messages import (
    AnyMessage,
    Arrange,
    Arranged,
    Health,
    PlayerState,
    Seen,
    StreamState,
    TalkState,
    TileSource,
    TileWish,
    VisionPace,
)
from console.infrastructure.starting import start_station
from console.infrastructure.station_link import StationLink
from console.site import Site

Found = TypeVar("Found")

PRESS_WITHIN_S = 30.0  # how long an operator presses again before calling somebody; judgement
PRESS_EVERY_S = 1.0


class StoryFailed(Exception):
    """A step was not observed at its far end."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How what does not work at once is taken: on a calm machine it is a failure.

    Attributes:
        longer: every deadline is this many times as long.
        is_pressing_again: a key that was refused because the world failed is pressed again, as an operator would.
    """

    longer: float = 1.0
    is_pressing_again: bool = False


CALM = Patience()


class Ears:
    """What the station said last, per thing. Written by the link's thread, read by the story's."""

    def __init__(self, clock: Clock, patience: Patience = CALM) -> None:
        self._clock = clock
        self._patience = patience
        self._changed = threading.Condition()
        self.streams: dict[str, StreamState] = {}
        self.tiles: dict[str, TileSource] = {}
        self.seen: dict[str, Seen] = {}
        self.talks: dict[str, TalkState] = {}
        self.players: dict[str, PlayerState] = {}
        self.health: Health | None = None
        self.pace: VisionPace | None = None
        self.is_linked = False

    def hear(self, message: AnyMessage) -> None:
        """Keep a message. Called in the link's thread."""
        with self._changed:
            match message:
                case StreamState():
                    self.streams[message.stream_id] = message
                case Arranged():
                    self.tiles = {tile.tile_id: tile for tile in message.tiles}
                case Seen():
                    self.seen[message.camera_id] = message
                case TalkState():
                    self.talks[message.session_id] = message
                case PlayerState():
                    self.players[message.player_id] = message
                case Health():
                    self.health = message
                case VisionPace():
                    self.pace = message
                case _:
                    pass
            self._changed.notify_all()

    def note_link(self, is_open: bool) -> None:
        with self._changed:
            self.is_linked = is_open
            self._changed.notify_all()

    def wait(self, what: str, within_s: float, look: Callable[[], Found | None]) -> Found:
        """Return what ``look`` finds, looking again with every message and five times a second.

        Raises:
            StoryFailed: it was not there in time; the sentence says what was waited for.
        """
        within_s *= self._patience.longer
        give_up_s = self._clock.monotonic_s() + within_s
        while self._clock.monotonic_s() < give_up_s:
            try:
                found = look()
            except Unavailable:
                found = None
            if found:
                return found
            with self._changed:
                self._changed.wait(0.2)
        raise StoryFailed(f"not seen within {within_s:.0f} s: {what}")

    def press(self, what: str, act: Callable[[], object], is_done: Callable[[], bool] = lambda: False) -> None:
        """Do what a key does; a patient operator presses again while the world refuses.

        Args:
            is_done: tells whether it is so already: the press before may have done it and been cut off.

        Raises:
            Refusal: it was refused, and nobody is patient.
            StoryFailed: it was refused for longer than an operator would press.
        """
        within_s = PRESS_WITHIN_S * self._patience.longer
        give_up_s = self._clock.monotonic_s() + within_s
        pause = threading.Event()
        while True:
            try:
                act()
            except (Unavailable, Stale, TransitionRefused) as refusal:
                if not self._patience.is_pressing_again:
                    raise
                if self._is_so(is_done):
                    return
                if self._clock.monotonic_s() > give_up_s:
                    raise StoryFailed(f"refused for {within_s:.0f} s: {what}: {refusal}") from refusal
                pause.wait(PRESS_EVERY_S)
            else:
                return

    @staticmethod
    def _is_so(look: Callable[[], bool]) -> bool:
        try:
            return look()
        except Unavailable:
            return False


class StorySeat:
    """One seat of the site: its ears, its line to the station, and what it shows on its wall.

    As the window does, it asks for its wall again whenever the line opens.
    """

    def __init__(self, site: Site, seat_id: str, patience: Patience) -> None:
        self.ears = Ears(site.clock, patience)
        self._seat_id = seat_id
        self._wishes: tuple[TileWish, ...] = ()
        self.link = StationLink(
            endpoint_file=site.endpoint_file,
            seat_id=seat_id,
            start=lambda: start_station(["--site", site.name], site.paths.logs / "station.out"),
            clock=site.clock,
            heard=self.ears.hear,
            changed=self._note_link,
        )

    def show(self, wishes: tuple[TileWish, ...]) -> None:
        """Put these tiles on the wall, now and whenever the station is back."""
        self._wishes = wishes
        self._ask()

    def _note_link(self, is_open: bool) -> None:
        self.ears.note_link(is_open)
        if is_open and self._wishes:
            self._ask()

    def _ask(self) -> None:
        with suppress(Unavailable):  # the line opens again, and then it is asked again
            self.link.send(Arrange(seat_id=self._seat_id, tiles=self._wishes))
