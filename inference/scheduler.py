"""Which camera to look at next, when the model cannot look at all of them as often as asked.

Start-time fair queueing (Goyal, Vin, Cheng 1996) with a camera's own interval as the cost of its look: overload lowers
every camera's rate by the same share, and no credit is saved up: a camera that was away for an hour gets one look at
once, not an hour's worth. No camera gets more than it asked for.

Fairness: while a camera whose turn has come waits with a new frame, every other camera gets at most as many looks as
its rate is times the waiting one's, rounded up. So none that asks for as many looks or fewer gets two, and of 64
cameras of one rate none waits for more than 63 looks of others, whatever bursts, dark cameras or failed looks there
are (a failed look is a look). Priority is the rate that is asked for. A picture that is looked at in parts is one look
here, whatever it costs the model: who chose the parts was shown the cost, and overload lowers all by the same share.
"""

from collections.abc import Iterator
from dataclasses import dataclass

_NEVER_S = float("-inf")
_SAME = 9  # decimals to which virtual times are compared; sums of intervals differ in their last bits


@dataclass(slots=True)
class _Turn:
    interval_s: float
    looked_s: float  # when the last look was due, or was taken if that was much later
    finish: float  # virtual time at which its last look is paid for
    waiting_since_s: float


class LookScheduler:
    """Turns of the cameras of one worker. Used by one thread; times are of a monotonic clock."""

    def __init__(self) -> None:
        self._turns: dict[str, _Turn] = {}
        self._virtual = 0.0

    def watch(self, camera_id: str, looks_per_s: float, now_s: float) -> None:
        """Give a camera turns, or change its rate; it keeps its place."""
        if looks_per_s <= 0:
            raise ValueError(f"{camera_id}: {looks_per_s} looks a second is no watch")
        turn = self._turns.setdefault(camera_id, _Turn(1 / looks_per_s, _NEVER_S, self._virtual, now_s))
        turn.interval_s = 1 / looks_per_s

    def unwatch(self, camera_id: str) -> None:
        """Take a camera's turns away; unknown ones are no matter."""
        self._turns.pop(camera_id, None)

    def due(self, now_s: float) -> Iterator[str]:
        """Yield the cameras whose turn has come, most urgent first. The caller takes the first with a new frame."""
        ripe = [(name, turn) for name, turn in self._turns.items() if now_s - turn.looked_s >= turn.interval_s]
        # Equal claims: the one that waits longest, so that a burst of new cameras is served in the order they came.
        ripe.sort(key=lambda pair: (round(self._start(pair[1]), _SAME), pair[1].waiting_since_s))
        yield from (name for name, _ in ripe)

    def looked(self, camera_id: str, now_s: float) -> None:
        """Note that a look at the camera began."""
        turn = self._turns[camera_id]
        self._virtual = self._start(turn)
        turn.finish = self._virtual + turn.interval_s
        # A look a little late is booked at its due time, so that the asked-for rate is kept on average; one that is
        # late by more than an interval is not made up for.
        due_s = turn.looked_s + turn.interval_s
        turn.looked_s = due_s if now_s - due_s < turn.interval_s else now_s
        turn.waiting_since_s = now_s

    def next_due_in_s(self, now_s: float) -> float | None:
        """Return how long until some camera's turn comes: 0 for now, ``None`` without cameras."""
        waits = [max(0.0, turn.looked_s + turn.interval_s - now_s) for turn in self._turns.values()]
        return min(waits, default=None)

    def _start(self, turn: _Turn) -> float:
        return max(self._virtual, turn.finish)
