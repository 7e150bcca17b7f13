"""Cameras without a stream: frames of a clip laid into look slots, as fast as they are taken."""

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import cycle, islice
from pathlib import Path
from typing import Protocol

from console.application.ports import Clock
from console.infrastructure.channel.messages import AnyMessage, LookSlot, Seen
from console.infrastructure.frame_slots import FrameFacts, SlotWriter
from inference.frames import Frame

OFFERED_ANEW_S = 0.25  # a worker looks at no frame that lay there before it opened the slot


class Watching(Protocol):
    """Who lets a camera be watched and hears what was seen."""

    def watch(self, camera_id: str, looks_per_s: float) -> LookSlot: ...
    def leave(self, camera_id: str) -> None: ...
    def next(self, within_s: float) -> AnyMessage | None: ...


class Feed:
    """Used from one thread. A camera gets its next frame when what was seen in the last one has come back."""

    def __init__(
        self, station: Watching, cameras: Sequence[str], looks_per_s: float, frames: Sequence[Frame], clock: Clock
    ) -> None:
        self._station = station
        self._clock = clock
        self._open = ExitStack()
        self._writers: dict[str, SlotWriter] = {}
        self._frames = {
            camera: islice(cycle(frames), at % len(frames), None) for at, camera in enumerate(cameras)
        }  # each at another place of the clip
        self.looks: Counter[str] = Counter()
        self._given_s = dict.fromkeys(cameras, clock.monotonic_s())
        self._awaited = dict.fromkeys(cameras, True)
        for camera in cameras:
            slot = station.watch(camera, looks_per_s)
            self._writers[camera] = self._open.enter_context(SlotWriter(Path(slot.slot_path)))
            self._give(camera)

    def serve(self, lasts_s: float, *, every_s: float = 0.0) -> float:
        """Serve frames and return how many were looked at a second.

        Args:
            every_s: least time between two frames of a camera; 0: as fast as they are taken.
        """
        began_s = self._clock.monotonic_s()
        count = 0
        looked_over_s = -OFFERED_ANEW_S
        while (now_s := self._clock.monotonic_s()) - began_s < lasts_s:
            if every_s or now_s - looked_over_s >= OFFERED_ANEW_S:  # else only who was just seen can be free
                looked_over_s = now_s
                for camera in self._given_s:
                    self._give_if_due(camera, now_s, every_s)
            message = self._station.next(0.005 if every_s else 0.05)
            if isinstance(message, Seen):
                count += 1
                self.looks[message.camera_id] += 1
                self._awaited[message.camera_id] = False
                self._give_if_due(message.camera_id, self._clock.monotonic_s(), every_s)
        return count / (self._clock.monotonic_s() - began_s)

    def close(self) -> None:
        for camera in self._writers:
            self._station.leave(camera)
        self._open.close()

    def _give_if_due(self, camera: str, now_s: float, every_s: float) -> None:
        wait_s = every_s if self.looks[camera] else OFFERED_ANEW_S
        if now_s - self._given_s[camera] >= wait_s and self._is_free(camera):
            self._give(camera)
            self._given_s[camera], self._awaited[camera] = now_s, True

    def _is_free(self, camera: str) -> bool:
        return not (self._awaited[camera] and self.looks[camera])

    def _give(self, camera: str) -> None:
        frame = next(self._frames[camera])
        width, height = frame.size_px
        now = self._clock.now()
        facts = FrameFacts(
            width=width,
            height=height,
            stride=width,
            pixel_format="i420",
            received_at_us=round(now.timestamp() * 1_000_000),
            media_time_s=self._clock.monotonic_s(),
        )
        self._writers[camera].write([frame.i420.data], facts)
