"""What one stream leaves out: by order of its worker's ladder, and by itself when it has fallen behind."""

from collections import deque
from typing import Protocol

import av

from console.infrastructure.channel.messages import SparingStep
from console.infrastructure.video.packets import KeptPacket, StreamFormat, new_decoder

# A tile of a wall that must spare is shown so often: movement is still movement, and converting and painting cost a
# third of what they did (judgement, from the figures of PERFORMANCE: both together cost as much as decoding).
FEWER_PER_S = 8.0
# Where the second half between two key pictures is left out, what is shown of the first is spread over it.
HALF_PER_S = 4.0
# Beyond this the past is not worth decoding: the newest wins, from the next key picture on.
CATCH_UP_ABOVE_S = 1.0
# A stream that skips so long and comes no nearer to now is not late: its camera's clock runs slow, or stood still. It
# is asked again only after a while.
BELIEVED_AFTER_S, BELIEVED_FOR_S = 6.0, 30.0
# The least delay of the last half minute to a minute is what the way from the camera takes.
BASE_OVER_S = 30.0
SHOWN_OVER_S = 4.0
_PLAIN: tuple[SparingStep, ...] = ("plain", "half", "keys")  # without the loop filter


class DecoderOf(Protocol):
    def __call__(self, form: StreamFormat, *, skips_loop_filter: bool = ...) -> av.VideoCodecContext: ...


class Sparing:
    """Owned by its stream's thread; ``step`` is set and all figures are read by the worker's main thread."""

    def __init__(self, decoder_of: DecoderOf = new_decoder) -> None:
        """Args:
        decoder_of: makes a decoder, with its loop filter or without.
        """
        self._decoder_of = decoder_of
        self.step: SparingStep = "full"
        self.late_s = 0.0
        self.key_interval_s = 0.0
        self._key: tuple[float, float] | None = None
        self._since_key_s = 0.0
        self._is_left = False
        self._bases: deque[float] = deque(maxlen=2)
        self._base_since_s = 0.0
        self._behind_since_s: float | None = None
        self._behind_by_s = 0.0
        self._believed_until_s = float("-inf")
        self._skipped: tuple[float, float] | None = None
        self._is_plain = False
        self._shown_s: deque[float] = deque()
        self._last_shown_s = float("-inf")

    @property
    def is_skipping(self) -> bool:
        """Whether pictures that are no key pictures, or half of them, go undecoded now."""
        return self.step in ("half", "keys") or self._behind_since_s is not None

    @property
    def patience_s(self) -> float:
        """How much longer than usual nothing may be decoded, or the same be seen again, before that is a fault."""
        return 2.0 * self.key_interval_s if self.is_skipping else 0.0

    def gap_s(self, now_s: float) -> float:
        """Return how long pictures had been left undecoded until a moment ago; 0 long after.

        A picture that was not decoded meanwhile is no new one for that. As long as the same are left out, the others
        are seen as often as ever, and a recorded street that begins again stays a street.
        """
        if self._skipped is None or self.is_skipping:
            return 0.0
        from_s, to_s = self._skipped
        if now_s - to_s > 2.0 * self.key_interval_s + 1.0:
            self._skipped = None
            return 0.0
        return now_s - from_s

    def begin(self) -> None:
        """Another connection: nothing of the one before says how long the way is."""
        self._bases.clear()
        self._key = None
        self._behind_since_s = None
        self.late_s = 0.0

    def believe(self, until_s: float) -> None:
        """Take no packet for late until then, whatever its stamps say."""
        self.begin()
        self._believed_until_s = until_s

    def note(self, kept: KeptPacket, now_s: float) -> None:
        """Take in a packet as it comes out of the connection, and see how late it is.

        Packets that wait in the connection because nobody had time for them come later after their media time than
        those before did.
        """
        if kept.is_key:
            if self._key is not None:
                media_s, came_s = self._key
                self.key_interval_s = max(kept.media_time_s - media_s, now_s - came_s)
            self._key = (kept.media_time_s, now_s)
        self._since_key_s = kept.media_time_s - self._key[0] if self._key is not None else 0.0
        if now_s < self._believed_until_s:
            return
        delay_s = now_s - kept.media_time_s
        if not self._bases or now_s - self._base_since_s > BASE_OVER_S:
            self._bases.append(delay_s)
            self._base_since_s = now_s
        self._bases[-1] = min(self._bases[-1], delay_s)
        self.late_s = delay_s - min(self._bases)
        if self.late_s <= CATCH_UP_ABOVE_S:
            self._behind_since_s = None
        elif self._behind_since_s is None:
            self._behind_since_s, self._behind_by_s = now_s, self.late_s
        elif now_s - self._behind_since_s > BELIEVED_AFTER_S:
            if self.late_s >= self._behind_by_s:
                self.believe(now_s + BELIEVED_FOR_S)
            else:
                self._behind_since_s, self._behind_by_s = now_s, self.late_s

    def wants(self, now_s: float, *, is_key: bool, looks_per_s: float, is_shown: bool) -> bool:
        """Say whether this packet is decoded. After one that was not only a key picture can be.

        Args:
            looks_per_s: of the detector, 0 where no rule watches. is_shown: a tile shows it.
        """
        if is_key:
            self._is_left = False
        if self.is_skipping:
            self._skipped = (now_s if self._skipped is None else self._skipped[0], now_s)
            is_half = self.step == "half" and self._behind_since_s is None
            # What follows on a picture that was left out cannot be decoded before the next key picture.
            self._is_left = self._is_left or not is_half or self._since_key_s > self.key_interval_s / 2
            return is_key or not self._is_left
        if is_key:
            return True
        # H.264 of cameras has no pictures that may be left out but those before a key picture: nothing less than all
        # of them can be decoded between two key pictures, so that a detector content with those gets only those.
        are_keys_enough = 0.0 < self.key_interval_s * looks_per_s <= 1.0
        return is_shown or not are_keys_enough

    def decoder(self, before: av.VideoCodecContext, form: StreamFormat, *, is_key: bool) -> av.VideoCodecContext:
        """Return the decoder for a packet: another one where the loop filter is to be left out, or no longer."""
        is_plain = self.step in _PLAIN
        if not is_key or is_plain == self._is_plain:
            return before
        self._is_plain = is_plain
        return self._decoder_of(form, skips_loop_filter=is_plain)

    def new_decoder(self, form: StreamFormat) -> av.VideoCodecContext:
        """Return the decoder a connection begins with."""
        self._is_plain = self.step in _PLAIN
        return self._decoder_of(form, skips_loop_filter=self._is_plain)

    def shows(self, media_time_s: float, now_s: float) -> bool:
        """Say whether a decoded picture goes to the tiles, and count it if so."""
        most_per_s = HALF_PER_S if self.step == "half" else FEWER_PER_S
        is_due = self.step == "full" or not 0.0 <= media_time_s - self._last_shown_s < 0.98 / most_per_s
        if is_due:
            self._last_shown_s = media_time_s
            self._shown_s.append(now_s)
            while now_s - self._shown_s[0] > SHOWN_OVER_S:
                self._shown_s.popleft()
        return is_due

    def shown_per_s(self, now_s: float) -> float:
        """Return how many pictures a second went to the tiles of late. Safe from any thread."""
        return sum(1 for at_s in list(self._shown_s) if now_s - at_s <= SHOWN_OVER_S) / SHOWN_OVER_S
