"""The readings of sharing platforms' directories: each a job of its own, and how they stand for the health page."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.application.errors import Unavailable
from console.application.shared_directory import SharedDirectory
from console.application.sharing import PlatformRefuses, PlatformUnclear, SharingPlatform
from console.domain.jobs import JobState
from console.infrastructure.jobs import Job, Turn
from console.infrastructure.watch.facts import Fact
from console.words import N_

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformStanding:
    """How the readings of one platform stand.

    Attributes:
        listed: entries read so far, of a reading that is going on; ``None`` between two.
        ended_at: of the last whole one; what follows is of it.
        unclear: entries that could not be understood.
        failure: why the newest reading did not come to its end.
    """

    listed: int | None = None
    ended_at: datetime | None = None
    cameras: int = 0
    online: int = 0
    unclear: int = 0
    failure: Unavailable | None = None


class PlatformReadings:
    """Read in the thread of the runner; ``standing`` from any: it is replaced whole."""

    def __init__(self, name: str, platform: SharingPlatform, directory: SharedDirectory) -> None:
        self.name = name
        self._platform = platform
        self._directory = directory
        self._area_names: dict[str, str] = {}
        self.standing = PlatformStanding()

    def job(self, every: timedelta) -> Job:
        return Job(name=job_name(self.name), every=every, act=self._read)

    def _read(self, turn: Turn) -> bool:
        before = self.standing
        reading = self._directory.begin(self.name, self._area_names)
        try:
            for page in self._platform.directory():
                self._directory.take(reading, page)
                self.standing = _at(before, reading.listed, None)
                turn.renew()
            self._directory.finish(reading)
        except Unavailable as cause:
            self.standing = _at(before, None, cause)
            raise
        if reading.added or reading.changed or reading.gone or reading.back:
            _log.info(
                "platform %s: %d cameras, %d added, %d changed, %d gone, %d back",
                *(self.name, reading.cameras, reading.added, reading.changed, reading.gone, reading.back),
            )
        self.standing = PlatformStanding(
            ended_at=reading.began_at, cameras=reading.cameras, online=reading.online, unclear=reading.unclear
        )
        return False


class SharingPulse:
    """The readings of all platforms: the one that fails speaks first."""

    def __init__(self, readings: Sequence[PlatformReadings], states: Callable[[], Sequence[JobState]]) -> None:
        self._readings = tuple(readings)
        self._states = states

    def fact(self) -> Fact:
        standings = {one.name: one.standing for one in self._readings}
        for name, standing in standings.items():
            if standing.failure is not None:
                sentence = _why(standing.failure)
                return Fact(name="sharing", condition="fault", sentence=sentence, values={"name": name})
        for name, standing in standings.items():
            if standing.listed is not None:
                words = N_("{name}: {count} entries read")
                return Fact(
                    name="sharing", condition="ok", sentence=words, values={"name": name, "count": standing.listed}
                )
        if not self._is_all_known(standings):
            return Fact(name="sharing", condition="waiting", sentence=N_("being read"))
        values: dict[str, str | int | float] = {
            "online": sum(standing.online for standing in standings.values()),
            "all": sum(standing.cameras for standing in standings.values()),
            "unclear": sum(standing.unclear for standing in standings.values()),
        }
        if values["unclear"]:
            words = N_("{online}/{all} cameras online, {unclear} not understood")
            return Fact(name="sharing", condition="ok", sentence=words, values=values)
        return Fact(name="sharing", condition="ok", sentence=N_("{online}/{all} cameras online"), values=values)

    def _is_all_known(self, standings: Mapping[str, PlatformStanding]) -> bool:
        """Say whether every platform has been read, by us or by another station of this database."""
        elsewhere = {state.name for state in self._states() if state.began_at is None and state.next_at is not None}
        return all(one.ended_at is not None or job_name(name) in elsewhere for name, one in standings.items())


def job_name(platform: str) -> str:
    """Return under which name a platform's reading is leased: one station of a database reads it at a time."""
    return f"directory of platform {platform}"


def _at(before: PlatformStanding, listed: int | None, failure: Unavailable | None) -> PlatformStanding:
    return PlatformStanding(
        listed=listed,
        ended_at=before.ended_at,
        cameras=before.cameras,
        online=before.online,
        unclear=before.unclear,
        failure=failure,
    )


def _why(failure: Unavailable) -> str:
    match failure:
        case PlatformRefuses():
            return N_("{name} refuses our login")
        case PlatformUnclear():
            return N_("what {name} answers is not understood")
        case _:
            return N_("{name} cannot be read")
