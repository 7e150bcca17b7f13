"""A seat without a window: the station's messages kept by kind, and waiting for one with a deadline."""

import threading
from collections.abc import Callable
from typing import TypeVar

from console.application.errors import Unavailable
from console.application.ports import Clock
from console.infrastructure.channel.messages import (
    AnyMessage,
    Arranged,
    Health,
    PlayerState,
    Seen,
    StreamState,
    TalkState,
    TileSource,
)

Found = TypeVar("Found")


class StoryFailed(Exception):
    """A step was not observed at its far end."""


class Ears:
    """What the station said last, per thing. Written by the link's thread, read by the story's."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self.streams: dict[str, StreamState] = {}
        self.tiles: dict[str, TileSource] = {}
        self.seen: dict[str, Seen] = {}
        self.talks: dict[str, TalkState] = {}
        self.players: dict[str, PlayerState] = {}
        self.health: Health | None = None
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
