"""The directory of a sharing platform, taken into ours: what is new, changed or gone, and what a hand has set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from console.application.ports import Clock, UnitOfWork, UnitsOfWork
from console.application.sharing import PlatformUnclear
from console.domain.audit import AuditFacts
from console.domain.cameras import NATIONAL_CODE_DIGITS, Camera
from console.domain.ids import CameraId, new_id
from console.domain.places import Place
from console.domain.ptz import PtzSetup
from console.domain.sharing import TURNED_KINDS, SharedChannel, SharedDescription, SharedPage, SharedRecord

STATION = "station"
SHORT_NUMBER = slice(-7, None)  # of a national code: the digit of the net and the six in a row (annex E)
LONGEST_NUMBER = 32
# Lists are read page by page while others write them: what slipped through between two pages is there the next time.
GONE_AFTER_READINGS = 2
THE_ONE = "platform"  # a platform turns a camera, not one of its streams
# Few enough that whoever waits to write meanwhile waits for a tenth of a second (100 took 0.08 s, 2026-11-23).
A_BATCH = 100
MOST_AREAS = 50_000  # judgement: ten times the divisions of a province


@dataclass(slots=True)
class Reading:
    """One reading of a platform's directory, from its first page to its last. Belongs to one thread.

    Attributes:
        area_names: what the platform calls the divisions; outlives one reading, for a name may come after its cameras.
    """

    platform: str
    began_at: datetime
    area_names: dict[str, str] = field(default_factory=dict)
    listed: int = 0
    cameras: int = 0
    online: int = 0
    added: int = 0
    changed: int = 0
    back: int = 0
    gone: int = 0
    kept_by_hand: int = 0
    unclear: int = 0


class SharedDirectory:
    """The station's verbs on cameras that a platform passes on. Safe from any thread; one reading in one thread.

    What a platform says of a camera is taken over where nobody here has said otherwise: a name, a place or a kind
    that was changed by hand stays. A camera that was taken out of our directory by hand does not come back by itself,
    and one the platform no longer lists is marked and stays where it is.
    """

    def __init__(self, units: UnitsOfWork, clock: Clock) -> None:
        self._units = units
        self._clock = clock

    def begin(self, platform: str, area_names: dict[str, str] | None = None) -> Reading:
        return Reading(platform, self._clock.now(), area_names if area_names is not None else {})

    def take(self, reading: Reading, page: SharedPage) -> None:
        """Take a page in, batch by batch, each whole or not at all.

        Raises:
            Unavailable: the database is away.
        """
        reading.listed, reading.unclear = page.listed, reading.unclear + page.unclear
        for code, name in page.areas:
            if len(reading.area_names) < MOST_AREAS:
                reading.area_names[code] = name
        if page.channels:
            with self._units.read() as unit:
                unit.directory.read_names([channel.name for channel in page.channels])
        for first in range(0, len(page.channels), A_BATCH):
            self._take_some(reading, page.channels[first : first + A_BATCH])

    def _take_some(self, reading: Reading, some: Sequence[SharedChannel]) -> None:
        channels = {channel.source.address: channel for channel in some}
        with self._units.write() as unit:
            taken = _Page(unit, reading, channels, self._clock.now())
            taken.put()
            if taken.added or taken.changed:
                unit.audit.append(self._facts(reading, added=len(taken.added), changed=len(taken.changed)))
            unit.commit()
        reading.cameras += len(channels)
        reading.online += sum(channel.is_online for channel in channels.values())
        reading.added += len(taken.added)
        reading.changed += len(taken.changed)
        reading.back += taken.back
        reading.kept_by_hand += taken.kept_by_hand

    def finish(self, reading: Reading) -> None:
        """Mark what the platform did not list any more, now that its whole list has been read.

        Raises:
            PlatformUnclear: it listed nothing at all where there were cameras: a platform that is being set up anew.
        """
        with self._units.write() as unit:
            known = unit.shared.count(reading.platform)
            if reading.cameras == 0 and known:
                raise PlatformUnclear("The platform lists no camera at all; it had {count}.", count=known)
            reading.gone = unit.shared.note_missing(
                reading.platform, reading.began_at, GONE_AFTER_READINGS, self._clock.now()
            )
            if reading.gone:
                unit.audit.append(self._facts(reading, gone=reading.gone))
            unit.commit()

    def _facts(self, reading: Reading, **counts: int) -> AuditFacts:
        detail: dict[str, object] = {"platform": reading.platform, **counts}
        return AuditFacts(at=self._clock.now(), who=STATION, seat_id="", verb="read_platform", detail=detail)


class _Page:
    """What a page of a platform's list means for our directory; one unit of work."""

    def __init__(
        self, unit: UnitOfWork, reading: Reading, channels: Mapping[str, SharedChannel], now: datetime
    ) -> None:
        self._unit = unit
        self._now = now
        self._reading = reading
        self.added: list[Camera] = []
        self.changed: list[Camera] = []
        self.back = 0
        self.kept_by_hand = 0
        self._records: list[SharedRecord] = []
        known = unit.shared.of_addresses(list(channels))
        cameras = {
            camera.camera_id: camera
            for camera in unit.directory.cameras_of([record.camera_id for record in known.values()])
        }
        for address, channel in channels.items():
            record = known.get(address)
            if record is None:
                self._meet(channel)
            else:
                self._follow(record, channel, cameras.get(record.camera_id))

    def put(self) -> None:
        self._unit.directory.put_cameras([*self.added, *self.changed])
        self._unit.shared.put(self._records)
        for camera in self.added:
            if camera.kind in TURNED_KINDS:
                turned_by = PtzSetup(camera_id=camera.camera_id, device_address=camera.main_address, profile=THE_ONE)
                self._unit.ptz.put_setup(turned_by)

    def _meet(self, channel: SharedChannel) -> None:
        """A camera we have not met: a new entry, unless somebody has entered one of its code by hand."""
        code = channel.source.channel
        is_national = len(code) == NATIONAL_CODE_DIGITS and code.isascii() and code.isdigit()
        if is_national and (
            self._unit.directory.camera_coded(code) is not None or any(camera.code == code for camera in self.added)
        ):
            self.kept_by_hand += 1
            return
        said = self._said(channel)
        camera = Camera(
            camera_id=CameraId(new_id()),
            number=self._number(code),
            name=said.name,
            place=Place(address=said.address, district=said.district, longitude=said.longitude, latitude=said.latitude),
            main_address=channel.source.address,
            sub_address="",
            code=code if is_national else "",
            kind=said.kind,
        )
        self.added.append(camera)
        self._records.append(
            SharedRecord(
                camera_id=camera.camera_id,
                source=channel.source,
                said=said,
                is_online=channel.is_online,
                since=self._now,
                seen_at=self._reading.began_at,
            )
        )

    def _follow(self, record: SharedRecord, channel: SharedChannel, camera: Camera | None) -> None:
        """A camera we know: what its platform changed, and nobody here has changed since, is changed here too."""
        said = self._said(channel)
        if record.gone_at is not None:
            self.back += 1
        if camera is None:
            self.kept_by_hand += 1  # somebody took it out of the directory
        else:
            merged = _merged(camera, record.said, said)
            if merged != camera:
                self.changed.append(merged)
        since = record.since if record.is_online == channel.is_online and record.gone_at is None else self._now
        self._records.append(
            replace(
                record,
                said=said,
                is_online=channel.is_online,
                since=since,
                seen_at=self._reading.began_at,
                missed=0,
                gone_at=None,
            )
        )

    def _said(self, channel: SharedChannel) -> SharedDescription:
        return SharedDescription(
            name=channel.name,
            address=channel.address,
            district=self._reading.area_names.get(channel.area, channel.area),
            parent=channel.parent,
            kind=channel.kind,
            longitude=channel.longitude,
            latitude=channel.latitude,
        )

    def _number(self, code: str) -> str:
        """Return what a camera is called at a desk: the end of its code where that is free, else all of it."""
        short = code[SHORT_NUMBER]
        if self._unit.directory.camera_numbered(short) is None and not any(one.number == short for one in self.added):
            return short
        return code[-LONGEST_NUMBER:]


def _merged(camera: Camera, before: SharedDescription, now: SharedDescription) -> Camera:
    """Return the camera with what its platform says otherwise than before, except where a hand was at it."""
    place = camera.place
    if now.name != before.name and camera.name == before.name:
        camera = replace(camera, name=now.name)
    if now.kind != before.kind and camera.kind == before.kind:
        camera = replace(camera, kind=now.kind)
    if now.address != before.address and place.address == before.address:
        place = replace(place, address=now.address)
    if now.district != before.district and place.district == before.district:
        place = replace(place, district=now.district)
    measured = (before.longitude, before.latitude)
    if (now.longitude, now.latitude) != measured and (place.longitude, place.latitude) == measured:
        place = replace(place, longitude=now.longitude, latitude=now.latitude)
    return replace(camera, place=place)
