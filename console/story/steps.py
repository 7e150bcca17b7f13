"""The steps of the main job, each ending with a proof read where it counts: at the far end.

Long because a story is told from beginning to end in one place.
"""

import hashlib
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from console.application.alarm_review import Filing
from console.application.errors import Unavailable
from console.application.evidence_desk import EvidenceDesk
from console.application.profile_choice import ProfileChoice, TileRoom
from console.application.read_models import AlarmCard, AlarmRow, CasePage, MissingEvidence
from console.application.reports import ShiftDesk
from console.application.sign_in import SignIn
from console.demo.control import DemoControl, DepartmentControl
from console.demo.peers import Neighbours
from console.demo.proofs import SpeakerProof, clip_is_stream, pictures_differ
from console.demo.running import RunningDemo
from console.demo.site import (
    LOCKED_CAMERA,
    OWN_NUMBERS,
    PASSWORD,
    SEAT,
    SITE_NAME,
    WATCHED_CAMERA,
    add_own_cameras,
    write_settings,
)
from console.desks import Desks
from console.domain.accounts import Actor
from console.domain.alarms import AlarmStage
from console.domain.audit import first_break
from console.domain.cases import RecheckAnswer, Stage
from console.domain.categories import Category
from console.domain.evidence import EvidenceItem, EvidenceKind
from console.domain.ids import AlarmId, CameraId, CaseId
from console.domain.speaking import TalkSession, TalkStage
from console.infrastructure.channel.messages import ShutDown, TileWish
from console.infrastructure.clock import SystemClock
from console.infrastructure.documents.printer import PdfReports
from console.infrastructure.evidence_files import EvidencePacks
from console.infrastructure.evidence_store import EvidenceStore
from console.infrastructure.frame_slots import SlotReader
from console.infrastructure.logs import Logs
from console.infrastructure.passwords import Argon2PasswordHasher
from console.infrastructure.paths import Paths
from console.infrastructure.supervisor import command_for
from console.site import Site
from console.story.faults import (
    ALARM,
    CLIP,
    CLOSE,
    CONFIRM,
    FILE,
    NEW_SEAT,
    RIGHTLY,
    SEND_BACK,
    SPEECH,
    TOO_EARLY,
    WALL,
)
from console.story.hand import REASON
from console.story.seat import CALM, PRESS_EVERY_S, Ears, Patience, StoryFailed, StorySeat

TILE_PX = (480, 270)
STATION_WITHIN_S = 60.0
WALL_WITHIN_S = 60.0
ALARM_WITHIN_S = 90.0
DELIVERY_WITHIN_S = 40.0
RECHECK_WITHIN_S = 60.0
SPEECH_WITHIN_S = 90.0
SPOKEN_WITHIN_S = 20.0  # whoever would press again does not wait for longer than a sentence and its rendering


