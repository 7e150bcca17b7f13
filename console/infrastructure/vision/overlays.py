"""What a look found, as messages for the station and for the overlays of its seats."""

from datetime import datetime, timedelta
from uuid import uuid4

from console.domain.bays import bays_of
from console.infrastructure.channel.messages import (
    BayChanged,
    LookAgain,
    LookedAgain,
    RuleCleared,
    RuleHit,
    Seen,
    SeenBay,
    SeenTrack,
    ZoneRule,
)
from console.infrastructure.frame_slots import FrameFacts
from console.words import N_
from inference.detector import Detector
from inference.pipeline import Look
from inference.recheck import Finding, Reason
from inference.rules.rule import BayEvent, Hit

NOT_WATCHED = N_("This rule is not being watched now.")
NOT_OF_THIS_KIND = N_("Looking again tells only of vehicles that stand; this rule looks for something else.")
SENTENCES = {
    Reason.SEEN_EMPTY: N_("The zone was seen empty."),
    Reason.SEEN_STANDING: N_("The vehicle was seen in most looks."),
    Reason.MIXED: N_("A vehicle was seen in some looks and not in others."),
    Reason.TOO_FEW_LOOKS: N_("There were too few looks in the time given."),
    Reason.NO_NEW_FRAMES: N_("No new picture came."),
    Reason.NOTHING_MOVES: N_("Nothing moved in the picture; it may be frozen."),
    Reason.TOO_DARK: N_("The picture is too dark."),
    Reason.COVERED: N_("The picture is all alike; something may cover the lens."),
    Reason.HIDDEN: N_("Something stands before the zone and hides it."),
}
"""Why a re-check says what it says; keys of the catalogue."""


def seen(camera_id: str, look: Look, facts: FrameFacts) -> Seen:
    """Return the tracks of one look."""
    return Seen(
        camera_id=camera_id,
        sequence=look.sequence,
        received_at=facts.received_at,
        media_time_s=look.media_time_s,
        tracks=tuple(
            SeenTrack(
                track_id=track.track_id,
                label=track.label,
                score=track.score,
                box=track.box,
                dwell_s=look.dwells[track.track_id].dwell_s if track.track_id in look.dwells else 0.0,
                rule_id=look.dwells[track.track_id].rule_id if track.track_id in look.dwells else "",
            )
            for track in look.tracks
        ),
        bays=tuple(
            SeenBay(
                rule_id=rule_id,
                bay=bay.bay,
                state=bay.state,
                cause=bay.cause,
                since_s=look.media_time_s - bay.since_s,
                is_overdue=bay.is_overdue,
            )
            for rule_id, bays in look.bays.items()
            for bay in bays
        ),
    )


def bay_changed(camera_id: str, rule: ZoneRule, event: BayEvent, facts: FrameFacts) -> BayChanged:
    """Return what became of a bay; it happened before this look, as long before as the camera's clock says."""
    ago = timedelta(seconds=facts.media_time_s - event.media_time_s)
    return BayChanged(
        camera_id=camera_id,
        rule_id=rule.rule_id,
        row=rule.zone_name,
        bay=event.bay,
        change=event.change,
        media_time_s=event.media_time_s,
        received_at=facts.received_at - ago,
        is_begin_known=event.is_begin_known,
        is_sure=event.is_sure,
        box=event.box,
    )


def rule_hit(
    camera_id: str, hit: Hit, rule: ZoneRule, facts: FrameFacts, detector: Detector, reference: str = ""
) -> RuleHit:
    """Return the hit with an identity of its own; made once, sent once. A bay is a place of its own.

    Args:
        reference: the picture of its place that the hit is to be compared with.
    """
    bay = next((int(reason.value) for reason in hit.reasons if reason.name == "bay"), 0)
    return RuleHit(
        hit_id=str(uuid4()),
        camera_id=camera_id,
        rule_id=hit.rule_id,
        zone_name=f"{rule.zone_name} {bay}" if bay else rule.zone_name,
        polygon=bays_of(rule.polygon, rule.figures.bay_count)[bay - 1] if bay else rule.polygon,
        track_id=hit.track_id,
        label=hit.label,
        score=hit.score,
        mean_score=hit.mean_score,
        box=hit.box,
        dwell_s=hit.dwell_s,
        began_media_s=hit.began_media_s,
        media_time_s=hit.media_time_s,
        received_at=facts.received_at,
        captured_at=facts.captured_at,
        model_name=detector.manifest.name,
        model_sha256=detector.manifest.sha256,
        device=detector.running.device,
        precision=detector.running.precision,
        family=rule.family,
        reasons=tuple((reason.name, reason.value) for reason in hit.reasons),
        reference=reference,
    )


def rule_cleared(camera_id: str, rule_id: str, facts: FrameFacts) -> RuleCleared:
    """Return that a rule's zone was seen empty after a hit."""
    return RuleCleared(
        camera_id=camera_id, rule_id=rule_id, media_time_s=facts.media_time_s, received_at=facts.received_at
    )


def looked_again(asked: LookAgain, finding: Finding, at: datetime, model_sha256: str) -> LookedAgain:
    """Return the answer to a request; its reason is a key of the catalogue."""
    return LookedAgain(
        request_id=asked.request_id,
        camera_id=asked.camera_id,
        rule_id=asked.rule_id,
        answer=finding.answer.value,
        reason=SENTENCES[finding.reason],
        looks=finding.looks,
        looks_with=finding.looks_with,
        moving=finding.is_moving,
        best_score=finding.best_score,
        box=finding.box,
        from_media_s=finding.from_media_s,
        to_media_s=finding.to_media_s,
        received_at=at,
        model_sha256=model_sha256,
    )


def not_told(asked: LookAgain, at: datetime, model_sha256: str, reason: str) -> LookedAgain:
    """Return the answer to a request that no look can meet: ``reason`` is a key of the catalogue."""
    return LookedAgain(
        request_id=asked.request_id,
        camera_id=asked.camera_id,
        rule_id=asked.rule_id,
        answer="cannot_tell",
        reason=reason,
        looks=0,
        looks_with=0,
        moving=False,
        best_score=0.0,
        box=None,
        from_media_s=None,
        to_media_s=None,
        received_at=at,
        model_sha256=model_sha256,
    )
