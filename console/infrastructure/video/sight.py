"""How one stream's camera sees: looked at every two seconds, told in a word, with the pictures that show it."""

import logging
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import get_args

import numpy as np
from av import VideoFrame

from console.application.errors import Unavailable
from console.application.ports import Clock
from console.domain.ids import new_id
from console.infrastructure.channel.messages import ReferenceTaken, SightWish, SightWord
from console.infrastructure.video.clips import write_still
from console.infrastructure.video.scaling import rows_of
from inference.sight.reference import NotAReference, Reference, read_reference
from inference.sight.traits import Luma, traits_of
from inference.sight.vigil import Finding, SightVigil

_log = logging.getLogger(__name__)

# Judgement: what is wrong with a camera has been so for a dwell of ten seconds and more; a look costs half a
# millisecond to one (this machine, 2026-11-22, 640 × 352 and 1080p), so 64 streams take 3 % of a core.
LOOK_EVERY_S = 2.0
# Where the machine does not keep up the street comes first: sixteen looks a second are a tenth of such a worker.
LOOK_SPARED_EVERY_S = 6.0
# Looks after which "whole" may be said: a camera that was just opened may still be looking for its light.
LOOKS_TO_TELL = 4
MOST_REFERENCES = 6  # day, dusk, night with lamps, infrared, snow and one more (judgement)
_WORDS: tuple[SightWord, ...] = get_args(SightWord)


@dataclass(frozen=True, slots=True)
class SightTold:
    """How the camera sees: the word, since when that is wrong, and the picture that shows it."""

    word: SightWord = "not_checked"
    since: datetime | None = None
    picture: str = ""


class StreamSight:
    """Owned by its stream's thread; ``told``, ``ask_reference`` and ``take_news`` are for any other."""

    def __init__(self, stream_id: str, camera_id: str, clock: Clock) -> None:
        self._stream_id = stream_id
        self._camera_id = camera_id
        self._clock = clock
        self._wish: SightWish | None = None
        self._files: tuple[str, ...] = ()
        self._vigil = SightVigil()
        self._next_s = float("-inf")
        self._asked: deque[str] = deque(maxlen=1)
        self._news: deque[ReferenceTaken] = deque()
        self._is_waiting = False
        self.told = SightTold()

    def ask_reference(self, taken_by: str) -> None:
        """Take what is seen of late for how it should look."""
        self._asked.append(taken_by)

    def take_news(self) -> list[ReferenceTaken]:
        """Return the references taken since this was asked last."""
        return [self._news.popleft() for _ in range(len(self._news))]

    def follow(self, wish: SightWish | None) -> None:
        """Judge by this wish from now on; without one, what is seen is not judged and nothing is remembered of it."""
        if wish == self._wish:
            return
        before, self._wish = self._wish, wish
        if wish is None:
            self._vigil.forget()
            self.told = SightTold()
        elif before is None or before.references != wish.references:
            self._vigil.use(self._read(wish.references))
            self._is_waiting = False

    def look(self, frame: VideoFrame, now_s: float, *, is_spared: bool = False) -> None:
        """Take a picture in if it is time for one.

        Args:
            is_spared: the worker does not keep up; look more seldom.
        """
        if self._wish is None or now_s < self._next_s:
            return
        self._next_s = now_s + (LOOK_SPARED_EVERY_S if is_spared else LOOK_EVERY_S)
        found = self._vigil.look(traits_of(_luma_of(frame)), now_s)
        self._tell(found, frame, now_s)
        self._take_references(frame)

    def _tell(self, found: Finding, frame: VideoFrame, now_s: float) -> None:
        if found.wrong is not None:
            since = self._clock.now() - timedelta(seconds=now_s - found.since_s)
            word = _word(found.wrong.value)
            if self.told.word == word:
                return
            picture = self.told.picture or self._picture_of(frame)
            _log.info("stream %s is %s", self._stream_id, word)
            self.told = SightTold(word, since, picture)
        elif found.looks < LOOKS_TO_TELL:
            self.told = SightTold()
        elif not found.is_doubtful:  # else what was said last holds until it is known
            self.told = SightTold("whole" if found.unjudged is None else _word(found.unjudged.value))

    def _take_references(self, frame: VideoFrame) -> None:
        asked = self._asked.popleft() if self._asked else None
        if asked is not None:
            found = self._vigil.reference()
            if found is not None:
                self._keep(found, frame, asked, tuple(self._files[at] for at in self._vigil.stands_for(found)))
        elif not self._is_waiting and len(self._files) < MOST_REFERENCES:
            learned = self._vigil.learned()
            if learned is not None:
                self._is_waiting = True  # for the station to take it, so that it is not learned with every look
                self._keep(learned, frame, "", ())

    def _keep(self, found: Reference, frame: VideoFrame, taken_by: str, instead_of: tuple[str, ...]) -> None:
        assert self._wish is not None
        measured = Path(self._wish.folder) / f"{new_id()}.npz"
        picture = self._picture_of(frame)
        if not picture:
            return
        try:
            measured.write_bytes(found.to_bytes())
        except OSError as cause:
            _log.warning("no reference of %s is kept: %s", self._camera_id, cause.strerror)
            return
        self._news.append(
            ReferenceTaken(
                stream_id=self._stream_id,
                camera_id=self._camera_id,
                taken_at=self._clock.now(),
                measured=str(measured),
                picture=picture,
                width=frame.width,
                height=frame.height,
                taken_by=taken_by,
                instead_of=instead_of,
            )
        )

    def _picture_of(self, frame: VideoFrame) -> str:
        """Write the picture into the folder and return its path; empty where the disk takes none."""
        assert self._wish is not None
        path = Path(self._wish.folder) / f"{new_id()}.jpg"
        try:
            write_still(frame, path)
        except Unavailable as cause:
            _log.warning("no picture of %s is kept: %s", self._camera_id, cause)
            return ""
        return str(path)

    def _read(self, files: tuple[str, ...]) -> list[Reference]:
        """Read what can be read of the references; what cannot is as none, and the station's log says which."""
        found: list[Reference] = []
        readable: list[str] = []
        for name in files:
            try:
                found.append(read_reference(Path(name)))
                readable.append(name)
            except (NotAReference, OSError) as cause:
                _log.warning("a reference of %s is left out: %s", self._camera_id, cause)
        self._files = tuple(readable)
        return found


def _luma_of(frame: VideoFrame) -> Luma:
    if frame.format.components[0].bits != 8 or not frame.format.name.startswith(("yuv", "nv", "gray")):
        frame = frame.reformat(format="gray")
    return np.asarray(rows_of(frame.planes[0])[: frame.height, : frame.width], np.uint8)


def _word(value: str) -> SightWord:
    return next(word for word in _WORDS if word == value)
