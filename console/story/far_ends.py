"""What must be true after a storm, read where it counts: at the department, the speaker, the cameras, on the disk."""

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psutil

from console.demo.control import DepartmentControl
from console.demo.proofs import SpeakerProof, clip_is_stream
from console.demo.running import RunningDemo
from console.domain.alarms import Alarm, AlarmStage
from console.domain.evidence import EvidenceItem, EvidenceKind
from console.domain.ids import CaseId
from console.domain.outbox import OrderKind
from console.domain.speaking import TalkSession, TalkStage
from console.infrastructure.evidence_store import EvidenceStore
from console.infrastructure.journal import Journal
from console.infrastructure.paths import DATA_VARIABLE
from console.site import Site
from console.station import slots_prefix
from console.story.faults import Deed, Thing
from console.story.seat import StoryFailed
from console.story.storm import Struck

# What was said a moment before the station was killed may be lost between two processes; what stands is said again.
LOST_BEFORE_KILL = timedelta(seconds=1)
SPEECH_ENDS = timedelta(seconds=2)  # the speaker notices the end after a second of silence
_HIT = re.compile(r"of camera (?P<camera>\S+) is hit: (?P<hit>\S+)")
_TAKEN = re.compile(r"hit (?P<hit>\S+) of camera \S+ is alarm (?P<alarm>[^\s,;]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a story leaves to be looked at.

    Attributes:
        began_at: when it began; nothing older is looked at.
        struck: the faults that happened.
    """

    site: Site
    demo: RunningDemo
    department: DepartmentControl
    case_id: CaseId
    number: str
    began_at: datetime
    struck: Sequence[Struck]


class FarEnds:
    """The checks, each returning its proof or raising ``StoryFailed``. Used from one thread."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._site = told.site
        self._files = EvidenceStore(told.site.paths.data / "evidence")

    def checks(self) -> Iterator[tuple[str, Callable[[], str]]]:
        """Return the checks that ask what still runs."""
        yield "the department has it once", self._look_at_the_department
        yield "heard as often as said", self._listen_at_the_speaker
        yield "every file is what was sealed", self._check_the_evidence
        yield "every alarm once", self._count_the_alarms
        yield "nothing waits", self._look_for_leftovers

    # ---- the department --------------------------------------------------------------------------------------

    def _look_at_the_department(self) -> str:
        stored = self._told.department.requests()
        if sorted(bool(request["rework_of"]) for request in stored) != [False, True]:
            raise StoryFailed(f"it holds {len(stored)} requests, not one case and its reminder: {_brief(stored)}")
        if any(request["case_number"] != self._told.number for request in stored):
            raise StoryFailed(f"it holds another case than {self._told.number}: {_brief(stored)}")
        with self._site.units.read() as unit:
            orders = unit.orders.of_case(self._told.case_id)
        counted = 0
        for order in orders:
            request = next(one for one in stored if bool(one["rework_of"]) is (order.kind is OrderKind.REWORK))
            if order.receipt != request["service_request_id"]:
                raise StoryFailed(f"our receipt {order.receipt} is not its {request['service_request_id']}")
            sent = {_digest(self._files.absolute(path).read_bytes()) for path in order.body["stills"]}
            # What the unit's own people attached to their answer lies with the request as well.
            answered = {item.sha256 for item in self._evidence_of_case() if item.kind is EvidenceKind.PHOTO}
            there = {_digest(photo) for photo in self._told.department.photos_of(request)}
            if there - answered != sent:
                raise StoryFailed(f"the pictures of {order.receipt} are not those that were filed")
            counted += len(sent)
        return f"one case and one reminder, {counted} pictures with the digests of ours"

    # ---- the speaker -----------------------------------------------------------------------------------------

    def _listen_at_the_speaker(self) -> str:
        hearings = SpeakerProof(Path(str(self._told.demo.speaker["heard"]))).all()
        talks = self._site.queries.talk_log(1000)
        for hearing in hearings:
            if not any(_begins_in(hearing, talk) for talk in talks):
                raise StoryFailed(f"the speaker heard what nobody said: {hearing['file']}")
        # The same sentence is the same sound: what was broken off is another one, and as far as it went it was heard.
        sentences = {(talk.text, talk.pcm_sha256) for talk in talks if talk.stage is TalkStage.ENDED}
        said = whole = 0
        for talk in talks:
            heard = sum(
                _begins_in(hearing, talk) and hearing["pcm_sha256"] == talk.pcm_sha256 and not hearing["lost"]
                for hearing in hearings
            )
            is_whole = (talk.text, talk.pcm_sha256) in sentences
            said += talk.stage is TalkStage.ENDED
            whole += heard if is_whole else 0
            if talk.stage is TalkStage.ENDED and heard != 1 and not (heard == 0 and self._was_deaf(talk)):
                raise StoryFailed(f"talk {talk.talk_id} was said once and heard whole {heard} times")
            if talk.stage is TalkStage.FAILED and heard and is_whole:
                raise StoryFailed(f"talk {talk.talk_id} failed, says the log, and was heard whole")
        if not whole:
            raise StoryFailed("nothing was heard whole")
        return f"said {said} of {len(talks)} times, heard whole {whole} times, in {len(hearings)} sessions"

    def _was_deaf(self, talk: TalkSession) -> bool:
        """Tell whether the speaker was struck while it was spoken to: nobody can know then, and RTP claims no more."""
        ends_at = (talk.ended_at or talk.ordered_at) + SPEECH_ENDS
        return any(
            struck.fault.thing is Thing.SPEAKER
            and struck.at < ends_at
            and (struck.until or struck.at) + SPEECH_ENDS > talk.ordered_at
            for struck in self._told.struck
        )

    # ---- the evidence ----------------------------------------------------------------------------------------

    def _check_the_evidence(self) -> str:
        camera = self._told.demo.cameras["cameras"]["01"]
        before, after = Path(camera["main_file"]), Path(camera["main_after_file"])
        items = self._evidence_of_case()
        for alarm in self._alarms():
            items += self._site.queries.alarm_card(alarm.alarm_id).evidence
        kinds: Counter[str] = Counter()
        for item in {item.evidence_id: item for item in items}.values():
            self._files.check(item.path, item.sha256)
            kinds[item.kind.value] += 1
            if item.kind is EvidenceKind.CLIP:
                try:
                    clip_is_stream(self._files.absolute(item.path), before, after)
                except AssertionError as cause:
                    raise StoryFailed(f"clip {item.evidence_id}: {cause}") from cause
        counted = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
        return f"{counted}; every digest holds, the clips are the camera's own packets"

    def _evidence_of_case(self) -> list[EvidenceItem]:
        return list(self._site.queries.case_page(self._told.case_id).evidence)

    # ---- the alarms ------------------------------------------------------------------------------------------

    def _count_the_alarms(self) -> str:
        alarms = self._alarms()
        raised = {found["hit"]: at for at, found in self._said("vision-worker", _HIT)}
        # A hit that an open alarm absorbed stands in the log only; one that raised an alarm in the records as well.
        taken = {found["hit"]: found["alarm"] for _, found in self._said("station", _TAKEN)}
        taken |= {alarm.hit_id: alarm.alarm_id for alarm in alarms}
        known = {alarm.alarm_id for alarm in alarms}
        invented = [alarm.hit_id for alarm in alarms if alarm.hit_id not in raised]
        if invented:
            raise StoryFailed(f"alarms that vision never raised: {invented}")
        twice = [hit for hit, count in Counter(alarm.hit_id for alarm in alarms).items() if count > 1]
        if twice:
            raise StoryFailed(f"hits with two alarms: {twice}")
        lost = [hit for hit, at in raised.items() if taken.get(hit) not in known and not self._was_killed_after(at)]
        if lost:
            raise StoryFailed(f"vision raised and the database does not know: {lost}")
        places = Counter(
            (alarm.camera_id, alarm.rule.zone_name if alarm.rule else "", alarm.category)
            for alarm in alarms
            if alarm.stage is AlarmStage.WAITING
        )
        if any(count > 1 for count in places.values()):
            raise StoryFailed(f"several open alarms for one standing: {places}")
        return f"{len(raised)} hits are {len(alarms)} alarms, {sum(places.values())} of them open"

    def _was_killed_after(self, at: datetime) -> bool:
        """Tell whether the station was killed within a moment after this: what was on its way to it is gone."""
        return any(
            struck.fault.thing is Thing.STATION
            and struck.fault.deed is Deed.KILL
            and at <= struck.at <= at + LOST_BEFORE_KILL
            for struck in self._told.struck
        )

    def _alarms(self) -> Sequence[Alarm]:
        return self._site.queries.alarms_between(self._told.began_at, self._site.clock.now())

    def _said(self, role: str, pattern: re.Pattern[str]) -> Iterator[tuple[datetime, re.Match[str]]]:
        """Yield what a role's log says in these words, and when."""
        for path in sorted(self._site.paths.logs.glob(f"{role}.log*"), reverse=True):
            for line in path.read_text(encoding="utf-8").splitlines():
                with suppress(ValueError):  # a line that a kill cut short
                    entry: dict[str, Any] = json.loads(line)
                    found = pattern.search(str(entry["said"]))
                    if found is not None:
                        yield datetime.fromisoformat(entry["at"]), found

    # ---- what must not be there ------------------------------------------------------------------------------

    def _look_for_leftovers(self) -> str:
        backlog = self._site.queries.backlog()
        if backlog.orders_waiting or backlog.orders_parked or backlog.rechecks_waiting:
            raise StoryFailed(f"something still waits: {backlog}")
        open_talks = [talk for talk in self._site.queries.talk_log(1000) if talk.ended_at is None]
        if open_talks:
            raise StoryFailed(f"{len(open_talks)} talk sessions have no end in the log")
        return "no order, look or speech waits for anything"


def waiting_hits(site: Site) -> int:
    """Return how many hits the database does not hold yet. Ask when the station has ended: the journal is its own."""
    return len(Journal(site.paths.data / "journal.jsonl").pending())


def keepers_of(site: Site, stream_id: str) -> set[str]:
    """Return the media workers whose logs say that they had this stream."""
    said = f'"stream {stream_id} is live'
    return {path.stem for path in site.paths.logs.glob("media-*.log") if said in path.read_text(encoding="utf-8")}


def processes_of(folder: Path) -> list[psutil.Process]:
    """Return the processes that work in a data folder, without this one."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            if process.pid != os.getpid() and process.environ().get(DATA_VARIABLE) == str(folder):
                found.append(process)
    return found


def slots_of(site: Site) -> list[str]:
    """Return the names of the slot files that the site's stations left."""
    place = Path("/dev/shm")
    return [path.name for path in place.glob(f"{slots_prefix(site)}*")] if place.is_dir() else []


def _begins_in(hearing: dict[str, Any], talk: TalkSession) -> bool:
    first_at = datetime.fromisoformat(hearing["first_packet_at"])
    ends_at = talk.ended_at or talk.ordered_at + timedelta(seconds=90)
    return hearing["speaker_id"] in talk.speaker_ids and talk.ordered_at <= first_at <= ends_at


def _brief(requests: Sequence[dict[str, Any]]) -> str:
    return ", ".join(f"{one['service_request_id']} of {one['case_number']}" for one in requests)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