class Story:
    """One telling. Used from one thread; ``end`` leaves no process behind."""

    def __init__(self, clock: SystemClock, folder: Path, keep: Path | None, patience: Patience = CALM) -> None:
        self._clock = clock
        self.folder = folder
        self._keep = keep
        self._patience = patience
        write_settings(Paths.for_site(SITE_NAME).make().data)
        self.site = Site.open(SITE_NAME)
        self._logs = Logs(self.site.paths.logs, "story")
        self._logs.begin()
        self._hasher = Argon2PasswordHasher()
        self._desks = Desks.of(self.site)
        self._files = EvidenceStore(self.site.paths.data / "evidence")
        self._evidence = EvidenceDesk(
            self.site.units,
            self.site.queries,
            self._desks.gate,
            clock,
            EvidencePacks(self._files, self.site.vault),
        )
        self._shift = ShiftDesk(
            self.site.units,
            self.site.queries,
            self._desks.gate,
            clock,
            PdfReports(self.site.settings.site.title, self.site.zone, self.site.units),
        )
        self.neighbours = Neighbours(clock, self.site.paths.logs, lambda _line: None)
        self._seat = StorySeat(self.site, SEAT, patience)
        self._is_linking = False
        self._demo: RunningDemo | None = None
        self._control: DemoControl | None = None
        self._actor: Actor | None = None
        self._lead: Actor | None = None
        self._alarm: AlarmRow | None = None
        self._case_id: CaseId | None = None
        self._number = ""
        self._wishes: tuple[TileWish, ...] = ()
        # Called before a key: with the step, the key and the id of what it is pressed for.
        self.before_key: Callable[[str, str, str], None] = lambda _step, _key, _subject_id: None
        # What a storm took, whatever the product does: the only copy of the packets around an alarm; the station while
        # nobody sits at a seat, which alone starts one where none is installed as a service.
        self.has_taken_packets: Callable[[AlarmCard], bool] = lambda _card: False
        self.has_taken_station: Callable[[], bool] = lambda: False

    def steps(self) -> Iterator[tuple[str, Callable[[], str]]]:
        """Return the steps in their order. Each returns its proof or raises."""
        yield "neighbours", self._start_neighbours
        yield "station", self._start_station
        yield "sign in", self._sign_in
        yield WALL, self._see_the_wall
        yield "password from the vault", self._open_the_locked_camera
        yield ALARM, self._wait_for_the_alarm
        yield CLIP, self._check_the_clip
        yield CONFIRM, self._confirm
        yield FILE, self._file
        yield NEW_SEAT, self._open_another_seat
        yield SPEECH, self._speak
        yield TOO_EARLY, self._answer_too_early
        yield SEND_BACK, self._send_back
        yield RIGHTLY, self._answer_rightly
        yield CLOSE, self._close
        yield "evidence file", self._export
        yield "shift report", self._report
        yield "nothing lost, nothing twice", self._count
        yield "no secret is written down", self._look_for_secrets

    @property
    def demo(self) -> RunningDemo:
        """The neighbours' own words; there once the first step is done."""
        assert self._demo is not None
        return self._demo

    @property
    def number(self) -> str:
        return self._number

    def end(self) -> None:
        """End the station, the neighbours and whatever else was begun."""
        if self._is_linking:
            try:
                self._seat.link.send(ShutDown(reason="The story is told."))
                self._ears.wait("the station ends", 15.0, lambda: not self.site.endpoint_file.exists())
            except (Unavailable, StoryFailed):
                pass
            self._seat.link.close()
        if self._control is not None:
            self._control.close()
        self.neighbours.end()
        self._logs.end()
        self.site.close()

    # ---- the street ------------------------------------------------------------------------------------------

    def _start_neighbours(self) -> str:
        self._demo = RunningDemo.start(self.site, self.neighbours, self._hasher)
        self._control = DemoControl(self._demo)
        services = self._department.services()
        return f"department lists {len(services)} services; cameras serve {len(self.demo.cameras['cameras'])} streams"

    def _start_station(self) -> str:
        self._seat.link.open()
        self._is_linking = True
        self._ears.wait("the station answers", STATION_WITHIN_S, lambda: self._ears.is_linked)
        health = self._ears.wait("the station's pulse", STATION_WITHIN_S, lambda: self._ears.health)
        return f"its pulse of {health.at:%H:%M:%S} names {len(health.items)} things"

    def _sign_in(self) -> str:
        desk = SignIn(self.site.units, self._hasher, self._clock, self.site.vault)

        def sign_in() -> None:
            self._lead = desk.sign_in("lead", PASSWORD, SEAT)
            self._actor = desk.sign_in("op", PASSWORD, SEAT)

        self._ears.press("sign in", sign_in)
        return f"{self.actor.display_name} ({self.actor.role.value}) at seat {SEAT}"

    def _see_the_wall(self) -> str:
        cameras = self._ears.wait("the directory", 20.0, lambda: self._desks.wall.cameras(self.actor))
        rooms = [
            TileRoom(tile_id=camera.number, camera_id=camera.camera_id, width_px=TILE_PX[0], height_px=TILE_PX[1])
            for camera in cameras
        ]
        profiles = ProfileChoice().choose(rooms, 0.0)
        wishes = tuple(
            TileWish.model_validate(
                {
                    "tile_id": wish.tile_id,
                    "camera_id": wish.camera_id,
                    "profile": wish.profile.value,
                    "max_width": wish.max_width,
                    "max_height": wish.max_height,
                }
            )
            for wish in self._desks.wall.arrange({room.camera_id for room in rooms}, rooms, profiles)
        )
        self._wishes = wishes
        self._seat.show(wishes)
        self._ears.wait("places for nine tiles", 20.0, lambda: len(self._ears.tiles) == len(cameras))
        live = [camera for camera in cameras if camera.camera_id != LOCKED_CAMERA]
        for camera in live:
            self._moves(camera.number)
        locked = f"{LOCKED_CAMERA}/sub"
        self._ears.wait(
            "the camera with a password says so",
            WALL_WITHIN_S,
            lambda: (state := self._ears.streams.get(locked)) and state.condition == "wrong_password",
        )
        return f"{len(live)} tiles show pictures that change; camera 09 says wrong password"

    def _moves(self, tile_id: str) -> None:
        """See two different pictures of a tile."""
        first: list[bytes] = []

        def look() -> bool:
            source = self._ears.tiles.get(tile_id)
            if source is None:
                return False
            buffer = bytearray(TILE_PX[0] * TILE_PX[1] * 8)
            with SlotReader(Path(source.slot_path)) as reader:
                facts = reader.copy_newest(buffer)
            if facts is None:
                return False
            picture = bytes(buffer[: facts.stride * facts.height])
            if not first:
                first.append(picture)
                return False
            return pictures_differ(first[0], picture)

        self._ears.wait(f"moving pictures of tile {tile_id}", WALL_WITHIN_S, look)

    def _open_the_locked_camera(self) -> str:
        facts = self.demo.cameras["cameras"]["09"]
        address = str(facts["main"]).replace("://", f"://{facts['user']}:{facts['password']}@")
        self._ears.press("add a camera", lambda: add_own_cameras(self.site, [address]))
        own = next(camera for camera in self._desks.wall.cameras(self.actor) if camera.number.startswith(OWN_NUMBERS))
        tile = TileWish(
            tile_id=own.number, camera_id=own.camera_id, profile="main", max_width=TILE_PX[0], max_height=TILE_PX[1]
        )

        def placed() -> bool:
            self._seat.show((*self._wishes, tile))
            return own.number in self._ears.tiles

        self._ears.wait("a place for the locked camera", 20.0, placed)
        self._moves(own.number)
        return "the same camera plays once its password is in the vault"

    # ---- the alarm -------------------------------------------------------------------------------------------

    def _wait_for_the_alarm(self) -> str:
        self._alarm = self._ears.wait(
            "an alarm of the standing vehicle",
            ALARM_WITHIN_S,
            lambda: next(
                (row for row in self._desks.review.queue(self.actor) if row.camera_id == WATCHED_CAMERA), None
            ),
        )
        card = self._ears.wait("its card", 20.0, self._card)
        rule = card.rule
        if rule is None or rule.dwell_s < 10.0:
            raise StoryFailed(f"the alarm does not tell its dwell: {rule}")
        return f"{rule.label} stood {rule.dwell_s:.1f} s in {rule.zone_name}, score {rule.score:.2f}, {rule.model_name}"

    def _check_the_clip(self) -> str:
        def found() -> AlarmCard | None:
            card = self._card()
            if card.missing and not self.has_taken_packets(card):
                raise StoryFailed(f"the packets were there, and the card says: {_told(card.missing)}")
            return card if len(_clips(card)) + len(_stills(card)) + len(card.missing) >= 3 else None

        card = self._ears.wait("clip and two stills", 60.0, found)
        clips, stills = _clips(card), _stills(card)
        for item in (*clips, *stills):
            self._files.check(item.path, item.sha256)
        proofs = [
            clip_is_stream(self._files.absolute(clip.path), Path(self.demo.cameras["cameras"]["01"]["main_file"]))
            for clip in clips
        ]
        if len(stills) >= 2:
            apart = abs((stills[0].media_time_s or 0) - (stills[1].media_time_s or 0))
            if apart < 10.0 - 0.5:
                raise StoryFailed(f"the stills are only {apart:.1f} s apart")
            proofs.append(f"two stills {apart:.1f} s apart")
        if card.missing:
            proofs.append(f"killed with its packets, and the card says so: {_told(card.missing)}")
        return "; ".join((*proofs, "every digest holds"))

    def _confirm(self) -> str:
        alarm_id = AlarmId(self.alarm.alarm_id)
        category = self._ears.wait("its matter", 20.0, self._site_category)
        filing = Filing(category.code, category.filing[0].code)
        self._ears.press("claim", lambda: self._desks.review.claim(self.actor, alarm_id))
        self.before_key(CONFIRM, "confirm", alarm_id)
        self._ears.press(
            "confirm", lambda: self._desks.review.confirm(self.actor, alarm_id, filing), self._is_confirmed
        )
        return f"{category.code} {category.zh}, by condition {category.filing[0].zh}"

    def _file(self) -> str:
        alarm_id = AlarmId(self.alarm.alarm_id)
        self.before_key(FILE, "file", alarm_id)
        self._ears.press(
            "file", lambda: self._desks.cases.file(self.actor, alarm_id), lambda: bool(self._card().case_id)
        )
        card = self._ears.wait("the case on the alarm's card", 20.0, self._card)
        self._case_id, self._number = CaseId(card.case_id), card.case_number
        # An operator goes when the health bar says that the station watches.
        self._ears.wait("the station answers the seat", STATION_WITHIN_S, lambda: self._ears.is_linked)
        left = self._seat
        left.link.close()

        def request_there() -> dict[str, Any] | None:
            if self._seat is left and self.has_taken_station():
                self._sit_down()
            return next(iter(self._department.requests_of(self._number)), None)

        request = self._ears.wait(f"case {self._number} at the department", DELIVERY_WITHIN_S, request_there)
        stills = _stills(card)
        photos: list[bytes] = []

        def are_all_there() -> bool:
            photos[:] = self._department.photos_of(self._department.requests_of(self._number)[0])
            return len(photos) >= len(stills)

        self._ears.wait("the stills at the department", DELIVERY_WITHIN_S, are_all_there)
        alarms = [item.sha256 for item in stills if item.remark == "alarm"]
        if alarms and hashlib.sha256(photos[0]).hexdigest() != alarms[0]:
            raise StoryFailed("the department's first picture is not the alarm's")
        self._seat.link.close()
        receipt = request["service_request_id"]
        return f"the department stored {receipt} for {self._number}, with {len(photos)} stills, the alarm's first" + (
            "; the station was killed while no seat was open, and the next one sent it"
            if self._seat is not left
            else ""
        )

    def _sit_down(self) -> None:
        self._seat = StorySeat(self.site, SEAT, self._patience)
        self._seat.link.open()

    def _open_another_seat(self) -> str:
        self._sit_down()
        self._ears.wait("the station answers the new seat", STATION_WITHIN_S, lambda: self._ears.is_linked)
        self._seat.show(self._wishes)
        self._ears.wait("places for its tiles", 20.0, lambda: len(self._ears.tiles) == len(self._wishes))
        self._wait_for_stage(Stage.DELIVERED)
        self._moves("01")
        return f"{self._number} is delivered, and the wall shows pictures again"

    # ---- the voice -------------------------------------------------------------------------------------------

    def _speak(self) -> str:
        """Speak a sentence. Whoever stands in the street and heard nothing of it says so, and it is spoken again."""
        give_up_s = self._clock.monotonic_s() + SPEECH_WITHIN_S * self._patience.longer
        pause = threading.Event()
        while True:
            try:
                return self._speak_once()
            except StoryFailed:
                if not self._patience.is_pressing_again or self._clock.monotonic_s() > give_up_s:
                    raise
                pause.wait(PRESS_EVERY_S)

    def _speak_once(self) -> str:
        proof = SpeakerProof(Path(str(self.demo.speaker["heard"])))
        before = proof.count()
        ordered: list[TalkSession] = []

        def speak() -> None:
            camera_id = CameraId(WATCHED_CAMERA)
            ordered.append(self._desks.talk.speak(self.actor, self._seat.link, camera_id, "1", case_id=self.case_id))

        self._ears.press("speak", speak)
        talk = ordered[-1]
        link_was_lost = threading.Event()

        def over() -> TalkSession | None:
            if not self._ears.is_linked:
                link_was_lost.set()
            state = self._ears.talks.get(talk.talk_id)
            if state is not None and state.condition == "failed":
                raise StoryFailed(f"speech failed: {state.reason}")
            if link_was_lost.is_set() and self._ears.is_linked:
                raise StoryFailed("the station went away while it spoke")
            kept = next((one for one in self._page().talks if one.talk_id == talk.talk_id), None)
            return kept if kept is not None and kept.stage is TalkStage.ENDED else None

        within_s = SPOKEN_WITHIN_S if self._patience.is_pressing_again else SPEECH_WITHIN_S
        kept = self._ears.wait("the speech has ended, and the log says so", within_s, over)
        heard = self._ears.wait("the speaker's own recording", 20.0, lambda: proof.since(before))
        recording = next((item for item in self._page().evidence if item.evidence_id == kept.recording), None)
        if recording is None:
            raise StoryFailed("the recording is not in the log")
        likeness = proof.likeness(heard, self._files.absolute(recording.path))
        if likeness < 0.95:
            raise StoryFailed(f"the speaker heard something else: likeness {likeness:.2f}")
        return f"“{talk.text}” heard by the speaker for {heard.duration_s:.1f} s, likeness {likeness:.3f}"

    # ---- the way back ----------------------------------------------------------------------------------------

    def _answer_too_early(self) -> str:
        self._answer("车主已联系，正在驶离。", is_street_clear=False)
        page = self._wait_for_recheck(RecheckAnswer.STILL_THERE)
        if self.control.camera_shows() != "before":
            raise StoryFailed("the camera had gone over to its after-clip already")
        look = page.rechecks[-1]
        return f"the camera still shows the van: {look.looks_with} of {look.looks} looks"

    def _send_back(self) -> str:
        self.before_key(SEND_BACK, "send back", self.case_id)
        self._ears.press(
            "send back",
            lambda: self._desks.cases.rework(self.actor, self.case_id, REASON),
            lambda: self._page().case.reworks == 1,
        )
        self._seat.link.nudge("outbox", (self.case_id,))
        self._ears.wait(
            "the department has it again",
            DELIVERY_WITHIN_S,
            lambda: len(self._department.requests_of(self._number)) == 2,
        )
        self._wait_for_stage(Stage.DELIVERED)
        return "the department stored the reminder once, with its reason"

    def _answer_rightly(self) -> str:
        self._ears.press("the van drives off", lambda: self.control.camera_goes_to("after"))
        self._answer("车辆已驶离，现场清空。", is_street_clear=True)
        page = self._wait_for_recheck(RecheckAnswer.CLEARED)
        stills = [item for item in page.evidence if item.kind is EvidenceKind.RECHECK_STILL]
        photos = [item for item in page.evidence if item.kind is EvidenceKind.PHOTO]
        for item in (*stills, *photos):
            self._files.check(item.path, item.sha256)
        look = page.rechecks[-1]
        if not photos:
            raise StoryFailed("the unit's photo did not arrive")
        return f"cleared: {look.looks_with} of {look.looks} looks show it; {len(photos)} photo, digests hold"

    def _close(self) -> str:
        category = self._ears.wait("its matter", 20.0, self._site_category)
        self.before_key(CLOSE, "close", self.case_id)
        self._ears.press(
            "close",
            lambda: self._desks.cases.close(self.actor, self.case_id, category.closing[0].code),
            lambda: self._page().case.stage is Stage.CLOSED,
        )
        case = self._ears.wait("the case", 20.0, self._page).case
        if case.stage is not Stage.CLOSED:
            raise StoryFailed(f"the case is {case.stage}")
        return f"{self._number} closed by {category.closing[0].zh}"

    def _export(self) -> str:
        folder = self._keep or self.folder
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{self._number}.citydesk-evidence"
        lead = self._lead
        assert lead is not None
        self._ears.press("export", lambda: self._evidence.export(lead, self.case_id, file, "复查"))
        checked = subprocess.run(
            [*_program(), "evidence", "verify", str(file)], capture_output=True, text=True, check=False, timeout=60
        )
        if checked.returncode != 0:
            raise StoryFailed(f"another process does not accept it: {checked.stdout}{checked.stderr}")
        damaged = file.with_suffix(".damaged")
        raw = bytearray(file.read_bytes())
        raw[len(raw) // 2] ^= 1
        damaged.write_bytes(raw)
        refused = subprocess.run(
            [*_program(), "evidence", "verify", str(damaged)], capture_output=True, text=True, check=False, timeout=60
        )
        damaged.unlink()
        if refused.returncode != 1:
            raise StoryFailed("a damaged file was accepted")
        return f"{file.name}, {len(raw) // 1024} KB: another process says valid, and finds one flipped bit"

    def _report(self) -> str:
        assert self._actor is not None
        shift = self._shift.current(self._actor)
        if shift is None:
            raise StoryFailed("no shift is open")
        file = self.folder / "shift.pdf"
        figures = self._shift.print(self._actor, shift, "zh_CN", file)
        raw = file.read_bytes()
        if not raw.startswith(b"%PDF") or b"%%EOF" not in raw[-64:]:
            raise StoryFailed("the report is no PDF")
        if figures.filed != 1 or figures.closed != 1 or figures.alarms < 1:
            raise StoryFailed(f"the figures are wrong: {figures}")
        return f"PDF of {len(raw) // 1024} KB: {figures.alarms} alarm, {figures.filed} filed, {figures.closed} closed"

    def _count(self) -> str:
        requests = self._department.requests_of(self._number)
        if len(requests) != 2:
            raise StoryFailed(f"the department holds {len(requests)} requests, not the case and its reminder")
        page = self._page()
        answers = [look.answer for look in page.rechecks]
        if self._patience.is_pressing_again:
            answers = [answer for answer in answers if answer is not RecheckAnswer.CANNOT_TELL]
        if answers != [RecheckAnswer.STILL_THERE, RecheckAnswer.CLEARED]:
            raise StoryFailed(f"the camera looked {answers}")
        with self.site.units.read() as unit:
            lines = unit.audit.lines(0, 10_000)
        broken = first_break(lines)
        if broken is not None:
            raise StoryFailed(f"the audit chain breaks at line {broken}")
        return f"2 requests there, {len(page.rechecks)} looks here, {len(lines)} audit lines in one chain"

    def _look_for_secrets(self) -> str:
        """Search every file of the site for the camera's password and the department's key."""
        secrets = [
            str(self.demo.cameras["cameras"]["09"]["password"]).encode(),
            str(self.demo.department["api_key"]).encode(),
        ]
        told = {self.site.paths.data / "demo" / name for name in ("cameras.json", "department.json")}
        told.add(self.demo.department_folder / "api_key")
        files = [path for path in self.folder.rglob("*") if path.is_file() and path not in told]
        for path in files:
            raw = path.read_bytes()
            if any(secret in raw for secret in secrets):
                raise StoryFailed(f"a secret stands in {path.relative_to(self.folder)}")
        return f"neither the camera's password nor the department's key in {len(files)} files"

    # ---- small things ----------------------------------------------------------------------------------------

    @property
    def _ears(self) -> Ears:
        return self._seat.ears

    @property
    def actor(self) -> Actor:
        assert self._actor is not None
        return self._actor

    @property
    def alarm(self) -> AlarmRow:
        assert self._alarm is not None
        return self._alarm

    @property
    def case_id(self) -> CaseId:
        assert self._case_id is not None
        return self._case_id

    @property
    def control(self) -> DemoControl:
        assert self._control is not None
        return self._control

    @property
    def _department(self) -> DepartmentControl:
        return self.control.department

    def _card(self) -> AlarmCard:
        return self._desks.review.card(self.actor, AlarmId(self.alarm.alarm_id))

    def _is_confirmed(self) -> bool:
        return self._card().row.stage is AlarmStage.CONFIRMED

    def _answer(self, text: str, *, is_street_clear: bool) -> None:
        self._ears.press(
            "the department answers",
            lambda: self._department.answer(self._number, "done", text, is_street_clear=is_street_clear),
            lambda: self._department.requests_of(self._number)[0]["status"] == "closed",
        )

    def _page(self) -> CasePage:
        return self._desks.cases.page(self.actor, self.case_id)

    def _site_category(self) -> Category:
        code = self.site.queries.alarm_card(AlarmId(self.alarm.alarm_id)).row.category
        return next(item for item in self._desks.review.categories() if item.code == code)

    def _wait_for_stage(self, stage: Stage) -> None:
        self._ears.wait(f"the case is {stage}", DELIVERY_WITHIN_S, lambda: self._page().case.stage is stage)

    def _wait_for_recheck(self, answer: RecheckAnswer) -> CasePage:
        """Wait for the look after the unit's newest answer. A patient operator asks again where it could not tell."""

        def found() -> CasePage | None:
            page = self._page()
            if page.case.stage is not Stage.CHECKED or any(look.answer is None for look in page.rechecks):
                return None
            look = page.rechecks[-1]
            if look.answer is RecheckAnswer.CANNOT_TELL and self._patience.is_pressing_again:
                self._desks.rechecks.ask(self.actor, self.case_id)
                return None
            if look.answer is not answer:
                raise StoryFailed(f"the camera says {look.answer}, not {answer}: {look.reason}")
            return page

        return self._ears.wait(f"the camera looks again and says {answer}", RECHECK_WITHIN_S, found)


def _clips(card: AlarmCard) -> list[EvidenceItem]:
    return [item for item in card.evidence if item.kind is EvidenceKind.CLIP]


def _stills(card: AlarmCard) -> list[EvidenceItem]:
    return [item for item in card.evidence if item.kind is EvidenceKind.STILL]


def _told(missing: Sequence[MissingEvidence]) -> str:
    """Return what a card says is missing, and why."""
    return "; ".join(f"{item.kind} {item.remark}".strip() + f": {item.sentence}" for item in missing)


def _program() -> list[str]:
    """Return the command of this program for a verb, frozen or not."""
    return [part for part in command_for("seat", ()) if part not in ("--role", "seat")]
