"""What is asked of a sharing platform, and the ways in which it does not give it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from console.application.errors import Unavailable
from console.domain.sharing import SharedPage, SharedRecord, SharedSource


class PlatformSilent(Unavailable):
    """It does not answer, or says "later"."""


class PlatformRefuses(Unavailable):
    """It does not let us in: a wrong password, or an account that may not."""


class PlatformUnclear(Unavailable):
    """What it answers is not what such a platform answers, or only half of it."""


class CameraOffline(Unavailable):
    """The platform has lost the camera, or knows it no longer."""


class NotPlayable(Unavailable):
    """The platform has the camera and gives no stream of it that may be opened here."""


class SharingPlatform(Protocol):
    """One platform. Safe from any thread; each call answers or raises within its deadline."""

    def play(self, source: SharedSource) -> str:
        """Return the address of a camera's stream, for one opening: it holds a token.

        Raises:
            PlatformSilent, PlatformRefuses, PlatformUnclear, CameraOffline, NotPlayable: see there.
        """
        ...

    def stop(self, source: SharedSource) -> None:
        """Tell that nobody here watches this camera any more.

        Raises:
            Unavailable: it was not heard.
        """
        ...

    def directory(self) -> Iterator[SharedPage]:
        """Read the cameras there are, page by page; the whole of it only if the iteration ends by itself.

        Raises:
            PlatformSilent, PlatformRefuses, PlatformUnclear: see there.
        """
        ...


class SharedRecords(Protocol):
    """What is remembered of cameras that platforms have listed."""

    def of_addresses(self, addresses: Sequence[str]) -> Mapping[str, SharedRecord]:
        """Return those that are known, by their address in the directory."""
        ...

    def put(self, records: Sequence[SharedRecord]) -> None: ...

    def count(self, platform: str) -> int:
        """Return how many of a platform are not gone."""
        ...

    def note_missing(self, platform: str, began_at: datetime, gone_after: int, now: datetime) -> int:
        """Note that a whole reading did not find those last seen before it; mark them as gone after so many.

        Returns:
            How many were marked now.
        """
        ...
