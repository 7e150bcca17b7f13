"""The only place that asks the machine what time it is."""

import time
from datetime import UTC, datetime


class SystemClock:
    """This machine's clock. Safe from any thread."""

    def now(self) -> datetime:
        """Return the wall clock as aware UTC: for what is stored and for deadlines."""
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        """Return seconds that never go backwards: for time-outs and ages. Shared by the processes of a machine."""
        return time.monotonic()
