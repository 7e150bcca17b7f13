"""The camera looks again: asked for in the database, carried out by the vision worker, kept with a still."""

import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from console.application.errors import Stale, Unavailable
from console.application.recheck import Looked, RecheckDesk
from console.domain.cameras import StreamProfile
from console.domain.cases import RecheckAnswer
from console.domain.evidence import EvidenceItem, EvidenceKind, RuleFacts
from console.domain.ids import CameraId, EvidenceId, RecheckId
from console.domain.rechecks import Recheck
from console.infrastructure.channel.messages import (
    AnyMessage,
    LookAgain,
    LookedAgain,
    RequestFailed,
    StillTaken,
    TakeStill,
)
from console.infrastructure.watch.alarms import Sealing
from console.infrastructure.watch.streams import Streams, stream_name
from console.words import N_

_log = logging.getLogger(__name__)

# How long a station keeps a recheck to itself beyond the time the looking may take.
LEASE_BEYOND = timedelta(seconds=20)
# A sentence of the catalogue, as the vision worker's reasons are.
NO_PICTURE = N_("There is no picture of what was seen.")


class RecheckRoom:
    """Owned by the station's main thread."""

    def __init__(
        self,
        *,
        desk: RecheckDesk,
        streams: Streams,
        sealing: Sealing,
        looks: int,
        within_s: float,
        vision_worker: str,
        send: Callable[[str, AnyMessage], None],
        tell: Callable[[str, tuple[str, ...]], None],
    ) -> None:
        self._desk = desk
        self._streams = streams
        self._sealing = sealing
        self._looks = looks
        self._within_s = within_s
        self._vision_worker = vision_worker
        self._send = send
        self._tell = tell
        self._looking: dict[str, Recheck] = {}
        self._picturing: dict[str, tuple[Recheck, LookedAgain]] = {}

    def look_for_work(self) -> None:
        """Take what was asked for and let the vision worker look."""
        try:
            asked = self._desk.take_asked(timedelta(seconds=self._within_s) + LEASE_BEYOND)
        except (Unavailable, Stale) as cause:
            _log.warning("re-checks must wait: %s", cause)
            return
        for recheck in asked:
            self._looking[recheck.recheck_id] = recheck
            self._ask(recheck)

    def _ask(self, recheck: Recheck) -> None:
        self._send(
            self._vision_worker,
            LookAgain(
                request_id=recheck.recheck_id,
                camera_id=recheck.camera_id,
                rule_id=recheck.rule_id,
                looks=self._looks,
                within_s=self._within_s,
            ),
        )

    def note_new_worker(self) -> None:
        """A vision worker began anew: what the one before it was looking at is asked for again."""
        for recheck in self._looking.values():
            self._ask(recheck)

    def take_answer(self, answer: LookedAgain) -> None:
        """Keep what was seen, with a still of the same stream at the last frame looked at."""
        recheck = self._looking.pop(answer.request_id, None)
        if recheck is None:
            return
        stream = stream_name(answer.camera_id, StreamProfile.MAIN)
        name, path = self._sealing.reserve(".jpg")
        self._picturing[name] = (recheck, answer)
        self._send(
            self._streams.worker_of(stream),
            TakeStill(request_id=name, stream_id=stream, media_time_s=answer.to_media_s, path=str(path)),
        )

    def take_still(self, still: StillTaken) -> bool:
        """Seal a still that was asked for here and write the result down; false if it was asked for elsewhere."""
        found = self._picturing.pop(still.request_id, None)
        if found is None:
            return False
        recheck, answer = found
        evidence_id = EvidenceId(still.request_id)
        try:
            place = self._sealing.seal(evidence_id, Path(still.path), still.sha256)
        except Unavailable as cause:
            _log.error("still of re-check %s could not be sealed: %s", recheck.recheck_id, cause)
            self._note(recheck, answer, None)
            return True
        item = EvidenceItem(
            evidence_id=evidence_id,
            kind=EvidenceKind.RECHECK_STILL,
            subject_id=recheck.case_id,
            path=place,
            sha256=still.sha256,
            size_bytes=still.size_bytes,
            begins_at=still.received_at,
            media_time_s=still.media_time_s,
            camera_id=CameraId(answer.camera_id),
            captured_at=still.captured_at,
            clock_offset_s=still.clock_offset_s,
            clock_source="unknown" if still.clock_offset_s is None else "stream",
            width=still.width,
            height=still.height,
            rule=self._facts(recheck, answer),
            remark=answer.answer,
            made_by="station",
        )
        self._note(recheck, answer, item)
        return True

    def take_failure(self, failure: RequestFailed) -> bool:
        """A still could not be taken: the answer stands without a picture, and then it is "cannot tell"."""
        found = self._picturing.pop(failure.request_id, None)
        if found is None:
            return False
        _log.error("still of re-check %s failed: %s", found[0].recheck_id, failure.reason)
        self._note(*found, None)
        return True

    def _note(self, recheck: Recheck, answer: LookedAgain, still: EvidenceItem | None) -> None:
        is_shown = still is not None
        verdict = RecheckAnswer(answer.answer) if is_shown else RecheckAnswer.CANNOT_TELL
        try:
            case_id = self._desk.note(
                Looked(
                    recheck_id=RecheckId(recheck.recheck_id),
                    answer=verdict,
                    reason=answer.reason if is_shown else NO_PICTURE,
                    looks=answer.looks,
                    looks_with=answer.looks_with,
                    best_score=answer.best_score,
                    still=still,
                )
            )
        except (Unavailable, Stale) as cause:
            _log.error("re-check %s is done again later: %s", recheck.recheck_id, cause)
            return
        self._tell("cases", (case_id,))

    def _facts(self, recheck: Recheck, answer: LookedAgain) -> RuleFacts | None:
        camera = self._streams.camera(recheck.camera_id)
        rule = next((rule for rule in camera.rules if rule.rule_id == recheck.rule_id), None) if camera else None
        if rule is None:
            return None
        return RuleFacts(
            rule_id=rule.rule_id,
            zone_name=rule.zone.name,
            polygon=rule.zone.polygon,
            box=answer.box,
            label="",
            score=answer.best_score,
            mean_score=answer.best_score,
            dwell_s=0.0,
            model_name="",
            model_sha256=answer.model_sha256,
            device="",
            precision="",
        )
